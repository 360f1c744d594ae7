"""Calibration: probabilities nearer to what happens, kept only where they are, and the same order of rows."""

import json

import numpy as np
import pytest

from automl.ensemble.greedy import Blend
from automl.evaluation.calibration import Calibration, calibrate_out_of_fold, learn_calibration
from automl.evaluation.estimate import bootstrap_bias_corrected
from automl.evaluation.isotonic import RisingCurve, fit_rising_curve
from automl.evaluation.metrics import METRICS
from automl.evaluation.postprocessing import Postprocessing, learn_postprocessing

LOG_LOSS = METRICS["log_loss"]


def drawn_rows(seed, rows=3_000, classes=2, sharper=1.0, moved=0.0):
    """Return classes drawn by right probabilities, and these made too sure of themselves, or moved."""
    rng = np.random.default_rng(seed)
    scores = rng.normal(0, 1.5, (rows, classes))
    right = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    target = (right.cumsum(axis=1) > rng.random((rows, 1))).argmax(axis=1)
    wrong = sharper * scores
    wrong[:, -1] += moved
    return target, np.exp(wrong) / np.exp(wrong).sum(axis=1, keepdims=True)


def bent_rows(seed, rows=5_000):
    """Return labels of probabilities that say what happens below one half, and above it are too sure until far up."""
    rng = np.random.default_rng(seed)
    said = rng.normal(0, 2, rows)
    positive = 1 / (1 + np.exp(-np.stack([said, np.where(said < 0, said, np.maximum(0, said - 3))])))
    return (rng.random(rows) < positive[1]).astype(int), np.column_stack([1 - positive[0], positive[0]])


@pytest.mark.parametrize("classes", [2, 3, 6])
def test_probabilities_that_are_too_sure_are_drawn_together(classes):
    target, prediction = drawn_rows(1, classes=classes, sharper=1.8)
    found = learn_calibration(target, prediction)
    assert found.slope == pytest.approx(1 / 1.8, rel=0.1)
    new_target, new_prediction = drawn_rows(2, rows=20_000, classes=classes, sharper=1.8)
    gain = LOG_LOSS.score(new_target, new_prediction) - LOG_LOSS.score(new_target, found.applied(new_prediction))
    assert gain == pytest.approx(found.log_loss_before - found.log_loss, abs=0.02)
    assert gain > 0.02
    assert found.error < 0.5 * found.error_before


def test_probabilities_that_are_off_to_one_side_are_moved_back():
    found = learn_calibration(*drawn_rows(3, rows=8_000, moved=1.0))
    assert (found.method, found.intercept) == ("sigmoid", pytest.approx(-1.0, abs=0.1))


def test_moving_is_left_out_where_labels_are_to_stay():
    target, prediction = drawn_rows(3, rows=8_000, moved=1.0, sharper=1.5)
    found = learn_calibration(target, prediction, keep_labels=True)
    assert found.method == "temperature"
    assert np.array_equal(found.applied(prediction).argmax(axis=1), prediction.argmax(axis=1))


@pytest.mark.parametrize("seed", range(5))
def test_probabilities_that_no_two_numbers_mend_are_bent_along_a_curve(seed):
    found = learn_calibration(*bent_rows(seed))
    assert found.method == "isotonic"
    target, prediction = bent_rows(100 + seed, 20_000)
    sigmoid = Calibration("sigmoid", 1.0).learned_again(*bent_rows(seed))
    plain, straight, bent = (
        LOG_LOSS.score(target, each) for each in (prediction, sigmoid.applied(prediction), found.applied(prediction))
    )
    assert bent < straight < plain
    assert plain - bent == pytest.approx(found.log_loss_before - found.log_loss, abs=0.015)


@pytest.mark.parametrize("wrong", [{"sharper": 1.8}, {"moved": 1.0}, {"sharper": 0.6, "moved": -0.5}])
def test_probabilities_that_two_numbers_mend_are_not_bent(wrong):
    kept = [learn_calibration(*drawn_rows(seed, rows=5_000, **wrong)).method for seed in range(10)]
    assert "isotonic" not in kept


def test_nothing_is_bent_where_labels_are_to_stay_or_rows_are_few():
    assert learn_calibration(*bent_rows(1), keep_labels=True).method == "temperature"
    assert all(learn_calibration(*bent_rows(seed, 1_900)).method != "isotonic" for seed in range(3))


def test_a_bent_ranking_is_the_same_ranking():
    target, prediction = bent_rows(1)
    answers = learn_calibration(target, prediction).applied(prediction)
    assert METRICS["roc_auc"].score(target, answers) == METRICS["roc_auc"].score(target, prediction)
    assert len(np.unique(answers[:, 1])) == len(np.unique(prediction[:, 1]))


