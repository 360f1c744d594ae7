"""The probability from which the positive class is predicted, chosen by a metric, by costs, or by a wanted recall.

Every threshold is scored at once: sorted by probability, the rows above one are the first so many.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.evaluation.arrays import CodeArray, FloatArray
from automl.evaluation.metrics import Metric
from automl.evaluation.resampling import RowSampler
from automl.evaluation.threshold_aims import HALF, Aim, Costs, Counts, Wanted, aim_for, f1, precision, recall

__all__ = [
    "Costs",
    "Threshold",
    "TradeOff",
    "Wanted",
    "best_threshold",
    "decided",
    "judged_by",
    "learn_threshold",
    "trade_offs",
]

FEWEST_ROWS = 50
FEWEST_ROWS_FOR_ACCURACY = 10_000
"""Half is nearly always best for accuracy, so that fewer rows move it by noise alone (AutoGluon's guard)."""

PARTS = 5
REPEATS = 4
CURVE_POINTS = 100


@dataclass(frozen=True)
class Threshold:
    """A chosen threshold.

    Attributes
    ----------
    value : float
        A row is predicted positive from this probability on.
    by : str
        The metric that it is best for, ``"costs"``, or the ``"recall"`` or ``"precision"`` that was to be reached.
    score, score_at_default : float
        Out-of-fold, with the threshold and with the one that it stands in for; costs are those of a row on average.
        Thresholds were chosen on other rows than they were scored on.
    default : float
        One half; for costs the probability at which both decisions cost the same.
    curve : tuple of (threshold, score)
        On all rows.
    costs : Costs or None
    wanted : Wanted or None
        What was to be reached.
    recall, precision : float or None
        Out-of-fold, as ``score``.
    """

    value: float
    by: str
    score: float
    score_at_default: float
    default: float = HALF
    curve: tuple[tuple[float, float], ...] = ()
    costs: Costs | None = None
    wanted: Wanted | None = None
    recall: float | None = None
    precision: float | None = None


@dataclass(frozen=True)
class TradeOff:
    """What a threshold would bring: a share of the positive rows found, a share of right ones among those flagged."""

    threshold: float
    recall: float
    precision: float
    f1: float


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
    target: CodeArray, probability: FloatArray, by: str, weight: FloatArray, goal: Costs | Wanted | None = None
) -> float:
    """Return the threshold that is best on these rows; parameters as for :func:`learn_threshold`.

    Raises
    ------
    ValueError
        If no threshold is best for the metric.
    """
    aim = aim_for(by, goal)
    if aim is None:
        raise ValueError(f"{by} does not count labels")
    return _best(target, probability, weight, aim)


def learn_threshold(
    target: CodeArray,
    probability: FloatArray,
    metric: str,
    weight: FloatArray | None = None,
    goal: Costs | Wanted | None = None,
    seed: int = 0,
    groups: NDArray[Any] | None = None,
) -> Threshold | None:
    """Choose the threshold that is best out-of-fold, where choosing pays on rows that it was not chosen on.

    Parameters
    ----------
    target : integer array of shape (n,)
        1 for the positive class.
    probability : array of shape (n,)
        Of the positive class, for rows that the models were not fitted to.
    metric : str
        What to be best for, unless there is a goal.
    weight : array of shape (n,), optional
    goal : Costs or Wanted, optional
    seed : int
        Of the parts that thresholds are chosen and scored on.
    groups : array of shape (n,), optional
        Rows with equal values are not independent of each other: they are in one part.

    Returns
    -------
    Threshold or None
        None where no threshold can be chosen for the metric, the rows are too few, or choosing does not pay. With a
        goal there always is one; with costs at worst the probability at which both decisions cost the same.
    """
    aim = aim_for(metric, goal)
    if aim is None:
        return None
    weights = np.ones(len(target)) if weight is None else weight
    chosen = _decisions_out_of_fold(target, probability, weights, aim, seed, RowSampler.of(len(target), groups))
    plain = _counted(target, probability >= aim.default, weights)
    wanted = isinstance(goal, Wanted)
    pays = _rows_suffice(aim.name, target) and _told(aim, chosen) > _told(aim, plain)
    value = _best(target, probability, weights, aim) if wanted or pays else aim.default
    if value == aim.default and not aim.asked_for:
        return None
    reached = plain if value == aim.default else chosen
    return Threshold(
        value,
        aim.name,
        aim.sign * _told(aim, reached),
        aim.sign * _told(aim, plain),
        aim.default,
        tuple((cut, aim.sign * found) for cut, found in _curve(target, probability, weights, aim)),
        goal if isinstance(goal, Costs) else None,
        goal if isinstance(goal, Wanted) else None,
        float(recall(reached).mean()),
        float(precision(reached).mean()),
    )


