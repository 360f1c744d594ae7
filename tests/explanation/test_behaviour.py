"""Dependence, interactions and the small tree that imitates a model."""

import json

import numpy as np
import pandas as pd
import pytest

from automl.explanation.behaviour import behaviour_within, describe_behaviour
from automl.explanation.dependence import dependence_curve
from automl.explanation.importance import stored_importance
from automl.explanation.interactions import interactions_between
from automl.explanation.surrogate import surrogate_tree


class Formula:
    """A subject whose prediction is known: 2 a + 5 where city is Rom, and b c."""

    def outcomes(self, frame):
        return (2 * frame["a"] + 5 * (frame["city"] == "Rom") + frame["b"] * frame["c"]).to_numpy()[:, np.newaxis]


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(0)
    city = pd.Series(rng.choice(["Bern", "Rom"], 400, p=[0.75, 0.25]), dtype="str")
    return pd.DataFrame({**{name: rng.normal(size=400) for name in "abc"}, "city": city})


def test_the_curve_of_a_number_has_its_slope(frame):
    curve = dependence_curve(Formula(), frame[:50], frame["a"], 0)
    slope, _ = np.polyfit(curve.positions, curve.mean, 1)
    assert slope == pytest.approx(2)
    assert np.all(np.diff(curve.positions) > 0)
    assert sum(curve.density) == pytest.approx(0.96, abs=0.02)


def test_the_curve_of_levels_has_their_difference_and_shares(frame):
    curve = dependence_curve(Formula(), frame[:50], frame["city"], 0)
    assert curve.names == ("Bern", "Rom")
    assert curve.mean[1] - curve.mean[0] == pytest.approx(5)
    assert curve.density == pytest.approx((0.75, 0.25), abs=0.06)


def test_rows_of_their_own_mind_widen_the_band(frame):
    """The effect of b has either sign, by c: its average is flat, its rows are not."""
    curve = dependence_curve(Formula(), frame[:50], frame["b"], 0)
    assert curve.high[-1] - curve.low[-1] > 2


def test_single_rows_have_curves_of_their_own(frame):
    """The slope of b in a row is that row's c, which the average does not show."""
    curve = dependence_curve(Formula(), frame[:50], frame["b"], 0)
    slopes = [np.polyfit(curve.positions, row, 1)[0] for row in curve.rows]
    assert len(curve.rows) == 12
    assert min(slopes) < -0.5
    assert max(slopes) > 0.5
    assert [np.mean(row) for row in curve.rows] == sorted(np.mean(row) for row in curve.rows)


def test_a_product_interacts_and_a_sum_does_not(frame):
    found = interactions_between(Formula(), frame[:40], ("a", "b", "c"), 0)
    shares = {each.columns: each.share for each in found}
    assert found[0].columns == ("b", "c")
    assert shares["b", "c"] > 0.5
    assert all(share < 0.01 for columns, share in shares.items() if columns != ("b", "c"))


def test_a_tree_imitates_what_is_a_tree(frame):
    class Steps:
        def outcomes(self, rows):
            return np.where(rows["city"] == "Rom", 1.0, np.where(rows["a"] > 0, 0.5, 0.0))[:, np.newaxis]

    tree = surrogate_tree(Steps(), frame, 0)
    assert tree.fidelity > 0.95
    assert tree.rules[-1].conditions[0] == "city is Rom"
    assert sum(rule.share for rule in tree.rules) == pytest.approx(1)


def test_a_tree_that_explains_little_says_so(frame):
    class Noise:
        def outcomes(self, rows):
            return np.random.default_rng(1).normal(size=(len(rows), 1))

    assert surrogate_tree(Noise(), frame, 0).fidelity < 0.2


def test_a_model_is_described_over_its_data(mixed):
    features = [{"name": name, "importance": 0.1} for name in mixed.subject.columns]
    found = describe_behaviour(mixed.path, mixed.table, stored_importance(features, mixed.subject.columns))
    assert found.label == "yes"
    assert {curve.column for curve in found.curves} == set(mixed.subject.columns)
    assert found.interactions[0].columns == ("age", "city")
    assert json.dumps(found.to_dict())


def test_without_time_for_a_curve_nothing_is_described(mixed):
    frame = mixed.subject.read(mixed.table)
    assert behaviour_within(mixed.subject, frame, mixed.subject.columns, lambda: 0.0) is None


def test_as_much_is_described_as_there_is_time_for(mixed):
    left = iter([60.0, 60.0])
    frame = mixed.subject.read(mixed.table)
    found = behaviour_within(mixed.subject, frame, mixed.subject.columns, lambda: next(left, 0.0))
    assert [curve.column for curve in found.curves] == list(mixed.subject.columns[:2])
    assert found.surrogate is None
    assert found.interactions is None


def test_a_few_rows_describe_nothing(mixed):
    few = mixed.with_rows(mixed.new[:5])
    assert describe_behaviour(few.path, few.table, stored_importance([], ())) is None
