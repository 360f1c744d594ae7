"""The batches that are looked at one by one: whole files, or the rows of each stretch of time."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.arguments import parse_stretch
from automl.errors import DataError, UsageError
from automl.operate.windows import window_numbers, windows_of
from automl.preparation.columns import check_column
from automl.report.formatting import plural
from automl.tables import ColumnKind, Schema, Table, apply_schema, infer_schema, typing_findings

__all__ = ["Batch", "batches_of", "parse_window"]

_DATE_ORDERS = ("ambiguous_date_order", "mixed_date_orders")


@dataclass(frozen=True)
class Batch:
    """Some rows, what they are called, and whether their number says anything."""

    name: str
    table: Table
    rows_judged: bool = True


def parse_window(text: str) -> int:
    """Return a stretch of time in seconds: ``12h``, ``1d``, ``2w``.

    Raises
    ------
    UsageError
        If the text is not understood, or the stretch is shorter than a second.
    """
    seconds = round(parse_stretch(text) or 0)
    if seconds < 1:
        raise UsageError(f"The window '{text}' is not understood.", "Write it like 12h, 1d or 2w.")
    return seconds


def batches_of(
    tables: list[Table], schema: Schema, since: str | None, window: int
) -> tuple[list[Batch], tuple[str, ...]]:
    """Return each table as a batch, or the rows of each stretch of time of all of them, the oldest first.

    The second value says what to know of it: how doubtful times were read, which rows and stretches are in no batch.

    Parameters
    ----------
    tables : list of Table
    schema : Schema
        Says how the column of times is read where the model knows it.
    since : str, optional
        The column of times.
    window : int
        Seconds; weeks begin on Monday.

    Raises
    ------
    DataError
        If the column is not there, or holds no times.
    UsageError
        If that many batches come of it that nobody would look at them.
    """
    if since is None:
        names = _names([table.source for table in tables])
        return [Batch(name, table) for name, table in zip(names, tables, strict=True)], ()
    times, notes = _times(tables, schema, since)
    every = np.concatenate(times)
    known = every[np.isfinite(every)]
    if not len(known):
        raise DataError(f"No row has a time in '{since}'.", "Leave out --since, or give rows with times.")
    if timeless := len(every) - len(known):
        verb = "is" if timeless == 1 else "are"
        notes = (*notes, f"{plural(timeless, 'row')} without a time in '{since}' {verb} in no batch.")
    windows, left_out = windows_of(known, window)
    if left_out:
        notes = (*notes, f"Of long stretches without rows only the first window is told; left out: {left_out:,}.")
    numbers = [window_numbers(seconds, window) for seconds in times]
    return [
        Batch(each.name, _joined(tables, [its == each.number for its in numbers]), each.rows_judged) for each in windows
    ], notes


def _names(sources: Sequence[str]) -> list[str]:
    """Return the file name of each source, with as many folders before it as tell it from the others."""
    parts = [Path(source).parts for source in sources]
    ends = [[str(Path(*each[-depth:])) for depth in range(1, len(each) + 1)] for each in parts]
    taken = Counter(end for each in ends for end in each)
    return [next((end for end in each if taken[end] == 1), source) for each, source in zip(ends, sources, strict=True)]


def _times(tables: Sequence[Table], schema: Schema, since: str) -> tuple[list[NDArray[np.float64]], tuple[str, ...]]:
    """Return the time of each row of each table in seconds since 1970, and which dates could be read otherwise."""
    for table in tables:
        check_column(table, since, "--since")
    cells = [Table(table.cells[[since]], table.source, "", table.dialect) for table in tables]
    if since in schema.names and schema.column(since).kind is ColumnKind.DATETIME:
        return [_seconds(each, schema, since) for each in cells], ()
    # A 13th in one file says how the 12th of another one is read.
    together = replace(cells[0], cells=pd.concat([each.cells for each in cells], ignore_index=True))
    common = infer_schema(together)
    schemas = [_schema(each, common, since) for each in cells]
    alone = [(each, own) for each, own in zip(cells, schemas, strict=True) if own is not common]
    findings = (found for each, own in [(together, common), *alone] for found in typing_findings(each, own))
    notes = tuple(f"{found.message} {found.action}" for found in findings if found.code in _DATE_ORDERS)
    return [_seconds(each, own, since) for each, own in zip(cells, schemas, strict=True)], notes


def _schema(cells: Table, common: Schema, since: str) -> Schema:
    """Return how a table's times are read: as those of all tables, unless it can read more of them by itself."""
    unread = _unread(cells, common, since)
    if not unread:
        return common
    own = infer_schema(cells)
    if min(unread, least := _unread(cells, own, since)) == math.inf:
        raise DataError(f"'{since}' in {Path(cells.source).name} holds no dates or times.", "Name a column that does.")
    return own if least < unread else common


def _unread(cells: Table, schema: Schema, since: str) -> float:
    """Return how many cells are no times; infinitely many where the column is another kind."""
    if schema.column(since).kind is not ColumnKind.DATETIME:
        return math.inf
    return apply_schema(cells, schema, [since]).unparsed.get(since, 0)


def _seconds(cells: Table, schema: Schema, since: str) -> NDArray[np.float64]:
    """Return the time of each row in seconds since 1970; NaN where it has none."""
    times = apply_schema(cells, schema, [since]).frame[since].to_numpy()
    seconds = times.astype("datetime64[s]").astype(np.int64).astype(np.float64)
    return np.where(np.isnat(times), np.nan, seconds)


def _joined(tables: Sequence[Table], chosen: Sequence[NDArray[np.bool_]]) -> Table:
    """Return the chosen rows of tables; where they are none, the columns of the first table."""
    held = [(table, rows) for table, rows in zip(tables, chosen, strict=True) if rows.any()]
    held = held or [(tables[0], chosen[0])]
    cells = [table.cells[rows] for table, rows in held]
    rows = pd.concat(cells, ignore_index=True).fillna("") if len(cells) > 1 else cells[0].reset_index(drop=True)
    return replace(held[0][0], cells=rows)
