"""How much a column tells about the target by itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.features.parts import Target
from automl.tables.schema import Column, ColumnKind

__all__ = ["MOST_COLUMNS", "most_telling", "screened"]

#: That a model learns from.
MOST_COLUMNS = 1_000

_BINS = 32
_SCREENED_KINDS = (ColumnKind.NUMERIC, ColumnKind.BOOLEAN, ColumnKind.CATEGORY)


def screened(frame: pd.DataFrame, columns: Sequence[Column], target: Target, n_classes: int) -> tuple[Column, ...]:
    """Return the columns to learn from: of very many, those that tell most about the target by themselves.

    With several times as many columns as rows, most of what a model finds in them is chance, and all of its time goes
    into looking. What only tells something together with other columns is lost here (sure independence screening, Fan &
    Lv 2008). To be learned from training rows alone.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_columns)
    columns : sequence of Column
    target : ndarray of shape (n_rows,)
    n_classes : int
        0 in regression.
    """
    names = [column.name for column in columns if column.kind in _SCREENED_KINDS]
    if len(names) <= MOST_COLUMNS:
        return tuple(columns)
    kept = set(most_telling(frame, names, target, n_classes, MOST_COLUMNS) or names[:MOST_COLUMNS])
    return tuple(column for column in columns if column.kind not in _SCREENED_KINDS or column.name in kept)


def most_telling(frame: pd.DataFrame, columns: Sequence[str], target: Target, n_classes: int, most: int) -> list[str]:
    """Return the columns that tell most about the target, best first; ones that tell nothing are left out.

    The measure is the share of the target's variance that lies between a column's levels (for numbers: between up to 32
    bins of equally many rows), less what chance explains of it: epsilon squared (Kelley 1935). For classes it is the
    sum over their indicators.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_columns)
    columns : sequence of str
    target : ndarray of shape (n_rows,)
        Numbers, or class codes.
    n_classes : int
        0 in regression.
    most : int
        Columns to return at most.
    """
    outcome = np.eye(n_classes)[target] if n_classes else np.asarray(target, dtype=np.float64).reshape(-1, 1)
    outcome = outcome - outcome.mean(axis=0)
    telling = {name: _epsilon_squared(_levels(frame[name]), outcome) for name in columns}
    ranked = sorted((name for name in columns if telling[name] > 0), key=lambda name: -telling[name])
    return ranked[:most]


def _levels(cells: pd.Series) -> NDArray[np.int64]:
    """Return each row's level, counted from 0; missing cells are a level of their own."""
    if pd.api.types.is_numeric_dtype(cells) or pd.api.types.is_bool_dtype(cells):
        numbers = cells.to_numpy(dtype=np.float64, na_value=np.nan)
        known = numbers[np.isfinite(numbers)]
        if not len(known):
            return np.zeros(len(numbers), dtype=np.int64)
        edges = np.unique(np.quantile(known, np.linspace(0, 1, _BINS + 1)[1:-1]))
        return np.where(np.isfinite(numbers), np.searchsorted(edges, numbers, side="right") + 1, 0)
    codes, _ = pd.factorize(cells)
    return np.asarray(codes + 1, dtype=np.int64)


def _epsilon_squared(levels: NDArray[np.int64], outcome: NDArray[np.float64]) -> float:
    counts = np.bincount(levels)
    used = int((counts > 0).sum())
    total = float((outcome**2).sum())
    if used < 2 or used >= len(levels) or total == 0:
        return 0.0
    sums = np.stack([np.bincount(levels, column) for column in outcome.T], axis=1)
    between = float((sums[counts > 0] ** 2 / counts[counts > 0, None]).sum())
    within = (total - between) / (len(levels) - used)
    return (between - (used - 1) * within) / total
