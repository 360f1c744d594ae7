"""The batches that are looked at one by one: whole files, or the rows of each stretch of time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.arguments import parse_stretch
from automl.errors import DataError, UsageError
from automl.preparation.columns import check_column
from automl.tables import ColumnKind, Schema, Table, apply_schema, infer_schema

__all__ = ["Batch", "batches_of", "parse_window"]

_MOST_BATCHES = 2_000
_DAY = 86_400


@dataclass(frozen=True)
class Batch:
    """Some rows, and what they are called."""

    name: str
    table: Table


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


def batches_of(tables: list[Table], schema: Schema, since: str | None, window: int) -> tuple[list[Batch], int]:
    """Return each table as a batch, or the rows of each stretch of time of all of them, the oldest first.

    The second value is the number of rows without a time, which are in no batch.

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
        return [Batch(Path(table.source).name, table) for table in tables], 0
    timed = [(table, _seconds(table, schema, since)) for table in tables]
    if all(np.isnan(seconds).all() for _, seconds in timed):
        raise DataError(f"No row has a time in '{since}'.", "Leave out --since, or give rows with times.")
    left_out = sum(int(np.isnan(seconds).sum()) for _, seconds in timed)
    return list(_windows(timed, window)), left_out


def _seconds(table: Table, schema: Schema, since: str) -> NDArray[np.float64]:
    """Return the time of each row in seconds since 1970; NaN where it has none."""
    check_column(table, since, "--since")
    cells = Table(table.cells[[since]], table.source, "", table.dialect)
    known = (
        schema if since in schema.names and schema.column(since).kind is ColumnKind.DATETIME else infer_schema(cells)
    )
    if known.column(since).kind is not ColumnKind.DATETIME:
        raise DataError(f"'{since}' in {Path(table.source).name} holds no dates or times.", "Name a column that does.")
    times = apply_schema(cells, known, [since]).frame[since].to_numpy()
    seconds = times.astype("datetime64[s]").astype(np.int64).astype(np.float64)
    return np.where(np.isnat(times), np.nan, seconds)


def _windows(timed: list[tuple[Table, NDArray[np.float64]]], window: int) -> Iterator[Batch]:
    # The first day of 1970 was a Thursday; from four days later on, weeks begin on Monday.
    offset = 4 * _DAY
    numbers = [np.floor((seconds - offset) / window) for _, seconds in timed]
    every = np.unique(np.concatenate([each[np.isfinite(each)] for each in numbers]))
    if len(every) > _MOST_BATCHES:
        raise UsageError(f"The rows fall into {len(every):,} windows.", "Give a longer --window.")
    for number in every.tolist():
        parts = [(table, each == number) for (table, _), each in zip(timed, numbers, strict=True)]
        (first, _), *_ = held = [(table, rows) for table, rows in parts if rows.any()]
        start = np.datetime64(int(number * window + offset), "s")
        name = str(start.astype("datetime64[D]") if window % _DAY == 0 else start.astype("datetime64[m]"))
        yield Batch(name, _joined([table.cells[rows] for table, rows in held], first))


def _joined(cells: list[pd.DataFrame], first: Table) -> Table:

    rows = pd.concat(cells, ignore_index=True).fillna("") if len(cells) > 1 else cells[0].reset_index(drop=True)
    return replace(first, cells=rows)
