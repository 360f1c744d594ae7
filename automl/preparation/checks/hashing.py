"""Hashes of typed rows and columns: equal content, equal hash, whatever the number of rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["column_signature", "duplicate_groups", "value_hashes"]

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


def duplicate_groups(columns: Iterable[pd.Series | NDArray[Any]], n_rows: int) -> NDArray[np.int64]:
    """Give each distinct row of some columns a number.

    Rows are compared by a 64-bit hash: among a million rows, two unequal ones meet with a probability below 1e-7.

    Returns
    -------
    ndarray of int64, shape (n_rows,)
        Equal for rows that are equal in every column, a missing value being equal to a missing value.
    """
    combined = np.zeros(n_rows, dtype=np.uint64)
    for column in columns:
        combined = (combined ^ (combined >> np.uint64(29))) * _MULTIPLIER + value_hashes(column)
    _, groups = np.unique(combined, return_inverse=True)
    return np.asarray(groups, dtype=np.int64)


def column_signature(column: pd.Series) -> int:
    """Return a number that is equal for columns of equal content in equal order."""
    hashes = value_hashes(column)
    weights = np.arange(1, len(hashes) + 1, dtype=np.uint64) * _MULTIPLIER | np.uint64(1)
    return int((hashes * weights).sum())


def value_hashes(column: pd.Series | NDArray[Any]) -> NDArray[np.uint64]:
    """Return a 64-bit hash of each value; missing values are equal."""
    values = column if isinstance(column, pd.Series) else pd.Series(column)
    if values.dtype.kind == "f":
        # Adding zero makes -0.0 equal to 0.0.
        return np.asarray(pd.util.hash_array(values.to_numpy() + 0.0), dtype=np.uint64)
    return np.asarray(pd.util.hash_pandas_object(values, index=False), dtype=np.uint64)
