"""Leaks by arithmetic: columns computed from the target, and pairs of columns that it is computed from."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from automl.findings import Finding
from automl.preparation.checks.column_values import ColumnValues
from automl.preparation.checks.inspection import Inspection, log_arrangements
from automl.preparation.registry import make_finding
from automl.tables.schema import ColumnKind, Task

__all__ = ["find_functions_of_target"]

Floats = NDArray[np.float64]

_MIN_ROWS = 50
_MIN_ROWS_A_LEVEL = 5
_MAX_LEVELS = 100
_MAX_COLUMNS = 40
_GLANCE = 200
_AGREE = 0.99
_CHANCE = math.log(1_000_000)
_TOLERANCE = 1e-6
_OPERATIONS: dict[str, Callable[[Floats, Floats], Floats]] = {
    "+": np.add,
    "-": np.subtract,
    "\u00d7": np.multiply,
    "/": np.divide,
}


def find_functions_of_target(inspection: Inspection) -> list[Finding]:
    """Find bands of a numeric target, and pairs of columns whose sum, difference, product or ratio it is."""
    target = inspection.target
    if target is None or target.task is not Task.REGRESSION or len(target.values) < _MIN_ROWS:
        return []
    return _bands(inspection, target.values) + _pairs(inspection, target.values)


def _bands(inspection: Inspection, truth: Floats) -> list[Finding]:
    """Find columns whose levels each cover one stretch of the target's range that no other level shares."""
    name = inspection.target.column.name if inspection.target else ""
    order = np.argsort(truth, kind="stable")
    return [
        make_finding(
            "target_leak_function",
            f"Each of the {levels} values of '{column.name}' stands for one range of '{name}'.",
            (column.name,),
        )
        for column in inspection.columns
        if (levels := _count_bands(inspection.values[column.name], truth, order))
    ]


def _count_bands(values: ColumnValues, truth: Floats, order: NDArray[np.int64]) -> int:
    if values.n_missing or values.take(slice(_GLANCE)).distinct() > _MAX_LEVELS:
        return 0
    codes = values.codes()
    counts = np.bincount(codes, minlength=1)
    counts = counts[counts > 0]
    levels = len(counts)
    if not 2 <= levels <= _MAX_LEVELS or counts.min() < _MIN_ROWS_A_LEVEL:
        return 0
    if log_arrangements(counts) <= _CHANCE + math.lgamma(levels + 1):
        return 0
    along = codes[order]
    breaks = np.flatnonzero(np.diff(along))
    # A value of the target that two levels share would hide that they overlap.
    shared = (truth[order][breaks] == truth[order][breaks + 1]).any()
    return levels if len(breaks) + 1 == levels and not shared else 0


def _pairs(inspection: Inspection, truth: Floats) -> list[Finding]:
    numeric = [column.name for column in inspection.columns if column.kind is ColumnKind.NUMERIC][:_MAX_COLUMNS]
    columns = {name: inspection.values[name].array for name in numeric}
    columns = {name: values for name, values in columns.items() if len(np.unique(values[:_GLANCE])) > 2}
    target = inspection.target.column.name if inspection.target else ""
    findings = []
    with np.errstate(all="ignore"):
        for first, second in itertools.permutations(columns, 2):
            for sign, operation in _OPERATIONS.items():
                if sign in ("+", "\u00d7") and first > second:
                    continue
                if _agrees(operation, columns[first], columns[second], truth):
                    message = f"'{target}' is '{first}' {sign} '{second}' on nearly every row."
                    findings.append(make_finding("target_leak_function", message, (first, second)))
    return findings


def _agrees(operation: Callable[[Floats, Floats], Floats], first: Floats, second: Floats, truth: Floats) -> bool:
    for rows in (slice(20), slice(_GLANCE), slice(None)):
        close = np.abs(operation(first[rows], second[rows]) - truth[rows]) <= _TOLERANCE * (1 + np.abs(truth[rows]))
        if close.mean() < _AGREE:
            return False
    return True
