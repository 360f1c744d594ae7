"""How much of what tuning gained is no more than luck with the rows that it was tuned on.

Bootstrapping the selection takes off what choosing among given candidates flatters, but the candidates were not given:
each was proposed by what the others had scored on all rows, and dropped early where its first rows went badly. What
they have in common is the luck of these rows, which no sample of them shows.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.evaluation.arrays import FloatArray
from automl.evaluation.metrics import Metric
from automl.evaluation.paired import compare_scores

__all__ = ["luck_of_tuning"]

USUAL_GAIN = 0.05
"""What tuning gains in earnest: about so large a share of what the untuned candidates learned beyond a constant."""

_REPLICATES = 60
_ERRORS_IN_INTERVAL = 2 * 1.96


def luck_of_tuning(
    target: NDArray[Any],
    untuned: FloatArray,
    tuned: FloatArray,
    metric: Metric,
    tries: int,
    weight: FloatArray | None = None,
    groups: NDArray[Any] | None = None,
    seed: int = 0,
) -> float:
    """Return by how much the loss of a tuned prediction is to be raised, at most to that of the untuned one.

    The best of so many tries whose true scores are equal is about the root of twice the logarithm of their number of
    standard errors above the rest (of the maximum of normal variables), so no more than that is luck. Of what is left,
    luck has the share that a normal prior of the usual gain leaves it: nearly all where nothing was learned or the
    rows are few, nearly nothing where much was and they are many.

    Parameters
    ----------
    target : array of shape (n,)
    untuned, tuned : arrays of shape (n, n_classes) or (n,)
        Out-of-fold predictions of what was chosen among the settings that stood fast before any was scored, and among
        all.
    metric : Metric
    tries : int
        How many settings were proposed by what others had scored.
    weight, groups : arrays of shape (n,), optional
    seed : int
    """
    found = compare_scores(target, untuned, tuned, metric, weight, groups, _REPLICATES, seed)
    gain = found.difference if metric.greater_is_better else -found.difference
    error = (found.high - found.low) / _ERRORS_IN_INTERVAL
    if tries < 1 or not gain > 0 or not error > 0:
        return 0.0
    learned = _constant_loss(target, tuned, metric, weight) - metric.to_loss(found.first)
    usual = USUAL_GAIN * max(learned, 0.0) if math.isfinite(learned) else 0.0
    return min(gain, error * math.sqrt(2 * math.log(tries + 1))) * error**2 / (error**2 + usual**2)


def _constant_loss(target: NDArray[Any], like: FloatArray, metric: Metric, weight: FloatArray | None) -> float:
    if like.ndim == 1:
        own = None if weight is None else weight.astype(np.float64)
        best = metric.objective.best_constant(target, metric.objective.weights(target, own))
        answer = np.full(len(target), best)
    else:
        shares = np.bincount(target, weight, minlength=like.shape[1])
        answer = np.tile(shares / shares.sum(), (len(target), 1))
    return metric.loss(target, answer, weight)
