"""``automl clean``: the table as text again, with every step named and every change counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from automl.errors import UsageError
from automl.findings import Change
from automl.preparation.target import near_names
from automl.tables import Column, ColumnKind, Schema, Table, apply_schema

__all__ = ["CLEANING_STEPS", "DEFAULT_STEPS", "CleanedTable", "clean"]

CLEANING_STEPS = ("parse", "trim", "missing", "types", "spelling", "duplicates")
DEFAULT_STEPS = CLEANING_STEPS[:-1]


@dataclass(frozen=True)
class CleanedTable:
    """Cleaned cells as text, and the log of what changed."""

    cells: pd.DataFrame
    changes: tuple[Change, ...]


def clean(table: Table, schema: Schema, steps: tuple[str, ...] = DEFAULT_STEPS) -> CleanedTable:
    """Clean a table by named steps.

    ``parse`` alone returns the cells as they stood. Cleaning the result again changes nothing.

    Parameters
    ----------
    steps : tuple of str
        From :data:`CLEANING_STEPS`; carried out in that order.

    Raises
    ------
    UsageError
        If a step is not known.
    """
    for step in steps:
        if step not in CLEANING_STEPS:
            raise UsageError(f"'{step}' is not a cleaning step.", near_names(step, CLEANING_STEPS))
    cells = table.cells
    wanted = set(steps)
    if wanted == {"parse"} or not wanted:
        return CleanedTable(cells, ())
    typed = apply_schema(table, schema)
    columns = {name: _cleaned(schema.column(str(name)), cells[name], typed.frame[name], wanted) for name in cells.columns}
    result = pd.DataFrame(columns, columns=cells.columns)
    changes = [change for change in typed.changes if change.step in wanted]
    if "duplicates" in wanted:
        repeated = result.duplicated()
        if repeated.any():
            count = int(repeated.sum())
            changes.append(Change("duplicates", None, count, f"{count:,} repeated rows were dropped."))
            result = result[~repeated].reset_index(drop=True)
    return CleanedTable(result, tuple(changes))


def _cleaned(column: Column, cells: pd.Series[str], typed: pd.Series[Any], steps: set[str]) -> pd.Series[str]:
    trimmed = cells.map(lambda cell: " ".join(cell.split())) if "trim" in steps else cells
    result = trimmed
    if "missing" in steps:
        marks = {marker.casefold() for marker in column.missing_markers}
        result = result.where(~cells.map(lambda cell: cell.strip().casefold() in marks), "")
    known = typed.notna()
    if "types" in steps and column.kind is ColumnKind.NUMERIC:
        result = result.where(~known, typed.map(_plain_number))
    elif "types" in steps and column.kind is ColumnKind.DATETIME:
        result = result.where(~known, typed.map(_iso))
    elif "spelling" in steps and column.kind is ColumnKind.CATEGORY:
        result = result.where(~known, typed.astype("str"))
    return result.fillna("").astype("str")


def _plain_number(value: float) -> str:
    if np.isnan(value):
        return ""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))


def _iso(moment: pd.Timestamp) -> str:
    if pd.isna(moment):
        return ""
    text = moment.isoformat(sep=" ")
    return text.removesuffix(" 00:00:00")
