"""How well the bounds of predictions say the quantiles of what happens."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.evaluation.arrays import FloatArray
from automl.evaluation.conformal import NumberIntervals
from automl.evaluation.regression import pinball_losses

__all__ = ["QuantileLoss", "quantile_losses"]

LEVELS = (0.9, 0.8, 0.5)
_TWO_SIDED_95 = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True)
class QuantileLoss:
    """The pinball loss of one bound, and how often the truth was below it.

    Attributes
    ----------
    quantile : float
        What share of the rows is to be below.
    below : float
        What share was.
    pinball : float
        The mean loss, in half the target's units: lowest for the true quantile of each row.
    low, high : float
        Its 95 % interval.
    """

    quantile: float
    below: float
    pinball: float
    low: float
    high: float


def quantile_losses(
    intervals: NumberIntervals, target: FloatArray, prediction: FloatArray, group: NDArray[Any] | None = None
) -> tuple[QuantileLoss, ...]:
    """Score the two bounds of the levels 0.9, 0.8 and 0.5 as quantiles, the lowest quantile first.

    The bounds of a level leave as many rows below as above, so those of 0.9 are the quantiles 0.05 and 0.95.

    Parameters
    ----------
    intervals : NumberIntervals
        Learned from other rows.
    target, prediction : array of shape (n,)
        At least two rows.
    group : array of str, shape (n,), optional
        As for :meth:`NumberIntervals.bounds`.

    Raises
    ------
    UsageError
        If a level is too high for the rows that the intervals were learned from.
    """
    found: list[QuantileLoss] = []
    for level in LEVELS:
        bounds = intervals.bounds(prediction, level, group)
        quantiles = (round((1 - level) / 2, 4), round((1 + level) / 2, 4))
        found += [_loss(quantile, target, bounds[:, side]) for side, quantile in enumerate(quantiles)]
    return tuple(sorted(found, key=lambda each: each.quantile))


def _loss(quantile: float, target: FloatArray, bound: FloatArray) -> QuantileLoss:
    losses = pinball_losses(quantile)(target, bound)
    mean, half = float(losses.mean()), _TWO_SIDED_95 * float(losses.std(ddof=1)) / math.sqrt(len(losses))
    return QuantileLoss(quantile, float(np.mean(target < bound)), mean, mean - half, mean + half)