def trade_offs(target: CodeArray, probability: FloatArray, weight: FloatArray | None = None) -> tuple[TradeOff, ...]:
    """Return what thresholds from 0 to 1 would bring on these rows; nothing where no row is positive.

    Parameters
    ----------
    target, probability, weight
        As for :func:`learn_threshold`.
    """
    if not (target == 1).any():
        return ()
    cuts, counts = _counts(target, probability, np.ones(len(target)) if weight is None else weight)
    # Without the cut above all rows: nothing is flagged there, and the precision of nothing is no figure.
    first = int(cuts[0] > probability.max())
    places = _spread(len(cuts) - first) + first
    columns = (cuts, recall(counts), precision(counts), f1(counts))
    return tuple(TradeOff(*row) for row in zip(*(column[places].tolist() for column in columns), strict=True))[::-1]


def _rows_suffice(by: str, target: CodeArray) -> bool:
    return len(target) >= (FEWEST_ROWS_FOR_ACCURACY if by == "accuracy" else FEWEST_ROWS)


def _counts(target: CodeArray, probability: FloatArray, weight: FloatArray) -> tuple[FloatArray, Counts]:
    """Return thresholds from above all probabilities down to below them, and what is above each.

    A threshold lies midway between two neighbouring probabilities. There is none above a row that is certain: at most
    one, it would flag that row.
    """
    order = np.argsort(-probability, kind="stable")
    ordered = probability[order].astype(np.float64)
    last = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True))
    positive = np.where(target[order] == 1, weight[order], 0.0)
    found = np.append(0.0, np.cumsum(positive)[last])
    alarms = np.append(0.0, np.cumsum(weight[order] - positive)[last])
    distinct = ordered[last]
    cuts = np.concatenate([[(distinct[0] + 1) / 2], (distinct[1:] + distinct[:-1]) / 2, [distinct[-1] / 2]])
    first = int(cuts[0] <= distinct[0])
    return cuts[first:], Counts(found[first:], alarms[first:], float(found[-1]), float(alarms[-1]))


def _best(target: CodeArray, probability: FloatArray, weight: FloatArray, aim: Aim) -> float:
    """Return the best threshold; of equally good ones that nearest to the default."""
    cuts, counts = _counts(target, probability, weight)
    scores = aim.best(counts)
    best = np.flatnonzero(scores >= scores.max() - 1e-12)
    return float(cuts[best[np.argmin(np.abs(cuts[best] - aim.default))]])


def _counted(target: CodeArray, chosen: NDArray[np.bool_], weight: FloatArray) -> Counts:
    """Return what was decided to be positive, of each row of ``chosen`` of shape (..., n)."""
    above, positive = np.atleast_2d(chosen), target == 1
    found, alarms = (np.where(above & rows, weight, 0.0).sum(axis=1) for rows in (positive, ~positive))
    return Counts(found, alarms, float(weight[positive].sum()), float(weight[~positive].sum()))


def _told(aim: Aim, counts: Counts) -> float:
    return float(aim.told(counts).mean())


def _decisions_out_of_fold(
    target: CodeArray, probability: FloatArray, weight: FloatArray, aim: Aim, seed: int, sampler: RowSampler
) -> Counts:
    """Return what is decided by thresholds that were chosen on other rows, for each of several partings."""
    rng = np.random.default_rng(seed)
    chosen = np.zeros((REPEATS, len(target)), dtype=bool)
    for decisions in chosen:
        part = sampler.parted(PARTS, rng)
        for number in np.unique(part):
            inside = part == number
            cut = _best(target[~inside], probability[~inside], weight[~inside], aim)
            decisions[inside] = probability[inside] >= cut
    return _counted(target, chosen, weight)


def _curve(target: CodeArray, probability: FloatArray, weight: FloatArray, aim: Aim) -> list[tuple[float, float]]:
    cuts, counts = _counts(target, probability, weight)
    places = _spread(len(cuts))
    return list(zip(cuts[places].tolist(), aim.told(counts)[places].tolist(), strict=True))[::-1]


def _spread(amount: int) -> NDArray[np.int64]:
    return np.unique(np.round(np.linspace(0, amount - 1, CURVE_POINTS)).astype(np.int64))
