"""Rows for the checks that would take too long on all of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.preparation.checks.column_values import ColumnValues

__all__ = ["coded_columns", "spread_rows"]


def spread_rows(n_rows: int, most: int) -> NDArray[np.int64]:
    """Return at most so many positions, evenly spread over the rows."""
    if n_rows <= most:
        return np.arange(n_rows, dtype=np.int64)
    return np.linspace(0, n_rows - 1, most).astype(np.int64)


def coded_columns(columns: Sequence[ColumnValues], most_levels: int) -> NDArray[np.float64]:
    """Return typed columns as scaled numbers: ranks for numbers and dates, 0/1 columns for levels.

    Parameters
    ----------
    columns : sequence of ColumnValues, each of shape (n_rows,)
    most_levels : int
        Levels per column that get a column of their own; text columns with more are left out.

    Returns
    -------
    ndarray of float64, shape (n_rows, n_coded)
        Numbers lie in [0, 1], a missing one in the middle; a level weighs as much as half the range of a number.
    """
    numbers = [pd.Series(each.array) for each in columns if each.levels is None]
    parts: list[NDArray[np.float64]] = []
    if numbers:
        ranks = pd.concat(numbers, axis=1, ignore_index=True).rank(pct=True)
        parts.append(ranks.fillna(0.5).to_numpy(dtype=np.float64))
    for each in columns:
        levels = np.unique(each.present) if each.levels is not None else ()
        if 1 < len(levels) <= most_levels:
            parts.append(np.where(each.array[:, None] == levels, 0.5, 0.0))
    return np.hstack(parts) if parts else np.empty((0, 0))
