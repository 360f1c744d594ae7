"""What the checks look at: the typed columns that could become features, beside the target."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.preparation.checks.column_values import ColumnValues
from automl.preparation.checks.hashing import RowHashes
from automl.preparation.target import Target
from automl.tables.schema import Column
from automl.tables.table import Table

__all__ = ["Inspection", "log_arrangements"]


@dataclass(frozen=True)
class Inspection:
    """Typed rows with what is known about them.

    Attributes
    ----------
    table : Table
        With the text cells of all rows.
    values : mapping of str to ColumnValues
        Typed columns by name, each of shape (n_rows,), the candidate features among them: the rows that have a target.
    columns : tuple of Column
        The candidate features.
    hashes : RowHashes
        Of the rows, over the columns of ``values`` that are looked at.
    duplicate_groups : ndarray of int64, shape (n_rows,)
        Numbers from 0, equal for rows that are equal in every column but one that counts them.
    alike : ndarray of int64, shape (n_rows,)
        The same without the target.
    target : Target or None
        Its ``values`` belong to the same rows.
    time, group : str or None
        The columns that the user named as the rows' time and as what belongs together.
    every_column : tuple of Column
        All columns of ``table`` that are looked at, those that are no features and the target among them.
    """

    table: Table
    values: Mapping[str, ColumnValues]
    columns: tuple[Column, ...]
    hashes: RowHashes
    duplicate_groups: NDArray[np.int64]
    alike: NDArray[np.int64]
    target: Target | None = None
    time: str | None = None
    group: str | None = None
    every_column: tuple[Column, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the candidate features."""
        return tuple(column.name for column in self.columns)

    @property
    def n_rows(self) -> int:
        """The number of rows that are looked at."""
        return len(self.duplicate_groups)

    def without(self, names: Collection[str]) -> Inspection:
        """Return the inspection with some columns taken out."""
        if not names:
            return self
        kept = tuple(column for column in self.columns if column.name not in names)
        return replace(self, columns=kept)


def log_arrangements(counts: NDArray[Any]) -> float:
    """Return the natural logarithm of the number of orders in which a column's values could stand.

    A column that equals another by chance does so with a probability of one in this number (multinomial coefficient),
    so it tells a copy from a coincidence among few rows or few distinct values.

    Parameters
    ----------
    counts : ndarray of int
        Rows per distinct value.
    """
    levels, repeats = np.unique(counts, return_counts=True)
    orders = math.lgamma(float(counts.sum()) + 1)
    same = sum(math.lgamma(level + 1) * repeat for level, repeat in zip(levels.tolist(), repeats.tolist(), strict=True))
    return float(orders - same)
