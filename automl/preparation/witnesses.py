"""Rows that no fold learns from, and every fold scores.

The final model averages the models of all folds, which is better than any one of them; out-of-fold, each row is scored
by one alone. On rows that none of them has seen, both can be compared.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.preparation.splits import SplitPlan, deal

__all__ = ["with_witnesses"]

_FEWEST_ROWS = 2_500
_SHARE = 0.02
_FEWEST, _MOST = 50, 300


def with_witnesses(
    plan: SplitPlan, target: NDArray[Any], blocks: NDArray[np.int64], *, classification: bool
) -> SplitPlan:
    """Return the plan with a few rows that stand on the validation side of every fold.

    Where rows are scored more than once, that comparison can be made without; where one model predicts, as after a
    holdout, there is nothing to compare. On few rows, none can be spared.

    Parameters
    ----------
    plan : SplitPlan
    target : ndarray of shape (n_rows,)
    blocks : ndarray of shape (n_rows,)
        Rows with the same number stay on one side.
    classification : bool
    """
    rows = len(target)
    if plan.strategy != "cross_validation" or rows < _FEWEST_ROWS:
        return plan
    wanted = min(max(_FEWEST, round(_SHARE * rows)), _MOST)
    parts = max(2, round(rows / wanted))
    if len(np.unique(blocks)) < 2 * parts:
        return plan
    apart = deal(target, blocks, parts, plan.seed + 1, classification=classification) == 0
    rows_apart = np.flatnonzero(apart)
    folds = tuple((train[~apart[train]], np.union1d(valid, rows_apart)) for train, valid in plan.folds)
    told = (
        f"{plan.description} {len(rows_apart):,} rows are left out of all folds, to see what averaging models brings."
    )
    return replace(plan, folds=folds, witnesses=rows_apart, description=told)
