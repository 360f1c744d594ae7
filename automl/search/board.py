"""The record of every candidate: what its folds said, and its out-of-fold predictions once they are complete."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.evaluation.metrics import Metric
from automl.models.portfolio import Candidate
from automl.preparation.splits import SplitPlan
from automl.search.stages import Curve, best_stage, mean_losses, stage_at
from automl.search.tasks import TaskResult, WorkFolder

__all__ = ["RACED_OUT", "Evidence", "Trial"]

RACED_OUT = "raced out"


@dataclass(frozen=True)
class Evidence:
    """What candidates are judged by: the target, the folds and the metric.

    Attributes
    ----------
    folder : WorkFolder
    target : ndarray of shape (n_rows,)
    weight : ndarray of shape (n_rows,) or None
        How much each row counts in a score.
    splits : SplitPlan
    metric : Metric
    n_classes : int
    training_weight : ndarray of shape (n_rows,) or None
        How much it counted while they were trained.
    """

    folder: WorkFolder
    target: NDArray[Any]
    weight: NDArray[np.float64] | None
    splits: SplitPlan
    metric: Metric
    n_classes: int
    training_weight: NDArray[np.float64] | None = None

    @property
    def rows(self) -> NDArray[np.int64]:
        """Positions of the rows that are scored."""
        return self.splits.validation_rows

    def loss(self, prediction: NDArray[Any], rows: NDArray[np.int64]) -> float:
        """Return the metric's loss of ``prediction`` for the table's ``rows``."""
        return self.metric.loss(self.target[rows], prediction, self.weight_of(rows))

    def weight_of(self, rows: NDArray[np.int64]) -> NDArray[np.float64] | None:
        """Return the weights of the table's ``rows``."""
        return None if self.weight is None else self.weight[rows]

    def row_losses(self, predictions: Any, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the loss of each of the table's ``rows`` at each stage, of shape (n_stages, n_rows)."""
        objective, target = self.metric.objective, self.target[rows]
        return np.stack([objective.row_losses(np.asarray(each), target) for each in predictions])


@dataclass
class Trial:
    """A candidate on its way through the folds.

    Attributes
    ----------
    number : int
    candidate : Candidate
    columns : tuple of str or None
        The feature columns it learns from; None means all.
    results : dict of int to TaskResult
        Finished folds.
    status : str
        ``"running"``, ``"ok"``, ``"raced out"`` or the reason of a failure.
    prediction : ndarray or None
        Out-of-fold predictions in the order of ``Evidence.rows``, once complete.
    iterations : tuple of int
        For each fold's model, how many iterations it predicts with on new rows (0: no stages).
    gain : float or None
        By how much the blend's loss fell when the candidate was told; None where there was no blend before it.
    refit : TaskResult or None
        Of the fit on all rows that takes the fold models' place, where there was one.
    """

    number: int
    candidate: Candidate
    columns: tuple[str, ...] | None
    results: dict[int, TaskResult] = field(default_factory=dict)
    status: str = "running"
    prediction: NDArray[np.floating[Any]] | None = None
    iterations: tuple[int, ...] = ()
    loss: float = float("nan")
    fold_losses: tuple[float, ...] = ()
    found_at: float = 0.0
    study: int | None = None
    gain: float | None = None
    refit: TaskResult | None = None

    @property
    def seconds(self) -> float:
        """Worker seconds spent on it."""
        return sum(result.seconds for result in self.results.values())

    def first_fold_prediction(self, evidence: Evidence) -> NDArray[Any]:
        """Return the predictions of fold 0 at its own best stage: optimistic, used only to race candidates."""
        result = self.results[0]
        predictions = np.load(evidence.folder.predictions(self.number, 0), mmap_mode="r")
        valid = evidence.splits.folds[0][1]
        means = mean_losses(evidence.row_losses(predictions, valid), evidence.weight_of(valid))
        assert len(means) == len(result.stages)
        return np.asarray(predictions[int(np.argmin(means))])

    def complete(self, evidence: Evidence, found_at: float) -> None:
        """Choose the stages, put the out-of-fold predictions together and score them."""
        folds = evidence.splits.folds
        stacks = [np.load(evidence.folder.predictions(self.number, fold), mmap_mode="r") for fold in range(len(folds))]
        stages = [self.results[fold].stages for fold in range(len(folds))]
        parts, self.iterations = _choose(stacks, stages, evidence)
        self.fold_losses = tuple(evidence.loss(part, valid) for part, (_, valid) in zip(parts, folds, strict=True))
        self.prediction = _assemble(parts, evidence)
        self.loss = evidence.loss(self.prediction, evidence.rows)
        self.status, self.found_at = "ok", found_at


def _choose(
    stacks: list[Any], stages: list[tuple[int, ...]], evidence: Evidence
) -> tuple[list[NDArray[Any]], tuple[int, ...]]:
    """Return each fold's predictions at the stage the other folds chose, and each model's stage for new rows."""
    folds = evidence.splits.folds
    if all(each == (0,) for each in stages):
        return [np.asarray(stack[0]) for stack in stacks], (0,) * len(folds)
    losses = [evidence.row_losses(stack, valid) for stack, (_, valid) in zip(stacks, folds, strict=True)]
    weights = [evidence.weight_of(valid) for _, valid in folds]
    if len(folds) == 1:
        return _choose_by_halves(stacks[0], stages[0], losses[0], weights[0])
    means = [mean_losses(loss, weight) for loss, weight in zip(losses, weights, strict=True)]
    curves = [Curve(stage, mean) for stage, mean in zip(stages, means, strict=True)]
    size = len(folds) // evidence.splits.repeats
    final = best_stage(curves)
    parts = []
    for number, stack in enumerate(stacks):
        repeat = number // size
        others = [curves[other] for other in range(repeat * size, (repeat + 1) * size) if other != number]
        parts.append(np.asarray(stack[stage_at(stages[number], best_stage(others))]))
    return parts, tuple(stage[stage_at(stage, final)] for stage in stages)


def _choose_by_halves(
    stack: Any, stages: tuple[int, ...], losses: NDArray[np.float64], weight: NDArray[np.float64] | None
) -> tuple[list[NDArray[Any]], tuple[int, ...]]:
    halves = [np.arange(losses.shape[1]) % 2 == side for side in (0, 1)]
    curves = [Curve(stages, mean_losses(losses[:, half], None if weight is None else weight[half])) for half in halves]
    part = np.array(stack[0])
    for half, other in zip(halves, reversed(curves), strict=True):
        part[half] = stack[stage_at(stages, best_stage([other]))][half]
    return [part], (stages[stage_at(stages, best_stage(curves))],)


def _assemble(parts: list[NDArray[Any]], evidence: Evidence) -> NDArray[np.floating[Any]]:
    shape = (len(evidence.target), *parts[0].shape[1:])
    total, count = np.zeros(shape, dtype=np.float64), np.zeros(len(evidence.target))
    for part, (_, valid) in zip(parts, evidence.splits.folds, strict=True):
        total[valid] += part
        count[valid] += 1
    rows = evidence.rows
    mean = total[rows] / count[rows].reshape(-1, *([1] * (total.ndim - 1)))
    return np.asarray(mean, dtype=np.result_type(*parts))
