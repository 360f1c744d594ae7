"""Stretches of time from the first row to the last, those without rows among them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from automl.errors import UsageError

__all__ = ["Window", "window_numbers", "windows_of"]

_MOST = 2_000
_LONGEST_GAP = 100
_DAY = 86_400
_WEEK = 7 * _DAY
# The first day of 1970 was a Thursday; from four days later on, weeks begin on Monday.
_OFFSET = 4 * _DAY
_LATER = 0.1
_FEW_ROWS = 10
_MANY_EMPTY = 0.1

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class Window:
    """A stretch of time.

    Attributes
    ----------
    number : int
        As of :func:`window_numbers`.
    name : str
        When it begins; where the data begin on a later day, that day.
    rows_judged : bool
        Whether its number of rows says anything: not where the data only partly cover it, being the first or the last,
        nor where it has none and that is usual.
    """

    number: int
    name: str
    rows_judged: bool


def window_numbers(seconds: FloatArray, length: int) -> FloatArray:
    """Return in which stretch each time lies, counted from a Monday; NaN where there is no time."""
    return np.floor((seconds - _OFFSET) / length)


def windows_of(seconds: FloatArray, length: int) -> tuple[list[Window], int]:
    """Return every stretch from the first row to the last, those without rows among them.

    Of more than a hundred in a row without rows only the first is there, and of fewer where it would be too many; the
    second value is how many are left out.

    Parameters
    ----------
    seconds : ndarray
        The time of each row since 1970; at least one, none of them missing.
    length : int
        Seconds.

    Raises
    ------
    UsageError
        If so many stretches have rows that nobody would look at them.
    """
    ordered = np.sort(seconds)
    taken, places, rows = np.unique(window_numbers(ordered, length), return_index=True, return_counts=True)
    if len(taken) > _MOST:
        raise UsageError(f"The rows fall into {len(taken):,} windows.", "Give a longer --window.")
    firsts, lasts = ordered[places], ordered[places + rows - 1]
    numbers = _with_empty(taken.astype(np.int64))
    counts = np.zeros(len(numbers), dtype=np.int64)
    counts[np.isin(numbers, taken)] = rows
    judged = ~_usually_empty(numbers, counts, length)
    begun = firsts - _starts(taken, length), _starts(taken, length) - lasts
    judged[0] &= not _comes_later(begun[0], length)
    judged[-1] &= not _comes_later(begun[1][::-1], length)
    starts = np.maximum(_starts(numbers, length), firsts[0] // _DAY * _DAY)
    unit = "D" if length % _DAY == 0 else "m"
    names = starts.astype(np.int64).astype("datetime64[s]").astype(f"datetime64[{unit}]").astype(str)
    found = zip(numbers.tolist(), names.tolist(), judged.tolist(), strict=True)
    return [Window(*each) for each in found], int(taken[-1] - taken[0]) + 1 - len(numbers)


def _starts(numbers: NDArray[np.float64] | IntArray, length: int) -> FloatArray:
    return np.asarray(numbers, dtype=np.float64) * length + _OFFSET


def _with_empty(taken: IntArray) -> IntArray:
    """Return the numbers of stretches with rows and of those between them."""
    gaps = np.append(np.diff(taken) - 1, 0)
    shown = np.where(gaps <= _LONGEST_GAP, gaps, 1)
    if len(taken) + shown.sum() > _MOST:
        shown = np.minimum(gaps, 1)
    pairs = zip(taken.tolist(), shown.tolist(), strict=True)
    return np.concatenate([np.arange(number, number + more + 1) for number, more in pairs])


def _usually_empty(numbers: IntArray, rows: IntArray, length: int) -> BoolArray:
    """Return which stretches have no rows as is usual: by chance, or as most at the same time of the week."""
    empty: BoolArray = rows == 0
    if np.median(rows[~empty]) < _FEW_ROWS and empty.mean() > _MANY_EMPTY:
        return empty
    slots = numbers % (_WEEK // length if _WEEK % length == 0 else 1)
    _, slot, sizes = np.unique(slots, return_inverse=True, return_counts=True)
    shares: FloatArray = np.where(sizes > 1, np.bincount(slot, weights=empty) / sizes, empty.mean())
    return empty & (shares[slot] > 1 / 2)


def _comes_later(offsets: FloatArray, length: int) -> bool:
    """Return whether the first of several stretches is entered later than is usual for the others."""
    return len(offsets) > 1 and bool(offsets[0] - np.median(offsets[1:]) > _LATER * length)
