"""How often bounds hold what they promise, on rows that they were not learned from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.evaluation.arrays import FloatArray
from automl.evaluation.conformal import LabelSets, NumberIntervals, learn_intervals, learn_sets
from automl.evaluation.resampling import RowSampler

__all__ = ["Coverage", "GroupCoverage", "cross_validated_coverage", "measure_coverage"]

LEVEL = 0.9
PARTS = 5
TENTHS = 10
ROWS_FOR_TENTHS = 200


@dataclass(frozen=True)
class GroupCoverage:
    """The share of one group's rows whose truth is inside.

    Attributes
    ----------
    group : str
        The value of the column by which rows are told apart; empty for rows without one.
    value : float
    rows : int
    size : float
        As of all rows.
    own : bool
        Whether the group has bounds of its own.
    """

    group: str
    value: float
    rows: int
    size: float
    own: bool


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
        The share in each tenth of the rows by prediction, lowest first; by the probability of the positive class of
        two, by the greatest one of several. Empty where rows are few.
    by : str
        The column by which rows are told apart; empty where they are not.
    by_group : tuple of GroupCoverage
        In the order of their names.
    by_class : tuple of float or None
        The share of each class's rows, in the order of the labels; None of a class without rows. Empty for numbers.
    """

    level: float
    value: float
    rows: int
    size: float
    by_tenth: tuple[float, ...] = ()
    by: str = ""
    by_group: tuple[GroupCoverage, ...] = ()
    by_class: tuple[float | None, ...] = ()


def measure_coverage(
    intervals: NumberIntervals | LabelSets,
    target: NDArray[Any],
    prediction: FloatArray,
    level: float = LEVEL,
    group: NDArray[Any] | None = None,
) -> Coverage:
    """Count how often the truth is inside.

    Parameters
    ----------
    intervals : NumberIntervals or LabelSets
        Learned from other rows.
    target : array of shape (n,)
    prediction : array of shape (n,) or (n, n_classes)
    level : float
    group : array of str, shape (n,), optional
        The group of each row, None where it has none.

    Raises
    ------
    UsageError
        If the level is too high for the rows that the intervals were learned from.
    """
    inside, size = _inside(intervals, target, prediction, level, group)
    own = frozenset(each.group for each in intervals.own)
    return _summed_up(inside, size, target, prediction, level, group, own)


def cross_validated_coverage(
    target: NDArray[Any],
    prediction: FloatArray,
    level: float = LEVEL,
    seed: int = 0,
    group: NDArray[Any] | None = None,
    together: NDArray[Any] | None = None,
) -> Coverage | None:
    """Measure coverage where bounds are learned from four fifths of the rows and tried on the last; None with too few.

    Parameters
    ----------
    target : array of shape (n,)
    prediction : array of shape (n,) or (n, n_classes)
        Out-of-fold.
    level : float
    seed : int
    group : array of str, shape (n,), optional
        As for :func:`measure_coverage`.
    together : array of shape (n,), optional
        Rows with equal values are not independent of each other: bounds are tried on other groups than they are learned
        from.
    """
    own: frozenset[str] = frozenset()
    inside, size = np.zeros(len(target), dtype=bool), np.zeros(len(target))
    part = RowSampler.of(len(target), together).parted(PARTS, np.random.default_rng(seed))
    for number in np.unique(part):
        tried = part == number
        of_tried = None if group is None else group[tried]
        of_others, others = (None if each is None else each[~tried] for each in (group, together))
        learned = _learned(target[~tried], prediction[~tried], of_others, others)
        if learned is None:
            return None
        own |= {each.group for each in learned.own}
        inside[tried], size[tried] = _inside(learned, target[tried], prediction[tried], level, of_tried)
    return _summed_up(inside, size, target, prediction, level, group, own)


def _learned(
    target: NDArray[Any], prediction: FloatArray, group: NDArray[Any] | None, together: NDArray[Any] | None
) -> NumberIntervals | LabelSets | None:
    if prediction.ndim == 1:
        return learn_intervals(target, prediction, group=group, together=together)
    return learn_sets(target, prediction, group)


def _inside(
    intervals: NumberIntervals | LabelSets,
    target: NDArray[Any],
    prediction: FloatArray,
    level: float,
    group: NDArray[Any] | None,
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Say of each row whether the truth is inside its bounds, and how wide they are."""
    if isinstance(intervals, LabelSets):
        members = intervals.members(prediction, level, group)
        return members[np.arange(len(target)), target], members.sum(axis=1).astype(np.float64)
    low, high = intervals.bounds(prediction, level, group).T
    return np.asarray((low <= target) & (target <= high)), np.asarray(high - low)


def _summed_up(
    inside: NDArray[np.bool_],
    size: NDArray[np.float64],
    target: NDArray[Any],
    prediction: FloatArray,
    level: float,
    group: NDArray[Any] | None,
    own: frozenset[str],
) -> Coverage:
    tenths: tuple[float, ...] = ()
    sets = prediction.ndim == 2
    if len(inside) >= ROWS_FOR_TENTHS:
        order = np.argsort(_rank(prediction), kind="stable")
        tenths = tuple(float(inside[rows].mean()) for rows in np.array_split(order, TENTHS))
    middle = np.mean if sets else np.median
    groups = () if group is None else tuple(_by_group(inside, size, middle, group, own))
    classes = tuple(_by_class(inside, target, prediction.shape[1])) if sets else ()
    return Coverage(level, float(inside.mean()), len(inside), float(middle(size)), tenths, "", groups, classes)


def _rank(prediction: FloatArray) -> FloatArray:
    """Return the number that rows are put in order by: how much, how likely, or how sure."""
    if prediction.ndim == 1:
        return prediction
    return prediction[:, 1] if prediction.shape[1] == 2 else np.asarray(prediction.max(axis=1))


def _by_class(inside: NDArray[np.bool_], target: NDArray[Any], n_classes: int) -> Iterator[float | None]:
    for code in range(n_classes):
        rows = target == code
        yield float(inside[rows].mean()) if rows.any() else None


def _by_group(
    inside: NDArray[np.bool_],
    size: NDArray[np.float64],
    middle: Callable[[NDArray[np.float64]], np.floating[Any]],
    group: NDArray[Any],
    own: frozenset[str],
) -> Iterator[GroupCoverage]:
    named = np.array(["" if each is None else each for each in group.tolist()], dtype=object)
    for name in sorted(set(named.tolist())):
        rows = named == name
        yield GroupCoverage(name, float(inside[rows].mean()), int(rows.sum()), float(middle(size[rows])), name in own)
