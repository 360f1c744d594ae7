"""Calibration: probabilities nearer to what happens, kept only where they are, and the same order of rows."""

import json

import numpy as np
import pytest

from automl.ensemble.greedy import Blend
from automl.evaluation.calibration import Calibration, calibrate_out_of_fold, learn_calibration
from automl.evaluation.estimate import bootstrap_bias_corrected
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


@pytest.mark.parametrize("classes", [2, 4])
def test_right_probabilities_are_nearly_always_left_alone(classes):
    kept = [learn_calibration(*drawn_rows(seed, 1_500, classes)) is not None for seed in range(40)]
    assert sum(kept) <= 2


def test_few_rows_are_left_alone():
    target, prediction = drawn_rows(4, rows=999, sharper=2.0)
    assert learn_calibration(target, prediction) is None


@pytest.mark.parametrize("calibration", [Calibration("temperature", 1.7), Calibration("sigmoid", 0.4, -2.0)])
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


def test_calibration_survives_the_way_through_json():
    made = Postprocessing(calibration=learn_calibration(*drawn_rows(11, sharper=2.0)))
    assert Postprocessing.from_dict(json.loads(json.dumps(made.to_dict()))).calibration == made.calibration


@pytest.mark.parametrize("wrong", [{"slope": -1.0}, {"slope": float("nan")}, {"method": "magic"}, {"intercept": "x"}])
def test_a_forged_calibration_is_refused(wrong):
    values = Postprocessing(calibration=Calibration("temperature", 0.8)).to_dict()
    values["calibration"].update(wrong)
    with pytest.raises((TypeError, ValueError)):
        Postprocessing.from_dict(values)
