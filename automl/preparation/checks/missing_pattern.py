"""Leaks through what is not there: columns missing exactly where the target has one value."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from automl.findings import Finding
from automl.preparation.checks.inspection import Inspection, log_arrangements
from automl.preparation.registry import make_finding
from automl.preparation.target import Target

__all__ = ["find_missing_patterns"]

_CHANCE = math.log(1_000)
_TOLERATED = 0.01


def find_missing_patterns(inspection: Inspection) -> list[Finding]:
    """Find columns whose missing cells mark one class, or for numbers the target's most frequent value."""
    target = inspection.target
    if target is None:
        return []
    needed = _CHANCE + math.log(max(len(inspection.names), 1))
    marks = _marks(target)
    findings = []
    for name in inspection.names:
        if not inspection.values[name].n_missing:
            continue
        missing = inspection.values[name].missing
        for label, mask in marks:
            pattern = _pattern(missing, mask, needed)
            if pattern is not None:
                message = f"'{name}' is {pattern} exactly where '{target.column.name}' is '{label}'."
                findings.append(make_finding("target_leak_missing_pattern", message, (name,)))
                break
    return findings


def _marks(target: Target) -> list[tuple[str, NDArray[np.bool_]]]:
    if target.task.is_classification:
        codes = np.unique(target.values).tolist()
        return [(target.labels[code], target.values == code) for code in reversed(codes)]
    values, counts = np.unique(target.values, return_counts=True)
    most = values[counts.argmax()]
    return [(f"{most:g}", target.values == most)] if counts.max() > 1 else []


def _pattern(missing: NDArray[np.bool_], mask: NDArray[np.bool_], needed: float) -> str | None:
    count = int(missing.sum())
    smallest = min(count, len(missing) - count, int(mask.sum()), int((~mask).sum()))
    if not smallest or log_arrangements(np.array([count, len(missing) - count])) <= needed:
        return None
    differing = int((missing != mask).sum())
    if differing <= _TOLERATED * smallest:
        return "missing"
    return "filled" if len(missing) - differing <= _TOLERATED * smallest else None
