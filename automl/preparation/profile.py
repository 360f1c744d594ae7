"""A profile: what each column of a table holds, and what is wrong with the table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.errors import DataError
from automl.findings import Change, Finding, personal_columns
from automl.preparation.checks import Inspection, run_checks
from automl.preparation.checks.column_values import ColumnValues, column_values, values_of
from automl.preparation.checks.drift import find_drift
from automl.preparation.checks.level_means import explained_share
from automl.preparation.checks.sampling import spread_rows
from automl.preparation.columns import require_column
from automl.preparation.overview import table_overview
from automl.preparation.prepare import hash_table, reading_findings
from automl.preparation.profiles import ColumnProfile, TableProfile
from automl.preparation.registry import make_finding
from automl.preparation.target import Target, read_target
from automl.preparation.withholding import findings_without_cells
from automl.tables.applying import apply_schema
from automl.tables.personal_cells import identifies_someone
from automl.tables.schema import Column, ColumnKind, Schema
from automl.tables.table import Table

__all__ = ["ColumnProfile", "TableProfile", "profile", "profile_column"]

_BINS = 20
_TOP_VALUES = 10
_EXAMPLES = 5
_LONGEST_TEXT = 60
_SAMPLE = 10_000
# Of so few values a library's call takes longer to begin than to count them.
_FEW = 64


def profile(table: Table, schema: Schema, target: str | None = None, test_data: Table | None = None) -> TableProfile:
    """Describe every column and run every check.

    Parameters
    ----------
    table : Table
    schema : Schema
        As :func:`automl.tables.infer_schema` returns it.
    target : str, optional
        The column to predict: it adds the checks for leaks and classes. One that cannot be predicted is a finding,
        ``unusable_target``, not an error.
    test_data : Table, optional
        Rows that come later: columns spread otherwise in them are a finding.

    Raises
    ------
    DataError
        If ``target`` is not in the table, or stands twice in its header.
    """
    if target is not None:
        require_column(table, target)
    typed = apply_schema(table, schema)
    usable, target_findings = _usable_target(table, schema, target)
    every = column_values(typed.frame)
    values = every if usable is None else column_values(typed.frame.iloc[usable.rows])
    findings = _found(table, schema, values, usable, target)
    drift = [] if test_data is None else _drift(typed.frame, test_data, schema, target)
    unread = _unread_examples(typed.changes)
    personal = personal_columns(findings)
    described = (
        _described(
            column,
            every[column.name],
            unparsed=typed.unparsed.get(column.name, 0),
            unparsed_examples=unread.get(column.name, ()),
            relation=_relation(values[column.name], usable, column.name),
        )
        for column in schema.columns
    )
    told = (*reading_findings(table, schema, typed), *target_findings, *findings, *drift)
    overview = table_overview(values, schema.columns)
    return TableProfile(
        rows=len(table.cells),
        columns=tuple(each.without_values() if each.name in personal else each for each in described),
        findings=findings_without_cells(told, personal, schema.names),
        overview=replace(overview, outliers=tuple(each for each in overview.outliers if each.column not in personal)),
    )


def profile_column(column: Column, values: pd.Series) -> ColumnProfile:
    """Describe one column.

    Parameters
    ----------
    column : Column
    values : Series
        Its cells as :func:`automl.tables.apply_schema` types them.
    """
    return _described(column, values_of(values))


def _described(column: Column, values: ColumnValues, **facts: Any) -> ColumnProfile:
    present = values.present
    distinct = _distinct(present)
    if len(present):
        if column.kind in (ColumnKind.NUMERIC, ColumnKind.DATETIME):
            facts |= _range_facts(present)
        if column.kind is ColumnKind.BOOLEAN:
            facts["mean"] = float(present.mean())
        if column.kind in (ColumnKind.BOOLEAN, ColumnKind.CATEGORY, ColumnKind.CONSTANT):
            facts["top_values"] = _top_values(column, values, distinct)
    return ColumnProfile(
        name=column.name,
        kind=str(column.kind),
        missing=values.n_missing,
        unique=len(distinct),
        examples=tuple(text for text in _first(column, values, distinct) if not identifies_someone(text)),
        content=column.content,
        order=column.order,
        **facts,
    )


def _distinct(present: NDArray[Any]) -> NDArray[Any]:
    """Return the distinct values in the order in which they come."""
    if len(present) > _FEW or present.dtype.kind == "M":
        return np.asarray(pd.unique(present))
    return np.array(list(dict.fromkeys(present.tolist())), dtype=present.dtype)


def _first(column: Column, values: ColumnValues, distinct: NDArray[Any]) -> Iterator[str]:
    return (_shown(column, values, value) for value in distinct[:_EXAMPLES])


def _top_values(column: Column, values: ColumnValues, distinct: NDArray[Any]) -> tuple[tuple[str, int], ...]:
    """Return the most frequent of the distinct values, or codes, with their rows; of ties the first."""
    codes = values.codes()
    rows = np.bincount(codes[codes >= 0])
    rows = rows[distinct] if values.levels is not None else rows
    most = np.argsort(-rows, kind="stable")[:_TOP_VALUES]
    shown = ((_shown(column, values, distinct[at]), int(rows[at])) for at in most.tolist())
    return tuple((text, count) for text, count in shown if not identifies_someone(text))


def _usable_target(table: Table, schema: Schema, name: str | None) -> tuple[Target | None, tuple[Finding, ...]]:
    if name is None:
        return None, ()
    try:
        target = read_target(table, schema, name, None, None)
    except DataError as error:
        return None, (make_finding("unusable_target", error.message, (name,)),)
    return target, target.findings


def _found(
    table: Table, schema: Schema, values: Mapping[str, ColumnValues], target: Target | None, name: str | None
) -> tuple[Finding, ...]:
    columns = tuple(column for column in schema.columns if column.name in values and column.name != name)
    n_rows = len(table.cells) if target is None else len(target.rows)
    hashes, groups, alike = hash_table(values, columns, target, n_rows)
    return run_checks(Inspection(table, values, columns, hashes, groups, alike, target, every_column=schema.columns))[0]


def _unread_examples(changes: Sequence[Change]) -> dict[str, tuple[str, ...]]:
    """Return, by column, cells that became missing because they are no values of its kind."""
    unread = [change for change in changes if change.step == "types" and not any(after for _, after in change.examples)]
    return {
        str(change.column): tuple(before for before, _ in change.examples if not identifies_someone(before))
        for change in unread
    }


def _relation(values: ColumnValues, target: Target | None, name: str) -> float | None:
    if target is None or name == target.column.name:
        return None
    sample = spread_rows(len(target.rows), _SAMPLE)
    found = explained_share(values.take(sample), target.values[sample], len(target.labels))
    return round(found, 4)


def _drift(train: pd.DataFrame, test_data: Table, schema: Schema, target: str | None) -> list[Finding]:
    names = [name for name in schema.names if name != target and schema.column(name).kind.is_feature]
    test = apply_schema(test_data, schema).frame
    return find_drift(train[names], test)


def _range_facts(present: NDArray[Any]) -> dict[str, Any]:
    """Describe the spread of numbers that are finite, or of dates."""
    is_date = present.dtype.kind == "M"
    known = present if is_date else present[np.isfinite(present)]
    if not len(known):
        return {}
    numbers = known.astype(np.int64) if is_date else known
    low, high = known.min(), known.max()
    return {
        "minimum": pd.Timestamp(low).isoformat() if is_date else _plain(low),
        "maximum": pd.Timestamp(high).isoformat() if is_date else _plain(high),
        "mean": None if is_date else float(numbers.mean()),
        "histogram": tuple(_histogram(numbers) if low < high else [len(numbers)]),
    }


def _histogram(numbers: NDArray[Any]) -> list[int]:
    """Count numbers in equal bins from the least to the greatest."""
    if numbers.dtype.kind == "f":
        # A power of two changes no digit, and keeps the distance of the greatest numbers from overflowing.
        numbers = numbers * 0.25
    if len(numbers) > _FEW:
        return [int(count) for count in np.histogram(numbers, bins=_BINS)[0]]
    values = numbers.tolist()
    low, counts = min(values), [0] * _BINS
    width = max(values) - low
    for value in values:
        counts[min(int((value - low) / width * _BINS), _BINS - 1)] += 1
    return counts


def _shown(column: Column, values: ColumnValues, value: Any) -> str:
    """Write one value, or the level that a code stands for, as a person would."""
    if column.kind is ColumnKind.DATETIME:
        return str(pd.Timestamp(value).isoformat())
    if column.kind is ColumnKind.BOOLEAN:
        return next(iter(column.true_values if value else column.false_values), str(value))
    text = _plain(value) if values.levels is None else str(values.levels[value])
    return text if len(text) <= _LONGEST_TEXT else f"{text[: _LONGEST_TEXT - 1]}…"


def _plain(number: float) -> str:
    return f"{number:.15g}"
