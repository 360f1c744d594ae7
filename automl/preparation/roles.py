"""The columns that steer the training: weights, groups, times and folds, each read and checked once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.errors import DataError
from automl.preparation.columns import PrepareRequest, read_numbers
from automl.preparation.independence import group_numbers
from automl.preparation.wording import counted, verb
from automl.tables.applying import apply_schema
from automl.tables.schema import ColumnKind, Schema
from automl.tables.table import Table

__all__ = ["Roles", "read_roles"]


@dataclass(frozen=True)
class Roles:
    """What the steering columns say, each an array over the rows or None.

    Attributes
    ----------
    weight : ndarray of float64
        Positive or zero, with a mean of one.
    weight_unit : float
        What stands in the weight column where a row weighs one.
    group : ndarray of int64
        Equal for rows of one group; a row without a group is a group of its own.
    time : ndarray of datetime64[us] or float64
    fold : ndarray of int64
        Numbers the sorted distinct values of the fold column.
    """

    weight: NDArray[np.float64] | None = None
    group: NDArray[np.int64] | None = None
    time: NDArray[Any] | None = None
    fold: NDArray[np.int64] | None = None
    weight_unit: float = 1.0

    def take(self, rows: NDArray[np.int64]) -> Roles:
        """Return the roles of some rows."""
        taken: dict[str, Any] = {name: each[rows] for name, each in vars(self).items() if isinstance(each, np.ndarray)}
        return replace(self, **taken)


def read_roles(table: Table, schema: Schema, request: PrepareRequest, rows: NDArray[np.int64]) -> Roles:
    """Read the steering columns on the rows that are used.

    Parameters
    ----------
    table : Table
    schema : Schema
    request : PrepareRequest
    rows : ndarray of int64
        Positions of the rows that have a target.

    Raises
    ------
    DataError
        If weights are not numbers from zero up, or a time or fold is missing or unreadable.
    """
    weight = None if request.weight is None else _weights(table, schema, request.weight, rows)
    unit = 1.0 if weight is None else float(weight.mean())
    return Roles(
        weight=None if weight is None else weight / unit,
        weight_unit=unit,
        group=None if request.group is None else _groups(table, schema, request.group, rows),
        time=None if request.time is None else _times(table, schema, request.time, rows),
        fold=None if request.fold_column is None else _folds(table, schema, request.fold_column, rows),
    )


def _weights(table: Table, schema: Schema, name: str, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    values = read_numbers(table.cells[name], schema.column(name))[rows]
    bad = np.isnan(values) | (values < 0)
    if bad.any():
        raise _unusable(table, name, rows[bad], "no weight of zero or more")
    if not values.any():
        raise DataError(f"Every weight in '{name}' is zero.", "Leave out --weight, or choose another column.")
    return values


def _groups(table: Table, schema: Schema, name: str, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    typed = apply_schema(table, schema, [name]).frame[name].iloc[rows]
    codes = group_numbers(typed)
    if len(np.unique(codes)) < 2:
        raise DataError(f"Every row is of one group in '{name}'.", "Leave out --group, or choose another column.")
    return codes


def _times(table: Table, schema: Schema, name: str, rows: NDArray[np.int64]) -> NDArray[Any]:
    column = schema.column(name)
    if column.kind is ColumnKind.DATETIME:
        values: NDArray[Any] = apply_schema(table, schema, [name]).frame[name].to_numpy()[rows]
    else:
        values = read_numbers(table.cells[name], column)[rows]
    bad = pd.isna(values)
    if bad.any():
        raise _unusable(table, name, rows[bad], "no date and no number")
    return values


def _folds(table: Table, schema: Schema, name: str, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    column = schema.column(name)
    texts = table.cells[name].iloc[rows].str.strip()
    bad = (texts.eq("") | texts.isin(column.missing_markers)).to_numpy()
    if bad.any():
        raise _unusable(table, name, rows[bad], "no fold")
    codes = np.unique(texts.to_numpy(dtype=object), return_inverse=True)[1]
    return codes.astype(np.int64)


def _unusable(table: Table, name: str, rows: NDArray[np.int64], what: str) -> DataError:
    count = len(rows)
    example = table.cells[name].iloc[int(rows[0])].strip()
    shown = f"the first says '{example}'" if example else "the first is empty"
    return DataError(
        f"{counted(count, 'row')} {verb(count, 'has', 'have')} {what} in '{name}' ({shown}, row {int(rows[0]) + 1:,}).",
        "Fill these cells, take out these rows, or choose another column.",
    )
