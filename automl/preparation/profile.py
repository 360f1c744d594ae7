"""The profile: what each column holds, with its distribution, and what is wrong with the table."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from automl.findings import Finding
from automl.preparation.prepare import PrepareRequest, prepare
from automl.preparation.registry import make_finding
from automl.tables import Column, ColumnKind, Schema, Table, apply_schema, typing_findings

__all__ = ["ColumnProfile", "TableProfile", "profile", "profile_column"]

_BINS = 16
_EXAMPLE_LENGTH = 60


@dataclass(frozen=True)
class ColumnProfile:
    """One column: counts are exact; ``histogram`` has equal bins between ``minimum`` and ``maximum``."""

    name: str
    kind: str
    missing: int
    unique: int
    minimum: str | None = None
    maximum: str | None = None
    mean: float | None = None
    histogram: tuple[int, ...] = ()
    top_values: tuple[tuple[str, int], ...] = ()
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableProfile:
    """A table's rows, columns and findings."""

    rows: int
    columns: tuple[ColumnProfile, ...]
    findings: tuple[Finding, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the profile as JSON-ready values."""
        return {
            "rows": self.rows,
            "columns": [asdict(column) for column in self.columns],
            "findings": [finding.to_dict() for finding in self.findings],
        }


def profile(table: Table, schema: Schema, target: str | None = None) -> TableProfile:
    """Describe a table; with a target, also look for what concerns it.

    Raises
    ------
    DataError
        If the target is missing or cannot be one.
    """
    typed = apply_schema(table, schema).frame
    columns = tuple(profile_column(column, typed[column.name]) for column in schema.columns)
    if target is not None:
        findings = prepare(table, schema, PrepareRequest(target)).findings
    else:
        findings = (*table.findings, *typing_findings(table, schema), *_column_findings(schema, typed))
    return TableProfile(len(table.cells), columns, findings)


def profile_column(column: Column, cells: pd.Series[Any]) -> ColumnProfile:
    """Describe one typed column."""
    known = cells.dropna()
    facts: dict[str, Any] = {
        "name": column.name,
        "kind": str(column.kind),
        "missing": int(cells.isna().sum()),
        "unique": int(known.nunique()),
    }
    if len(known) and column.kind in (ColumnKind.NUMERIC, ColumnKind.DATETIME):
        facts |= _range(known)
    elif len(known) and column.kind is ColumnKind.BOOLEAN:
        facts["top_values"] = tuple((("no", "yes")[int(value)], int(count)) for value, count in known.value_counts().items())
    elif len(known):
        counts = known.value_counts().head(8)
        if column.kind in (ColumnKind.CATEGORY, ColumnKind.CONSTANT):
            facts["top_values"] = tuple((_short(value), int(count)) for value, count in counts.items())
        facts["examples"] = tuple(_short(value) for value in counts.index[:3])
    return ColumnProfile(**facts)


def _range(known: pd.Series[Any]) -> dict[str, Any]:
    dates = pd.api.types.is_datetime64_any_dtype(known)
    values = known.to_numpy(dtype="datetime64[us]").astype(np.int64).astype(np.float64) if dates else known.to_numpy(dtype=np.float64)
    values = values[np.isfinite(values)]
    if not len(values):
        return {}
    low, high = known.min(), known.max()
    histogram = np.histogram(values, bins=_BINS)[0] if values.min() < values.max() else np.array([len(values)])
    return {
        "minimum": str(low) if dates else f"{float(low):.6g}",
        "maximum": str(high) if dates else f"{float(high):.6g}",
        "mean": None if dates else float(values.mean()),
        "histogram": tuple(int(count) for count in histogram),
    }


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= _EXAMPLE_LENGTH else text[: _EXAMPLE_LENGTH - 1] + "…"


def _column_findings(schema: Schema, typed: pd.DataFrame) -> tuple[Finding, ...]:
    found = []
    for column in schema.columns:
        name = column.name
        if column.kind is ColumnKind.EMPTY:
            found.append(make_finding("empty_column", f"'{name}' is empty.", (name,)))
        elif column.kind is ColumnKind.CONSTANT:
            found.append(make_finding("constant_column", f"'{name}' says the same in every row.", (name,)))
        elif column.kind is ColumnKind.IDENTIFIER:
            found.append(make_finding("identifier_column", f"'{name}' is different on (nearly) every row.", (name,)))
    repeated = int(typed.duplicated().sum()) if len(typed.columns) else 0
    if repeated:
        found.append(make_finding("duplicate_rows", f"{repeated:,} of {len(typed):,} rows repeat an earlier row exactly."))
    return tuple(found)
