"""Our metrics give scikit-learn's numbers, and stay defined where scikit-learn's do not."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from sklearn import metrics as reference

from automl.errors import UsageError
from automl.evaluation.metrics import METRICS, default_metric, find_metric, metrics_for
from automl.tables.schema import Task


def binary_rows(seed, rows=400, decimals=8):
    rng = np.random.default_rng(seed)
    target = rng.integers(0, 2, rows)
    positive = np.clip(np.round(0.3 * target + 0.7 * rng.random(rows), decimals), 0.01, 0.99)
    return target, np.column_stack([1 - positive, positive]), rng.random(rows) + 0.1


def multiclass_rows(seed, rows=400, classes=7):
    rng = np.random.default_rng(seed)
    target = rng.integers(0, classes, rows)
    raw = rng.random((rows, classes)) + 0.5 * np.eye(classes)[target]
    return target, raw / raw.sum(axis=1, keepdims=True), rng.random(rows) + 0.1


def regression_rows(seed, rows=401):
    rng = np.random.default_rng(seed)
    target = np.exp(rng.normal(size=rows))
    return target, target * np.exp(0.3 * rng.normal(size=rows)), rng.random(rows) + 0.1


BINARY = {
    "roc_auc": lambda y, p, w: reference.roc_auc_score(y, p[:, 1], sample_weight=w),
    "average_precision": lambda y, p, w: reference.average_precision_score(y, p[:, 1], sample_weight=w),
    "log_loss": lambda y, p, w: reference.log_loss(y, p, sample_weight=w),
    "brier_score": lambda y, p, w: reference.brier_score_loss(y, p[:, 1], sample_weight=w),
    "accuracy": lambda y, p, w: reference.accuracy_score(y, p.argmax(1), sample_weight=w),
    "balanced_accuracy": lambda y, p, w: reference.balanced_accuracy_score(y, p.argmax(1), sample_weight=w),
    "f1": lambda y, p, w: reference.f1_score(y, p.argmax(1), sample_weight=w),
    "precision": lambda y, p, w: reference.precision_score(y, p.argmax(1), sample_weight=w),
    "recall": lambda y, p, w: reference.recall_score(y, p.argmax(1), sample_weight=w),
    "matthews_corrcoef": lambda y, p, w: reference.matthews_corrcoef(y, p.argmax(1), sample_weight=w),
}

MULTICLASS = {
    "log_loss": BINARY["log_loss"],
    "accuracy": BINARY["accuracy"],
    "balanced_accuracy": BINARY["balanced_accuracy"],
    "matthews_corrcoef": BINARY["matthews_corrcoef"],
    "brier_score": lambda y, p, w: reference.brier_score_loss(y, p, sample_weight=w),
    "f1_macro": lambda y, p, w: reference.f1_score(y, p.argmax(1), average="macro", sample_weight=w),
    "f1_weighted": lambda y, p, w: reference.f1_score(y, p.argmax(1), average="weighted", sample_weight=w),
    "precision_macro": lambda y, p, w: reference.precision_score(y, p.argmax(1), average="macro", sample_weight=w),
    "top_2_accuracy": lambda y, p, w: reference.top_k_accuracy_score(y, p, k=2, sample_weight=w),
    "average_precision_ovr": lambda y, p, w: np.mean(
        [reference.average_precision_score(y == code, p[:, code], sample_weight=w) for code in range(p.shape[1])]
    ),
    "top_3_accuracy": lambda y, p, w: reference.top_k_accuracy_score(y, p, k=3, sample_weight=w),
    "top_5_accuracy": lambda y, p, w: reference.top_k_accuracy_score(y, p, k=5, sample_weight=w),
    "roc_auc_ovr": lambda y, p, w: np.mean(
        [reference.roc_auc_score(y == code, p[:, code], sample_weight=w) for code in range(p.shape[1])]
    ),
}

REGRESSION = {
    "rmse": lambda y, p, w: reference.root_mean_squared_error(y, p, sample_weight=w),
    "mae": lambda y, p, w: reference.mean_absolute_error(y, p, sample_weight=w),
    "median_absolute_error": lambda y, p, w: reference.median_absolute_error(y, p, sample_weight=w),
    "r2": lambda y, p, w: reference.r2_score(y, p, sample_weight=w),
    "mape": lambda y, p, w: reference.mean_absolute_percentage_error(y, p, sample_weight=w),
    "rmsle": lambda y, p, w: reference.root_mean_squared_log_error(y, p, sample_weight=w),
    "mean_poisson_deviance": lambda y, p, w: reference.mean_poisson_deviance(y, p, sample_weight=w),
    "mean_gamma_deviance": lambda y, p, w: reference.mean_gamma_deviance(y, p, sample_weight=w),
    "mean_tweedie_deviance": lambda y, p, w: reference.mean_tweedie_deviance(y, p, sample_weight=w, power=1.5),
    **{
        f"pinball_{level}": lambda y, p, w, level=level: reference.mean_pinball_loss(y, p, sample_weight=w, alpha=level)
        for level in (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
    },
}

CASES = [
    *((name, binary_rows, expected) for name, expected in BINARY.items()),
    *((name, multiclass_rows, expected) for name, expected in MULTICLASS.items()),
    *((name, regression_rows, expected) for name, expected in REGRESSION.items()),
]


@pytest.mark.parametrize(("name", "rows", "expected"), CASES)
@pytest.mark.parametrize("weighted", [False, True])
def test_equals_scikit_learn(name, rows, expected, weighted):
    for seed in range(3):
        target, prediction, weight = rows(seed)
        weights = weight if weighted else None
        assert METRICS[name].score(target, prediction, weights) == pytest.approx(
            expected(target, prediction, weights), rel=1e-9
        )


@pytest.mark.parametrize("name", ["roc_auc", "average_precision"])
@pytest.mark.parametrize("weighted", [False, True])
def test_ties_count_as_in_scikit_learn(name, weighted):
    for seed in range(3):
        target, prediction, weight = binary_rows(seed, decimals=1)
        weights = weight if weighted else None
        assert METRICS[name].score(target, prediction, weights) == pytest.approx(
            BINARY[name](target, prediction, weights), rel=1e-9
        )


def test_every_metric_is_compared_with_scikit_learn():
    assert {name for name, _, _ in CASES} == set(METRICS)


def rows_for(metric):
    if Task.REGRESSION in metric.tasks:
        return regression_rows
    return binary_rows if Task.BINARY in metric.tasks else multiclass_rows


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_whole_weights_are_the_same_as_repeated_rows(metric):
    target, prediction, _ = rows_for(metric)(1, rows=101)
    repeats = np.random.default_rng(1).integers(0, 4, len(target))
    repeated = metric.score(np.repeat(target, repeats), np.repeat(prediction, repeats, axis=0))
    assert metric.score(target, prediction, repeats.astype(float)) == pytest.approx(repeated, rel=1e-9)


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_the_order_of_rows_does_not_matter(metric):
    target, prediction, weight = rows_for(metric)(2)
    order = np.random.default_rng(2).permutation(len(target))
    shuffled = metric.score(target[order], prediction[order], weight[order])
    assert shuffled == pytest.approx(metric.score(target, prediction, weight), rel=1e-9)


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_a_perfect_prediction_reaches_the_optimum_and_has_no_loss(metric):
    target, prediction, _ = rows_for(metric)(3)
    perfect = target if prediction.ndim == 1 else np.eye(prediction.shape[1])[target]
    assert metric.score(target, perfect) == pytest.approx(metric.optimum, abs=1e-6)
    assert metric.loss(target, perfect) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_loss_falls_as_the_score_gets_better(metric):
    target, prediction, _ = rows_for(metric)(3)
    worse = prediction[np.random.default_rng(3).permutation(len(target))]
    assert metric.loss(target, prediction) < metric.loss(target, worse)
    assert metric.to_score(metric.loss(target, prediction)) == pytest.approx(metric.score(target, prediction))


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_a_prediction_that_is_not_finite_scores_nan(metric):
    target, prediction, _ = rows_for(metric)(4)
    prediction[7] = np.nan
    assert np.isnan(metric.score(target, prediction))


def test_roc_auc_is_unchanged_by_a_monotone_transform():
    target, prediction, _ = binary_rows(5)
    bent = np.column_stack([1 - prediction[:, 1] ** 3, prediction[:, 1] ** 3])
    assert METRICS["roc_auc"].score(target, bent) == pytest.approx(METRICS["roc_auc"].score(target, prediction))


@pytest.mark.parametrize("name", ["roc_auc", "average_precision", "recall"])
def test_a_metric_of_the_positive_class_is_nan_where_there_is_none(name):
    _, prediction, _ = binary_rows(6)
    assert np.isnan(METRICS[name].score(np.zeros(len(prediction), dtype=int), prediction))


@pytest.mark.parametrize(
    "name", ["log_loss", "accuracy", "balanced_accuracy", "f1_macro", "roc_auc_ovr", "brier_score"]
)
def test_a_class_that_is_absent_from_the_target_is_no_obstacle(name):
    target, prediction, _ = multiclass_rows(7)
    present = target != 2
    assert np.isfinite(METRICS[name].score(target[present], prediction[present]))


def test_a_certain_mistake_costs_a_finite_log_loss():
    target, certain = np.array([0, 1]), np.array([[0.0, 1.0], [0.0, 1.0]])
    assert METRICS["log_loss"].score(target, certain) == pytest.approx(-np.log(1e-7) / 2, rel=1e-6)


def test_r2_of_a_constant_target_is_nan():
    assert np.isnan(METRICS["r2"].score(np.ones(5), np.arange(5.0)))


def test_rmsle_of_a_negative_target_is_nan():
    assert np.isnan(METRICS["rmsle"].score(np.array([-2.0, 1.0]), np.array([1.0, 1.0])))


def test_float32_predictions_are_scored_as_well():
    target, prediction, _ = binary_rows(8)
    for metric in metrics_for(Task.BINARY):
        assert metric.score(target, prediction.astype(np.float32)) == pytest.approx(
            metric.score(target, prediction), abs=1e-5
        )


def test_each_task_has_a_default_that_fits_it():
    assert [default_metric(task) for task in Task] == ["roc_auc", "log_loss", "rmse"]
    assert all(METRICS[default_metric(task)] in metrics_for(task) for task in Task)


@pytest.mark.parametrize(
    ("given", "found"),
    [("neg_log_loss", "log_loss"), ("MCC", "matthews_corrcoef"), ("neg-root-mean-squared-error", "rmse")],
)
def test_usual_names_of_a_metric_are_understood(given, found):
    assert find_metric(given).name == found


def test_an_unknown_metric_is_refused_with_the_nearest_name():
    with pytest.raises(UsageError) as caught:
        find_metric("roc_acu")
    assert "roc_auc" in caught.value.hint


def test_metrics_import_without_scikit_learn_and_scipy():
    code = "import sys, automl.evaluation.metrics; print('sklearn' in sys.modules, 'scipy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


DEVIANCES = ("mean_poisson_deviance", "mean_gamma_deviance", "mean_tweedie_deviance")


@pytest.mark.parametrize("name", DEVIANCES)
def test_a_deviance_is_not_defined_below_zero_and_finite_for_predictions_there(name):
    assert np.isnan(METRICS[name].score(np.array([-1.0, 2.0]), np.ones(2)))
    assert np.isfinite(METRICS[name].score(np.array([1.0, 2.0]), np.array([-1.0, 0.0])))


def test_of_zeros_alone_gamma_is_not_defined():
    target, prediction = np.array([0.0, 2.0]), np.ones(2)
    defined = [bool(np.isfinite(METRICS[name].score(target, prediction))) for name in DEVIANCES]
    assert defined == [True, False, True]


def test_a_metric_on_request_is_told_only_where_it_was_chosen():
    usual = {metric.name for metric in metrics_for(Task.REGRESSION)}
    assert {"rmse", "mae", "rmsle"} <= usual
    assert {metric.name for metric in metrics_for(Task.REGRESSION, "pinball_0.9")} == usual | {"pinball_0.9"}


def test_a_share_of_the_truth_is_not_defined_where_a_truth_is_zero():
    target = np.array([0.0, 2.0, 3.0])
    assert np.isnan(METRICS["mape"].score(target, target + 1))
    assert METRICS["mape"].score(target[1:], target[1:] + 1) == pytest.approx((1 / 2 + 1 / 3) / 2)


def test_no_share_of_a_variance_is_explained_where_the_target_does_not_vary():
    for target, weight in ((np.full(7, 0.1), None), (np.full(30, 1 / 3), np.random.default_rng(0).random(30))):
        assert np.isnan(METRICS["r2"].score(target, target + 0.5, weight))
    # Of a bootstrap sample that drew one value alone, too.
    target, drawn = np.append(np.full(7, 0.1), 2.0), np.append(np.full(7, 1.1), 0.0)
    assert np.isnan(METRICS["r2"].score(target, target + 0.5, drawn))


def test_a_target_that_varies_little_beside_its_size_still_has_a_variance():
    target = 1.7e9 + np.arange(20.0)
    assert METRICS["r2"].score(target, target) == 1.0
