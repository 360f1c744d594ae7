"""Metrics of predicted numbers.

Each function takes target and prediction of shape (n,) and returns a function of the row weights.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from automl.evaluation.arrays import FloatArray, ScoreOfWeights, undefined
from automl.models.objectives import Objective, deviances

__all__ = [
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_deviance",
    "median_absolute_error",
    "pinball_loss",
    "r2",
    "root_mean_squared_error",
    "root_mean_squared_log_error",
]


def _mean(values: FloatArray, weight: FloatArray) -> float:
    total = float(weight.sum())
    return float(np.dot(weight, values)) / total if total > 0 else float("nan")


def _difference(target: FloatArray, prediction: FloatArray) -> FloatArray:
    return target.astype(np.float64) - prediction


def root_mean_squared_error(target: FloatArray, prediction: FloatArray) -> ScoreOfWeights:
    """Square root of the mean squared error, in units of the target."""
    squared = _difference(target, prediction) ** 2
    return lambda weight: float(np.sqrt(_mean(squared, weight)))


def mean_absolute_error(target: FloatArray, prediction: FloatArray) -> ScoreOfWeights:
    """Mean absolute error, in units of the target."""
    absolute = np.abs(_difference(target, prediction))
    return lambda weight: _mean(absolute, weight)


def median_absolute_error(target: FloatArray, prediction: FloatArray) -> ScoreOfWeights:
    """Weighted median of the absolute error, in units of the target; the mean of both middle errors where two are."""
    absolute = np.abs(_difference(target, prediction))
    order = np.argsort(absolute)
    ordered = absolute[order]

    def score(weight: FloatArray) -> float:
        kept = weight[order] > 0
        errors, mass = ordered[kept], np.cumsum(weight[order][kept])
        if not errors.size:
            return float("nan")
        half = float(mass[-1]) / 2
        first = int(np.searchsorted(mass, half * (1 - 1e-12)))
        last = min(int(np.searchsorted(mass, half * (1 + 1e-12), side="right")), errors.size - 1)
        return float(errors[first] + errors[last]) / 2

    return score


def r2(target: FloatArray, prediction: FloatArray) -> ScoreOfWeights:
    """Share of the target's variance that is explained; NaN where the target does not vary."""
    squared = _difference(target, prediction) ** 2
    target = target.astype(np.float64)

    def score(weight: FloatArray) -> float:
        centred = target - _mean(target, weight)
        variance = float(np.dot(weight, centred**2))
        return 1 - float(np.dot(weight, squared)) / variance if variance > 0 else float("nan")

    return score


def mean_absolute_percentage_error(target: FloatArray, prediction: FloatArray) -> ScoreOfWeights:
    """Mean absolute error relative to the target, as a share (0.1 is 10 %); huge where a target is near zero."""
    scale = np.maximum(np.abs(target.astype(np.float64)), np.finfo(np.float64).eps)
    relative = np.abs(_difference(target, prediction)) / scale
    return lambda weight: _mean(relative, weight)


def root_mean_squared_log_error(target: FloatArray, prediction: FloatArray) -> ScoreOfWeights:
    """Root mean squared difference of log(1 + value); predictions below 0 count as 0, NaN where a target is below 0."""
    if (target < 0).any():
        return undefined
    logs = np.log1p(target.astype(np.float64)) - np.log1p(np.maximum(prediction, 0.0).astype(np.float64))
    squared = logs**2
    return lambda weight: float(np.sqrt(_mean(squared, weight)))


def mean_deviance(power: float) -> Callable[[FloatArray, FloatArray], ScoreOfWeights]:
    """Return the metric: the mean deviance from a distribution whose variance is its mean to the power of ``power``.

    1 is Poisson, 2 is gamma, in between is Tweedie. It is not defined where a target is below 0, for gamma where one
    is 0; predictions of 0 or below count as a millionth of the mean target.
    """

    def prepare(target: FloatArray, prediction: FloatArray) -> ScoreOfWeights:
        if (target < 0).any() or (power == 2.0 and not target.all()):
            return undefined
        each = deviances(target, prediction, power)
        return lambda weight: _mean(each, weight)

    return prepare


def pinball_loss(level: float) -> Callable[[FloatArray, FloatArray], ScoreOfWeights]:
    """Return the metric: the mean pinball loss, lowest where a share of ``level`` of the targets lies below."""
    objective = Objective("quantile", level)

    def prepare(target: FloatArray, prediction: FloatArray) -> ScoreOfWeights:
        each = objective.row_losses(prediction, target)
        return lambda weight: _mean(each, weight)

    return prepare
