"""Columns of numbers that leave no doubt, told without a look at each of their texts."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.tables.contents import names_codes
from automl.tables.dateformats import names_dates
from automl.tables.plainnumbers import any_match, are_plain, read_few, read_plain
from automl.tables.schema import Column, ColumnKind, NumberFormat
from automl.tables.uniques import CellColumn

__all__ = ["plain_number_column", "read_plain_column"]

_GLANCE = 100
# From here on digits may be a time (14 of them) or a code.
_LARGEST = 1e12
# Longer ones may be dates, or seconds since 1970; and a short table may be one of years.
_LARGEST_ROW_NUMBER = 1e7
_LONG = 10_000
_NO_ROW_NUMBER = r"[^0-9]|^0[0-9]|^$"
_CODES_AND_SENTINELS = r"^0[0-9]+$|^-?9{2,}(?:\.[09]+)?$"
_CODE_OR_SENTINEL = re.compile(_CODES_AND_SENTINELS)


def read_plain_column(
    cells: CellColumn, exclude: Sequence[float] = ()
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Read a column's plain numbers, as :func:`~automl.tables.plainnumbers.read_plain` does."""
    return read_few(cells, exclude) if isinstance(cells, list) else read_plain(cells, exclude)


def plain_number_column(name: str, cells: CellColumn) -> Column | None:
    """Return the column where every cell is a plain number or empty and nothing asks for a closer look.

    Parameters
    ----------
    name : str
    cells : Series of str, or a list of few

    Returns
    -------
    Column or None
        Numeric, or the numbers of the rows of a long table; None where cells are texts, or numbers that may be codes,
        dates, identifiers or stand for missing ones.
    """
    if names_codes(name) or names_dates(name):
        return None
    kind = _kind_of_few(cells) if isinstance(cells, list) else _kind(cells)
    if kind is ColumnKind.IDENTIFIER:
        return Column(name, kind)
    return None if kind is None else Column(name, kind, number=NumberFormat())


def _kind(cells: pd.Series) -> ColumnKind | None:
    if len(cells) > _GLANCE and read_plain(cells.iloc[:_GLANCE])[1].any():
        return None
    values, others = read_plain(cells)
    if others.any():
        return None
    if len(values) >= _LONG and _number_rows(values, cells):
        return ColumnKind.IDENTIFIER
    return None if _leave_doubt(values, cells) else ColumnKind.NUMERIC


def _number_rows(values: NDArray[np.float64], cells: pd.Series) -> bool:
    """Whether whole numbers count up by one from row to row, each written by its digits alone."""
    counts_up = bool((np.diff(values) == 1).all()) and values[-1] < _LARGEST_ROW_NUMBER
    return counts_up and not any_match(cells, _NO_ROW_NUMBER)


def _leave_doubt(values: NDArray[np.float64], cells: pd.Series) -> bool:
    """Whether the numbers in the cells may be something else."""
    present = values[~np.isnan(values)]
    if not len(present) or present.min() == present.max():
        return True
    if max(-present.min(), present.max()) >= _LARGEST or _may_name_rows(values):
        return True
    return any_match(cells, _CODES_AND_SENTINELS)


def _kind_of_few(cells: list[str]) -> ColumnKind | None:
    """Tell the same of a few cells without a library, whose calls would take longer than they do."""
    return None if _few_leave_doubt(cells) else ColumnKind.NUMERIC


def _few_leave_doubt(cells: list[str]) -> bool:
    filled = [cell for cell in cells if cell]
    if not filled or not are_plain(filled):
        return True
    values = list(map(float, filled))
    low, high = min(values), max(values)
    if low == high or max(-low, high) >= _LARGEST:
        return True
    name_rows = len(set(values)) == len(cells) and all(map(float.is_integer, values))
    return name_rows or any(map(_CODE_OR_SENTINEL.search, filled))


def _may_name_rows(values: NDArray[np.float64]) -> bool:
    """Whether whole numbers differ on every row."""
    if np.isnan(values).any() or (values[:1_000] != np.round(values[:1_000])).any():
        return False
    return len(pd.unique(values)) == len(values)
