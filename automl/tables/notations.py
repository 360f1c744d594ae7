"""Columns whose cells are all written as programs write them, whatever notation their training table had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from automl.tables.converting import marker_numbers
from automl.tables.datetimes import ISO, parse_datetimes
from automl.tables.missing import is_any_marker
from automl.tables.numbers import parse_numbers
from automl.tables.plainnumbers import parse_plain
from automl.tables.schema import Column, ColumnKind, NumberFormat

__all__ = ["as_written"]

_TRUE, _FALSE = ("1", "true"), ("0", "false")


def as_written(column: Column, texts: Sequence[str]) -> Column:
    """Return the column as these cells of it are written.

    That is another notation than the schema's where every cell is a plain number, a date in ISO 8601, or 0 and 1, and
    one of them at least means nothing in the schema's: so does ``automl clean`` write a table.

    Parameters
    ----------
    column : Column
    texts : sequence of str
        Distinct trimmed texts of the column.
    """
    if column.kind is ColumnKind.NUMERIC:
        return _number_as_written(column, texts)
    if column.kind is ColumnKind.DATETIME:
        return _date_as_written(column, texts)
    if column.kind is ColumnKind.BOOLEAN:
        return _truth_as_written(column, texts)
    return column


def _present(column: Column, texts: Sequence[str]) -> list[str]:
    known = set(column.missing_markers)
    return [text for text in texts if text and text not in known and not is_any_marker(text)]


def _number_as_written(column: Column, texts: Sequence[str]) -> Column:
    number = column.number or NumberFormat()
    if number.is_default or number.notation != "decimal":
        return column
    present = _present(column, texts)
    # The quick look goes first: most columns are written as their training table had them.
    if np.isnan(parse_plain(present)).any() or not np.isnan(parse_numbers(present, number)).any():
        return column
    # A program that wrote the numbers anew wrote the one that stands for a missing one anew, too.
    markers = (*column.missing_markers, *map(str, marker_numbers(column)))
    return replace(column, number=NumberFormat(), missing_markers=markers)


def _date_as_written(column: Column, texts: Sequence[str]) -> Column:
    written = column.datetime_format or ISO
    present = _present(column, texts)
    if ISO in written.split("|") or not np.isnat(parse_datetimes(present, written)).any():
        return column
    return column if np.isnat(parse_datetimes(present, ISO)).any() else replace(column, datetime_format=ISO)


def _truth_as_written(column: Column, texts: Sequence[str]) -> Column:
    words = {*column.true_values, *column.false_values}
    present = {text.casefold() for text in _present(column, texts)}
    if not present or present & words or not present <= {*_TRUE, *_FALSE}:
        return column
    return replace(column, true_values=_TRUE, false_values=_FALSE)
