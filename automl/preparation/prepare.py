"""From a table of text cells to what models learn from: target, features, and all that was found on the way."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.errors import DataError
from automl.findings import Change, Finding, personal_columns
from automl.preparation.checks import Inspection, run_checks
from automl.preparation.checks.column_values import ColumnValues, column_values
from automl.preparation.checks.hashing import Hashes, RowHashes, hash_rows, value_hashes
from automl.preparation.checks.personal import what_identifies
from automl.preparation.checks.repeats import rows_kept_together
from automl.preparation.columns import PrepareRequest, check_request
from automl.preparation.roles import read_roles
from automl.preparation.target import Target, read_target
from automl.preparation.withholding import changes_without_cells, findings_without_cells
from automl.preparation.wording import counted, join_quoted, verb
from automl.tables.applying import apply_schema
from automl.tables.doubts import typing_findings
from automl.tables.schema import Column, ColumnKind, Schema
from automl.tables.table import Table, TypedTable

__all__ = ["PrepareRequest", "PreparedData", "hash_table", "prepare", "reading_findings"]


@dataclass(frozen=True)
class PreparedData:
    """A table ready to be learned from; every array is over the same rows.

    Attributes
    ----------
    frame : DataFrame of shape (n_rows, n_features)
        The feature columns, typed, under a RangeIndex.
    target : ndarray of shape (n_rows,)
        float64 for regression, int64 codes into ``schema.labels`` otherwise.
    schema : Schema
        Every column of the table, with target, task and labels decided.
    feature_columns : tuple of Column
        The columns of ``frame``, in its order.
    duplicate_groups : ndarray of int64, shape (n_rows,)
        Equal for rows that are equal in every column, the target included.
    kept_together : ndarray of int64, shape (n_rows,)
        The same, but for rows that are equal by chance: equal for rows that no split may part.
    weight, group, time, fold : ndarray or None
        What the steering columns say, as in :class:`automl.preparation.roles.Roles`.
    weight_unit : float
        What stands in the weight column where a row weighs one.
    findings : tuple of Finding
    changes : tuple of Change
        The cleaning log: reading by the schema, then rows and labels.
    row_numbers : ndarray of int64, shape (n_rows,)
        Positions of the rows in the table that was read.
    target_text : Series of str, shape (n_rows,)
        The target as text: the label, or the number as it stood in the file.
    typed : DataFrame
        Every column of the table, typed.
    personal : frozenset of str
        The columns of personal data, those left out among them: neither findings nor changes cite cells of theirs.
    """

    frame: pd.DataFrame
    target: NDArray[Any]
    schema: Schema
    feature_columns: tuple[Column, ...]
    duplicate_groups: NDArray[np.int64]
    kept_together: NDArray[np.int64]
    weight: NDArray[np.float64] | None
    group: NDArray[np.int64] | None
    time: NDArray[Any] | None
    fold: NDArray[np.int64] | None
    weight_unit: float
    findings: tuple[Finding, ...]
    changes: tuple[Change, ...]
    row_numbers: NDArray[np.int64]
    target_text: pd.Series
    typed: pd.DataFrame
    personal: frozenset[str]


def prepare(table: Table, schema: Schema, request: PrepareRequest) -> PreparedData:
    """Decide the task, keep the rows that have a target, and find the columns to learn from.

    Nothing is learned here that a fold could leak: every step looks at one row, or only reports.

    Parameters
    ----------
    table : Table
    schema : Schema
        As :func:`automl.tables.infer_schema` returns it.
    request : PrepareRequest

    Raises
    ------
    DataError
        If a named column is not there, the target cannot be learned, or no feature is left.
    UsageError
        If task, positive label or a column's part contradicts the target.
    """
    check_request(table, request)
    target = read_target(table, schema, request.target, request.task, request.positive, request.metric)
    schema = _with_identifiers(schema, request.identifiers)
    roles = read_roles(table, schema, request, target.rows)
    typed = apply_schema(table, schema)
    rows = _take(typed.frame, target.rows)
    unseen = {request.target, *request.drop}
    looked_at = tuple(column for column in schema.columns if column.name not in request.drop)
    values = column_values(rows)
    compared = [column for column in looked_at if column.name != request.target]
    hashes, groups, alike = hash_table(values, compared, target, len(rows))
    no_features = unseen | {*request.identifiers, *request.roles} - {request.time}
    candidates = tuple(column for column in schema.columns if column.name not in no_features)
    inspection = Inspection(
        table, values, candidates, hashes, groups, alike, target, request.time, request.group, looked_at
    )
    found, names = run_checks(inspection)
    _check_features(names, table, request.target)
    features = set(names)
    kept, removed = _rows_to_keep(groups, request.drop_duplicates)
    dropped = (column for column in schema.columns if column.name in request.drop)
    # What is predicted is shown all over a report: the target's own values cannot be withheld.
    personal = personal_columns(found) - {request.target} | {
        column.name for column in dropped if what_identifies(column, table.columns[column.name])
    }
    changes = (*(each for each in typed.changes if each.column not in unseen), *target.changes, *removed)
    findings = (*reading_findings(table, schema, typed, request.drop), *target.findings, *found)
    return PreparedData(
        frame=_take(rows[list(names)], kept),
        target=target.values[kept],
        schema=schema.with_target(request.target, target.task, target.labels),
        feature_columns=tuple(column for column in candidates if column.name in features),
        duplicate_groups=groups[kept],
        kept_together=rows_kept_together(inspection)[kept],
        **vars(roles.take(kept)),
        findings=findings_without_cells(findings, personal, schema.names),
        changes=changes_without_cells(changes, personal),
        row_numbers=target.rows[kept],
        target_text=_target_text(table, target, kept),
        typed=_take(rows, kept),
        personal=personal,
    )


def hash_table(
    values: Mapping[str, ColumnValues], columns: Sequence[Column], target: Target | None, n_rows: int
) -> tuple[RowHashes, NDArray[np.int64], NDArray[np.int64]]:
    """Hash the rows over some columns, and give each distinct row a number: with its target, and without.

    A column that counts the rows is left out of the numbers.
    """
    hashes = hash_rows({column.name: values[column.name] for column in columns}, n_rows)
    compared = {column.name for column in columns if not _counts_rows(values[column.name], column)}
    over = hashes.over(compared, values)
    alike = _numbered(over)
    return hashes, alike if target is None else _numbered(over ^ value_hashes(ColumnValues(target.values))), alike


def _numbered(hashes: Hashes) -> NDArray[np.int64]:
    return np.asarray(np.unique(hashes, return_inverse=True)[1], dtype=np.int64)


def _counts_rows(values: ColumnValues, column: Column) -> bool:
    if column.kind is not ColumnKind.IDENTIFIER or len(values) < 2 or values.levels is None:
        return False
    numbers = pd.to_numeric(values.levels.to_series(), errors="coerce").to_numpy(dtype=np.float64)
    steps = np.diff(np.append(numbers, np.nan)[values.array])
    return bool((steps > 0).all() and np.median(steps) == 1)


def _take(frame: pd.DataFrame, rows: NDArray[np.int64]) -> pd.DataFrame:
    if len(rows) == len(frame):
        return frame.reset_index(drop=True)
    return frame.iloc[rows].reset_index(drop=True)


def _with_identifiers(schema: Schema, identifiers: tuple[str, ...]) -> Schema:
    columns = (
        Column(column.name, ColumnKind.IDENTIFIER, column.missing_markers) if column.name in identifiers else column
        for column in schema.columns
    )
    return replace(schema, columns=tuple(columns))


def _check_features(names: tuple[str, ...], table: Table, target: str) -> None:
    if names:
        return
    others = [str(name) for name in table.cells.columns if name != target]
    if not others:
        raise DataError(
            f"The target '{target}' is the only column.",
            "Give a table with columns to predict it from; see --delimiter.",
        )
    raise DataError(
        f"No column is left to predict '{target}' from: {join_quoted(others)} "
        f"{verb(len(others), 'is', 'are')} empty, constant, an identifier, a copy or left out.",
        "Run 'automl profile' on the table to see why, or take columns out of --drop and --id.",
    )


def _rows_to_keep(groups: NDArray[np.int64], drop_duplicates: bool) -> tuple[NDArray[np.int64], tuple[Change, ...]]:
    every = np.arange(len(groups))
    if not drop_duplicates:
        return every, ()
    first = np.sort(np.unique(groups, return_index=True)[1]).astype(np.int64)
    count = len(every) - len(first)
    if not count:
        return every, ()
    repeats, were = verb(count, "repeats", "repeat"), verb(count, "was", "were")
    message = f"{counted(count, 'row')} that {repeats} another exactly {were} left out."
    return first, (Change("duplicates", None, count, message),)


def reading_findings(
    table: Table, schema: Schema, typed: TypedTable, dropped: Collection[str] = ()
) -> tuple[Finding, ...]:
    """Return what reading and typing found, but for columns that are left out."""
    # Of numbers only cells that could not be read are a finding: most columns have none, and need no second look.
    doubtful = (each for each in schema.columns if each.kind is not ColumnKind.NUMERIC or each.name in typed.unparsed)
    found = (*table.findings, *typing_findings(table, Schema(tuple(doubtful))))
    return tuple(finding for finding in found if not finding.columns or not set(finding.columns) <= set(dropped))


def _target_text(table: Table, target: Target, kept: NDArray[np.int64]) -> pd.Series:
    if target.task.is_classification:
        return pd.Series(pd.array(target.labels, dtype="str").take(target.values[kept]))
    return table.cells[target.column.name].iloc[target.rows[kept]].str.strip().reset_index(drop=True)
