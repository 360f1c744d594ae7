"""Numbers and dates that stand for "missing": ``-999``, ``9999``, ``1900-01-01``, far away from all others."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["find_sentinel_dates", "find_sentinels"]

_NINES = re.compile(r"-?9{3,}(?:[.,](?:0+|9+))?|-9{2}(?:[.,]0+)?")
_MIN_LEVELS = 10
_MIN_COUNT = 3
_FAR = 3.0
_DATES = (
    *("0001-01-01", "1753-01-01", "1800-01-01", "1899-12-30", "1899-12-31", "1900-01-01", "1901-01-01"),
    *("1970-01-01", "2099-12-31", "2100-01-01", "2999-12-31", "3000-01-01", "9999-12-31", "9999-01-01"),
)
_FAR_YEARS = np.timedelta64(10 * 365, "D")


def find_sentinels(texts: Sequence[str], values: NDArray[np.float64], counts: NDArray[np.int64]) -> tuple[str, ...]:
    """Find numbers of nines only that repeat and lie far from everything else in their column.

    Parameters
    ----------
    texts : sequence of str
        Distinct trimmed texts.
    values : ndarray of float64, same length
        What they are read as; NaN where they are no number.
    counts : ndarray of int64, same length

    Returns
    -------
    tuple of str
        The texts. A negative one lies below numbers that are never negative, or by their whole range below them; a
        positive one above them by three times their range: ``99999`` may be the top of a scale.
    """
    nines = np.array([_NINES.fullmatch(text) is not None for text in texts], dtype=bool) & ~np.isnan(values)
    if not nines.any():
        return ()
    others = values[~nines & ~np.isnan(values)]
    if len(np.unique(others)) < _MIN_LEVELS:
        return ()
    low, high = float(others.min()), float(others.max())
    spread = high - low
    below = (values < low) & ((low >= 0) | (values < low - spread))
    far = np.where(values < 0, below, values > high + _FAR * spread)
    found = [at for at in np.flatnonzero(nines & far).tolist() if _repeats(values, counts, at)]
    return tuple(texts[at] for at in found)


def find_sentinel_dates(
    texts: Sequence[str], values: NDArray[np.datetime64], counts: NDArray[np.int64]
) -> tuple[str, ...]:
    """Find days such as ``1900-01-01`` and ``9999-12-31`` that repeat, at least ten years away from all other dates.

    Parameters
    ----------
    texts : sequence of str
        Distinct trimmed texts.
    values : ndarray of datetime64, same length
        What they are read as; NaT where they are no date.
    counts : ndarray of int64, same length
    """
    days = values.astype("datetime64[D]")
    marked = np.isin(days, np.array(_DATES, dtype="datetime64[D]"))
    others = days[~marked & ~np.isnat(days)]
    if not marked.any() or len(others) < _MIN_LEVELS:
        return ()
    far = (days < others.min() - _FAR_YEARS) | (days > others.max() + _FAR_YEARS)
    found = np.flatnonzero(marked & far).tolist()
    return tuple(texts[at] for at in found if int(counts[days == days[at]].sum()) >= _MIN_COUNT)


def _repeats(values: NDArray[np.float64], counts: NDArray[np.int64], at: int) -> bool:
    return int(counts[values == values[at]].sum()) >= _MIN_COUNT
