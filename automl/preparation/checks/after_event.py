"""Leaks out of the future: columns that are filled only after the target came out one way."""

from __future__ import annotations

import math

import numpy as np

from automl.findings import Finding
from automl.preparation.checks.inspection import Inspection
from automl.preparation.registry import make_finding
from automl.preparation.wording import counted

__all__ = ["find_columns_after_event"]

_MIN_FILLED = 20
_PURE = 0.98
_MAX_SHARE = 0.9
_CHANCE = math.log(1_000_000)


def find_columns_after_event(inspection: Inspection) -> list[Finding]:
    """Find columns, missing on many rows, whose filled cells nearly all stand beside one class.

    A date of cancellation, the minutes of a call to keep the customer, a refund: what is written down only once the
    event has happened.
    """
    target = inspection.target
    if target is None or not target.task.is_classification:
        return []
    totals = np.bincount(target.values, minlength=len(target.labels))
    needed = _CHANCE + math.log(max(len(inspection.names), 1))
    findings = []
    for name in inspection.names:
        count = inspection.n_rows - inspection.values[name].n_missing
        if not _MIN_FILLED <= count < inspection.n_rows:
            continue
        filled = ~inspection.values[name].missing
        beside = np.bincount(target.values[filled], minlength=len(target.labels))
        label = int(beside.argmax())
        share = totals[label] / len(filled)
        if beside[label] >= _PURE * count and share <= _MAX_SHARE and _surprise(beside[label], count, share) > needed:
            message = (
                f"'{name}' is filled on {counted(count, 'row')}, {beside[label] / count:.0%} of them where "
                f"'{target.column.name}' is '{target.labels[label]}' (on all rows: {share:.0%})."
            )
            findings.append(make_finding("target_leak_after_event", message, (name,)))
    return findings


def _surprise(hits: int, count: int, share: float) -> float:
    """Return how unlikely so many hits are by chance, as a negative logarithm (Chernoff's bound)."""
    if hits == count:
        return -count * math.log(share)
    rate = hits / count
    return count * (rate * math.log(rate / share) + (1 - rate) * math.log((1 - rate) / (1 - share)))
