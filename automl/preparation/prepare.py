"""From a text table to what the search learns from: typed features, a target, and all that was found and changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.errors import DataError
from automl.findings import Change, Finding
from automl.preparation.leaks import find_leaks, is_copy_of_target
from automl.preparation.registry import make_finding
from automl.preparation.target import near_names, require_column, resolve_target
from automl.tables import Column, ColumnKind, Schema, Table, Task, TypedTable, apply_schema, typing_findings

__all__ = ["PrepareRequest", "PreparedData", "prepare"]

_MANY_LEVELS = 100


@dataclass(frozen=True)
class PrepareRequest:
    """What the user said about the columns.

    Attributes
    ----------
    target : str
    task : Task or None
        None leaves it to the target.
    positive : str or None
    drop, identifiers : tuple of str
        Not features.
    weight, group, fold_column : str or None
    drop_duplicates : bool
    """

    target: str
    task: Task | None = None
    positive: str | None = None
    drop: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    weight: str | None = None
    group: str | None = None
    fold_column: str | None = None
    drop_duplicates: bool = False


@dataclass(frozen=True)
class PreparedData:
    """A table ready for the search.

    Attributes
    ----------
    frame : DataFrame of shape (n_rows, n_features)
        Typed feature columns of the rows that have a target.
    target : ndarray of shape (n_rows,)
    schema : Schema
        With target, task and labels decided.
    feature_columns : tuple of Column
    duplicate_groups : ndarray of shape (n_rows,), int64
        Equal for rows that are equal in features and target.
    weight, group, fold : ndarray of shape (n_rows,) or None
    findings : tuple of Finding
    changes : tuple of Change
    row_numbers : ndarray of shape (n_rows,), int64
        Positions in the table that was read.
    typed : DataFrame
        Every column as typed, of the rows that have a target.
    """

    frame: pd.DataFrame
    target: NDArray[Any]
    schema: Schema
    feature_columns: tuple[Column, ...]
    duplicate_groups: NDArray[np.int64]
    weight: NDArray[np.float64] | None
    group: NDArray[np.int64] | None
    fold: NDArray[Any] | None
    findings: tuple[Finding, ...]
    changes: tuple[Change, ...]
    row_numbers: NDArray[np.int64]
    typed: pd.DataFrame


def prepare(table: Table, schema: Schema, request: PrepareRequest) -> PreparedData:
    """Decide the task, leave out what is no feature, and say why.

    Raises
    ------
    DataError
        If the target or another named column is missing or unusable, or no feature is left.
    UsageError
        If the task or the positive label asked for does not suit the target.
    """
    require_column(table, request.target)
    _check_names(table, request)
    typed = apply_schema(table, schema)
    target = resolve_target(
        table, _target_texts(table, schema, request.target), schema.column(request.target), _numbers(typed, schema, request.target), request.task, request.positive
    )
    kept = np.flatnonzero(target.kept)
    frame = typed.frame.iloc[kept].reset_index(drop=True)
    values = target.values
    roles = {name for name in (request.target, request.weight, request.group, request.fold_column) if name}
    candidates = [
        column for column in schema.columns if column.name not in roles | set(request.drop) | set(request.identifiers)
    ]
    features, findings = _usable(candidates, frame, values, target.task)
    duplicates = _duplicate_groups(frame[[column.name for column in features]], values)
    if request.drop_duplicates:
        first = np.unique(duplicates, return_index=True)[1]
        first.sort()
        dropped = Change("duplicates", None, len(values) - len(first), f"{len(values) - len(first):,} repeated rows were dropped.")
        changes = (dropped,) if dropped.count else ()
        frame, values, duplicates, kept = frame.iloc[first].reset_index(drop=True), values[first], duplicates[first], kept[first]
    else:
        changes = ()
        findings += _duplicate_finding(duplicates)
    if not features:
        raise DataError(f"No usable feature column is left in {table.source}.", "Bring columns that vary and are not identifiers.")
    names = [column.name for column in features]
    n_classes = len(target.labels)
    return PreparedData(
        frame=frame[names],
        target=values,
        schema=schema.with_target(request.target, target.task, target.labels),
        feature_columns=tuple(features),
        duplicate_groups=duplicates,
        weight=_weights(frame, request.weight),
        group=None if request.group is None else np.asarray(pd.factorize(frame[request.group], use_na_sentinel=False)[0], dtype=np.int64),
        fold=None if request.fold_column is None else frame[request.fold_column].to_numpy(),
        findings=(*table.findings, *typing_findings(table, schema), *target.findings, *findings, *find_leaks(frame[names], values, n_classes)),
        changes=(*typed.changes, *target.changes, *changes),
        row_numbers=kept,
        typed=frame,
    )


def _check_names(table: Table, request: PrepareRequest) -> None:
    named = (request.weight, request.group, request.fold_column, *request.drop, *request.identifiers)
    for name in named:
        if name is not None and name not in table.cells.columns:
            raise DataError(f"Column '{name}' is not in {table.source}.", near_names(name, tuple(table.cells.columns)))


def _target_texts(table: Table, schema: Schema, name: str) -> pd.Series[str]:
    column = schema.column(name)
    as_levels = Schema((replace(column, kind=ColumnKind.TEXT, levels=(), number=None),))
    texts: pd.Series[str] = apply_schema(table, as_levels, columns=(name,)).frame[name]
    return texts


def _numbers(typed: TypedTable, schema: Schema, name: str) -> pd.Series[float] | None:
    if schema.column(name).kind is ColumnKind.NUMERIC:
        numbers: pd.Series[float] = typed.frame[name]
        return numbers.where(np.isfinite(numbers))
    texts = typed.frame[name]
    if schema.column(name).kind in (ColumnKind.IDENTIFIER, ColumnKind.CONSTANT):
        parsed = pd.to_numeric(texts, errors="coerce")
        return parsed if parsed.notna().sum() == texts.notna().sum() else None
    return None


def _weights(frame: pd.DataFrame, name: str | None) -> NDArray[np.float64] | None:
    if name is None:
        return None
    weight = pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype=np.float64)
    if not np.isfinite(weight).all() or (weight < 0).any() or weight.sum() <= 0:
        raise DataError(f"The weight column '{name}' must hold numbers of at least 0 in every row.", "Fill or correct it.")
    return np.asarray(weight / weight.mean())


def _usable(
    columns: list[Column], frame: pd.DataFrame, target: NDArray[Any], task: Task
) -> tuple[list[Column], tuple[Finding, ...]]:
    findings: list[Finding] = []
    usable: list[Column] = []
    seen: dict[tuple[str, int], str] = {}
    for column in columns:
        finding = _why_not(column, frame[column.name])
        if finding is None and is_copy_of_target(frame[column.name], target, task.is_classification):
            finding = make_finding("target_leak_copy", f"'{column.name}' is a copy of the target.", (column.name,))
        if finding is None:
            key = (str(column.kind), int(pd.util.hash_pandas_object(frame[column.name], index=False).sum()))
            twin = seen.setdefault(key, column.name)
            if twin != column.name and frame[twin].equals(frame[column.name].rename(twin)):
                finding = make_finding("duplicate_column", f"'{column.name}' is a copy of '{twin}'.", (column.name, twin))
        if finding is None:
            usable.append(column)
            findings += _remarks(column, frame[column.name])
        else:
            findings.append(finding)
    return usable, tuple(findings)


def _why_not(column: Column, cells: pd.Series[Any]) -> Finding | None:
    name = column.name
    if column.kind is ColumnKind.EMPTY or cells.isna().all():
        return make_finding("empty_column", f"'{name}' is empty.", (name,))
    if column.kind is ColumnKind.CONSTANT:
        return make_finding("constant_column", f"'{name}' says the same in every row.", (name,))
    if column.kind is ColumnKind.IDENTIFIER:
        return make_finding("identifier_column", f"'{name}' is different on (nearly) every row: it names rows.", (name,))
    return None


def _remarks(column: Column, cells: pd.Series[Any]) -> list[Finding]:
    name, found = column.name, []
    missing = float(cells.isna().mean())
    if missing > 0.5:
        found.append(make_finding("many_missing", f"{missing:.0%} of '{name}' is missing.", (name,)))
    if column.kind is ColumnKind.CATEGORY and len(column.levels) > _MANY_LEVELS:
        found.append(make_finding("high_cardinality", f"'{name}' has {len(column.levels):,} levels.", (name,)))
    return found


def _duplicate_groups(frame: pd.DataFrame, target: NDArray[Any]) -> NDArray[np.int64]:
    hashes = pd.util.hash_pandas_object(frame, index=False).to_numpy()
    mixed = hashes ^ (pd.util.hash_array(target) * np.uint64(0x9E3779B97F4A7C15))
    return np.asarray(np.unique(mixed, return_inverse=True)[1], dtype=np.int64)


def _duplicate_finding(groups: NDArray[np.int64]) -> tuple[Finding, ...]:
    repeated = len(groups) - len(np.unique(groups))
    if not repeated:
        return ()
    return (make_finding("duplicate_rows", f"{repeated:,} of {len(groups):,} rows repeat an earlier row exactly."),)
