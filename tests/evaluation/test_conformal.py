"""Bounds hold as often as they say, whatever the shape of the errors, and say so when the rows are too few."""

import json
from dataclasses import replace

import numpy as np
import pytest

from automl.errors import UsageError
from automl.evaluation.conformal import ROWS_FOR_OWN, learn_intervals, learn_sets
from automl.evaluation.coverage import cross_validated_coverage, measure_coverage
from automl.evaluation.postprocessing import Postprocessing, RowGroups, learn_postprocessing


def skewed_numbers(seed, rows):
    """Predictions whose errors are skewed and grow with the prediction."""
    rng = np.random.default_rng(seed)
    prediction = rng.normal(size=rows)
    return prediction + (rng.gamma(2, 1, rows) - 2) * (0.2 + np.abs(prediction)), prediction


def uncertain_classes(seed, rows):
    """Probabilities that are right, of four classes."""
    rng = np.random.default_rng(seed)
    raw = np.exp(rng.normal(size=(rows, 4)))
    probabilities = raw / raw.sum(axis=1, keepdims=True)
    return (probabilities.cumsum(axis=1) < rng.random((rows, 1))).sum(axis=1), probabilities


MAKERS = [(skewed_numbers, learn_intervals), (uncertain_classes, learn_sets)]


@pytest.mark.parametrize(
    ("make", "learn", "level"), [(*MAKERS[0], 0.5), (*MAKERS[0], 0.9), (*MAKERS[1], 0.8), (*MAKERS[1], 0.9)]
)
def test_on_average_bounds_hold_as_often_as_they_say(make, learn, level):
    found = []
    for seed in range(40):
        target, prediction = make(seed, 4_300)
        learned = learn(target[:300], prediction[:300])
        found.append(measure_coverage(learned, target[300:], prediction[300:], level).value)
    assert np.mean(found) == pytest.approx(level, abs=0.015)


@pytest.mark.parametrize(("make", "learn"), MAKERS)
def test_a_higher_level_never_takes_anything_away(make, learn):
    target, prediction = make(1, 500)
    learned = learn(target, prediction)
    if learn is learn_sets:
        assert (learned.members(prediction, 0.7) <= learned.members(prediction, 0.95)).all()
    else:
        narrow, wide = learned.bounds(prediction, 0.7), learned.bounds(prediction, 0.95)
        assert (wide[:, 0] <= narrow[:, 0]).all()
        assert (narrow[:, 1] <= wide[:, 1]).all()


def test_intervals_are_wide_where_errors_are_large():
    target, prediction = skewed_numbers(2, 2_000)
    low, high = learn_intervals(target, prediction).bounds(np.array([0.0, 2.5]), 0.9).T
    assert (high - low)[1] > 3 * (high - low)[0]


def test_a_set_always_holds_the_most_probable_label():
    target, probabilities = uncertain_classes(3, 400)
    certain = np.eye(4)[target]
    members = learn_sets(target, certain).members(probabilities, 0.5)
    assert members[np.arange(400), probabilities.argmax(axis=1)].all()


@pytest.mark.parametrize(("make", "learn", "level"), [(*MAKERS[0], 0.96), (*MAKERS[1], 0.98)])
def test_a_level_that_the_rows_cannot_bear_is_refused_with_the_highest_that_they_can(make, learn, level):
    target, prediction = make(4, 40)
    learned = learn(target, prediction)
    with pytest.raises(UsageError, match="too few") as caught:
        learned.check(level)
    highest = float(caught.value.hint.split("--interval ")[1].split(",")[0])
    learned.check(highest)


@pytest.mark.parametrize("level", [0.0, 1.0, 90.0, -0.1, float("nan")])
def test_a_level_that_is_no_share_is_refused(level):
    with pytest.raises(UsageError, match="between 0 and 1"):
        learn_sets(*uncertain_classes(5, 100)).check(level)


def test_too_few_rows_give_no_bounds_at_all():
    assert learn_postprocessing(*skewed_numbers(6, 15), "rmse") == Postprocessing()
    assert learn_postprocessing(*uncertain_classes(6, 15), "log_loss") == Postprocessing()


def test_perfect_predictions_get_intervals_without_width():
    target = np.arange(50.0)
    bounds = learn_intervals(target, target).bounds(target, 0.9)
    assert np.array_equal(bounds, np.column_stack([target, target]))


def test_one_prediction_for_every_row_has_one_width():
    target = np.random.default_rng(7).normal(size=300)
    learned = learn_intervals(target, np.zeros(300))
    assert measure_coverage(learned, target, np.zeros(300)).value == pytest.approx(0.9, abs=0.02)


def test_of_many_rows_only_a_part_of_the_scores_is_kept_and_the_bounds_hold():
    target, prediction = skewed_numbers(8, 40_000)
    learned = learn_intervals(target[:20_000], prediction[:20_000])
    assert len(learned.scores) == 5_000
    assert measure_coverage(learned, target[20_000:], prediction[20_000:]).value == pytest.approx(0.9, abs=0.01)


def test_coverage_is_told_for_each_tenth_of_the_predictions():
    coverage = cross_validated_coverage(*skewed_numbers(9, 3_000))
    assert coverage.value == pytest.approx(0.9, abs=0.02)
    assert len(coverage.by_tenth) == 10
    assert np.mean(coverage.by_tenth) == pytest.approx(coverage.value, abs=0.001)


def test_coverage_of_a_rare_class_is_told_apart_from_that_of_all_rows():
    rng = np.random.default_rng(12)
    target = (rng.random(2_000) < 0.04).astype(np.int64)
    positive = np.clip(0.04 + 0.02 * rng.normal(size=2_000), 0.001, 0.999)
    coverage = cross_validated_coverage(target, np.column_stack([1 - positive, positive]))
    assert coverage.value > 0.9
    assert coverage.by_class[0] == pytest.approx(1.0, abs=0.1)
    assert coverage.by_class[1] < 0.2
    assert len(coverage.by_tenth) == 10


