"""The cells behind typed values: how they are written, and which of them could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from automl.explanation.values import value_text
from automl.tables import Column, ColumnKind, NumberFormat, Schema, Table, TypedTable
from automl.tables.converting import convert
from automl.tables.uniques import few_unique_texts

__all__ = ["Spelling", "cells_of", "truth_words", "unread_columns"]


def cells_of(table: Table, name: str) -> pd.Series:
    """Return a column's texts, found by name as the schema finds it."""
    by_key = {str(each).strip().casefold(): each for each in table.cells.columns}
    return table.cells[name if name in table.cells.columns else by_key[name.strip().casefold()]]


def unread_columns(table: Table, typed: TypedTable, schema: Schema, row: int) -> tuple[str, ...]:
    """Return the columns whose cell in a row is neither missing nor readable, as the whole table was read.

    A cell alone may be written as programs write it where its column is not: then it was not read so.

    Parameters
    ----------
    table : Table
    typed : TypedTable
        What it was read to.
    schema : Schema
        By which it was read.
    row : int
        Position in both.
    """
    suspects = [name for name in typed.unparsed if pd.isna(typed.frame[name].iloc[row])]
    return tuple(
        name
        for name in suspects
        if convert(schema.column(name), few_unique_texts([cells_of(table, name).iloc[row]]).trimmed).unparsed.any()
    )


def truth_words(schema: Schema) -> dict[str, tuple[str, str]]:
    """Return what each column of truth values calls false and true."""
    return {
        column.name: (column.false_values[0], column.true_values[0])
        for column in schema.columns
        if column.kind is ColumnKind.BOOLEAN and column.false_values and column.true_values
    }


@dataclass(frozen=True)
class Spelling:
    """How values are written in the data.

    Attributes
    ----------
    schema : Schema
    sources : sequence of (DataFrame, Table)
        Typed rows, each with the texts that they were read from.
    """

    schema: Schema
    sources: Sequence[tuple[pd.DataFrame, Table]]

    def text(self, name: str, value: Any) -> str:
        """Write a value of a column: truth values in the column's words, numbers that have a format as in the data."""
        if pd.isna(value):
            return value_text(value)
        words = truth_words(self.schema).get(name)
        if words is not None:
            return words[int(value)]
        column = self.schema.column(name)
        return (self._found(column, value) if _has_format(column) else None) or value_text(value)

    def _found(self, column: Column, value: Any) -> str | None:
        """Return the first cell that was read as a number; None where there is none."""
        for frame, table in self.sources:
            places = np.flatnonzero(frame[column.name].to_numpy() == value)
            if len(places):
                return str(cells_of(table, column.name).iloc[places[0]]).strip()
        return None


def _has_format(column: Column) -> bool:
    return column.kind is ColumnKind.NUMERIC and not (column.number or NumberFormat()).is_default
