"""Bounds that hold with a stated probability, from predictions for rows that the models were not fitted to.

Sources: Vovk, Gammerman and Shafer, "Algorithmic learning in a random world", 2005 (conformal prediction); Barber,
Candès, Ramdas and Tibshirani, "Predictive inference with the jackknife+", Annals of Statistics 49, 2021 (out-of-fold
residuals); Papadopoulos, Gammerman and Vovk, "Normalized nonconformity measures", 2008 (residuals over their expected
size); Sadinle, Lei and Wasserman, "Least ambiguous set-valued classifiers", JASA 114, 2019 (sets of labels); Vovk,
Lindsay, Nouretdinov and Gammerman, "Mondrian confidence machine", 2003 (each group of rows bounded by its own scores,
so that bounds hold for each and not only on average).

What is kept are sorted scores, so that any level can be asked for later.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.errors import UsageError
from automl.evaluation.arrays import CodeArray, FloatArray
from automl.evaluation.resampling import RowSampler

__all__ = [
    "FEWEST_ROWS",
    "ROWS_FOR_OWN",
    "GroupScores",
    "LabelSets",
    "NumberIntervals",
    "learn_intervals",
    "learn_sets",
]

FEWEST_ROWS = 20
"""With fewer rows not even a level of 0.9 can be kept."""

ROWS_FOR_OWN = 50
"""A group of fewer rows is bounded by the scores of all rows."""

MOST_SCORES = 5_000
"""So many are stored; of more, those at evenly spread ranks."""

ROWS_PER_SIZE = 50
MOST_SIZES = 20
PARTS = 10

_ROUNDING = float(np.finfo(np.float32).eps)
"""Scores may come from probabilities in single precision. Many rows can share one, and no label of theirs must drop out
of its set for what that rounds off."""

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


@dataclass(frozen=True)
class GroupScores:
    """The scores of the rows of one group.

    Attributes
    ----------
    group : str
        The value of the column by which rows are told apart.
    rows : int
    scores : tuple of float
        Sorted.
    """

    group: str
    rows: int
    scores: tuple[float, ...]


def _limits(
    kept: _Scores,
    own: tuple[GroupScores, ...],
    group: NDArray[Any] | None,
    count: int,
    fewest: float,
    limit: Callable[[_Scores], float],
) -> FloatArray:
    """Return the limit of each row: of its group's own scores where they are enough for the level, else of all."""
    limits = np.full(count, limit(kept))
    for each in own if group is not None else ():
        if each.rows >= fewest:
            limits[group == each.group] = limit(_Scores(each.rows, each.scores))
    return limits


def _ranks(rows: int, kept: int) -> NDArray[np.int64]:
    return np.round(np.linspace(1, rows, kept)).astype(np.int64)


