"""Columns that say the same as another column, or as the target."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.findings import Finding
from automl.preparation.checks.column_values import ColumnValues
from automl.preparation.checks.inspection import Inspection, log_arrangements
from automl.preparation.checks.sampling import spread_rows
from automl.preparation.registry import make_finding
from automl.preparation.target import Target, encode_target
from automl.tables.schema import Column, ColumnKind, Task

__all__ = ["find_duplicate_columns", "find_target_copies"]

_CHANCE = math.log(1_000)
_MIN_PRESENT = 0.9
_GLANCE = 20


def find_duplicate_columns(inspection: Inspection) -> list[Finding]:
    """Find columns equal to an earlier one on every row, where chance does not explain it."""
    needed = _CHANCE + 2 * math.log(max(len(inspection.names), 1))
    first_of: dict[int, str] = {}
    findings = []
    for name in inspection.names:
        original = first_of.setdefault(inspection.hashes.signatures[name], name)
        if original == name:
            continue
        values = inspection.values[name]
        if _are_equal(values, inspection.values[original]) and log_arrangements(values.counts()) > needed:
            message = f"'{name}' equals '{original}' on every row."
            findings.append(make_finding("duplicate_column", message, (name,)))
    return findings


def find_target_copies(inspection: Inspection) -> list[Finding]:
    """Find columns that repeat the target, perhaps with some cells missing."""
    target = inspection.target
    if target is None:
        return []
    needed = _CHANCE + math.log(max(len(inspection.names), 1))
    if log_arrangements(np.unique(target.values, return_counts=True)[1]) <= needed:
        return []
    likely = _agree_at_a_glance(inspection, target)
    copies = [column.name for column in likely if _repeats(inspection, column.name, column.kind, target)]
    renamed = [name for name in inspection.names if name not in copies and _renames(inspection.values[name], target)]
    said = f"the target '{target.column.name}'"
    return [
        *(make_finding("target_leak_copy", f"'{name}' repeats {said}.", (name,)) for name in copies),
        *(make_finding("target_leak_copy", f"'{name}' is {said} in other words.", (name,)) for name in renamed),
    ]


def _renames(values: ColumnValues, target: Target) -> bool:
    """Whether a column has one value for each class, always the same."""
    present = ~values.missing
    if not target.labels or present.mean() < _MIN_PRESENT:
        return False
    codes, classes = values.take(np.flatnonzero(present)).codes(), target.values[present]
    n_classes = len(np.unique(target.values))
    if codes[: 2 * n_classes].max(initial=0) >= n_classes or codes.max(initial=0) >= n_classes:
        return False
    pairs = np.unique(codes * n_classes + classes)
    return len(pairs) == n_classes == len(np.unique(codes))


def _repeats(inspection: Inspection, name: str, kind: ColumnKind, target: Target) -> bool:
    if target.task is Task.REGRESSION:
        return kind is ColumnKind.NUMERIC and _equal(inspection.values[name].array, target.values)
    cells = inspection.table.cells[name].iloc[target.rows]
    codes = encode_target(cells, target.column, target.task, target.labels)
    return _equal(np.where(inspection.values[name].missing, np.nan, codes), target.values)


def _agree_at_a_glance(inspection: Inspection, target: Target) -> tuple[Column, ...]:
    """Return the columns that say what the target says, or nothing, on a few rows; they rule out nearly every one."""
    columns = inspection.columns
    if target.task is Task.REGRESSION:
        return columns
    first_of_class = np.unique(target.values, return_index=True)[1][:2]
    rows = pd.unique(np.concatenate([first_of_class, spread_rows(inspection.n_rows, _GLANCE)]))
    names = [column.name for column in columns]
    cells = inspection.table.cells[names]
    for row in rows.tolist():
        texts = pd.Series(cells.iloc[int(target.rows[row])].to_numpy(dtype=object), dtype="str")
        codes = encode_target(texts, target.column, target.task, target.labels)
        agrees = codes == target.values[row]
        columns = tuple(
            column
            for column, same in zip(columns, agrees.tolist(), strict=True)
            if same or inspection.values[column.name].missing[row]
        )
        cells = cells[[column.name for column in columns]]
    return columns


def _equal(values: NDArray[np.float64], target: NDArray[Any]) -> bool:
    present = ~np.isnan(values)
    return bool(present.mean() >= _MIN_PRESENT and (values[present] == target[present]).all())


def _are_equal(first: ColumnValues, second: ColumnValues) -> bool:
    if first.levels is None or second.levels is None:
        same_kind = first.levels is second.levels and first.array.dtype == second.array.dtype
        return same_kind and bool(((first.array == second.array) | (first.missing & second.missing)).all())
    return bool((first.array == second.array).all()) and first.levels.equals(second.levels)
