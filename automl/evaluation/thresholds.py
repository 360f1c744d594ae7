"""The probability from which the positive class is predicted, chosen by a metric or by what mistakes cost.

Every threshold is scored at once: sorted by probability, the rows above one are the first so many.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from automl.errors import UsageError
from automl.evaluation.arrays import CodeArray, FloatArray
from automl.evaluation.metrics import Metric

__all__ = ["Costs", "Threshold", "best_threshold", "decided", "judged_by", "learn_threshold"]

HALF = 0.5
FEWEST_ROWS = 50
FEWEST_ROWS_FOR_ACCURACY = 10_000
"""Half is nearly always best for accuracy, so that fewer rows move it by noise alone (AutoGluon's guard)."""

PARTS = 5
REPEATS = 4
CURVE_POINTS = 100


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
class Threshold:
    """A chosen threshold.

    Attributes
    ----------
    value : float
        A row is predicted positive from this probability on.
    by : str
        The metric that it is best for, or ``"costs"``.
    score, score_at_default : float
        Out-of-fold, with the threshold and with the one that it stands in for; costs are those of a row on average.
        Thresholds were chosen on other rows than they were scored on.
    default : float
        One half; for costs the probability at which both decisions cost the same.
    curve : tuple of (threshold, score)
        On all rows.
    costs : Costs or None
    """

    value: float
    by: str
    score: float
    score_at_default: float
    default: float = HALF
    curve: tuple[tuple[float, float], ...] = ()
    costs: Costs | None = None


@dataclass(frozen=True)
class _Counts:
    """Weight above each possible threshold: of positive and of negative rows; and of both in all."""

    found: FloatArray
    alarms: FloatArray
    positive: float
    negative: float


_ScoreOfCounts = Callable[[_Counts], FloatArray]


def _share(part: FloatArray | float, whole: FloatArray | float) -> FloatArray:
    part, whole = np.broadcast_arrays(np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64))
    return np.divide(part, whole, out=np.zeros(part.shape), where=whole > 0)


def _f1(counts: _Counts) -> FloatArray:
    return _share(2 * counts.found, counts.found + counts.alarms + counts.positive)


def _balanced_accuracy(counts: _Counts) -> FloatArray:
    return (_share(counts.found, counts.positive) + _share(counts.negative - counts.alarms, counts.negative)) / 2


def _accuracy(counts: _Counts) -> FloatArray:
    return (counts.found + counts.negative - counts.alarms) / (counts.positive + counts.negative)


def _matthews_corrcoef(counts: _Counts) -> FloatArray:
    above, below = counts.found + counts.alarms, counts.positive + counts.negative - counts.found - counts.alarms
    missed, spared = counts.positive - counts.found, counts.negative - counts.alarms
    product = np.maximum(above, 0) * np.maximum(below, 0) * counts.positive * counts.negative
    return _share(counts.found * spared - counts.alarms * missed, np.sqrt(product))


def _saving(costs: Costs) -> _ScoreOfCounts:
    """Return minus the mean cost of a row, so that greater is better."""

    def score(counts: _Counts) -> FloatArray:
        spent = costs.false_positive * counts.alarms + costs.false_negative * (counts.positive - counts.found)
        return np.asarray(-spent / (counts.positive + counts.negative))

    return score


_SCORES: Mapping[str, _ScoreOfCounts] = {
    "accuracy": _accuracy,
    "balanced_accuracy": _balanced_accuracy,
    "f1": _f1,
    "matthews_corrcoef": _matthews_corrcoef,
}


def decided(probabilities: FloatArray, threshold: float | None) -> FloatArray:
    """Return probabilities whose most probable class is the one that a threshold decides on.

    Parameters
    ----------
    probabilities : array of shape (n, n_classes)
    threshold : float or None
        For two classes; without one the probabilities come back as they are.

    Returns
    -------
    array of shape (n, n_classes)
        With a threshold: 1 for the class decided on, 0 for the other.
    """
    if threshold is None:
        return probabilities
    positive = (probabilities[:, 1] >= threshold).astype(np.float64)
    return np.column_stack([1 - positive, positive])


def judged_by(metric: Metric, prediction: FloatArray, threshold: float | None) -> FloatArray:
    """Return a prediction as a metric is to see it: decided where only the predicted class counts."""
    return decided(prediction, threshold) if metric.of_labels else prediction


def best_threshold(
    target: CodeArray, probability: FloatArray, by: str, weight: FloatArray, costs: Costs | None = None
) -> float:
    """Return the threshold that is best on these rows; parameters as for :func:`learn_threshold`."""
    score, default = _aim(by, costs)
    return _best(target, probability, weight, score, default)


def _aim(by: str, costs: Costs | None) -> tuple[_ScoreOfCounts, float]:
    """Return what a threshold is to be best for, and the one that it stands in for."""
    return (_SCORES[by], HALF) if costs is None else (_saving(costs), costs.break_even)


