"""What the boosting families share: how long to go on, and how fast to learn in the time there is."""

from __future__ import annotations

import time
from collections.abc import Callable

__all__ = [
    "MAX_ITERATIONS",
    "SHARE_TO_TRY",
    "Patience",
    "rounds_for_other_folds",
    "scaled_learning_rate",
    "seconds_an_iteration",
]

MAX_ITERATIONS = 4_000
#: The part of its time in which a fit tries how long an iteration takes.
SHARE_TO_TRY = 0.2

_LEAST_PATIENCE = 25
_PATIENCE_SHARE = 0.25
_FASTEST_RATE = 0.25


class Patience:
    """Says when boosting is pointless: no gain on the validation rows for a while, or the time is up.

    The while grows with the iterations that brought the last gain, as slow learners need longer to make the next one.

    Parameters
    ----------
    seconds : float or None
        From now on; None for no limit.
    """

    def __init__(self, seconds: float | None) -> None:
        self._limit = float("inf") if seconds is None else time.monotonic() + seconds
        self._best_loss = float("inf")
        self.best_iteration = 0

    def is_over(self, iteration: int, loss: float) -> bool:
        """Take the validation loss after ``iteration`` iterations; return whether to stop now."""
        if loss < self._best_loss:
            self._best_loss, self.best_iteration = loss, iteration
        without_gain = iteration - self.best_iteration
        return without_gain > _LEAST_PATIENCE + _PATIENCE_SHARE * self.best_iteration or time.monotonic() > self._limit


def rounds_for_other_folds(patience: Patience) -> int:
    """Return after how many iterations a candidate's other folds end at the latest, by what its first one needed."""
    return int(1.3 * patience.best_iteration) + _LEAST_PATIENCE


def scaled_learning_rate(wanted: float, affordable: float, effort: float) -> float:
    """Raise a learning rate so that boosting converges within the iterations that fit into the time.

    Parameters
    ----------
    wanted : float
        The learning rate where time is no matter.
    affordable : float
        Iterations that fit into the time.
    effort : float
        Iterations needed times learning rate; their product hardly changes with the rate.
    """
    needed = effort / wanted
    return wanted if affordable >= needed else min(max(_FASTEST_RATE, wanted), wanted * needed / max(affordable, 1.0))


def seconds_an_iteration(boost: Callable[[int], object], seconds: float, most: int) -> float:
    """Return how long an iteration takes, by trying some within about a fifth of the time.

    Parameters
    ----------
    boost : callable
        Boosts so many iterations.
    seconds : float
        That the fit may take.
    most : int
        Iterations to try, beside a first that takes longer for what is done once; the longer that takes, the fewer
        follow, but one does.
    """
    begin = time.monotonic()
    boost(1)
    first = time.monotonic() - begin
    rounds = max(1, min(most, int(SHARE_TO_TRY * seconds / max(first, 1e-5)) - 1))
    warm = time.monotonic()
    boost(rounds)
    return max((time.monotonic() - warm) / rounds, 1e-5)
