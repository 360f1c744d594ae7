"""Which rows are independent of each other, by the groups that the user names or by what stands in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.preparation.checks.hashing import duplicate_groups
from automl.preparation.checks.repeats import are_equal_by_chance
from automl.tables.applying import apply_schema
from automl.tables.inference import infer_schema
from automl.tables.schema import Schema
from automl.tables.table import Table

__all__ = ["copies", "group_numbers", "independent_rows"]


def independent_rows(
    table: Table, schema: Schema, target: NDArray[Any], group: str | None = None
) -> NDArray[np.int64] | None:
    """Return a number for each row of a table, equal for rows that are not independent of each other.

    These are the rows of a group, or without groups those that may be copies of each other.

    Parameters
    ----------
    table : Table
    schema : Schema
        Of the columns that copies agree in; also of the groups, where it knows them.
    target : array of shape (n_rows,)
    group : str or None
        A column, which may be missing.

    Returns
    -------
    ndarray of int64, shape (n_rows,), or None
        None where every row stands for itself.
    """
    if group is not None and group in table.cells.columns:
        few = Table(table.cells[[group]], table.source, "", table.dialect)
        known = schema if group in schema.names else infer_schema(few)
        return group_numbers(apply_schema(few, known, [group]).frame[group])
    frame = apply_schema(table, schema).frame
    numbers = copies([frame[name] for name in frame.columns], target)
    return None if len(np.unique(numbers)) == len(numbers) else numbers


def group_numbers(groups: pd.Series) -> NDArray[np.int64]:
    """Return a number for each row, equal for rows of one group; a row without a group is a group of its own."""
    codes = pd.factorize(groups)[0].astype(np.int64)
    alone = codes < 0
    codes[alone] = codes.max(initial=-1) + 1 + np.arange(alone.sum())
    return codes


def copies(features: Sequence[pd.Series], target: pd.Series | NDArray[Any]) -> NDArray[np.int64]:
    """Return a number for each row, equal for rows that may be copies of each other, and not equal by chance."""
    rows = len(target)
    every, groups = np.arange(rows, dtype=np.int64), duplicate_groups([*features, target], rows)
    if groups.max(initial=-1) == rows - 1:
        return every
    expected = rows * (rows - 1) / 2
    for column in features:
        expected *= float((column.value_counts(normalize=True, dropna=False) ** 2).sum())
    return every if are_equal_by_chance(groups, duplicate_groups(features, rows), expected) else groups
