"""Rows that stand in order of the target, or drift from first to last."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.findings import Finding
from automl.preparation.checks.column_values import ColumnValues
from automl.preparation.checks.drift import distance, first_to_last, is_far
from automl.preparation.checks.inspection import Inspection
from automl.preparation.checks.sampling import spread_rows
from automl.preparation.checks.time_order import find_time_order
from automl.preparation.registry import make_finding
from automl.preparation.wording import join_quoted, verb
from automl.tables.schema import ColumnKind

__all__ = ["find_drift_along_rows", "find_row_order"]

_MIN_ROWS = 100
_SURE = 6.0
_EFFECT = 0.2
_SAMPLE = 20_000
_SORTED = 0.95


def find_row_order(inspection: Inspection) -> list[Finding]:
    """Find a target that rises, falls or comes in blocks along the rows of a file without a time."""
    target = inspection.target
    if target is None or len(target.values) < _MIN_ROWS or inspection.time is not None or find_time_order(inspection):
        return []
    values = target.values.astype(np.float64)
    if target.task.is_classification and len(target.labels) > 2:
        values = (target.values == np.bincount(target.values).argmax()).astype(np.float64)
    along = _correlation(values, np.arange(len(values), dtype=np.float64))
    beside = _correlation(values[1:], values[:-1])
    strongest = max(abs(along), abs(beside))
    if strongest < _EFFECT or strongest * len(values) ** 0.5 < _SURE:
        return []
    how = "moves with the number of the row" if abs(along) >= abs(beside) else "is alike on rows that follow each other"
    message = f"'{target.column.name}' {how} (correlation {along if abs(along) >= abs(beside) else beside:.2f})."
    return [make_finding("row_order", message, (target.column.name,))]


def find_drift_along_rows(inspection: Inspection) -> list[Finding]:
    """Find the columns whose first third of the rows is spread otherwise than the last."""
    drifted = {}
    for column in inspection.columns:
        if column.kind in (ColumnKind.DATETIME, ColumnKind.TEXT):
            continue
        values = inspection.values[column.name]
        ends = first_to_last(values)
        found = 0.0 if ends is None else distance(*ends)
        if ends is not None and is_far(found, *ends) and not _is_sorted(values):
            drifted[column.name] = found
    if not drifted:
        return []
    most = max(drifted, key=lambda name: drifted[name])
    message = (
        f"{join_quoted(list(drifted), 3)} {verb(len(drifted), 'is', 'are')} spread otherwise in the first third of the "
        f"rows than in the last (distance {drifted[most]:.2f} in '{most}')."
    )
    return [make_finding("drift_along_rows", message, tuple(drifted))]


def _is_sorted(values: ColumnValues) -> bool:
    if not values.is_number:
        return False
    rows = spread_rows(len(values), _SAMPLE)
    ranks = np.asarray(pd.Series(values.array[rows]).rank(), dtype=np.float64)
    return abs(_correlation(ranks, np.arange(len(ranks), dtype=np.float64))) > _SORTED


def _correlation(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    fine = np.isfinite(first) & np.isfinite(second)
    first, second = first[fine], second[fine]
    if len(first) < 3 or first.min() == first.max() or second.min() == second.max():
        return 0.0
    return float(np.corrcoef(first, second)[0, 1])