def test_bent_probabilities_are_never_certain_even_where_only_one_class_was_seen():
    positive = np.linspace(0, 1, 2_000)
    rows = (positive > 0.5).astype(int), np.column_stack([1 - positive, positive])
    curve = Calibration("isotonic", 1.0).learned_again(*rows)
    edges = np.array([0.0, 1e-300, 0.2, 0.9, 1.0])
    answers = curve.applied(np.column_stack([1 - edges, edges]))
    assert np.all(np.diff(answers[:, 1]) > 0)
    assert answers.min() == pytest.approx(0.5 / 1001, rel=0.6)
    assert answers.sum(axis=1) == pytest.approx(np.ones(5))


def test_each_pool_of_a_curve_says_what_its_rows_came_to():
    """Three scores, the second two out of order: pooled they are 60 of 200."""
    target = np.concatenate([np.repeat([0, 1], counts) for counts in ([90, 10], [60, 40], [80, 20])])
    curve = fit_rising_curve(target, np.repeat([-2.0, -1.0, 1.0], 100), np.ones(300))
    shares = np.array([10.5 / 101, 60.5 / 201])
    assert curve.scores == pytest.approx((-2.0, 0.0))
    assert curve.levels == pytest.approx(tuple(np.log(shares / (1 - shares))))


def test_a_curve_makes_no_more_of_rounding_than_a_slope_may():
    """Every positive row has a score that is larger by next to nothing."""
    target = np.tile([0, 1], 1_000)
    curve = fit_rising_curve(target, np.linspace(-1, 1, 2_000) * 1e-3 + target * 1e-2, np.ones(2_000))
    assert np.all(np.diff(curve.levels) <= 10 * np.diff(curve.scores))


@pytest.mark.parametrize("classes", [2, 4])
def test_right_probabilities_are_nearly_always_left_alone(classes):
    kept = [learn_calibration(*drawn_rows(seed, 1_500, classes)) is not None for seed in range(40)]
    assert sum(kept) <= 2


def test_few_rows_are_left_alone():
    target, prediction = drawn_rows(4, rows=999, sharper=2.0)
    assert learn_calibration(target, prediction) is None


@pytest.mark.parametrize(
    "calibration",
    [
        Calibration("temperature", 1.7),
        Calibration("sigmoid", 0.4, -2.0),
        Calibration("isotonic", 1.0, curve=RisingCurve((-3.0, 0.0, 2.0), (-4.0, -1.5, 2.5))),
    ],
)
def test_rows_keep_their_order_by_the_positive_class(calibration):
    target, prediction = drawn_rows(5, sharper=3.0)
    positive = np.concatenate([prediction[:, 1], [0.0, 1.0, 1e-30, 1e-12, 1 - 1e-9]])
    calibrated = calibration.applied(np.column_stack([1 - positive, positive]))
    assert np.array_equal(np.argsort(calibrated[:, 1], kind="stable"), np.argsort(positive, kind="stable"))
    assert len(np.unique(calibrated[:, 1])) == len(np.unique(positive))
    auc = METRICS["roc_auc"]
    assert auc.score(target, calibrated[: len(target)]) == auc.score(target, prediction)


@pytest.mark.parametrize("classes", [2, 5])
def test_calibrated_probabilities_add_up_to_one_even_where_some_were_zero(classes):
    certain = np.eye(classes)
    calibrated = Calibration("temperature", 0.7).applied(certain)
    assert np.isfinite(calibrated).all()
    assert calibrated.sum(axis=1) == pytest.approx(np.ones(classes))


def test_a_row_is_calibrated_by_other_rows():
    target, prediction = drawn_rows(6, sharper=2.0)
    honest = calibrate_out_of_fold(target, prediction, None, "temperature")
    flipped = target.copy()
    flipped[0] = 1 - flipped[0]
    again = calibrate_out_of_fold(flipped, prediction, None, "temperature")
    assert np.array_equal(honest[0], again[0])
    assert not np.array_equal(honest[1:], again[1:])


def test_weights_decide_what_is_learned():
    first, second = drawn_rows(7, sharper=2.0), drawn_rows(8, sharper=0.5)
    target, prediction = (np.concatenate(pair) for pair in zip(first, second, strict=True))
    weight = np.concatenate([np.ones(len(first[0])), np.full(len(second[0]), 1e-6)])
    assert learn_calibration(target, prediction, weight).slope == pytest.approx(0.5, rel=0.15)


def test_thresholds_and_sets_are_learned_from_calibrated_probabilities():
    target, prediction = drawn_rows(9, rows=6_000, moved=1.2)
    plain = learn_postprocessing(target, prediction, "log_loss")
    assert plain.calibration.method == "sigmoid"
    new_target, new_prediction = drawn_rows(10, rows=20_000, moved=1.2)
    members = plain.sets.members(plain.calibrated(new_prediction), 0.9)
    assert members[np.arange(len(new_target)), new_target].mean() == pytest.approx(0.9, abs=0.015)


