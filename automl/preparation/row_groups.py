"""What a column says about which group a row belongs to, as texts that mean the same in every file."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.errors import DataError
from automl.tables.schema import Column, ColumnKind

__all__ = ["check_groups", "group_texts"]

_KINDS = (ColumnKind.CATEGORY, ColumnKind.BOOLEAN, ColumnKind.NUMERIC)
_MOST = 50


def group_texts(column: Column, values: pd.Series) -> NDArray[Any]:
    """Return the value of each row as a text, None where it is missing.

    Parameters
    ----------
    column : Column
    values : Series of shape (n_rows,)
        Typed by the column's schema.
    """
    texts = np.full(len(values), None, dtype=object)
    present = values.notna().to_numpy()
    texts[present] = [_text(column, value) for value in values[present].tolist()]
    return texts


def _text(column: Column, value: Any) -> str:
    if column.kind is ColumnKind.BOOLEAN:
        return next(iter(column.true_values if value else column.false_values), str(bool(value)))
    return f"{value:.15g}" if column.kind is ColumnKind.NUMERIC else str(value)


def check_groups(column: Column, values: pd.Series, option: str) -> None:
    """Check that a column tells a few groups apart.

    Raises
    ------
    DataError
        If it has fewer than two values or very many, or is of a kind that names no groups.
    """
    distinct = int(values.nunique())
    if column.kind in _KINDS and 2 <= distinct <= _MOST:
        return
    raise DataError(
        f"'{column.name}' ({column.kind}) has {distinct:,} different value{'' if distinct == 1 else 's'}: "
        f"{option} needs a category with 2 to {_MOST}.",
        f"Name another column, or leave out {option}.",
    )
