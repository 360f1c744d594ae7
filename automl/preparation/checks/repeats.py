"""Rows that stand in the table more than once."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from automl.findings import Finding
from automl.preparation.checks.inspection import Inspection
from automl.preparation.checks.sampling import spread_rows
from automl.preparation.registry import make_finding
from automl.preparation.wording import counted, verb

__all__ = ["find_duplicate_rows", "pairs_by_chance"]

_SAMPLE = 20_000
_BEYOND_CHANCE = 10


def find_duplicate_rows(inspection: Inspection) -> list[Finding]:
    """Find exact repeats, where there are more than few columns with few values make likely."""
    sizes = np.bincount(inspection.duplicate_groups)
    repeats = int((sizes[sizes > 1] - 1).sum())
    if not repeats:
        return []
    pairs = float((sizes * (sizes - 1.0)).sum() / 2)
    if pairs <= _BEYOND_CHANCE * pairs_by_chance(inspection, inspection.names, inspection.n_rows):
        return []
    message = f"{counted(repeats, 'row')} of {sizes.sum():,} {verb(repeats, 'repeats', 'repeat')} another row exactly."
    return [make_finding("duplicate_rows", message)]


def pairs_by_chance(inspection: Inspection, names: Iterable[str], n_rows: int) -> float:
    """Return how many pairs of equal rows to expect among ``n_rows`` if these columns were independent."""
    rows = spread_rows(inspection.n_rows, _SAMPLE)
    expected = n_rows * (n_rows - 1) / 2
    for name in names:
        shares = inspection.values[name].take(rows).counts() / max(len(rows), 1)
        expected *= float((shares**2).sum())
    return expected
