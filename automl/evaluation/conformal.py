"""Bounds that hold with a stated probability, from predictions for rows that the models were not fitted to.

Sources: Vovk, Gammerman and Shafer, "Algorithmic learning in a random world", 2005 (conformal prediction); Barber,
Candès, Ramdas and Tibshirani, "Predictive inference with the jackknife+", Annals of Statistics 49, 2021 (out-of-fold
residuals); Papadopoulos, Gammerman and Vovk, "Normalized nonconformity measures", 2008 (residuals over their expected
size); Sadinle, Lei and Wasserman, "Least ambiguous set-valued classifiers", JASA 114, 2019 (sets of labels).

What is kept are sorted scores, so that any level can be asked for later.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from automl.errors import UsageError
from automl.evaluation.arrays import CodeArray, FloatArray

__all__ = ["FEWEST_ROWS", "LabelSets", "NumberIntervals", "learn_intervals", "learn_sets"]

FEWEST_ROWS = 20
"""With fewer rows not even a level of 0.9 can be kept."""

MOST_SCORES = 5_000
"""So many are stored; of more, those at evenly spread ranks."""

ROWS_PER_SIZE = 50
MOST_SIZES = 20
PARTS = 10

_SHRINK = 20
"""The expected size of a group of residuals is drawn to that of all as if so many more rows had it."""


@dataclass(frozen=True)
class _Scores:
    """Sorted scores of ``rows`` rows, all of them or those at evenly spread ranks."""

    rows: int
    values: tuple[float, ...]

    @classmethod
    def of(cls, scores: FloatArray) -> _Scores:
        ordered = np.sort(scores)
        ranks = _ranks(len(ordered), min(len(ordered), MOST_SCORES))
        return cls(len(ordered), tuple(ordered[ranks - 1].tolist()))

    def at_least(self, rank: int) -> float:
        """Return the smallest stored score whose rank is not below the one asked for."""
        return self.values[int(np.searchsorted(_ranks(self.rows, len(self.values)), rank))]

    def at_most(self, rank: int) -> float:
        """Return the largest stored score whose rank is not above the one asked for."""
        return self.values[int(np.searchsorted(_ranks(self.rows, len(self.values)), rank, side="right")) - 1]


def _ranks(rows: int, kept: int) -> NDArray[np.int64]:
    return np.round(np.linspace(1, rows, kept)).astype(np.int64)


def _check_level(level: float, rows: int, tails: int) -> None:
    """Refuse a level for which the rows hold no score far enough out."""
    if not 0 < level < 1:
        raise UsageError(f"The level of an interval must be between 0 and 1. Got {level:g}.", "Try --interval 0.9.")
    highest = 1 - tails / (rows + 1)
    if level > highest:
        raise UsageError(
            f"{rows:,} out-of-fold rows are too few for intervals at the level {level:g}.",
            f"Ask for at most --interval {math.floor(highest * 1000) / 1000:g}, or fit on more rows.",
        )


@dataclass(frozen=True)
class NumberIntervals:
    """Intervals for predicted numbers.

    Attributes
    ----------
    knots, sizes : tuple of float
        Predictions in rising order, and the expected absolute residual at each; linear between them.
    rows : int
        That the scores come from.
    scores : tuple of float
        Residuals over their expected size, sorted.
    """

    knots: tuple[float, ...]
    sizes: tuple[float, ...]
    rows: int
    scores: tuple[float, ...]

    def check(self, level: float) -> None:
        """Raise UsageError where the level is not between 0 and 1, or too high for the number of rows."""
        _check_level(level, self.rows, tails=2)

    def bounds(self, prediction: FloatArray, level: float) -> FloatArray:
        """Return the lower and the upper bound of each prediction.

        Parameters
        ----------
        prediction : array of shape (n,)
        level : float
            The share of new rows whose true number is to be inside.

        Returns
        -------
        array of shape (n, 2)

        Raises
        ------
        UsageError
            If the level is not between 0 and 1, or too high for the number of rows.
        """
        self.check(level)
        kept, tail = _Scores(self.rows, self.scores), (1 - level) / 2
        low = kept.at_most(math.floor((self.rows + 1) * tail + 1e-9))
        high = kept.at_least(math.ceil((self.rows + 1) * (1 - tail) - 1e-9))
        size = np.interp(prediction, self.knots, self.sizes)
        return np.column_stack([prediction + low * size, prediction + high * size])


@dataclass(frozen=True)
class LabelSets:
    """Sets of labels for predicted probabilities.

    Attributes
    ----------
    rows : int
        That the scores come from.
    scores : tuple of float
        One less the probability of the true label, sorted.
    """

    rows: int
    scores: tuple[float, ...]

    def check(self, level: float) -> None:
        """Raise UsageError where the level is not between 0 and 1, or too high for the number of rows."""
        _check_level(level, self.rows, tails=1)

    def members(self, probabilities: FloatArray, level: float) -> NDArray[np.bool_]:
        """Return which labels are in the set of each row; the most probable one always is.

        Parameters
        ----------
        probabilities : array of shape (n, n_classes)
        level : float
            The share of new rows whose true label is to be in the set, at least.

        Returns
        -------
        bool array of shape (n, n_classes)

        Raises
        ------
        UsageError
            If the level is not between 0 and 1, or too high for the number of rows.
        """
        self.check(level)
        limit = _Scores(self.rows, self.scores).at_least(math.ceil((self.rows + 1) * level - 1e-9))
        # Probabilities are sums that round differently elsewhere; a set must not depend on the last bit.
        inside = np.asarray(1 - probabilities <= limit + 1e-9)
        if len(inside):
            inside[np.arange(len(inside)), probabilities.argmax(axis=1)] = True
        return inside


def learn_intervals(target: FloatArray, prediction: FloatArray, seed: int = 0) -> NumberIntervals | None:
    """Learn intervals from out-of-fold predictions; None where the rows are too few.

    The expected size that a row's residual is divided by comes from other rows, as it will for new rows.

    Parameters
    ----------
    target, prediction : arrays of shape (n,)
    seed : int
        Of the parts by which sizes are learned from other rows.
    """
    rows = len(target)
    if rows < FEWEST_ROWS:
        return None
    residual = target.astype(np.float64) - prediction
    part = np.random.default_rng(seed).permutation(rows) % PARTS
    scores = np.empty(rows)
    for number in range(PARTS):
        inside = part == number
        knots, sizes = _expected_sizes(prediction[~inside], np.abs(residual[~inside]))
        scores[inside] = residual[inside] / np.interp(prediction[inside], knots, sizes)
    knots, sizes = _expected_sizes(prediction, np.abs(residual))
    kept = _Scores.of(scores)
    return NumberIntervals(tuple(knots.tolist()), tuple(sizes.tolist()), rows, kept.values)


def _expected_sizes(prediction: FloatArray, residual: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the mean absolute residual of groups of neighbouring predictions, drawn to that of all rows."""
    overall = float(residual.mean())
    if overall == 0:
        return np.zeros(1), np.ones(1)
    groups = np.array_split(
        np.argsort(prediction, kind="stable"), min(MOST_SIZES, max(1, len(residual) // ROWS_PER_SIZE))
    )
    centres = np.array([np.median(prediction[group]) for group in groups], dtype=np.float64)
    sums = np.array([residual[group].sum() for group in groups], dtype=np.float64)
    counts = np.array([len(group) for group in groups], dtype=np.float64)
    # Equal centres, as of a prediction that many rows share, are one group.
    knots, place = np.unique(centres, return_inverse=True)
    total, count = np.bincount(place, sums), np.bincount(place, counts)
    return knots, (total + _SHRINK * overall) / (count + _SHRINK)


def learn_sets(target: CodeArray, prediction: FloatArray) -> LabelSets | None:
    """Learn sets of labels from out-of-fold probabilities; None where the rows are too few.

    Parameters
    ----------
    target : integer array of shape (n,)
    prediction : array of shape (n, n_classes)
    """
    if len(target) < FEWEST_ROWS:
        return None
    kept = _Scores.of(1 - prediction[np.arange(len(target)), target].astype(np.float64))
    return LabelSets(kept.rows, kept.values)
