"""Fitting candidates of the search again, on rows that lie on the disk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from automl.search.board import Trial
from automl.search.executor import Executor
from automl.search.smaller import ROW_SHARE
from automl.search.stages import Curve, best_stage, mean_losses, stage_at
from automl.search.tasks import FoldTask, TaskResult
from automl.search.training_data import TrainingData

__all__ = ["fit_again"]

#: More rows carry more iterations; the fit ends by itself where further ones bring nothing.
_MOST_ITERATIONS = 2.0
_GRACE = 2.0
_LOOK_SECONDS = 0.5


def fit_again(
    trial: Trial,
    data: TrainingData,
    fold: int,
    pool: Executor,
    threads: int,
    seed: int,
    seconds: float | None,
    watched_weight: NDArray[np.float64] | None,
    go_on: Callable[[], bool],
) -> Trial | None:
    """Return the candidate with its fit on the rows of a further fold; None where that failed or was stopped.

    It is fitted on the processor, whatever the search was: of a GPU's memory nothing is known here.

    Parameters
    ----------
    trial : Trial
        Complete.
    data : TrainingData
    fold : int
    pool : Executor
        With nothing else to do.
    threads, seed : int
    seconds : float or None
        How long it may take; None where no clock may be read.
    watched_weight : ndarray of shape (n_rows,) or None
        How much the rows that are watched count where the number of iterations is chosen.
    go_on : callable
        Asked twice a second.
    """
    chosen = {**trial.candidate.hyperparameters, **trial.results[0].resolved}
    hyperparameters = {name: value for name, value in chosen.items() if name != ROW_SHARE}
    if any(trial.iterations):
        hyperparameters["iterations"] = max(1, round(_MOST_ITERATIONS * float(np.mean(trial.iterations))))
    candidate = trial.candidate
    task = FoldTask(
        trial.number,
        fold,
        candidate.family,
        candidate.encoding,
        trial.columns,
        hyperparameters,
        seed,
        threads,
        seconds,
    )
    pool.submit(task, float("inf") if seconds is None else seconds + _GRACE + 0.2 * seconds)
    while not (results := pool.wait(_LOOK_SECONDS)):
        if not go_on():
            pool.abandon()
            return None
    (result,) = results
    return replace(trial, refit=_at_best_stage(result, data, watched_weight)) if result.status == "ok" else None


def _at_best_stage(result: TaskResult, data: TrainingData, weight: NDArray[np.float64] | None) -> TaskResult:
    """Return the result with the iterations up to those that are best on the rows that were watched."""
    stages = result.stages
    if stages == (0,):
        return result
    predictions = np.load(data.folder.predictions(result.candidate, result.fold), mmap_mode="r")
    target = data.labels(result.fold).valid_target
    losses = np.stack([data.objective.row_losses(np.asarray(each), target) for each in predictions])
    curve = Curve(stages, mean_losses(losses, weight))
    return replace(result, stages=stages[: stage_at(stages, best_stage([curve])) + 1])
