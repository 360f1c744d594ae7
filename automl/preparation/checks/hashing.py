"""Hashes of typed rows and columns: equal content, equal hash, whatever the number of rows."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.preparation.checks.column_values import ColumnValues

__all__ = ["RowHashes", "column_hashes", "duplicate_groups", "hash_rows", "value_hashes"]

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_OF_MISSING = np.uint64(0xD6E8FEB86659FD93)

# Of so few values a library's call takes longer to begin than to hash them.
_FEW = 64

Hashes = NDArray[np.uint64]


@dataclass(frozen=True)
class RowHashes:
    """Hashes of rows over several columns, from which any column can be taken out again.

    Attributes
    ----------
    total : ndarray of uint64, shape (n_rows,)
        Over every column.
    signatures : dict of str to int
        One number a column, equal for columns of equal content in equal order.
    weights : dict of str to uint64
        What each column's hashes are multiplied by in the total.
    """

    total: Hashes
    signatures: dict[str, int]
    weights: dict[str, np.uint64]

    def over(self, names: Collection[str], values: Mapping[str, ColumnValues]) -> Hashes:
        """Return the rows' hashes over some of the columns."""
        rest = self.total.copy()
        for name, weight in self.weights.items():
            if name not in names:
                rest -= value_hashes(values[name]) * weight
        return rest


def hash_rows(values: Mapping[str, ColumnValues], n_rows: int) -> RowHashes:
    """Hash every column once.

    Rows are compared by a 64-bit hash: among a million rows, two unequal ones meet with a probability below 1e-7.
    """
    total = np.zeros(n_rows, dtype=np.uint64)
    places = np.arange(1, n_rows + 1, dtype=np.uint64) * _MULTIPLIER | np.uint64(1)
    signatures, weights = {}, {}
    for number, (name, hashes) in enumerate(column_hashes(values)):
        weights[name] = np.uint64((int(_MULTIPLIER) * (2 * number + 1)) % 2**64)
        signatures[name] = int((hashes * places).sum())
        total += hashes * weights[name]
    return RowHashes(total, signatures, weights)


def duplicate_groups(columns: Iterable[pd.Series | NDArray[Any]], n_rows: int) -> NDArray[np.int64]:
    """Give each distinct row of some columns a number.

    Returns
    -------
    ndarray of int64, shape (n_rows,)
        Equal for rows that are equal in every column, a missing value being equal to a missing value.
    """
    combined = np.zeros(n_rows, dtype=np.uint64)
    for column in columns:
        combined = (combined ^ (combined >> np.uint64(29))) * _MULTIPLIER + _series_hashes(column)
    _, groups = np.unique(combined, return_inverse=True)
    return np.asarray(groups, dtype=np.int64)


def column_hashes(columns: Mapping[str, ColumnValues]) -> Iterator[tuple[str, Hashes]]:
    """Yield each column's name and the hashes of its values, as :func:`value_hashes` makes them.

    Numbers on few rows are hashed all at once: there may be 100,000 such columns.
    """
    few = {name: column.array for name, column in columns.items() if column.is_number and len(column) <= _FEW}
    together = dict(zip(few, _mixed(np.array(list(few.values())) + 0.0), strict=True)) if few else {}
    for name, column in columns.items():
        yield name, together[name] if name in together else value_hashes(column)


def value_hashes(values: ColumnValues) -> Hashes:
    """Return a 64-bit hash of each value; missing values are equal."""
    if values.levels is None:
        return _array_hashes(values.array)
    # One more at the end, for the code -1.
    levels = values.levels.to_numpy(dtype=object)
    of_texts = _few_hashes(levels.tolist()) if len(levels) <= _FEW else pd.util.hash_array(levels)
    of_levels = np.append(of_texts, _OF_MISSING)
    return np.asarray(of_levels[values.array], dtype=np.uint64)


def _array_hashes(array: NDArray[Any]) -> Hashes:
    # Adding zero makes -0.0 equal to 0.0.
    plain = array + 0.0 if array.dtype.kind == "f" else array
    if len(plain) <= _FEW:
        return _mixed(plain)
    return np.asarray(pd.util.hash_array(plain), dtype=np.uint64)


def _few_hashes(texts: Sequence[str]) -> Hashes:
    digests = (hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest() for text in texts)
    return np.frombuffer(b"".join(digests), dtype=np.uint64)


def _mixed(numbers: NDArray[Any]) -> Hashes:
    """Hash numbers by the last steps of SplitMix64 (Steele, Lea and Flood 2014), all missing ones alike."""
    if numbers.dtype.kind == "f":
        numbers[np.isnan(numbers)] = np.nan
    hashes = np.ascontiguousarray(numbers).view(np.uint64) + _MULTIPLIER
    hashes = (hashes ^ (hashes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    hashes = (hashes ^ (hashes >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return hashes ^ (hashes >> np.uint64(31))


def _series_hashes(column: pd.Series | NDArray[Any]) -> Hashes:
    values = column if isinstance(column, pd.Series) else pd.Series(column)
    if values.dtype.kind == "f":
        return _array_hashes(values.to_numpy())
    return np.asarray(pd.util.hash_pandas_object(values, index=False), dtype=np.uint64)
