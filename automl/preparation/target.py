"""The target column: read once, its task decided, its values as models learn them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.errors import DataError, UsageError
from automl.findings import Change, Finding
from automl.preparation.columns import WantedMetric, check_column, read_numbers, require_column
from automl.preparation.labels import count_labels, encode_labels, order_labels, respelled_labels
from automl.preparation.registry import make_finding
from automl.preparation.task import decide_task
from automl.preparation.wording import counted, join_quoted, source_name, verb
from automl.tables.applying import apply_schema
from automl.tables.schema import Column, Schema, Task
from automl.tables.table import Table

__all__ = ["MIN_ROWS", "Target", "decide_task", "encode_target", "read_target", "require_column"]

# Below this no split leaves enough rows to learn from and to score on.
MIN_ROWS = 10


@dataclass(frozen=True)
class Target:
    """The usable rows of a target column.

    Attributes
    ----------
    column : Column
    task : Task
    labels : tuple of str
        Class labels; for a binary task the second is the positive one. Empty for regression.
    rows : ndarray of int64, shape (n_usable,)
        Positions of the usable rows in the table.
    values : ndarray of shape (n_usable,)
        float64 for regression, int64 codes into ``labels`` otherwise.
    changes : tuple of Change
    findings : tuple of Finding
    """

    column: Column
    task: Task
    labels: tuple[str, ...]
    rows: NDArray[np.int64]
    values: NDArray[Any]
    changes: tuple[Change, ...] = ()
    findings: tuple[Finding, ...] = ()


def read_target(
    table: Table,
    schema: Schema,
    name: str,
    task: Task | None,
    positive: str | None,
    metric: WantedMetric | None = None,
) -> Target:
    """Read the target column and decide its task.

    Parameters
    ----------
    table : Table
    schema : Schema
    name : str
        The target column.
    task : Task or None
        What the user asks for; None lets the cells decide.
    positive : str or None
        The positive label of a binary task.
    metric : WantedMetric, optional
        What the user asks for; the task is one that it fits.

    Raises
    ------
    DataError
        If the column is not there, all missing, constant, different on nearly every row of a classification, or has
        fewer than 10 usable rows.
    UsageError
        If the task, the metric or the positive label does not fit the column.
    """
    check_column(table, name)
    _check_row_count(table)
    column = schema.column(name)
    cells = table.cells[name]
    decided = decide_task(_present_cells(cells, column), column, task, metric)
    labels = _labels(cells, column, decided, positive)
    values = encode_target(cells, column, decided, labels)
    rows = np.flatnonzero(values >= 0 if decided.is_classification else np.isfinite(values))
    _check_usable_count(len(rows), column)
    return Target(
        column=column,
        task=decided,
        labels=labels,
        rows=rows,
        values=values[rows],
        changes=_changes(table, schema, column, decided, labels) + _left_out(column, len(cells) - len(rows)),
        findings=_missing_rows(cells, column, rows),
    )


def encode_target(cells: pd.Series, column: Column, task: Task, labels: tuple[str, ...]) -> NDArray[Any]:
    """Turn a target's text cells into what models learn.

    Parameters
    ----------
    cells : Series of str, shape (n_rows,)
    column : Column
    task : Task
    labels : tuple of str
        Class labels; not used for regression.

    Returns
    -------
    ndarray of shape (n_rows,)
        Regression: float64, NaN where a cell is missing or no number. Classification: int64 codes into ``labels``, -1
        where a cell is missing or holds none of them.
    """
    if task is Task.REGRESSION:
        return read_numbers(cells, column)
    return encode_labels(cells, column, labels)


def _labels(cells: pd.Series, column: Column, task: Task, positive: str | None) -> tuple[str, ...]:
    if task.is_classification:
        return order_labels(count_labels(cells, column), positive)
    if positive is not None:
        raise UsageError(
            "A positive label fits a target with two labels; this is a regression.", "Leave out --positive."
        )
    return ()


def _present_cells(cells: pd.Series, column: Column) -> pd.Series:
    trimmed = cells.str.strip()
    return trimmed[(trimmed != "") & ~trimmed.isin(column.missing_markers)]


def _check_row_count(table: Table) -> None:
    rows = len(table.cells)
    if rows == 0:
        raise DataError(f"{source_name(table.source)} holds a header and no rows.", "Give a table with rows.")
    if rows == 1:
        raise DataError(f"{source_name(table.source)} holds one row.", f"At least {MIN_ROWS} rows are needed to learn.")


def _check_usable_count(usable: int, column: Column) -> None:
    if usable < MIN_ROWS:
        raise DataError(
            f"Only {counted(usable, 'row')} {verb(usable, 'has', 'have')} a value in the target '{column.name}'.",
            f"At least {MIN_ROWS} such rows are needed to learn and to score.",
        )


def _changes(table: Table, schema: Schema, column: Column, task: Task, labels: tuple[str, ...]) -> tuple[Change, ...]:
    """Log what was done to the target's cells; class labels stay texts, so they are never logged as parsed."""
    read = apply_schema(table, schema, [column.name]).changes
    if task is Task.REGRESSION:
        return read
    kept = tuple(change for change in read if change.step in ("trim", "missing"))
    return kept + respelled_labels(table.cells[column.name], column, labels)


def _left_out(column: Column, count: int) -> tuple[Change, ...]:
    if not count:
        return ()
    message = f"{counted(count, 'row')} without a usable target {verb(count, 'was', 'were')} left out."
    return (Change("target", column.name, count, message),)


def _missing_rows(cells: pd.Series, column: Column, rows: NDArray[np.int64]) -> tuple[Finding, ...]:
    lost = np.ones(len(cells), dtype=bool)
    lost[rows] = False
    count = int(lost.sum())
    if not count:
        return ()
    message = f"{counted(count, 'row')} of {len(cells):,} {verb(count, 'has', 'have')} no usable '{column.name}'"
    unreadable = Counter(_present_cells(cells[lost], column))
    if unreadable:
        message += f", among them cells such as {join_quoted(list(unreadable)[:3])}"
    return (make_finding("missing_target_rows", f"{message}.", (column.name,), unreadable),)
