"""How many of the positive rows are found in the first tenth, the first two tenths … of the rows by probability."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from automl.evaluation.arrays import CodeArray, FloatArray

__all__ = ["GainStep", "gain_table"]

STEPS = 10


@dataclass(frozen=True)
class GainStep:
    """The rows down to one tenth of the ranking.

    Attributes
    ----------
    share : float
        Of all rows, those with the highest probabilities.
    probability : float
        The lowest probability among them.
    found : float
        Share of the positive rows that are among them (the gain).
    lift : float
        How many times more positive rows they hold than as many rows drawn at random.
    """

    share: float
    probability: float
    found: float
    lift: float


def _spread_evenly(positive: NDArray[np.bool_], probability: FloatArray) -> FloatArray:
    """Return the share of positive rows among those of each row's probability: what a random order of them brings."""
    run = np.cumsum(np.append(0, probability[1:] != probability[:-1]))
    return np.asarray((np.bincount(run, positive) / np.bincount(run))[run])


def gain_table(target: CodeArray, prediction: FloatArray) -> tuple[GainStep, ...]:
    """Return the gain and the lift at each tenth of the rows; nothing where no row is positive.

    The positive rows among equal probabilities are spread evenly over them, for nothing says which come first.

    Parameters
    ----------
    target : integer array of shape (n,)
        1 for the positive class.
    prediction : array of shape (n, 2)
    """
    positive = target == 1
    if not positive.any():
        return ()
    order = np.argsort(-prediction[:, 1], kind="stable")
    found = np.cumsum(_spread_evenly(positive[order], prediction[order, 1])) / positive.sum()
    steps = []
    for step in range(1, STEPS + 1):
        rows = max(1, round(len(target) * step / STEPS))
        share = rows / len(target)
        reached = float(found[rows - 1])
        steps.append(GainStep(share, float(prediction[order[rows - 1], 1]), reached, reached / share))
    return tuple(steps)
