"""Fitting the chosen candidate again on all rows, so that one model predicts instead of one a fold."""

from __future__ import annotations

import numpy as np

from automl.search.board import Evidence, Trial
from automl.search.executor import Executor
from automl.search.plan import SearchPlan
from automl.search.stop import StopToken
from automl.search.tasks import FoldTask

__all__ = ["refit", "refit_seconds"]

_GROWTH = 1.6
_GRACE = 1.0
_LOOK_SECONDS = 0.5


def refit_seconds(trial: Trial | None) -> float:
    """Return how long a refit may take: as a fold did, and more for the rows that each fold left out."""
    if trial is None:
        return 0.0
    return _GROWTH * max(result.seconds for result in trial.results.values()) + _GRACE


def refit(trial: Trial, plan: SearchPlan, evidence: Evidence, pool: Executor, stop: StopToken) -> None:
    """Fit ``trial`` on all rows with the folds' mean iterations, and note the result in it.

    Where that fails, takes too long or is stopped, nothing is noted, and the fold models remain what predicts.
    """
    hyperparameters = {**trial.candidate.hyperparameters, **trial.results[0].resolved}
    if any(trial.iterations):
        hyperparameters["iterations"] = max(1, round(float(np.mean(trial.iterations))))
    seconds = refit_seconds(trial) if plan.timed else None
    task = FoldTask(
        trial.number,
        len(evidence.splits.folds),
        trial.candidate.family,
        trial.candidate.encoding,
        trial.columns,
        hyperparameters,
        plan.seed,
        plan.threads,
        seconds,
        plan.device_of(trial.candidate.family),
    )
    pool.submit(task, float("inf") if seconds is None else seconds + _GRACE)
    while not (results := pool.wait(_LOOK_SECONDS)):
        if stop.requested is not None:
            pool.abandon()
            return
    if results[0].status == "ok":
        trial.refit = results[0]
