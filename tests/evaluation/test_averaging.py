"""What averaging models brings is told from a few of them, by rows that none has seen."""

import numpy as np
import pytest

from automl.evaluation.averaging import gain_of_averaging
from automl.evaluation.metrics import METRICS


def same(values):
    return values


def numbers(seed, rows, models, spread=0.5):
    """Models of one number that err each by itself, and all of them together."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(size=rows)
    shared = truth + 0.3 * rng.normal(size=rows)
    return truth + 0.4 * rng.normal(size=rows), [shared + spread * rng.normal(size=rows) for _ in range(models)]


def classes(seed, rows, models, n_classes, spread=0.6):
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=(rows, n_classes))
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    said = [np.exp(logits + spread * rng.normal(size=logits.shape)) for _ in range(models)]
    target = (chances.cumsum(axis=1) < rng.random((rows, 1))).sum(axis=1)
    return target, [each / each.sum(axis=1, keepdims=True) for each in said]


def gained(metric, target, singles, before, after):
    return gain_of_averaging(singles, target, metric, same, same, before, after)


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("rmse", lambda rows: numbers(1, rows, 10)),
        ("mae", lambda rows: numbers(2, rows, 10)),
        ("log_loss", lambda rows: classes(3, rows, 10, 4)),
        ("roc_auc", lambda rows: classes(4, rows, 10, 2)),
        ("average_precision", lambda rows: classes(5, rows, 10, 2)),
        ("accuracy", lambda rows: classes(6, rows, 10, 3)),
    ],
)
def test_a_few_rows_and_models_tell_what_ten_bring_on_many_rows(name, make):
    metric, (target, singles) = METRICS[name], make(60_000)
    alone = np.mean([metric.loss(target, each) for each in singles])
    truth = alone - metric.loss(target, np.mean(singles, axis=0))
    few = [each[:300] for each in singles[:5]]
    found = gained(metric, target[:300], few, 1, 10)
    assert truth > 0
    assert found.value == pytest.approx(truth, abs=max(4 * found.error, 0.25 * truth))
    assert 0 < found.error < truth


def test_two_repeats_tell_what_ten_models_bring():
    target, singles = numbers(7, 50_000, 10, spread=0.2)
    rmse = METRICS["rmse"]
    of_two = rmse.loss(target, np.mean(singles[:2], axis=0))
    truth = of_two - rmse.loss(target, np.mean(singles, axis=0))
    assert gained(rmse, target, singles[:2], 2, 10).value == pytest.approx(truth, rel=0.1)


def test_one_model_in_the_place_of_two_is_worse():
    target, singles = numbers(8, 5_000, 2)
    assert gained(METRICS["rmse"], target, singles, 2, 1).value < 0


def test_models_that_agree_gain_nothing():
    target, (single,) = classes(9, 200, 1, 2)
    found = gained(METRICS["log_loss"], target, [single] * 5, 1, 5)
    assert (found.value, found.error) == pytest.approx((0.0, 0.0), abs=1e-12)


def test_a_metric_that_is_not_defined_on_the_rows_corrects_nothing():
    target = np.array([-1.0, 2.0, 3.0])
    found = gained(METRICS["rmsle"], target, [target + 1, target + 2], 1, 2)
    assert (found.value, found.error) == (0.0, 0.0)


def test_calibration_and_decisions_are_made_before_it_is_scored():
    target, singles = classes(10, 400, 5, 2)
    never = np.tile([1.0, 0.0], (400, 1))
    assert gain_of_averaging(singles, target, METRICS["accuracy"], same, lambda _: never, 1, 5).value == 0.0
    half = np.full((400, 2), 0.5)
    assert gain_of_averaging(singles, target, METRICS["log_loss"], lambda _: half, same, 1, 5).value == 0.0
