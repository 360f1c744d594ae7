"""By how much a score changes with the way rows are split: what one small model reaches, both ways."""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from automl.evaluation.arrays import FloatArray
from automl.evaluation.metrics import Metric
from automl.evaluation.paired import PairedScores, compare_scores
from automl.evaluation.thresholds import judged_by
from automl.models.portfolio import Candidate
from automl.preparation.prepare import PreparedData
from automl.preparation.splits import SplitPlan
from automl.search.pool import Nursery, WorkerPool
from automl.search.tasks import FoldTask, TaskResult, WorkFolder
from automl.search.training_data import write_training_data
from automl.search.ways_to_split import FOLDS, WaysToSplit

__all__ = ["MODEL", "SplitMeter"]

MODEL = Candidate("lightgbm", "native", {"learning_rate": 0.1, "num_leaves": 15, "iterations": 60})
"""Small, but of the kind that is best on most tables."""


@dataclass(frozen=True)
class SplitMeter:
    """Measures ways to split by fitting :data:`MODEL` in workers.

    Attributes
    ----------
    nursery : Nursery
    folder : WorkFolder
        A folder within it is used, and removed.
    workers : int
    seed : int
    """

    nursery: Nursery
    folder: WorkFolder
    workers: int
    seed: int

    def measure(
        self,
        ways: WaysToSplit,
        prepared: PreparedData,
        weight: NDArray[np.float64] | None,
        metric: Metric,
        seconds: float | None,
    ) -> PairedScores | None:
        """Score rows split at random (first) and apart (second); None where a fit failed or took too long.

        Parameters
        ----------
        ways : WaysToSplit
        prepared : PreparedData
        weight : ndarray of shape (n_rows,) or None
        metric : Metric
        seconds : float or None
            For all of it, counted from when there are workers; None where no clock may be read.
        """
        frame = prepared.frame.iloc[ways.rows].reset_index(drop=True)
        sample = replace(prepared, frame=frame, target=prepared.target[ways.rows])
        weights = None if weight is None else weight[ways.rows]
        place, folds = WorkFolder(self.folder.splits), (*ways.at_random, *ways.apart)
        try:
            splits = SplitPlan("comparison", folds, 1, self.seed, "")
            write_training_data(place, sample, splits, weights, None, frame.iloc[:1], metric.objective)
            if not self._fit(ways, place, seconds):
                return None
            first, second = (_assembled(folds, range(start, start + FOLDS), place, len(frame)) for start in (0, FOLDS))
        finally:
            shutil.rmtree(place.path, ignore_errors=True)
        scored = ways.scored
        return compare_scores(
            sample.target[scored],
            judged_by(metric, first[scored], None),
            judged_by(metric, second[scored], None),
            metric,
            None if weights is None else weights[scored],
            ways.units[scored],
            seed=self.seed,
        )

    def _fit(self, ways: WaysToSplit, place: WorkFolder, seconds: float | None) -> bool:
        """Fit every fold; return whether all went well in time."""
        pool = WorkerPool(self.nursery, self.workers, place.path)
        try:
            until = float("inf") if seconds is None else time.monotonic() + seconds
            waiting = [self._task(fold, None if fold < FOLDS else ways.columns) for fold in range(2 * FOLDS)]
            while waiting or pool.running:
                while waiting and pool.idle:
                    pool.submit(waiting.pop(0), max(until - time.monotonic(), 0.0))
                if not all(result.status == "ok" for result in _results(pool, until)):
                    return False
        finally:
            pool.close()
        return True

    def _task(self, fold: int, columns: tuple[str, ...] | None) -> FoldTask:
        # One candidate a fold: cancelling one would end the others.
        return FoldTask(
            fold, fold, MODEL.family, MODEL.encoding, columns, MODEL.hyperparameters, self.seed, threads=1, seconds=None
        )


def _results(pool: WorkerPool, until: float) -> list[TaskResult]:
    return pool.wait(min(max(until - time.monotonic(), 0.0), 60.0))


def _assembled(
    folds: Sequence[tuple[NDArray[np.int64], NDArray[np.int64]]], numbers: range, place: WorkFolder, rows: int
) -> FloatArray:
    """Return each scored row's prediction by the model of its fold, after its last iteration."""
    parts = {number: np.load(place.predictions(number, number))[-1].astype(np.float64) for number in numbers}
    whole = np.full((rows, *parts[numbers[0]].shape[1:]), np.nan)
    for number, part in parts.items():
        whole[folds[number][1]] = part
    return whole
