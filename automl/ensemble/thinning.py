"""A smaller sample of rows that keeps the rare classes whole."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.evaluation.arrays import FloatArray

__all__ = ["thin_rows"]


def thin_rows(target: NDArray[Any], weight: FloatArray | None, limit: int) -> tuple[NDArray[np.intp], FloatArray]:
    """Draw at most about ``limit`` rows, evenly over the classes, and the weights that undo the uneven draw.

    Parameters
    ----------
    target : array of shape (n,)
        Integer class codes are drawn class by class, the rarest kept whole; other targets at random.
    weight : array of shape (n,), optional
    limit : int

    Returns
    -------
    rows : sorted integer array of shape (n_kept,)
        All rows where they are no more than ``limit``.
    weights : float64 array of shape (n_kept,)
    """
    weights = np.ones(len(target)) if weight is None else np.asarray(weight, dtype=np.float64)
    if len(target) <= limit:
        return np.arange(len(target)), weights
    rng = np.random.default_rng(0)
    if not np.issubdtype(target.dtype, np.integer):
        rows = np.sort(rng.choice(len(target), limit, replace=False))
        return rows, weights[rows]
    return _thin_classes(target, weights, limit, rng)


def _thin_classes(
    target: NDArray[Any], weights: FloatArray, limit: int, rng: np.random.Generator
) -> tuple[NDArray[np.intp], FloatArray]:
    scaled = weights.copy()
    kept: list[NDArray[np.intp]] = []
    codes, sizes = np.unique(target, return_counts=True)
    left = limit
    for place, index in enumerate(np.argsort(sizes, kind="stable")):
        quota = max(left // (len(codes) - place), 1)
        rows = np.flatnonzero(target == codes[index])
        if len(rows) > quota:
            scaled[rows] *= len(rows) / quota
            rows = rng.choice(rows, quota, replace=False)
        kept.append(rows)
        left -= len(rows)
    rows = np.sort(np.concatenate(kept))
    return rows, scaled[rows]
