"""How the target's classes are spread over the rows."""

from __future__ import annotations

import numpy as np

from automl.findings import Finding
from automl.preparation.checks.inspection import Inspection
from automl.preparation.registry import make_finding
from automl.preparation.target import Target
from automl.preparation.wording import counted, join_quoted, verb

__all__ = ["find_class_imbalance", "find_rare_classes"]

# One row for each of five folds.
_RARE = 5
_IMBALANCED = 20


def find_rare_classes(inspection: Inspection) -> list[Finding]:
    """Find classes with fewer than five rows."""
    target = inspection.target
    if target is None or not target.task.is_classification:
        return []
    counts = _counts(target)
    rare = [label for label, count in counts.items() if count < _RARE]
    if not rare:
        return []
    one = counted(counts[rare[0]], "row")
    size = f"has only {one}" if len(rare) == 1 else f"have fewer than {_RARE} rows each"
    message = f"{verb(len(rare), 'Class', 'Classes')} {join_quoted(rare)} of '{target.column.name}' {size}."
    return [make_finding("rare_class", message, (target.column.name,))]


def find_class_imbalance(inspection: Inspection) -> list[Finding]:
    """Find targets whose rarest class is more than twenty times rarer than the commonest."""
    target = inspection.target
    if target is None or not target.task.is_classification:
        return []
    counts = _counts(target)
    rarest, commonest = min(counts, key=counts.__getitem__), max(counts, key=counts.__getitem__)
    if counts[rarest] * _IMBALANCED >= counts[commonest]:
        return []
    message = (
        f"'{rarest}' stands on {counts[rarest]:,} rows of '{target.column.name}', "
        f"'{commonest}' on {counts[commonest]:,}."
    )
    return [make_finding("class_imbalance", message, (target.column.name,))]


def _counts(target: Target) -> dict[str, int]:
    counts = np.bincount(target.values, minlength=len(target.labels))
    return dict(zip(target.labels, counts.tolist(), strict=True))
