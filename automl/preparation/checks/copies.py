"""Columns that say the same as another column, or as the target."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.findings import Finding
from automl.preparation.checks.hashing import column_signature
from automl.preparation.checks.inspection import Inspection, log_arrangements
from automl.preparation.registry import make_finding
from automl.preparation.target import Target, encode_target
from automl.tables.schema import ColumnKind, Task

__all__ = ["find_duplicate_columns", "find_target_copies"]

_CHANCE = math.log(1_000)
_MIN_PRESENT = 0.9
_GLANCES = ((slice(20), 0.0), (slice(None), _MIN_PRESENT))


def find_duplicate_columns(inspection: Inspection) -> list[Finding]:
    """Find columns equal to an earlier one on every row, where chance does not explain it."""
    frame = inspection.frame
    needed = _CHANCE + 2 * math.log(max(frame.shape[1], 1))
    first_of: dict[tuple[str, int], str] = {}
    findings = []
    for name in inspection.names:
        values = frame[name]
        original = first_of.setdefault((str(values.dtype), column_signature(values)), name)
        if original != name and values.equals(frame[original]) and _arrangements(values) > needed:
            message = f"'{name}' equals '{original}' on every row."
            findings.append(make_finding("duplicate_column", message, (name,)))
    return findings


def find_target_copies(inspection: Inspection) -> list[Finding]:
    """Find columns that repeat the target, perhaps with some cells missing."""
    target = inspection.target
    if target is None:
        return []
    needed = _CHANCE + math.log(max(len(inspection.names), 1))
    if _arrangements(pd.Series(target.values)) <= needed:
        return []
    copies = [column.name for column in inspection.columns if _repeats(inspection, column.name, column.kind, target)]
    return [
        make_finding("target_leak_copy", f"'{name}' repeats the target '{target.column.name}'.", (name,))
        for name in copies
    ]


def _repeats(inspection: Inspection, name: str, kind: ColumnKind, target: Target) -> bool:
    if target.task is Task.REGRESSION:
        values = inspection.frame[name]
        return kind is ColumnKind.NUMERIC and _equal(values.to_numpy(dtype=np.float64), target.values, _MIN_PRESENT)
    # A few rows rule out nearly every column.
    return all(_equal(*_codes_beside_target(inspection, name, target, rows), share) for rows, share in _GLANCES)


def _codes_beside_target(
    inspection: Inspection, name: str, target: Target, rows: slice
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    cells = inspection.cells[name].iloc[target.rows[rows]]
    codes = encode_target(cells, target.column, target.task, target.labels)
    return np.where(inspection.frame[name].iloc[rows].isna(), np.nan, codes), target.values[rows]


def _equal(values: NDArray[np.float64], target: NDArray[Any], least_present: float) -> bool:
    present = ~np.isnan(values)
    return bool(present.mean() >= least_present and (values[present] == target[present]).all())


def _arrangements(values: pd.Series) -> float:
    return log_arrangements(values.value_counts(dropna=False).to_numpy())
