"""What the boosting families share: how long to go on, and how fast to learn in the time there is."""

from __future__ import annotations

from typing import Any

__all__ = ["MAX_ITERATIONS", "OutOfTime", "patience", "scaled_learning_rate"]

MAX_ITERATIONS = 4_000

#: Iterations after which a boosting run at learning rate 0.05 has usually found its best on tables of our size.
_ITERATIONS_AT_RATE = 400
_RATE = 0.05
_FASTEST_RATE = 0.2


class OutOfTime(Exception):  # noqa: N818 - a signal, not an error
    """Raised from a booster's callback when its time is up; carries what was boosted so far."""

    def __init__(self, booster: Any) -> None:
        super().__init__("time limit")
        self.booster = booster


def patience(rows: int) -> int:
    """Return how many iterations without improvement end a run: fewer for large tables, whose curves are smooth."""
    return max(30, min(120, 600_000 // max(rows, 1)))


def scaled_learning_rate(wanted: float, affordable: float) -> float:
    """Raise a learning rate so that boosting converges within the iterations that fit into the time.

    The iterations needed are taken as inversely proportional to the learning rate.
    """
    needed = _ITERATIONS_AT_RATE * _RATE / wanted
    return wanted if affordable >= needed else min(max(_FASTEST_RATE, wanted), wanted * needed / max(affordable, 1.0))
