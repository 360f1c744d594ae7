"""Numeric columns that say the same as another one on another scale."""

from __future__ import annotations

import numpy as np
import pandas as pd

from automl.findings import Finding
from automl.preparation.checks.inspection import Inspection
from automl.preparation.checks.sampling import spread_rows
from automl.preparation.registry import make_finding
from automl.tables.schema import ColumnKind

__all__ = ["find_correlated_columns"]

_SAMPLE = 5_000
_MIN_ROWS = 30
_MAX_COLUMNS = 500
_NEARLY_ONE = 0.999


def find_correlated_columns(inspection: Inspection) -> list[Finding]:
    """Find columns whose ranks go with those of an earlier column nearly one to one."""
    names = [column.name for column in inspection.columns if column.kind is ColumnKind.NUMERIC][:_MAX_COLUMNS]
    rows = spread_rows(inspection.n_rows, _SAMPLE)
    if len(names) < 2 or len(rows) < _MIN_ROWS:
        return []
    numbers = np.column_stack([inspection.values[name].array[rows] for name in names])
    ranks = pd.DataFrame(numbers).rank().to_numpy(dtype=np.float64)
    varied = [at for at in range(len(names)) if not np.isnan(ranks[:, at]).any() and np.ptp(ranks[:, at]) > 0]
    if len(varied) < 2:
        return []
    matrix = np.abs(np.corrcoef(ranks[:, varied], rowvar=False))
    findings = []
    for second in range(1, len(varied)):
        first = int(matrix[second, :second].argmax())
        if matrix[second, first] >= _NEARLY_ONE:
            pair = (names[varied[second]], names[varied[first]])
            message = f"'{pair[0]}' rises or falls with '{pair[1]}' (rank correlation {matrix[second, first]:.4f})."
            findings.append(make_finding("correlated_columns", message, pair))
    return findings
