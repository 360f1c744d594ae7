"""Columns that say the same on every row of one class, and other things elsewhere."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from automl.findings import Finding
from automl.preparation.checks.column_values import ColumnValues
from automl.preparation.checks.inspection import Inspection
from automl.preparation.registry import make_finding
from automl.preparation.wording import counted
from automl.tables.schema import ColumnKind

__all__ = ["find_constant_in_class"]

_MIN_CLASS_ROWS = 30
_MAX_CLASSES = 20
_MOST_COMMON = 0.8
_CHANCE = math.log(1_000_000)


def find_constant_in_class(inspection: Inspection) -> list[Finding]:
    """Find columns constant in one class though other values are common outside it."""
    target = inspection.target
    if target is None or not target.task.is_classification or len(target.labels) > _MAX_CLASSES:
        return []
    sizes = np.bincount(target.values, minlength=len(target.labels))
    needed = _CHANCE + math.log(max(len(inspection.names), 1))
    classes = [(label, target.values == label) for label in np.flatnonzero(sizes >= _MIN_CLASS_ROWS).tolist()]
    findings = []
    for column in inspection.columns:
        if column.kind is ColumnKind.TEXT:
            continue
        values = inspection.values[column.name]
        for label, inside in classes:
            share = _share_elsewhere(values, inside)
            if share is not None and -sizes[label] * math.log(max(share, 1e-12)) > needed:
                message = (
                    f"'{column.name}' is the same on all {counted(int(sizes[label]), 'row')} where "
                    f"'{target.column.name}' is '{target.labels[label]}', and on {share:.0%} of the others."
                )
                findings.append(make_finding("constant_in_class", message, (column.name,)))
                break
    return findings


def _share_elsewhere(values: ColumnValues, inside: NDArray[np.bool_]) -> float | None:
    """Return how common a class's one value is on the other rows; None where it has several, is missing or is usual."""
    at = int(inside.argmax())
    equal = values.array == values.array[at]
    if values.missing[at] or inside.all() or not equal[inside].all():
        return None
    share = float(equal[~inside].mean())
    return share if share <= _MOST_COMMON else None
