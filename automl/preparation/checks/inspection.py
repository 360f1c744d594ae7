"""What the checks look at: the typed columns that could become features, beside the target."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.preparation.target import Target
from automl.tables.schema import Column

__all__ = ["Inspection", "log_arrangements"]


@dataclass(frozen=True)
class Inspection:
    """Typed rows with what is known about them.

    Attributes
    ----------
    cells : DataFrame of str
        The whole table's text cells (all rows).
    frame : DataFrame of shape (n_rows, n_columns)
        The candidate features as :func:`automl.tables.apply_schema` types them: the rows that have a target.
    columns : tuple of Column
        The columns of ``frame``, in its order.
    duplicate_groups : ndarray of int64, shape (n_rows,)
        Equal for rows that are equal in every column.
    target : Target or None
        Its ``values`` belong to the rows of ``frame``.
    time, group : str or None
        The columns that the user named as the rows' time and as what belongs together.
    every_column : tuple of Column
        All columns of ``cells`` that are looked at, those that are no features and the target among them.
    """

    cells: pd.DataFrame
    frame: pd.DataFrame
    columns: tuple[Column, ...]
    duplicate_groups: NDArray[np.int64]
    target: Target | None = None
    time: str | None = None
    group: str | None = None
    every_column: tuple[Column, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the candidate features."""
        return tuple(column.name for column in self.columns)

    def without(self, names: Collection[str]) -> Inspection:
        """Return the inspection with some columns taken out."""
        if not names:
            return self
        kept = tuple(column for column in self.columns if column.name not in names)
        return replace(self, columns=kept, frame=self.frame[[column.name for column in kept]])


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
