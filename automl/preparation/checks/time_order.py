"""Rows that stand in order of time, where folds drawn at random show the model its future."""

from __future__ import annotations

from automl.findings import Finding
from automl.preparation.checks.inspection import Inspection
from automl.preparation.registry import make_finding
from automl.tables.schema import ColumnKind

__all__ = ["find_time_order"]

_MIN_POINTS = 20


def find_time_order(inspection: Inspection) -> list[Finding]:
    """Find the first date column, without gaps, along which the rows are sorted."""
    if inspection.target is None or inspection.time is not None:
        return []
    for column in inspection.columns:
        values = inspection.values[column.name]
        if column.kind is not ColumnKind.DATETIME or values.n_missing:
            continue
        earlier, later = values.array[:-1], values.array[1:]
        ordered = bool((earlier <= later).all() or (earlier >= later).all())
        if ordered and values.distinct() >= _MIN_POINTS:
            message = f"The rows stand in order of '{column.name}'."
            return [make_finding("time_order", message, (column.name,))]
    return []
