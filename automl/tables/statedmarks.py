"""The marks of numbers where the user states them: they overrule what each column seems to say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from automl.tables.numbers import parse_numbers
from automl.tables.schema import Column, ColumnKind
from automl.tables.table import Table
from automl.tables.uniques import unique_texts

__all__ = ["state_marks"]


def state_marks(columns: Sequence[Column], table: Table) -> tuple[Column, ...]:
    """Give the numeric columns the marks that the user states, except those that cannot be read so.

    Parameters
    ----------
    columns : sequence of Column
    table : Table
        Whose dialect holds the marks; empty where none was stated.
    """
    decimal, thousands = table.dialect.decimal, table.dialect.thousands
    if not (decimal or thousands):
        return tuple(columns)
    return tuple(_stated(column, table, decimal, thousands) for column in columns)


def _stated(column: Column, table: Table, decimal: str, thousands: str) -> Column:
    if column.kind is not ColumnKind.NUMERIC or column.number is None:
        return column
    mark = decimal or ("." if thousands != "." else ",")
    number = replace(column.number, decimal=mark, thousands=thousands)
    texts = [text for text in unique_texts(table.cells[column.name]).trimmed if text]
    as_found = np.isfinite(parse_numbers(texts, column.number)).sum()
    as_stated = np.isfinite(parse_numbers(texts, number)).sum()
    return replace(column, number=number) if as_stated and as_stated >= as_found else column
