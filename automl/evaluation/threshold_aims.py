"""What a threshold can be best for: a metric of labels, what mistakes cost, or a wanted recall or precision.

Each is a function of what lies above a threshold, for many thresholds at once; greater is better.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from automl.errors import UsageError
from automl.evaluation.arrays import FloatArray

__all__ = [
    "HALF",
    "SCORES",
    "Aim",
    "Costs",
    "Counts",
    "ScoreOfCounts",
    "Wanted",
    "aim_for",
    "f1",
    "precision",
    "recall",
]

HALF = 0.5


@dataclass(frozen=True)
class Costs:
    """What a mistake costs, in any unit: a false alarm, and a positive row that is missed."""

    false_positive: float
    false_negative: float

    @classmethod
    def parse(cls, text: str) -> Costs:
        """Read ``fp=1,fn=5``.

        Raises
        ------
        UsageError
            If it is not understood, or a cost is not positive.
        """
        pairs = dict(part.partition("=")[::2] for part in text.replace(" ", "").split(","))
        try:
            costs = cls(float(pairs.pop("fp")), float(pairs.pop("fn")))
        except (KeyError, ValueError):
            costs = cls(0, 0)
        finite = np.isfinite([costs.false_positive, costs.false_negative]).all()
        if pairs or not finite or min(costs.false_positive, costs.false_negative) <= 0:
            raise UsageError(
                f"--costs must name what both mistakes cost, each above 0. Got '{text}'.",
                "Try --costs fp=1,fn=5: missing a positive row is five times as bad as a false alarm.",
            )
        return costs

    @property
    def break_even(self) -> float:
        """The probability at which both decisions cost the same on average, where probabilities are right."""
        return self.false_positive / (self.false_positive + self.false_negative)


@dataclass(frozen=True)
class Wanted:
    """A recall or a precision that is to be reached, with as much of the other as that leaves."""

    name: str
    share: float

    @classmethod
    def parse(cls, text: str) -> Wanted:
        """Read ``recall=0.9`` or ``precision=0.8``.

        Raises
        ------
        UsageError
            If it is not understood, or the share is not between 0 and 1.
        """
        name, _, number = text.replace(" ", "").lower().partition("=")
        try:
            share = float(number)
        except ValueError:
            share = 0.0
        if name not in ("recall", "precision") or not 0 < share <= 1:
            raise UsageError(
                f"--threshold-for must be a recall or a precision, above 0 and at most 1. Got '{text}'.",
                "Try --threshold-for recall=0.9: nine in ten positive rows are to be found.",
            )
        return cls(name, share)


@dataclass(frozen=True)
class Counts:
    """Weight above each possible threshold: of positive and of negative rows; and of both in all."""

    found: FloatArray
    alarms: FloatArray
    positive: float
    negative: float


ScoreOfCounts: TypeAlias = Callable[[Counts], FloatArray]


def _share(part: FloatArray | float, whole: FloatArray | float) -> FloatArray:
    part, whole = np.broadcast_arrays(np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64))
    return np.divide(part, whole, out=np.zeros(part.shape), where=whole > 0)


def recall(counts: Counts) -> FloatArray:
    """Share of the positive rows that are above."""
    return _share(counts.found, counts.positive)


def precision(counts: Counts) -> FloatArray:
    """Share of the rows above that are positive; 0 where none is above."""
    return _share(counts.found, counts.found + counts.alarms)


def f1(counts: Counts) -> FloatArray:
    """Harmonic mean of both."""
    return _share(2 * counts.found, counts.found + counts.alarms + counts.positive)


def _balanced_accuracy(counts: Counts) -> FloatArray:
    return (_share(counts.found, counts.positive) + _share(counts.negative - counts.alarms, counts.negative)) / 2


def _accuracy(counts: Counts) -> FloatArray:
    return (counts.found + counts.negative - counts.alarms) / (counts.positive + counts.negative)


def _matthews_corrcoef(counts: Counts) -> FloatArray:
    above, below = counts.found + counts.alarms, counts.positive + counts.negative - counts.found - counts.alarms
    missed, spared = counts.positive - counts.found, counts.negative - counts.alarms
    product = np.maximum(above, 0) * np.maximum(below, 0) * counts.positive * counts.negative
    return _share(counts.found * spared - counts.alarms * missed, np.sqrt(product))


def _reaching(wanted: Wanted) -> ScoreOfCounts:
    """Return the other figure where the wanted one is reached, else how far it is from that, as less than nothing."""
    held, other = (recall, precision) if wanted.name == "recall" else (precision, recall)

    def score(counts: Counts) -> FloatArray:
        reached = held(counts)
        enough = reached >= wanted.share - 1e-12
        return np.asarray(np.where(enough, other(counts), reached - wanted.share - 1))

    return score


def _saving(costs: Costs) -> ScoreOfCounts:
    """Return minus the mean cost of a row, so that greater is better."""

    def score(counts: Counts) -> FloatArray:
        spent = costs.false_positive * counts.alarms + costs.false_negative * (counts.positive - counts.found)
        return np.asarray(-spent / (counts.positive + counts.negative))

    return score


SCORES: Mapping[str, ScoreOfCounts] = {
    "accuracy": _accuracy,
    "balanced_accuracy": _balanced_accuracy,
    "f1": f1,
    "matthews_corrcoef": _matthews_corrcoef,
}


@dataclass(frozen=True)
class Aim:
    """What a threshold is to be best for.

    Attributes
    ----------
    name : str
        A metric, ``"costs"``, ``"recall"`` or ``"precision"``.
    best : callable
        What is greatest at the best threshold.
    told : callable
        What is reported of a threshold.
    default : float
        The threshold that it stands in for.
    asked_for : bool
        Whether there is to be one even where choosing it does not pay.
    sign : float
        Of what is reported.
    """

    name: str
    best: ScoreOfCounts
    told: ScoreOfCounts
    default: float = HALF
    asked_for: bool = False
    sign: float = 1.0


def aim_for(metric: str, goal: Costs | Wanted | None = None) -> Aim | None:
    """Return the aim of a goal, or of a metric where none is given; None where the metric does not count labels."""
    match goal:
        case Costs():
            saving = _saving(goal)
            return Aim("costs", saving, saving, goal.break_even, asked_for=True, sign=-1.0)
        case Wanted():
            told = recall if goal.name == "recall" else precision
            return Aim(goal.name, _reaching(goal), told, asked_for=True)
        case None:
            return Aim(metric, SCORES[metric], SCORES[metric]) if metric in SCORES else None
