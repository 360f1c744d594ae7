"""What averaging models brings: by how much the mean of their predictions is better than they are, one by one.

The mean of models has the loss of a single one less what they disagree on (Krogh and Vedelsby, "Neural network
ensembles, cross validation, and active learning", NIPS 1994). For B models of one kind that part is in proportion to
1 - 1/B, so that what a few say on rows that none of them has seen tells what more will bring.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.evaluation.arrays import FloatArray
from automl.evaluation.metrics import Metric
from automl.evaluation.resampling import RowSampler

__all__ = ["Gain", "gain_of_averaging"]

_REPLICATES = 40


@dataclass(frozen=True)
class Gain:
    """By how much a loss is lower, and the standard error of that."""

    value: float
    error: float


def gain_of_averaging(
    singles: Sequence[FloatArray],
    target: NDArray[Any],
    metric: Metric,
    answered: Callable[[FloatArray], FloatArray],
    judged: Callable[[FloatArray], FloatArray],
    before: int,
    after: int,
    weight: FloatArray | None = None,
    groups: NDArray[Any] | None = None,
    seed: int = 0,
) -> Gain:
    """Return by how much the loss falls when more models are averaged.

    Of classes, the chances that the mean gives stand for the truth: labels of so few rows would say more about
    themselves than about the models. To the second order of what the models disagree on, that changes nothing.

    Parameters
    ----------
    singles : sequence of arrays of shape (n, n_classes) or (n,)
        Predictions of at least two models, or of means of as many models each, for rows that they were not fitted to.
    target : array of shape (n,)
    metric : Metric
    answered : callable
        What the final model makes of a prediction: calibration.
    judged : callable
        What the metric sees of an answer: a decision, or the answer itself.
    before, after : int
        How many such models are averaged in the score that is at hand, and in the final model.
    weight : array of shape (n,), optional
    groups : array of shape (n,), optional
        Rows with equal values are not independent of each other.
    seed : int
    """
    mean = answered(np.mean(singles, axis=0))
    truth, place, share = _truth(target, mean)
    share = share if weight is None else share * weight[place]
    scorers = [metric.scorer(truth, judged(answered(each))[place]) for each in singles]
    of_mean = metric.scorer(truth, judged(mean)[place])
    extrapolated = (1 / before - 1 / after) / (1 - 1 / len(singles))

    def gain(counts: FloatArray) -> float:
        mass = share * counts[place]
        alone = float(np.mean([metric.to_loss(scorer(mass)) for scorer in scorers]))
        return extrapolated * (alone - metric.to_loss(of_mean(mass)))

    value = gain(np.ones(len(target)))
    samples = RowSampler.of(len(target), groups).samples(_REPLICATES, seed)
    drawn = np.array([gain(counts) for counts in samples])
    drawn = drawn[np.isfinite(drawn)]
    if not np.isfinite(value) or len(drawn) < 2:
        return Gain(0.0, 0.0)
    return Gain(value, float(drawn.std(ddof=1)))


def _truth(target: NDArray[Any], mean: FloatArray) -> tuple[NDArray[Any], NDArray[np.intp], FloatArray]:
    """Return what counts as true, the row that each truth belongs to, and the share of the row that has it."""
    rows = np.arange(len(target))
    if mean.ndim == 1:
        return target, rows, np.ones(len(target))
    classes = mean.shape[1]
    return np.tile(np.arange(classes), len(rows)), np.repeat(rows, classes), mean.ravel().astype(np.float64)
