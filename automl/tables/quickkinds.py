"""Numeric columns that leave no doubt, told without a look at each of their texts."""

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
_CODES_AND_SENTINELS = r"^0[0-9]+$|^-?9{2,}(?:\.[09]+)?$"
_CODE_OR_SENTINEL = re.compile(_CODES_AND_SENTINELS)


def read_plain_column(cells: CellColumn, exclude: Sequence[str] = ()) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Read a column's plain numbers, as :func:`~automl.tables.plainnumbers.read_plain` does."""
    return read_few(cells, exclude) if isinstance(cells, list) else read_plain(cells, exclude)


def plain_number_column(name: str, cells: CellColumn) -> Column | None:
    """Return a numeric column where every cell is a plain number or empty and nothing asks for a closer look.

    Parameters
    ----------
    name : str
    cells : Series of str, or a list of few

    Returns
    -------
    Column or None
        None where cells are texts, or numbers that may be codes, dates, identifiers or stand for missing ones.
    """
    if names_codes(name) or names_dates(name):
        return None
    leave_doubt = _few_leave_doubt(cells) if isinstance(cells, list) else _leave_doubt(cells)
    return None if leave_doubt else Column(name, ColumnKind.NUMERIC, number=NumberFormat())


def _leave_doubt(cells: pd.Series) -> bool:
    """Whether a cell is no plain number, or the numbers may be something else."""
    if len(cells) > _GLANCE and read_plain(cells.iloc[:_GLANCE])[1].any():
        return True
    values, others = read_plain(cells)
    present = values[~np.isnan(values)]
    if others.any() or not len(present) or present.min() == present.max():
        return True
    if max(-present.min(), present.max()) >= _LARGEST or _may_name_rows(values):
        return True
    return any_match(cells, _CODES_AND_SENTINELS)


def _few_leave_doubt(cells: list[str]) -> bool:
    """Tell the same of a few cells without a library, whose calls would take longer than they do."""
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
