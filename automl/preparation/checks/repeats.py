"""Rows that stand in the table more than once."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from automl.findings import Finding
from automl.preparation.checks.inspection import Inspection
from automl.preparation.checks.sampling import spread_rows
from automl.preparation.registry import make_finding
from automl.preparation.wording import counted, verb

__all__ = ["are_equal_by_chance", "find_duplicate_rows", "pairs_by_chance", "rows_kept_together"]

_SAMPLE = 20_000
_BEYOND_CHANCE = 10
_MOSTLY = 0.5


def find_duplicate_rows(inspection: Inspection) -> list[Finding]:
    """Find exact repeats, where there are more than few columns with few values make likely."""
    sizes = np.bincount(inspection.duplicate_groups)
    repeats = int((sizes[sizes > 1] - 1).sum())
    if not repeats or _are_equal_by_chance(inspection):
        return []
    message = f"{counted(repeats, 'row')} of {sizes.sum():,} {verb(repeats, 'repeats', 'repeat')} another row exactly."
    return [make_finding("duplicate_rows", message)]


def rows_kept_together(inspection: Inspection) -> NDArray[np.int64]:
    """Return a number for each row, equal for rows that must not be parted: those that may be copies of each other.

    Where rows are equal by chance, each is one for itself. Kept together, all rows with the same features and the same
    target would be scored by models that saw these features with other targets alone.
    """
    groups = inspection.duplicate_groups
    if not _are_equal_by_chance(inspection):
        return groups
    # In the order of the groups, so that where no rows are equal the folds are the same either way.
    numbers = np.empty_like(groups)
    numbers[np.argsort(groups, kind="stable")] = np.arange(len(groups))
    return numbers


def are_equal_by_chance(groups: NDArray[np.int64], alike: NDArray[np.int64], expected: float) -> bool:
    """Whether rows are equal because few columns have few values, and not because some were copied.

    They are where about as many are equal as independent columns would make so, or where most of the repeated ones
    have the features of rows with another target, too: copies agree in it.

    Parameters
    ----------
    groups : ndarray of shape (n_rows,)
        Numbers from 0, equal for rows that are equal in features and target.
    alike : ndarray of shape (n_rows,)
        The same for the features alone.
    expected : float
        Pairs with equal features among as many rows of independent columns.
    """
    sizes = np.bincount(groups)
    if float((sizes * (sizes - 1.0)).sum() / 2) <= _BEYOND_CHANCE * expected:
        return True
    features = np.zeros(len(sizes), dtype=np.int64)
    features[groups] = alike
    targets = np.bincount(features)[alike]
    return bool((targets[sizes[groups] > 1] > 1).mean() >= _MOSTLY)


def _are_equal_by_chance(inspection: Inspection) -> bool:
    expected = pairs_by_chance(inspection, inspection.names, inspection.n_rows)
    return are_equal_by_chance(inspection.duplicate_groups, inspection.alike, expected)


def pairs_by_chance(inspection: Inspection, names: Iterable[str], n_rows: int) -> float:
    """Return how many pairs of equal rows to expect among ``n_rows`` if these columns were independent."""
    rows = spread_rows(inspection.n_rows, _SAMPLE)
    expected = n_rows * (n_rows - 1) / 2
    for name in names:
        shares = inspection.values[name].take(rows).counts() / max(len(rows), 1)
        expected *= float((shares**2).sum())
    return expected