def _fewest_rows(level: float, tails: int) -> float:
    """Return the number of rows that a level needs."""
    return tails / (1 - level) - 1 - 1e-9


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
    own : tuple of GroupScores
        Of the groups that are bounded by their own.
    """

    knots: tuple[float, ...]
    sizes: tuple[float, ...]
    rows: int
    scores: tuple[float, ...]
    own: tuple[GroupScores, ...] = ()

    def check(self, level: float) -> None:
        """Raise UsageError where the level is not between 0 and 1, or too high for the number of rows."""
        _check_level(level, self.rows, tails=2)

    def bounds(self, prediction: FloatArray, level: float, group: NDArray[Any] | None = None) -> FloatArray:
        """Return the lower and the upper bound of each prediction.

        Parameters
        ----------
        prediction : array of shape (n,)
        level : float
            The share of new rows whose true number is to be inside.
        group : array of str, shape (n,), optional
            The group of each row; one that has no scores of its own is bounded by those of all.

        Returns
        -------
        array of shape (n, 2)

        Raises
        ------
        UsageError
            If the level is not between 0 and 1, or too high for the number of rows.
        """
        self.check(level)
        kept, tail, fewest = _Scores(self.rows, self.scores), (1 - level) / 2, _fewest_rows(level, tails=2)

        def lower(scores: _Scores) -> float:
            return scores.at_most(math.floor((scores.rows + 1) * tail + 1e-9))

        def upper(scores: _Scores) -> float:
            return scores.at_least(math.ceil((scores.rows + 1) * (1 - tail) - 1e-9))

        low, high = (_limits(kept, self.own, group, len(prediction), fewest, each) for each in (lower, upper))
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
    own : tuple of GroupScores
        Of the groups that are bounded by their own.
    """

    rows: int
    scores: tuple[float, ...]
    own: tuple[GroupScores, ...] = ()

    def check(self, level: float) -> None:
        """Raise UsageError where the level is not between 0 and 1, or too high for the number of rows."""
        _check_level(level, self.rows, tails=1)

    def members(self, probabilities: FloatArray, level: float, group: NDArray[Any] | None = None) -> NDArray[np.bool_]:
        """Return which labels are in the set of each row; the most probable one always is.

        Parameters
        ----------
        probabilities : array of shape (n, n_classes)
        level : float
            The share of new rows whose true label is to be in the set, at least.
        group : array of str, shape (n,), optional
            As for :meth:`NumberIntervals.bounds`.

        Returns
        -------
        bool array of shape (n, n_classes)

        Raises
        ------
        UsageError
            If the level is not between 0 and 1, or too high for the number of rows.
        """
        self.check(level)
        kept, fewest = _Scores(self.rows, self.scores), _fewest_rows(level, tails=1)

        def limit(scores: _Scores) -> float:
            return scores.at_least(math.ceil((scores.rows + 1) * level - 1e-9))

        limits = _limits(kept, self.own, group, len(probabilities), fewest, limit)
        inside = np.asarray(1 - probabilities <= limits[:, None] + _ROUNDING)
        if len(inside):
            inside[np.arange(len(inside)), probabilities.argmax(axis=1)] = True
        return inside


def learn_intervals(
    target: FloatArray,
    prediction: FloatArray,
    seed: int = 0,
    group: NDArray[Any] | None = None,
    together: NDArray[Any] | None = None,
) -> NumberIntervals | None:
    """Learn intervals from out-of-fold predictions; None where the rows are too few.

    The expected size that a row's residual is divided by comes from other rows, as it will for new rows.

    Parameters
    ----------
    target, prediction : arrays of shape (n,)
    seed : int
        Of the parts by which sizes are learned from other rows.
    group : array of str, shape (n,), optional
        The group of each row, None where it has none.
    together : array of shape (n,), optional
        Rows with equal values are not independent of each other: they are in one part.
    """
    rows = len(target)
    if rows < FEWEST_ROWS:
        return None
    residual = target.astype(np.float64) - prediction
    part = RowSampler.of(rows, together).parted(PARTS, np.random.default_rng(seed))
    scores = np.empty(rows)
    for number in range(PARTS):
        inside = part == number
        knots, sizes = _expected_sizes(prediction[~inside], np.abs(residual[~inside]))
        scores[inside] = residual[inside] / np.interp(prediction[inside], knots, sizes)
    knots, sizes = _expected_sizes(prediction, np.abs(residual))
    kept = _Scores.of(scores)
    return NumberIntervals(tuple(knots.tolist()), tuple(sizes.tolist()), rows, kept.values, _own_scores(scores, group))


def _own_scores(scores: FloatArray, group: NDArray[Any] | None) -> tuple[GroupScores, ...]:
    """Return the scores of each group that has rows enough, in the order of their names."""
    if group is None:
        return ()
    names = sorted({each for each in group.tolist() if each is not None})
    kept = {name: scores[group == name] for name in names}
    return tuple(
        GroupScores(name, len(each), _Scores.of(each).values)
        for name, each in kept.items()
        if len(each) >= ROWS_FOR_OWN
    )


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


def learn_sets(target: CodeArray, prediction: FloatArray, group: NDArray[Any] | None = None) -> LabelSets | None:
    """Learn sets of labels from out-of-fold probabilities; None where the rows are too few.

    Parameters
    ----------
    target : integer array of shape (n,)
    prediction : array of shape (n, n_classes)
    group : array of str, shape (n,), optional
        As for :func:`learn_intervals`.
    """
    if len(target) < FEWEST_ROWS:
        return None
    scores = 1 - prediction[np.arange(len(target)), target].astype(np.float64)
    kept = _Scores.of(scores)
    return LabelSets(kept.rows, kept.values, _own_scores(scores, group))
