"""Losses of the blends that one more member would make.

Greedy selection asks the same question each round: with these members so far, what would the loss be with each
candidate added once more? Squared errors and log loss answer it for all candidates at once, every other metric one at
a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from automl.ensemble.thinning import thin_rows
from automl.evaluation.arrays import FloatArray
from automl.evaluation.classification import SMALLEST_PROBABILITY
from automl.evaluation.metrics import Metric

__all__ = [
    "Counts",
    "GeneralPool",
    "LogLossPool",
    "Pool",
    "RocAucPool",
    "SmoothedPool",
    "SquaredErrorPool",
    "make_pool",
]

Counts: TypeAlias = NDArray[np.integer[Any]]

VECTORISED_ROWS = 200_000
GENERAL_ROWS = 20_000
"""A pool rests on at most so many rows; more change the choice of members too little to be worth the time."""

_ROWS_OF = {"rmse": VECTORISED_ROWS, "r2": VECTORISED_ROWS, "log_loss": VECTORISED_ROWS, "roc_auc": 50_000}

_DROPPED_BITS = 13
_SMALLEST_SCORE = np.float32(1e-9)


class Pool(Protocol):
    """Candidates whose blends can be scored; the losses of one pool compare with each other only."""

    def losses(self, counts: Counts) -> FloatArray:
        """Return the loss of each blend that one more candidate would make.

        Parameters
        ----------
        counts : integer array of shape (n_candidates,)
            How often each candidate is in the blend so far.

        Returns
        -------
        array of shape (n_candidates,)
            Place ``j`` is for the blend with candidate ``j`` added once more; infinite where it is not defined.
        """


@dataclass(frozen=True)
class SquaredErrorPool:
    """Squared error of a regression: a quadratic form in the counts, so the rows are needed only once.

    ``products`` of shape (n_candidates, n_candidates) holds the weighted mean products of the candidates' residuals.
    """

    products: FloatArray

    def losses(self, counts: Counts) -> FloatArray:
        """Return mean squared errors, see :meth:`Pool.losses`."""
        mixed = self.products @ counts
        squares = float(counts @ mixed) + 2 * mixed + np.diagonal(self.products)
        return _undefined_last(squares / (counts.sum() + 1) ** 2)


@dataclass(frozen=True)
class LogLossPool:
    """Log loss: only the probabilities of the true class count, here of shape (n_candidates, n)."""

    true_class: FloatArray
    weight: FloatArray

    def losses(self, counts: Counts) -> FloatArray:
        """Return log losses, see :meth:`Pool.losses`."""
        total = counts.astype(self.true_class.dtype) @ self.true_class
        blends = (self.true_class + total) / self.true_class.dtype.type(counts.sum() + 1)
        return _undefined_last(-(np.log(blends, out=blends) @ self.weight))


@dataclass(frozen=True)
class RocAucPool:
    """Area under the ROC curve from counts in narrow bins: one pass over the rows instead of sorting them.

    The bits of positive floating point numbers are ordered as the numbers are; without the lowest ones they are bins
    whose width is a thousandth of the value. ``scores`` of shape (n_candidates, n) are probabilities of the rarer
    class, so that the values that matter are small and their bins narrow; ``rarer`` and ``commoner`` are the rows'
    weights in each class, 0 in the other.
    """

    scores: FloatArray
    rarer: FloatArray
    commoner: FloatArray

    def losses(self, counts: Counts) -> FloatArray:
        """Return 1 less the area, see :meth:`Pool.losses`."""
        total = counts.astype(np.float32) @ self.scores
        size = np.float32(counts.sum() + 1)
        if not self.rarer.any() or not self.commoner.any():
            return np.full(len(self.scores), np.inf)
        return np.array([self._loss((total + score) / size) for score in self.scores])

    def _loss(self, blend: NDArray[np.float32]) -> float:
        bins = np.maximum(blend, _SMALLEST_SCORE).view(np.int32) >> _DROPPED_BITS
        bins -= bins.min()
        rarer, commoner = np.bincount(bins, self.rarer), np.bincount(bins, self.commoner)
        below = np.cumsum(commoner) - commoner / 2
        return 1.0 - float(rarer @ below / (rarer.sum() * commoner.sum()))


@dataclass(frozen=True)
class GeneralPool:
    """Any metric, one candidate at a time."""

    predictions: Sequence[FloatArray]
    target: NDArray[Any]
    metric: Metric
    weight: FloatArray

    def losses(self, counts: Counts) -> FloatArray:
        """Return losses of the metric, see :meth:`Pool.losses`."""
        total = np.zeros_like(self.predictions[0])
        for index in np.flatnonzero(counts).tolist():
            total += counts[index] * self.predictions[index]
        size = total.dtype.type(counts.sum() + 1)
        return _undefined_last(np.array([self._loss((total + prediction) / size) for prediction in self.predictions]))

    def _loss(self, prediction: FloatArray) -> float:
        return self.metric.loss(self.target, prediction, self.weight)


@dataclass(frozen=True)
class SmoothedPool:
    """A metric that moves in steps, plus log loss, which tells apart the many blends that the metric finds equal.

    For accuracy only: log loss prefers other blends than F1 or balanced accuracy do, and made those worse.
    """

    steps: Pool
    smooth: Pool

    def losses(self, counts: Counts) -> FloatArray:
        """Return both losses added up, see :meth:`Pool.losses`."""
        return self.steps.losses(counts) + self.smooth.losses(counts)


def make_pool(
    predictions: Sequence[FloatArray], target: NDArray[Any], metric: Metric, weight: FloatArray | None = None
) -> Pool:
    """Return the fastest pool for a metric.

    Parameters
    ----------
    predictions : sequence of arrays of shape (n, n_classes) or (n,)
        Finite; one for each candidate.
    target : array of shape (n,)
    metric : Metric
    weight : array of shape (n,), optional
    """
    rows, weights = thin_rows(target, weight, _ROWS_OF.get(metric.name, GENERAL_ROWS))
    if len(rows) < len(target):
        predictions, target = [prediction[rows] for prediction in predictions], target[rows]
    if metric.name in ("rmse", "r2"):
        return _squared_error_pool(predictions, target, weights)
    if metric.name == "log_loss":
        return _log_loss_pool(predictions, target, weights)
    if metric.name == "roc_auc":
        return _roc_auc_pool(predictions, target, weights)
    kind = np.float32 if predictions[0].ndim > 1 else np.float64
    general = GeneralPool([np.asarray(prediction, dtype=kind) for prediction in predictions], target, metric, weights)
    if metric.name == "accuracy":
        return SmoothedPool(general, _log_loss_pool(predictions, target, weights))
    return general


def _undefined_last(losses: FloatArray) -> FloatArray:
    return np.where(np.isnan(losses), np.inf, losses).astype(np.float64)


def _squared_error_pool(
    predictions: Sequence[FloatArray], target: NDArray[Any], weight: FloatArray
) -> SquaredErrorPool:
    scale = np.sqrt(weight / weight.sum())
    residuals = np.stack([(prediction - target) * scale for prediction in predictions])
    return SquaredErrorPool(residuals @ residuals.T)


def _log_loss_pool(predictions: Sequence[FloatArray], target: NDArray[Any], weight: FloatArray) -> LogLossPool:
    rows = np.arange(len(target))
    chosen = np.stack([prediction[rows, target] for prediction in predictions]).astype(np.float32)
    return LogLossPool(np.maximum(chosen, np.float32(SMALLEST_PROBABILITY)), (weight / weight.sum()).astype(np.float32))


def _roc_auc_pool(predictions: Sequence[FloatArray], target: NDArray[Any], weight: FloatArray) -> RocAucPool:
    rarer = int(weight[target == 1].sum() <= weight[target == 0].sum())
    scores = np.stack([prediction[:, rarer] for prediction in predictions]).astype(np.float32)
    return RocAucPool(scores, weight * (target == rarer), weight * (target != rarer))
