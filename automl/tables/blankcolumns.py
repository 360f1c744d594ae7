"""Columns without a name and without a cell, as beside a table that begins farther right or is drawn with lines."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from automl.findings import Finding, Severity

__all__ = ["without_blank_columns"]


def without_blank_columns(cells: pd.DataFrame, header: Sequence[str]) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """Leave out columns that hold nothing, neither a name nor a cell.

    Parameters
    ----------
    cells : DataFrame
        All rows of the table.
    header : sequence of str
        The names as they stand in the file; empty where it has no header, and every column is kept.
    """
    unnamed = [position for position, name in enumerate(header) if not name.strip()]
    blank = [position for position in unnamed if not cells.iloc[:, position].str.strip().any()]
    if not blank or cells.empty or len(blank) == cells.shape[1]:
        return cells, ()
    kept = [position for position in range(cells.shape[1]) if position not in set(blank)]
    number = f"{len(blank):,} columns hold" if len(blank) > 1 else "One column holds"
    message = f"{number} neither a name nor a cell."
    action = "Left out; write a name above a column that has to stay."
    return cells.iloc[:, kept], (Finding("blank_columns", Severity.INFO, message, action=action),)
