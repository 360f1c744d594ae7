"""Numeric columns that leave no doubt, told without a look at each of their texts."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.tables.contents import names_codes
from automl.tables.dateformats import names_dates
from automl.tables.plainnumbers import FEW, any_match, read_few, read_plain
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
    if not isinstance(cells, list) and len(cells) > _GLANCE and read_plain(cells.iloc[:_GLANCE])[1].any():
        return None
    values, others = read_plain_column(cells)
    present = values[~np.isnan(values)]
    if others.any() or not len(present) or present.min() == present.max():
        return None
    if max(-present.min(), present.max()) >= _LARGEST or _may_name_rows(values):
        return None
    are_doubtful = _any_search(cells) if isinstance(cells, list) else any_match(cells, _CODES_AND_SENTINELS)
    return None if are_doubtful else Column(name, ColumnKind.NUMERIC, number=NumberFormat())


def _any_search(texts: list[str]) -> bool:
    return any(map(_CODE_OR_SENTINEL.search, texts))


def _may_name_rows(values: NDArray[np.float64]) -> bool:
    """Whether whole numbers differ on every row."""
    if np.isnan(values).any() or (values[:1_000] != np.round(values[:1_000])).any():
        return False
    return len(set(values.tolist()) if len(values) <= FEW else pd.unique(values)) == len(values)