def learn_threshold(
    target: CodeArray,
    probability: FloatArray,
    metric: str,
    weight: FloatArray | None = None,
    costs: Costs | None = None,
    seed: int = 0,
) -> Threshold | None:
    """Choose the threshold that is best out-of-fold, where choosing pays on rows that it was not chosen on.

    Parameters
    ----------
    target : integer array of shape (n,)
        1 for the positive class.
    probability : array of shape (n,)
        Of the positive class, for rows that the models were not fitted to.
    metric : str
        What to be best for, unless costs are given.
    weight : array of shape (n,), optional
    costs : Costs, optional
    seed : int
        Of the parts that thresholds are chosen and scored on.

    Returns
    -------
    Threshold or None
        None where no threshold can be chosen for the metric, the rows are too few, or choosing does not pay. With costs
        there always is one: at worst the probability at which both decisions cost the same.
    """
    if costs is None and metric not in _SCORES:
        return None
    score, default = _aim(metric, costs)
    by = metric if costs is None else "costs"
    weights = np.ones(len(target)) if weight is None else weight
    tuned, plain = _cross_fitted(target, probability, weights, score, default, seed)
    value = default
    if _rows_suffice(by, target) and tuned > plain:
        value = _best(target, probability, weights, score, default)
    if value == default and costs is None:
        return None
    sign = 1.0 if costs is None else -1.0
    curve = tuple((cut, sign * found) for cut, found in _curve(target, probability, weights, score))
    reached = tuned if value != default else plain
    return Threshold(value, by, sign * reached, sign * plain, default, curve, costs)


def _rows_suffice(by: str, target: CodeArray) -> bool:
    return len(target) >= (FEWEST_ROWS_FOR_ACCURACY if by == "accuracy" else FEWEST_ROWS)


def _counts(target: CodeArray, probability: FloatArray, weight: FloatArray) -> tuple[FloatArray, _Counts]:
    """Return thresholds from above all probabilities down to below them, and what is above each.

    A threshold lies midway between two neighbouring probabilities.
    """
    order = np.argsort(-probability, kind="stable")
    ordered = probability[order].astype(np.float64)
    last = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True))
    positive = np.where(target[order] == 1, weight[order], 0.0)
    found = np.append(0.0, np.cumsum(positive)[last])
    alarms = np.append(0.0, np.cumsum(weight[order] - positive)[last])
    distinct = ordered[last]
    cuts = np.concatenate([[(distinct[0] + 1) / 2], (distinct[1:] + distinct[:-1]) / 2, [distinct[-1] / 2]])
    return cuts, _Counts(found, alarms, float(found[-1]), float(alarms[-1]))


def _best(
    target: CodeArray, probability: FloatArray, weight: FloatArray, score: _ScoreOfCounts, default: float
) -> float:
    """Return the best threshold; of equally good ones that nearest to the default."""
    cuts, counts = _counts(target, probability, weight)
    scores = score(counts)
    best = np.flatnonzero(scores >= scores.max() - 1e-12)
    return float(cuts[best[np.argmin(np.abs(cuts[best] - default))]])


def _score_at(target: CodeArray, chosen: NDArray[np.bool_], weight: FloatArray, score: _ScoreOfCounts) -> float:
    positive, above = target == 1, np.asarray(chosen, dtype=bool)
    sums = [float(weight[rows].sum()) for rows in (positive & above, ~positive & above, positive, ~positive)]
    return float(score(_Counts(np.array(sums[:1]), np.array(sums[1:2]), sums[2], sums[3]))[0])


def _cross_fitted(
    target: CodeArray,
    probability: FloatArray,
    weight: FloatArray,
    score: _ScoreOfCounts,
    default: float,
    seed: int,
) -> tuple[float, float]:
    """Return the score with thresholds chosen on other rows, averaged over several partings, and with the default."""
    rng = np.random.default_rng(seed)
    tuned = []
    for _ in range(REPEATS):
        part = rng.permutation(len(target)) % PARTS
        chosen = np.zeros(len(target), dtype=bool)
        for number in range(PARTS):
            inside = part == number
            cut = _best(target[~inside], probability[~inside], weight[~inside], score, default)
            chosen[inside] = probability[inside] >= cut
        tuned.append(_score_at(target, chosen, weight, score))
    return float(np.mean(tuned)), _score_at(target, probability >= default, weight, score)


def _curve(
    target: CodeArray, probability: FloatArray, weight: FloatArray, score: _ScoreOfCounts
) -> list[tuple[float, float]]:
    cuts, counts = _counts(target, probability, weight)
    chosen = np.unique(np.round(np.linspace(0, len(cuts) - 1, CURVE_POINTS)).astype(np.int64))
    return list(zip(cuts[chosen].tolist(), score(counts)[chosen].tolist(), strict=True))[::-1]
