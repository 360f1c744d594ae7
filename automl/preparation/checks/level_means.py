"""The target's mean in each level of a column, over rows that a row was not learned from."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.preparation.checks.column_values import ColumnValues

__all__ = ["explained_share", "level_codes", "out_of_fold_means"]

_MAX_BINS = 256
_ROWS_PER_BIN = 4
_FOLDS = 5
_MAX_CLASSES = 20


def level_codes(values: ColumnValues) -> NDArray[np.int64]:
    """Return level numbers from 1, 0 where missing; numbers with many values are cut at quantiles."""
    if values.levels is not None:
        return values.array + 1
    numbers = values.array if values.is_number else values.array.astype(np.int64).astype(np.float64)
    ordered = np.sort(numbers[~values.missing])
    edges = _distinct(ordered)
    bins = min(_MAX_BINS, max(2, len(numbers) // _ROWS_PER_BIN))
    if len(edges) > bins:
        edges = _distinct(_quantiles(ordered, np.linspace(0, 1, bins + 1)[:-1]))
    codes = np.searchsorted(edges, numbers, side="right").astype(np.int64)
    codes[values.missing] = 0
    return codes


def _distinct(ordered: NDArray[np.float64]) -> NDArray[np.float64]:
    return ordered[np.append(True, ordered[1:] != ordered[:-1])] if len(ordered) else ordered


def _quantiles(ordered: NDArray[np.float64], shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return quantiles of sorted numbers, between two of them in proportion."""
    places = shares * (len(ordered) - 1)
    below = np.floor(places).astype(np.int64)
    above = np.minimum(below + 1, len(ordered) - 1)
    return np.asarray(ordered[below] + (ordered[above] - ordered[below]) * (places - below))


@lru_cache(maxsize=1)
def _fold_numbers(n_rows: int) -> NDArray[np.int64]:
    return np.asarray(np.random.default_rng(0).permutation(n_rows) % _FOLDS, dtype=np.int64)


def out_of_fold_means(codes: NDArray[np.int64], truth: NDArray[np.float64]) -> NDArray[np.float64]:
    """Predict each row by its level's mean over the other folds, drawn to the overall mean by one row's weight."""
    folds = _fold_numbers(len(codes))
    cells = codes * _FOLDS + folds
    shape = (int(codes.max()) + 1, _FOLDS)
    counts = np.bincount(cells, minlength=shape[0] * _FOLDS).reshape(shape)
    sums = np.bincount(cells, weights=truth, minlength=shape[0] * _FOLDS).reshape(shape)
    other_counts = counts.sum(axis=1, keepdims=True) - counts
    other_sums = sums.sum(axis=1, keepdims=True) - sums
    means = (other_sums + truth.mean()) / (other_counts + 1)
    return np.asarray(means[codes, folds], dtype=np.float64)


def explained_share(values: ColumnValues, truth: NDArray[Any], classes: int) -> float:
    """Return the share of a target's variance that a column alone explains, on rows it was not learned from.

    Parameters
    ----------
    values : ColumnValues of shape (n_rows,)
    truth : ndarray of shape (n_rows,)
        Numbers, or class codes.
    classes : int
        Number of classes; 0 for numbers.

    Returns
    -------
    float
        In [0, 1]; for classes over their 0/1 columns together (Brier's skill score).
    """
    codes = level_codes(values)
    columns = [truth.astype(np.float64)]
    if classes:
        columns = [(truth == each).astype(np.float64) for each in range(min(classes, _MAX_CLASSES))]
    spread = sum(float(((column - column.mean()) ** 2).sum()) for column in columns)
    left = sum(float(((column - out_of_fold_means(codes, column)) ** 2).sum()) for column in columns)
    return max(0.0, 1 - left / spread) if spread else 0.0
