"""How many boosting iterations: decided for each fold by the other folds' rows, so that no row flatters its own score.

Early stopping on the very rows that are then scored makes out-of-fold scores too good; holding further rows back costs
training data. Here every fold keeps its validation predictions at a grid of iteration counts, and the count used for
one fold minimises the mean loss over the *other* folds. With a single holdout, its two halves decide for each other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from automl.models.family import counted_weight

__all__ = ["Curve", "best_stage", "mean_losses", "stage_at"]


@dataclass(frozen=True)
class Curve:
    """Validation loss after each of several iteration counts (ascending)."""

    stages: tuple[int, ...]
    losses: tuple[float, ...]


def mean_losses(losses: NDArray[np.float64], weight: NDArray[np.float64] | None) -> tuple[float, ...]:
    """Return the mean loss at each stage, rows by their weight; by as much each where none has any.

    Parameters
    ----------
    losses : ndarray of shape (n_stages, n_rows)
    weight : ndarray of shape (n_rows,) or None
    """
    return tuple(np.average(losses, axis=1, weights=counted_weight(weight)).tolist())


def best_stage(curves: list[Curve]) -> int:
    """Return the iteration count with the lowest mean loss over ``curves``; a curve that ended keeps its last value."""
    grid = sorted({stage for curve in curves for stage in curve.stages})
    means = [sum(curve.losses[stage_at(curve.stages, stage)] for curve in curves) for stage in grid]
    return grid[int(np.argmin(means))]


def stage_at(stages: tuple[int, ...], stage: int) -> int:
    """Return the position of the largest of ``stages`` that is at most ``stage`` (0 where all are larger)."""
    return max(0, int(np.searchsorted(stages, stage, side="right")) - 1)
