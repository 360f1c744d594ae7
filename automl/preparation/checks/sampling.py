"""Rows for the checks that would take too long on all of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["coded_columns", "spread_rows"]


def spread_rows(n_rows: int, most: int) -> NDArray[np.int64]:
    """Return at most so many positions, evenly spread over the rows."""
    if n_rows <= most:
        return np.arange(n_rows, dtype=np.int64)
    return np.linspace(0, n_rows - 1, most).astype(np.int64)


def coded_columns(frame: pd.DataFrame, most_levels: int) -> NDArray[np.float64]:
    """Return a typed frame as scaled numbers: ranks for numbers and dates, 0/1 columns for levels.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_columns)
    most_levels : int
        Levels per column that get a column of their own; text columns with more are left out.

    Returns
    -------
    ndarray of float64, shape (n_rows, n_coded)
        Numbers lie in [0, 1], a missing one in the middle; a level weighs as much as half the range of a number.
    """
    parts: list[NDArray[np.float64]] = []
    for name in frame.columns:
        values = frame[name]
        if values.dtype.kind in "fM":
            parts.append(np.asarray(values.rank(pct=True).fillna(0.5), dtype=np.float64)[:, None])
            continue
        counts = values.value_counts()
        if 1 < len(counts) <= most_levels:
            codes = pd.Categorical(values, categories=counts.index).codes
            parts.append(np.where(codes[:, None] == np.arange(len(counts)), 0.5, 0.0))
    return np.hstack(parts) if parts else np.empty((len(frame), 0))
