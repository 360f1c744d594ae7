"""Metrics of predicted numbers.

Those that are means of row losses are given as the losses: target and prediction of shape (n,) in, an array of shape
(n,) out. The others return a function of the row weights.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from automl.evaluation.arrays import FloatArray, ScoreOfWeights
from automl.evaluation.mean_losses import weighted_mean
from automl.models.objectives import Objective, deviances

__all__ = [
    "absolute_errors",
    "deviances_of",
    "median_absolute_error",
    "pinball_losses",
    "r2",
    "relative_errors",
    "squared_errors",
    "squared_log_errors",
]


def _difference(target: FloatArray, prediction: FloatArray) -> FloatArray:
    return target.astype(np.float64) - prediction


def squared_errors(target: FloatArray, prediction: FloatArray) -> FloatArray:
    """Squared differences; the square root of their mean is in units of the target."""
    return np.asarray(_difference(target, prediction) ** 2)


def absolute_errors(target: FloatArray, prediction: FloatArray) -> FloatArray:
    """Absolute differences, in units of the target."""
    return np.abs(_difference(target, prediction))


def median_absolute_error(target: FloatArray, prediction: FloatArray) -> ScoreOfWeights:
    """Weighted median of the absolute error, in units of the target; the mean of both middle errors where two are."""
    absolute = absolute_errors(target, prediction)
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
    squared = squared_errors(target, prediction)
    target = target.astype(np.float64)
    mean = weighted_mean(target)

    def score(weight: FloatArray) -> float:
        centred = target - mean(weight)
        variance = float(np.dot(weight, centred**2))
        # Equal targets leave a variance of rounding errors.
        if not variance > 1e-20 * float(np.dot(weight, target**2)):
            return float("nan")
        return 1 - float(np.dot(weight, squared)) / variance

    return score


def relative_errors(target: FloatArray, prediction: FloatArray) -> FloatArray:
    """Absolute differences relative to the target, as shares (0.1 is 10 %); NaN where a target is 0, huge near it."""
    if not target.all():
        return _undefined(target)
    scale = np.maximum(np.abs(target.astype(np.float64)), np.finfo(np.float64).eps)
    return np.asarray(absolute_errors(target, prediction) / scale)


def squared_log_errors(target: FloatArray, prediction: FloatArray) -> FloatArray:
    """Squared differences of log(1 + value); predictions below 0 count as 0, NaN where a target is below 0."""
    if (target < 0).any():
        return _undefined(target)
    logs = np.log1p(target.astype(np.float64)) - np.log1p(np.maximum(prediction, 0.0).astype(np.float64))
    return np.asarray(logs**2)


def deviances_of(power: float) -> Callable[[FloatArray, FloatArray], FloatArray]:
    """Return the deviances from a distribution whose variance is its mean to the power of ``power``.

    1 is Poisson, 2 is gamma, in between is Tweedie. They are not defined where a target is below 0, for gamma where one
    is 0; predictions of 0 or below count as a millionth of the mean target.
    """

    def row_losses(target: FloatArray, prediction: FloatArray) -> FloatArray:
        if (target < 0).any() or (power == 2.0 and not target.all()):
            return _undefined(target)
        return deviances(target, prediction, power)

    return row_losses


def pinball_losses(level: float) -> Callable[[FloatArray, FloatArray], FloatArray]:
    """Return the pinball losses, whose mean is lowest where a share of ``level`` of the targets lies below."""
    objective = Objective("quantile", level)
    return lambda target, prediction: objective.row_losses(prediction, target)


def _undefined(target: FloatArray) -> FloatArray:
    return np.full(len(target), np.nan)