def test_the_estimate_of_a_calibrated_blend_is_what_new_rows_show():
    offs, blend = [], Blend((0,), (1.0,), 0.0)
    for seed in range(12):
        target, prediction = drawn_rows(seed, rows=1_200, classes=3, sharper=1.6)
        calibration = learn_calibration(target, prediction)
        estimate = bootstrap_bias_corrected(
            [prediction], target, LOG_LOSS, lambda *_: blend, blend, replicates=10, calibration=calibration
        )
        new_target, new_prediction = drawn_rows(100 + seed, rows=20_000, classes=3, sharper=1.6)
        truth = LOG_LOSS.score(new_target, calibration.applied(new_prediction))
        assert estimate.low <= truth <= estimate.high
        offs.append(estimate.value - truth)
    assert abs(np.mean(offs)) < 0.02


@pytest.mark.parametrize("rows", [drawn_rows(11, sharper=2.0), bent_rows(11)], ids=["stretched", "bent"])
def test_calibration_survives_the_way_through_json(rows):
    made = Postprocessing(calibration=learn_calibration(*rows))
    assert Postprocessing.from_dict(json.loads(json.dumps(made.to_dict()))).calibration == made.calibration


def test_bounds_and_thresholds_of_bent_probabilities_hold_on_new_rows():
    made = learn_postprocessing(*bent_rows(12, 6_000), "log_loss")
    assert made.calibration.method == "isotonic"
    target, prediction = bent_rows(13, 20_000)
    members = made.sets.members(made.calibrated(prediction), 0.9)
    assert members[np.arange(len(target)), target].mean() == pytest.approx(0.9, abs=0.015)


def test_the_estimate_of_a_bent_blend_is_not_flattered_by_its_curve():
    """Each interval holds the truth 19 times in 20: of eight, at least six but for 6 cases in 1,000."""
    offs, inside, blend = [], [], Blend((0,), (1.0,), 0.0)
    new_target, new_prediction = bent_rows(200, 100_000)
    for seed in range(8):
        target, prediction = bent_rows(seed, 2_500)
        calibration = Calibration("isotonic", 1.0).learned_again(target, prediction)
        estimate = bootstrap_bias_corrected(
            [prediction], target, LOG_LOSS, lambda *_: blend, blend, replicates=10, calibration=calibration
        )
        truth = LOG_LOSS.score(new_target, calibration.applied(new_prediction))
        inside.append(estimate.low <= truth <= estimate.high)
        offs.append(estimate.value - truth)
    assert sum(inside) >= 6
    assert abs(np.mean(offs)) < 0.01


@pytest.mark.parametrize(
    "curve",
    [
        None,
        {"scores": [0.0, 1.0], "levels": [1.0, 0.0]},
        {"scores": [1.0, 1.0], "levels": [0.0, 1.0]},
        {"scores": [0.0], "levels": [0.0, 1.0]},
        {"scores": [], "levels": []},
        {"scores": [0.0, float("inf")], "levels": [0.0, 1.0]},
        {"scores": [0.0]},
    ],
)
def test_a_forged_curve_is_refused(curve):
    values = Postprocessing(calibration=Calibration("isotonic", 1.0, curve=RisingCurve((0.0,), (0.0,)))).to_dict()
    values["calibration"]["curve"] = curve
    with pytest.raises((KeyError, TypeError, ValueError)):
        Postprocessing.from_dict(values)


@pytest.mark.parametrize(
    "wrong", [{"slope": -1.0}, {"slope": float("nan")}, {"method": "magic"}, {"method": "isotonic"}, {"intercept": "x"}]
)
def test_a_forged_calibration_is_refused(wrong):
    values = Postprocessing(calibration=Calibration("temperature", 0.8)).to_dict()
    values["calibration"].update(wrong)
    with pytest.raises((TypeError, ValueError)):
        Postprocessing.from_dict(values)


def test_what_differs_from_group_to_group_is_no_reason_to_calibrate():
    rng = np.random.default_rng(21)
    noise = 1.5 * rng.normal(size=4_000)
    kept = []
    for _ in range(6):
        group = np.repeat(np.arange(40), 60)
        said = rng.normal(size=40)
        target = rng.random(len(group)) < 1 / (1 + np.exp(-(said + 1.5 * rng.normal(size=40))[group]))
        right = np.array([np.mean(1 / (1 + np.exp(-(each + noise)))) for each in said])[group]
        rows = target.astype(np.int64), np.column_stack([1 - right, right])
        kept.append(learn_calibration(*rows, groups=group) is not None)
    assert sum(kept) <= 1


def test_rows_of_one_group_are_calibrated_by_other_groups():
    target, prediction = drawn_rows(22, rows=2_000)
    group = np.arange(2_000) // 200
    honest = calibrate_out_of_fold(target, prediction, None, "temperature", groups=group)
    flipped = np.where(group == 3, 1 - target, target)
    again = calibrate_out_of_fold(flipped, prediction, None, "temperature", groups=group)
    np.testing.assert_array_equal(honest[group == 3], again[group == 3])
