"""The typed columns as plain arrays, made once: what the checks look at, one column after another."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["ColumnValues", "column_values", "values_of"]

# Of so few cells a look at each takes a fraction of the time that a library's call takes to begin.
_FEW = 64
_TEXTS = pd.StringDtype(na_value=np.nan)


@dataclass(frozen=True, eq=False)
class ColumnValues:
    """One typed column.

    Attributes
    ----------
    array : ndarray of shape (n_rows,)
        float64 or datetime64[us], as the column's kind says; for texts int64 codes into ``levels``, -1 where missing.
    levels : Index of str or None
        The distinct texts, in order of first appearance; None for numbers and dates.
    """

    array: NDArray[Any]
    levels: pd.Index | None = None

    def __len__(self) -> int:
        return len(self.array)

    @property
    def is_number(self) -> bool:
        """Whether the values are numbers, booleans among them."""
        return self.levels is None and self.array.dtype.kind == "f"

    @cached_property
    def missing(self) -> NDArray[np.bool_]:
        """Which values are missing, shape (n_rows,)."""
        if self.levels is not None:
            return np.asarray(self.array < 0)
        return np.asarray(np.isnan(self.array) if self.array.dtype.kind == "f" else np.isnat(self.array))

    @cached_property
    def n_missing(self) -> int:
        """The number of missing values."""
        return int(np.count_nonzero(self.missing))

    @property
    def present(self) -> NDArray[Any]:
        """The values, or codes, that are not missing."""
        return self.array[~self.missing] if self.n_missing else self.array

    def take(self, rows: NDArray[np.int64] | slice) -> ColumnValues:
        """Return some rows; texts keep their codes."""
        return ColumnValues(self.array[rows], self.levels)

    def codes(self) -> NDArray[np.int64]:
        """Return numbers that are equal for equal values, from 0, -1 where missing."""
        if self.levels is not None:
            return self.array
        return np.asarray(pd.factorize(self.array)[0], dtype=np.int64)

    def distinct(self) -> int:
        """Return the number of distinct values that are not missing."""
        if self.levels is not None:
            return int(np.count_nonzero(np.bincount(self.present, minlength=1)))
        return len(pd.unique(self.present))

    def counts(self) -> NDArray[np.int64]:
        """Return the rows of each distinct value, missing being one; zeros may stand among them."""
        return np.bincount(self.codes() + 1)

    def level_counts(self) -> dict[str, int]:
        """Return the rows of each level of a text column, most frequent first."""
        if self.levels is None:
            return {}
        rows = np.bincount(self.present, minlength=len(self.levels))
        order = np.argsort(-rows, kind="stable")
        order = order[rows[order] > 0]
        return dict(zip(self.levels[order].tolist(), rows[order].tolist(), strict=True))

    def text_at(self, row: int) -> object:
        """Return one value as a person would write it: a text, a number or a timestamp."""
        value = self.array[row]
        if self.levels is not None:
            return self.levels[value] if value >= 0 else np.nan
        return float(value) if self.array.dtype.kind == "f" else pd.Timestamp(value)


def column_values(frame: pd.DataFrame) -> dict[str, ColumnValues]:
    """Return each column of a typed frame as arrays; those of numbers share the frame's memory where they can."""
    found: dict[str, ColumnValues] = {}
    if len(frame) <= frame.shape[1]:
        numbers = frame.select_dtypes("float64")
        matrix = numbers.to_numpy()
        found = {str(name): ColumnValues(matrix[:, at]) for at, name in enumerate(numbers.columns)}
    if len(frame) <= _FEW:
        texts: pd.DataFrame = frame.select_dtypes(["str"])
        cells: list[list[Any]] = texts.to_numpy(dtype=object).T.tolist()
        found.update({str(name): _few_texts(column) for name, column in zip(texts.columns, cells, strict=True)})
    return {str(name): found.get(str(name)) or values_of(frame[name]) for name in frame.columns}


def values_of(values: pd.Series) -> ColumnValues:
    """Return a typed Series as arrays."""
    if values.dtype.kind in "fM":
        return ColumnValues(values.to_numpy())
    if len(values) <= _FEW:
        return _few_texts(values.tolist())
    codes, levels = pd.factorize(values)
    return ColumnValues(codes.astype(np.int64), pd.Index(levels))


def _few_texts(texts: list[Any]) -> ColumnValues:
    """Return a few texts, NaN where missing, as arrays."""
    places: dict[str, int] = {}
    codes = [places.setdefault(text, len(places)) if isinstance(text, str) else -1 for text in texts]
    return ColumnValues(np.array(codes, dtype=np.int64), pd.Index(list(places), dtype=_TEXTS))
