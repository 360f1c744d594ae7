"""Whether predictions still say anything about the rows they were made for.

A permutation test (Ojala and Garriga, "Permutation tests for studying classifier performance", Journal of Machine
Learning Research 11, 2010): the same predictions are given to the rows in random order. Unlike a comparison with a
constant answer it does not ask whether predictions are right on the whole, so that a model whose numbers are all too
low, or whose probabilities no longer fit the share of a class, still passes where it knows high rows from low ones.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.evaluation.arrays import FloatArray
from automl.evaluation.metrics import Metric

__all__ = ["chance_of_score"]

_MOST_ROWS = 5_000


def chance_of_score(
    target: NDArray[Any], prediction: FloatArray, metric: Metric, permutations: int = 199, seed: int = 0
) -> float:
    """Return how probable a score as good is for predictions that know nothing of the rows.

    Parameters
    ----------
    target : array of shape (n,)
    prediction : array of shape (n, n_classes) or (n,)
        Made for rows that the predictor was not fitted to; of more than 5,000 rows so many are drawn.
    metric : Metric
    permutations : int
    seed : int

    Returns
    -------
    float
        At least ``1 / (permutations + 1)``; 1 where the metric is not defined.
    """
    generator = np.random.default_rng(seed)
    if len(target) > _MOST_ROWS:
        rows = generator.choice(len(target), _MOST_ROWS, replace=False)
        target, prediction = target[rows], prediction[rows]
    reached = metric.loss(target, prediction)
    if not math.isfinite(reached):
        return 1.0
    by_chance = sum(metric.loss(generator.permutation(target), prediction) <= reached for _ in range(permutations))
    return (1 + by_chance) / (1 + permutations)
