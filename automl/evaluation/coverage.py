"""How often bounds hold what they promise, on rows that they were not learned from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.evaluation.arrays import FloatArray
from automl.evaluation.conformal import LabelSets, NumberIntervals, learn_intervals, learn_sets

__all__ = ["Coverage", "cross_validated_coverage", "measure_coverage"]

LEVEL = 0.9
PARTS = 5
TENTHS = 10
ROWS_FOR_TENTHS = 200


@dataclass(frozen=True)
class Coverage:
    """The share of rows whose truth is inside its bounds.

    Attributes
    ----------
    level : float
        What was promised.
    value : float
    rows : int
    size : float
        Median width of the intervals, or mean number of labels in a set.
    by_tenth : tuple of float
        The share in each tenth of the rows by prediction, lowest first (regression with rows enough), else empty.
    """

    level: float
    value: float
    rows: int
    size: float
    by_tenth: tuple[float, ...] = ()


def measure_coverage(
    intervals: NumberIntervals | LabelSets, target: NDArray[Any], prediction: FloatArray, level: float = LEVEL
) -> Coverage:
    """Count how often the truth is inside.

    Parameters
    ----------
    intervals : NumberIntervals or LabelSets
        Learned from other rows.
    target : array of shape (n,)
    prediction : array of shape (n,) or (n, n_classes)
    level : float

    Raises
    ------
    UsageError
        If the level is too high for the rows that the intervals were learned from.
    """
    inside, size = _inside(intervals, target, prediction, level)
    return _summed_up(inside, size, prediction, level, sets=isinstance(intervals, LabelSets))


def cross_validated_coverage(
    target: NDArray[Any], prediction: FloatArray, level: float = LEVEL, seed: int = 0
) -> Coverage | None:
    """Measure coverage where bounds are learned from four fifths of the rows and tried on the last; None with too few.

    Parameters
    ----------
    target : array of shape (n,)
    prediction : array of shape (n,) or (n, n_classes)
        Out-of-fold.
    level : float
    seed : int
    """
    inside, size = np.zeros(len(target), dtype=bool), np.zeros(len(target))
    part = np.random.default_rng(seed).permutation(len(target)) % PARTS
    for number in range(PARTS):
        tried = part == number
        learn = learn_intervals if prediction.ndim == 1 else learn_sets
        learned = learn(target[~tried], prediction[~tried])
        if learned is None:
            return None
        inside[tried], size[tried] = _inside(learned, target[tried], prediction[tried], level)
    return _summed_up(inside, size, prediction, level, sets=prediction.ndim == 2)


def _inside(
    intervals: NumberIntervals | LabelSets, target: NDArray[Any], prediction: FloatArray, level: float
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Say of each row whether the truth is inside its bounds, and how wide they are."""
    if isinstance(intervals, LabelSets):
        members = intervals.members(prediction, level)
        return members[np.arange(len(target)), target], members.sum(axis=1).astype(np.float64)
    low, high = intervals.bounds(prediction, level).T
    return np.asarray((low <= target) & (target <= high)), np.asarray(high - low)


def _summed_up(
    inside: NDArray[np.bool_], size: NDArray[np.float64], prediction: FloatArray, level: float, *, sets: bool
) -> Coverage:
    tenths: tuple[float, ...] = ()
    if not sets and len(inside) >= ROWS_FOR_TENTHS:
        order = np.argsort(prediction, kind="stable")
        tenths = tuple(float(inside[rows].mean()) for rows in np.array_split(order, TENTHS))
    middle = float(size.mean() if sets else np.median(size))
    return Coverage(level, float(inside.mean()), len(inside), middle, tenths)
