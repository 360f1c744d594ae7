"""Metrics that are the mean of one loss a row, or the square root of that mean.

What is special about them is that the spread of each bootstrap sample's mean is known too, which
:mod:`automl.evaluation.studentized` makes use of.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.evaluation.arrays import FloatArray, ScoreOfWeights

__all__ = ["MeanLoss", "weighted_mean"]


def weighted_mean(values: FloatArray) -> ScoreOfWeights:
    """Return the weighted mean of per-row values as a function of the weights; NaN without weight."""
    lowest, highest = (float(values.min()), float(values.max())) if len(values) else (math.nan, math.nan)

    def score(weight: FloatArray) -> float:
        total = float(weight.sum())
        # Both sums are rounded on their own, so that the mean of equal values could lie beside them.
        return min(max(float(np.dot(weight, values)) / total, lowest), highest) if total > 0 else math.nan

    return score


@dataclass(frozen=True)
class MeanLoss:
    """What ``Metric.prepare`` is for a metric of this kind.

    Attributes
    ----------
    row_losses : callable
        Target and prediction in, each row's loss of shape (n,) out; NaN where the metric is not defined on the rows.
    rooted : bool
        Whether the metric is the square root of the mean.
    """

    row_losses: Callable[[NDArray[Any], FloatArray], FloatArray]
    rooted: bool = False

    def __call__(self, target: NDArray[Any], prediction: FloatArray) -> ScoreOfWeights:
        """Return the metric as a function of the row weights."""
        mean = weighted_mean(self.row_losses(target, prediction))
        return (lambda weight: self.of_mean(mean(weight))) if self.rooted else mean

    def of_mean(self, mean: float) -> float:
        """Return the metric's value where the mean of the losses is ``mean``, at least 0."""
        return float(np.sqrt(mean)) if self.rooted else mean
