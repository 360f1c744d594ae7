"""A curve from log-odds to log-odds that only rises, as steep as rows show and of no given shape.

Rows in the order of their scores are pooled until the share of positive ones rises from pool to pool (pool adjacent
violators); the curve goes straight from the centre of one pool to that of the next. Unlike the steps of isotonic
regression it lets no two scores become one, so that rows keep their order, and a ranking its quality.

Sources: Zadrozny and Elkan, "Transforming classifier scores into accurate multiclass probability estimates", KDD 2002;
Oron and Flournoy, "Centered isotonic regression", Statistics in Biopharmaceutical Research 9, 2017 (lines between
centres); Krichevsky and Trofimov, "The performance of universal encoding", IEEE Transactions on Information Theory 27,
1981 (half a row of each class added to a pool, so that no share is 0 or 1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.evaluation.arrays import CodeArray, FloatArray

__all__ = ["RisingCurve", "fit_rising_curve"]

FLATTEST = 1e-3
"""The least slope, also beyond the outermost pools: enough to keep the order, too little to change what is said."""

STEEPEST = 10.0
"""The largest slope: where scores differ by rounding alone, what they become does not differ by much more."""

_DIGITS = 6
"""Scores nearer to one another than that are one, so that the centres of two pools are apart."""

_HALF = 0.5


@dataclass(frozen=True)
class RisingCurve:
    """Straight lines between points, each above and to the right of the one before.

    Attributes
    ----------
    scores, levels : tuple of float
        Log-odds that a model says, in rising order, and those that they become.
    """

    scores: tuple[float, ...]
    levels: tuple[float, ...]

    def applied(self, scores: FloatArray) -> FloatArray:
        """Return what log-odds of shape (n,) become."""
        at, levels = np.array(self.scores), np.array(self.levels)
        return np.asarray(np.interp(scores, at, levels - FLATTEST * at) + FLATTEST * scores)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> RisingCurve:
        """Rebuild it from JSON values.

        Raises
        ------
        KeyError, TypeError, ValueError
            If something is missing, of another type, or does not rise.
        """
        scores, levels = (tuple(float(each) for each in values[name]) for name in ("scores", "levels"))
        if not scores or len(scores) != len(levels) or not np.isfinite([scores, levels]).all():
            raise ValueError("as many finite scores as levels are expected")
        if np.any(np.diff([scores, levels]) <= 0):
            raise ValueError("scores and levels in rising order are expected")
        return cls(scores, levels)


def fit_rising_curve(target: CodeArray, scores: FloatArray, weight: FloatArray) -> RisingCurve:
    """Learn the curve from rows.

    Parameters
    ----------
    target : integer array of shape (n,)
        1 for positive rows, else 0.
    scores : array of shape (n,)
        Log-odds that a model says.
    weight : array of shape (n,)
        Only what rows weigh relative to each other counts; many of little weight count as few.
    """
    kept = weight > 0
    # As many rows as say as much with equal weights (Kish).
    rows = weight[kept] * (weight.sum() / np.square(weight).sum())
    at, place = np.unique(np.round(scores[kept], _DIGITS), return_inverse=True)
    weighed = (rows, rows * target[kept], rows * at[place])
    sums = np.stack([np.bincount(place, each) for each in weighed]).astype(np.float64)
    pools = _pooled(sums)
    centres, levels = pools[2] / pools[0], _log_odds(_shares(pools))
    levels = np.maximum.accumulate(levels - FLATTEST * centres) + FLATTEST * centres
    return RisingCurve(tuple(centres.tolist()), tuple(levels.tolist()))


def _pooled(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Pool neighbours until shares rise from pool to pool, and none too steeply.

    The lines are, of each pool, how many rows it has, how many of them are positive, and the sum of their scores.
    """
    from scipy.optimize import isotonic_regression

    while True:
        share = _shares(sums)
        starts = isotonic_regression(share, weights=sums[0] + 2 * _HALF).blocks[:-1]
        if len(starts) == sums.shape[1]:
            slopes = np.diff(_log_odds(share)) / np.diff(sums[2] / sums[0])
            if slopes.max(initial=0.0) <= STEEPEST:
                return sums
            starts = np.delete(starts, slopes.argmax() + 1)
        # A pool gets one half row of each class, however many it was made of: whether shares rise is asked again.
        sums = np.add.reduceat(sums, starts, axis=1)


def _shares(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray((sums[1] + _HALF) / (sums[0] + 2 * _HALF))


def _log_odds(share: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.log(share) - np.log1p(-share))
