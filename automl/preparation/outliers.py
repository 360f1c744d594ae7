"""Numbers far out of the range of all others in their column."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from automl.tables.converting import convert
from automl.tables.schema import Column, ColumnKind

__all__ = ["empty_outliers"]

_FAR = 20.0
_MIN_VALUES = 10


def empty_outliers(column: Column, texts: Sequence[str], counts: NDArray[np.int64]) -> list[str]:
    """Return a numeric column's texts, those of outliers being empty.

    A number is one if it lies farther from the nearer quartile than twenty times the distance between the quartiles:
    a slip of the keyboard rather than a long tail. What is left is looked at again until nothing is found, so that
    cleaning once is enough.

    Parameters
    ----------
    column : Column
    texts : sequence of str
        Distinct cell texts.
    counts : ndarray of int64, same length
    """
    if column.kind is not ColumnKind.NUMERIC:
        return list(texts)
    values = np.array(convert(column, [text.strip() for text in texts]).values, dtype=np.float64)
    kept = ~np.isnan(values)
    while kept.sum() >= _MIN_VALUES:
        low, high = _quartiles(values[kept], counts[kept])
        far = kept & ((values < low - _FAR * (high - low)) | (values > high + _FAR * (high - low)))
        if low == high or not far.any():
            break
        kept &= ~far
    dropped = ~np.isnan(values) & ~kept
    return ["" if gone else text for text, gone in zip(texts, dropped.tolist(), strict=True)]


def _quartiles(values: NDArray[np.float64], counts: NDArray[np.int64]) -> tuple[float, float]:
    order = np.argsort(values)
    below = np.cumsum(counts[order])
    at = np.searchsorted(below, np.array([0.25, 0.75]) * below[-1])
    low, high = values[order][at]
    return float(low), float(high)
