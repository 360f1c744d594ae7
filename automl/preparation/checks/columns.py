"""Columns that hold nothing to learn, or need a word of warning."""

from __future__ import annotations

from automl.findings import Finding
from automl.preparation.checks.column_values import ColumnValues
from automl.preparation.checks.inspection import Inspection
from automl.preparation.registry import make_finding
from automl.preparation.wording import counted, join_quoted, verb
from automl.tables.converting import convert
from automl.tables.levels import level_key
from automl.tables.schema import Column, ColumnKind
from automl.tables.uniques import CellColumn, unique_texts
from automl.tables.valuekinds import has_id_name

__all__ = [
    "find_constant_columns",
    "find_empty_columns",
    "find_high_cardinality",
    "find_identifiers",
    "find_many_missing",
    "find_spelling_variants",
]

_MANY_MISSING = 0.5
_MANY_LEVELS = 100
_MIN_IDENTIFIER_ROWS = 20


def find_empty_columns(inspection: Inspection) -> list[Finding]:
    """Find columns without a single value."""
    empty = [each for each in inspection.columns if inspection.values[each.name].n_missing == inspection.n_rows]
    return [
        make_finding("empty_column", _why_empty(each, inspection.table.columns[each.name]), (each.name,))
        for each in empty
    ]


def _why_empty(column: Column, cells: CellColumn) -> str:
    """Say that a column has no cell, or that no cell of it is of the kind that the user stated."""
    uniques = unique_texts(cells)
    unparsed = int(uniques.counts[convert(column, uniques.trimmed).unparsed].sum())
    if not unparsed:
        return f"'{column.name}' holds no value on any row."
    made = f"{counted(unparsed, 'cell')} {verb(unparsed, 'was', 'were')} made missing by the stated kind"
    return f"'{column.name}' holds no {column.kind} value on any row: {made}."


def find_constant_columns(inspection: Inspection) -> list[Finding]:
    """Find columns that say the same on every row; one that is missing on some rows is no constant."""
    findings = []
    for column in inspection.columns:
        values = inspection.values[column.name]
        if len(values) > 1 and not values.n_missing and bool((values.array == values.array[0]).all()):
            message = f"'{column.name}' says '{_shown(values.text_at(0))}' on every row."
            findings.append(make_finding("constant_column", message, (column.name,)))
    return findings


def find_identifiers(inspection: Inspection) -> list[Finding]:
    """Find columns that name the rows: their kind says so, or they differ on all rows that are not repeats."""
    rows = int(inspection.duplicate_groups.max(initial=-1)) + 1
    findings = []
    for column in inspection.columns:
        values = inspection.values[column.name]
        if column.kind is ColumnKind.IDENTIFIER or _names_every_row(column, values, rows):
            message = f"'{column.name}' names rows: {values.distinct():,} values on {counted(len(values), 'row')}."
            findings.append(make_finding("identifier_column", message, (column.name,)))
    return findings


def _names_every_row(column: Column, values: ColumnValues, distinct_rows: int) -> bool:
    if distinct_rows < _MIN_IDENTIFIER_ROWS or column.kind not in (ColumnKind.CATEGORY, ColumnKind.NUMERIC):
        return False
    if not has_id_name(column.name) or values.n_missing or values.distinct() < distinct_rows:
        return False
    return column.kind is ColumnKind.CATEGORY or bool((values.array == values.array.round()).all())


def find_many_missing(inspection: Inspection) -> list[Finding]:
    """Find columns of which more than half is missing."""
    rows = max(inspection.n_rows, 1)
    shares = {name: inspection.values[name].n_missing / rows for name in inspection.names}
    return [
        make_finding("many_missing", f"{share:.0%} of the cells in '{name}' are missing.", (name,))
        for name, share in shares.items()
        if share > _MANY_MISSING
    ]


def find_high_cardinality(inspection: Inspection) -> list[Finding]:
    """Find categories with more than 100 levels."""
    findings = []
    for column in inspection.columns:
        if column.kind is not ColumnKind.CATEGORY or len(column.levels) <= _MANY_LEVELS:
            continue
        levels = inspection.values[column.name].distinct()
        if levels > _MANY_LEVELS:
            message = f"'{column.name}' has {levels:,} levels on {counted(inspection.n_rows, 'row')}."
            findings.append(make_finding("high_cardinality", message, (column.name,)))
    return findings


def find_spelling_variants(inspection: Inspection) -> list[Finding]:
    """Find levels, and labels of the target, that are spelled in several ways."""
    columns = [column for column in inspection.columns if column.kind is ColumnKind.CATEGORY]
    target = inspection.target
    if target is not None and target.task.is_classification:
        columns.append(target.column)
    found = ((column.name, _variants(inspection.table.columns[column.name])) for column in columns)
    return [
        make_finding(
            "mixed_case_levels",
            f"{counted(len(groups), 'level')} of '{name}' {verb(len(groups), 'is', 'are')} spelled in several ways, "
            f"such as {join_quoted(list(groups[0]))}.",
            (name,),
            groups[0],
        )
        for name, groups in found
        if groups
    ]


def _variants(cells: CellColumn) -> list[dict[str, int]]:
    """Return the spellings of each level that has several, with their rows."""
    spellings: dict[str, dict[str, int]] = {}
    for text, rows in unique_texts(cells).by_trimmed().items():
        spellings.setdefault(level_key(text), {})[text] = rows
    return [texts for texts in spellings.values() if len(texts) > 1]


def _shown(value: object) -> str:
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