@pytest.mark.parametrize(("make", "learn"), MAKERS)
def test_what_is_stored_comes_back_equal(make, learn):
    learned = learn_postprocessing(*make(10, 300), "log_loss")
    assert Postprocessing.from_dict(learned.to_dict()) == learned


@pytest.mark.parametrize(
    "change", [{"rows": "7"}, {"rows": 3}, {"scores": [2.0, 1.0]}, {"scores": []}, {"sizes": [-1.0]}, {"knots": ["x"]}]
)
def test_what_is_stored_wrong_is_refused(change):
    stored = learn_postprocessing(*skewed_numbers(11, 60), "rmse").to_dict()
    stored["intervals"] |= change
    with pytest.raises((KeyError, TypeError, ValueError)):
        Postprocessing.from_dict(stored)


def grouped_numbers(seed, rows):
    """Predictions whose errors are three times as large in the one group, and a third in the other."""
    rng = np.random.default_rng(seed)
    group = rng.choice(np.array(["calm", "usual", "wild"], dtype=object), rows, p=[0.2, 0.5, 0.3])
    spread = np.select([group == "calm", group == "wild"], [1 / 3, 3.0], 1.0)
    prediction = rng.normal(size=rows)
    return prediction + rng.normal(size=rows) * spread, prediction, group


def grouped_classes(seed, rows):
    """Probabilities that say too much in one group, and too little in the other."""
    target, probabilities = uncertain_classes(seed, rows)
    group = np.where(np.arange(rows) % 2, "sure", "unsure").astype(object)
    power = np.where(group == "sure", 3.0, 0.3)[:, None]
    said = probabilities**power
    return target, said / said.sum(axis=1, keepdims=True), group


@pytest.mark.parametrize(
    ("make", "learn"), [(grouped_numbers, learn_intervals), (grouped_classes, learn_sets)], ids=["numbers", "classes"]
)
def test_bounds_by_group_hold_in_each_group_where_those_of_all_rows_do_not(make, learn):
    shares, pooled = [], []
    for seed in range(10):
        target, prediction, group = make(seed, 4_000)
        learned = learn(target[:1_000], prediction[:1_000], group=group[:1_000])
        rest, of_rest = (target[1_000:], prediction[1_000:]), group[1_000:]
        shares.append([each.value for each in measure_coverage(learned, *rest, group=of_rest).by_group])
        without = replace(learned, own=())
        pooled.append([each.value for each in measure_coverage(without, *rest, group=of_rest).by_group])
    assert np.mean(shares, axis=0) == pytest.approx(0.9, abs=0.02)
    assert np.mean(pooled, axis=0).min() < 0.87


def test_a_group_of_few_rows_and_rows_without_one_share_the_bounds_of_all():
    target, prediction, group = grouped_numbers(12, 1_000)
    group[: ROWS_FOR_OWN - 1] = "few"
    group[-30:] = None
    learned = learn_intervals(target, prediction, group=group)
    assert [each.group for each in learned.own] == ["calm", "usual", "wild"]
    at_one = np.zeros(4)
    pooled = learned.bounds(at_one[:1], 0.9)[0]
    found = learned.bounds(at_one, 0.9, np.array(["few", None, "never seen", "wild"], dtype=object))
    assert (found[:3] == pooled).all()
    assert found[3, 1] - found[3, 0] > pooled[1] - pooled[0]


def test_a_level_that_a_group_is_too_small_for_is_taken_from_all_rows():
    target, prediction, group = grouped_numbers(13, 1_000)
    group[:ROWS_FOR_OWN] = "small"
    learned = learn_intervals(target, prediction, group=group)
    of_small = np.full(1, "small", dtype=object)
    assert (learned.bounds(np.zeros(1), 0.99, of_small) == learned.bounds(np.zeros(1), 0.99)).all()
    assert (learned.bounds(np.zeros(1), 0.9, of_small) != learned.bounds(np.zeros(1), 0.9)).any()


@pytest.mark.parametrize("make", [grouped_numbers, grouped_classes])
def test_bounds_by_group_are_stored_with_how_often_they_held(make):
    target, prediction, group = make(14, 800)
    learned = learn_postprocessing(target, prediction, "log_loss", group=RowGroups("site", group))
    assert Postprocessing.from_dict(json.loads(json.dumps(learned.to_dict()))) == learned
    assert learned.summary()["interval_by"] == learned.coverage.by == "site"
    assert sum(each.rows for each in learned.coverage.by_group) == 800
    assert [each.value for each in learned.coverage.by_group] == pytest.approx([0.9] * len(set(group)), abs=0.06)


def test_rows_that_share_a_probability_keep_their_label_whatever_precision_it_was_learned_in():
    positive = np.full(1_000, 0.3)
    prediction = np.column_stack([1 - positive, positive])
    target = (np.random.default_rng(31).random(1_000) < 0.3).astype(np.int64)
    learned = learn_sets(target, prediction.astype(np.float32))
    assert learned.members(prediction, 0.9).all()


def test_coverage_is_measured_on_other_groups_than_bounds_are_learned_from():
    rng = np.random.default_rng(32)
    together = np.repeat(np.arange(20), 50)
    target, prediction = rng.normal(size=1_000) + 9 * (together == 7), np.zeros(1_000)
    apart = cross_validated_coverage(target, prediction, 0.97, together=together)
    mixed = cross_validated_coverage(target, prediction, 0.97)
    assert apart.value < mixed.value - 0.01
