"""Learning from fewer rows than there are, where the time is too short for all of them.

A few candidates that are cut short on all rows are worse than many that are finished on a part of them: a million rows
of 30 columns reached in a minute what 3,000 rows did, and a hundred thousand of them much more.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from automl.preparation.splits import SplitPlan

__all__ = ["affordable_rows", "drawn_rows", "with_fewer_rows"]

_CELLS_A_SECOND = 65_000
_FEWEST = 20_000


def affordable_rows(seconds: float, columns: int) -> int:
    """Return from how many rows candidates can learn within the budget, so that it is enough for a dozen of them."""
    return max(_FEWEST, int(_CELLS_A_SECOND * seconds / max(columns, 1)))


def with_fewer_rows(plan: SplitPlan, most: int) -> SplitPlan:
    """Return the plan with at most so many rows to learn from in each fold; the rows that are scored stay.

    Parameters
    ----------
    plan : SplitPlan
    most : int
        The same number draws the same rows.
    """
    largest = max(len(train) for train, _ in plan.folds)
    if largest <= most:
        return plan
    folds = tuple((drawn_rows(train, most, plan.seed), valid) for train, valid in plan.folds)
    told = f"{plan.description} For lack of time, models learn from {most:,} of {largest:,} rows, drawn at random."
    return replace(plan, folds=folds, description=told, most_rows=most)


def drawn_rows(rows: NDArray[np.int64], most: int | None, seed: int) -> NDArray[np.int64]:
    """Return at most so many of the rows, drawn at random, in their order."""
    if most is None or len(rows) <= most:
        return rows
    return np.sort(np.random.default_rng(seed).choice(rows, most, replace=False))
