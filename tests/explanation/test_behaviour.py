"""Dependence, interactions and the small tree that imitates a model."""

import json

import numpy as np
import pandas as pd
import pytest
from small_models import fitted

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


class Where:
    """A subject whose prediction is what a function says of the rows."""

    def __init__(self, says):
        self.says = says

    def outcomes(self, rows):
        return np.asarray(self.says(rows), dtype=float)[:, np.newaxis]


def conditions(tree):
    return {condition for rule in tree.rules for condition in rule.conditions}


def dates_of(years):
    return np.array([f"{year:04d}-06-15" for year in years], dtype="datetime64[us]")


def test_a_rule_tells_a_column_that_is_present_from_one_that_is_missing():
    gone = np.random.default_rng(0).random(200) < 0.6
    dates = np.where(gone, np.datetime64("NaT", "us"), dates_of([2001] * 200))
    frame = pd.DataFrame({"complaint": dates, "income": np.where(gone, np.nan, 3.5)})
    for name in frame.columns:
        tree = surrogate_tree(Where(lambda rows: rows.iloc[:, 0].isna()), frame[[name]], 0)
        assert conditions(tree) == {f"{name} is present", f"{name} is missing"}


def test_where_a_column_is_present_no_rule_calls_it_missing():
    rng = np.random.default_rng(0)
    income = np.where(rng.random(400) < 0.4, np.nan, rng.random(400))
    says = Where(lambda rows: np.where(rows["income"].isna(), 9, rows["income"] > 0.5))
    assert not any(
        "or missing" in each for each in conditions(surrogate_tree(says, pd.DataFrame({"income": income}), 0))
    )


@pytest.mark.parametrize("first", [1066, 9000])
def test_dates_of_any_century_have_curves_and_rules(first):
    years = np.repeat(np.arange(first, first + 600, 6), 4)
    frame = pd.DataFrame({"founded": dates_of(years)})
    subject = Where(lambda rows: rows["founded"] > dates_of([first + 300])[0])
    curve = dependence_curve(subject, frame[:20], frame["founded"], 0)
    assert curve.dates
    assert curve.positions[0] == pytest.approx(365.2425 * (int(curve.names[0][:4]) - 1970), abs=365)
    rules = conditions(surrogate_tree(subject, frame, 0))
    assert rules == {f"founded <= {first + 300}-06-15", f"founded > {first + 300}-06-15"}


def test_numbers_beyond_single_precision_have_rules():
    huge = np.tile([1.0, 1.0, 2.0, 2.0, 1e99, 1e99], 40)
    tree = surrogate_tree(Where(lambda rows: rows["x"] > 1e90), pd.DataFrame({"x": huge}), 0)
    assert conditions(tree) == {"x <= 5e+98", "x > 5e+98"}


@pytest.mark.parametrize(
    ("values", "first_above", "bound"),
    [
        (np.arange(1998, 2012), 2004, "2003"),
        (np.arange(1_250_000, 1_250_100), 1_250_050, "1250049"),
        (np.arange(20_231_201, 20_231_231), 20_231_215, "20231214"),
        (np.arange(0.0, 0.01, 0.0001), 0.00495, "0.00495"),
    ],
)
def test_a_bound_is_written_so_that_the_rule_is_true(values, first_above, bound):
    frame = pd.DataFrame({"x": np.tile(values.astype(float), 12)})
    tree = surrogate_tree(Where(lambda rows: rows["x"] >= first_above), frame, 0)
    assert conditions(tree) == {f"x <= {bound}", f"x > {bound}"}


def test_truth_values_are_told_in_the_words_of_the_file(frame):
    smoker = np.where(frame["a"] > 1, np.nan, frame["b"] > 0)
    truths = pd.DataFrame({"smoker": smoker})
    subject = Where(lambda rows: rows["smoker"] == 1)
    curve = dependence_curve(subject, truths[:50], truths["smoker"], 0, ("no", "yes"))
    assert dict(zip(curve.names, curve.mean, strict=True)) == {"no": 0, "yes": 1, "(missing)": 0}
    assert curve.positions == ()
    assert "smoker is yes" in conditions(surrogate_tree(subject, truths, 0, words={"smoker": ("no", "yes")}))


def test_a_column_that_is_nearly_always_the_same_has_a_line_over_its_range():
    amounts = pd.DataFrame({"amount": np.where(np.arange(1000) % 200 == 7, np.arange(1000.0), 0.0)})
    curve = dependence_curve(Where(lambda rows: rows["amount"]), amounts[:50], amounts["amount"], 0)
    assert (curve.positions[0], curve.positions[-1]) == (0, 807)
    assert sum(curve.density) == pytest.approx(1)
    assert curve.density[0] > 0.99


def test_a_column_of_one_value_is_a_level():
    same = pd.DataFrame({"x": [3.0] * 40})
    curve = dependence_curve(Where(lambda rows: rows["x"]), same, same["x"], 0)
    assert (curve.names, curve.positions, curve.density) == (("3",), (), (1.0,))


def messages_table(rows, seed):
    rng = np.random.default_rng(seed)
    words = ["please", "call", "back", "about", "invoice", "number", "office", "free", "prize", "reply", "today"]
    known = [" ".join(rng.choice(words, 12)) for _ in range(8)]
    which, x = rng.integers(0, 8, rows), rng.normal(size=rows).round(3)
    left = np.where(which < 4, "spam", "ham")
    other = [" ".join(rng.choice(words, 14)) for _ in range(rows)]
    message = [known[each] if rng.random() < 0.7 else text for each, text in zip(which, other, strict=True)]
    return pd.DataFrame({"message": message, "x": x, "kind": left})


def test_no_rule_and_no_curve_shows_whole_texts(tmp_path):
    known = fitted(tmp_path, messages_table, "kind", ("linear",), "roc_auc")
    assert "message" in known.subject.columns
    found = behaviour_within(known.subject, known.subject.read(known.table), known.subject.columns)
    assert {curve.column for curve in found.curves} == {"x"}
    assert not any(condition.startswith("message") for condition in conditions(found.surrogate))
