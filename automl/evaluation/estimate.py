"""How good a model will be on new rows: an estimate that the search and the selection cannot flatter.

Source of the correction: Tsamardinos, Greasidou and Borboudakis, "Bootstrapping the out-of-sample predictions for
efficient and accurate cross-validation", Machine Learning 107, 2018 (BBC-CV). There one configuration is selected on
each bootstrap sample of the rows and scored on the rows left out; here a blend is.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from automl.evaluation.arrays import FloatArray
from automl.evaluation.calibration import Calibration
from automl.evaluation.intervals import bootstrap_interval
from automl.evaluation.metrics import Metric
from automl.evaluation.resampling import RowSampler
from automl.evaluation.thresholds import decided

__all__ = ["Decision", "Estimate", "Select", "Selection", "bootstrap_bias_corrected", "estimate_from_holdout"]

CANDIDATE_ROWS = 8_000_000
"""Candidates times rows times replicates: what a selection costs when no limit in seconds is given."""

FEWEST_REPLICATES = 10
INTERVAL_REPLICATES = 500


@dataclass(frozen=True)
class Estimate:
    """How good the final model is expected to be on new rows.

    Attributes
    ----------
    metric : str
    value, low, high : float
        The score and its 95 % interval, in the metric's own units.
    method : str
        ``"holdout"``, ``"bootstrap_bias_corrected_cv"`` or ``"test_data"``.
    rows : int
        How many rows it rests on.
    """

    metric: str
    value: float
    low: float
    high: float
    method: str
    rows: int


class Selection(Protocol):
    """What a selection hands back: indices of candidates, and a weight for each."""

    @property
    def members(self) -> Sequence[int]:
        """Return indices into the candidates."""

    @property
    def weights(self) -> Sequence[float]:
        """Return one weight for each member, summing to 1."""


class Select(Protocol):
    """Chooses a blend of candidates by the rows it is given."""

    def __call__(
        self,
        predictions: Sequence[FloatArray],
        target: NDArray[Any],
        metric: Metric,
        weight: FloatArray | None = None,
        /,
    ) -> Selection:
        """Return the selection that is best on these rows."""


@dataclass(frozen=True)
class Decision:
    """A threshold for the positive class of two.

    Attributes
    ----------
    threshold : float
    flattery : float
        By how much the score is better on the rows that the threshold was chosen on than on others.
    """

    threshold: float
    flattery: float = 0.0


def estimate_from_holdout(
    target: NDArray[Any],
    prediction: FloatArray,
    metric: Metric,
    weight: FloatArray | None = None,
    groups: NDArray[Any] | None = None,
    method: str = "holdout",
    seed: int = 0,
) -> Estimate:
    """Score predictions for rows that neither the search nor the selection has seen.

    Parameters
    ----------
    target : array of shape (n,)
    prediction : array of shape (n, n_classes) or (n,)
    metric : Metric
    weight : array of shape (n,), optional
    groups : array of shape (n,), optional
        Rows with equal values are not independent of each other.
    method : str
        ``"holdout"`` or ``"test_data"``.
    seed : int
    """
    low, high = bootstrap_interval(target, prediction, metric, weight, groups, seed=seed)
    return Estimate(metric.name, metric.score(target, prediction, weight), low, high, method, len(target))


def bootstrap_bias_corrected(
    predictions: Sequence[FloatArray],
    target: NDArray[Any],
    metric: Metric,
    select: Select,
    chosen: Selection | None = None,
    weight: FloatArray | None = None,
    groups: NDArray[Any] | None = None,
    replicates: int = 60,
    seconds: float | None = None,
    seed: int = 0,
    decision: Decision | None = None,
    calibration: Calibration | None = None,
) -> Estimate:
    """Estimate the score of a selected blend from the out-of-fold predictions it was selected by.

    On each bootstrap sample of the rows the selection is made again and scored on the rows left out. How much worse it
    is there than the chosen blend on the very same rows is what selection flatters the chosen blend by; the mean of
    that is taken off its score. Comparing on the same rows leaves the expectation of BBC-CV as it is and removes most
    of its noise.

    The interval is a row bootstrap of honest predictions (each row's mean prediction by the selections that did not see
    it), moved to the corrected score and widened by the spread of the correction.

    In 36 simulated settings (30 candidates, 100 to 1,000 rows, four metrics, real signal and pure noise) the interval
    covered the true score in 90 to 100 % of runs (mean 96 %), at 1.02 to 1.48 times the width of a bootstrap of the
    chosen blend. Only selection is corrected for: what the search learned from candidates that are not given is not.

    Parameters
    ----------
    predictions : sequence of arrays of shape (n, n_classes) or (n,)
        Out-of-fold predictions of every candidate that could have been selected; leaving any out makes it too hopeful.
    target : array of shape (n,)
    metric : Metric
    select : callable
        Makes the selection: predictions, target, metric and weights in, members and their weights out.
    chosen : Selection, optional
        The blend that is estimated; without it, what ``select`` makes of all rows.
    weight : array of shape (n,), optional
    groups : array of shape (n,), optional
        Rows with equal values are drawn together.
    replicates : int
        At most so many bootstrap samples. Without ``seconds``, fewer where candidates times rows are many, but no fewer
        than 10.
    seconds : float, optional
        Stop drawing when the next replicate would end later than this; at least one is drawn. The interval takes about
        half a second more.
    seed : int
    decision : Decision, optional
        The threshold that turns probabilities into labels, where the metric counts labels.
    calibration : Calibration, optional
        Of the chosen blend's probabilities. It is learned again with each selection, so that what it flatters the
        chosen blend by is taken off too.
    """
    weights = np.ones(len(target)) if weight is None else weight
    blend = select(predictions, target, metric, weight) if chosen is None else chosen
    fitted = _judged(_mixed(predictions, blend), decision, calibration)
    sampler = RowSampler.of(len(target), groups)
    honest = _HonestPredictions.empty(fitted)
    if seconds is None:
        replicates = min(replicates, max(FEWEST_REPLICATES, CANDIDATE_ROWS // (len(predictions) * len(target))))
    flattery: list[float] = []
    for counts in _within(sampler.samples(replicates, seed), seconds):
        drawn, left = np.flatnonzero(counts), np.flatnonzero(counts == 0)
        drawn_weight = weights[drawn] * counts[drawn]
        again = select([each[drawn] for each in predictions], target[drawn], metric, drawn_weight)
        learned = calibration
        if calibration is not None:
            seen = _mixed([each[drawn] for each in predictions], again)
            learned = calibration.learned_again(target[drawn], seen, drawn_weight)
        unseen = _judged(_mixed([each[left] for each in predictions], again), decision, learned)
        honest.add(left, unseen)
        flattery.append(
            metric.loss(target[left], unseen, weights[left]) - metric.loss(target[left], fitted[left], weights[left])
        )
    chosen_by_luck = 0.0 if decision is None else decision.flattery
    return _corrected(metric, target, fitted, weights, groups, honest, np.array(flattery), chosen_by_luck, seed)


@dataclass(frozen=True)
class _HonestPredictions:
    """Sums, and numbers, of the predictions of each row by selections that did not see it."""

    total: FloatArray
    times: FloatArray

    @classmethod
    def empty(cls, like: FloatArray) -> _HonestPredictions:
        return cls(np.zeros(like.shape), np.zeros(len(like)))

    def add(self, rows: NDArray[np.intp], prediction: FloatArray) -> None:
        self.total[rows] += prediction
        self.times[rows] += 1

    def mean(self, rows: NDArray[np.intp]) -> FloatArray:
        times = self.times[rows]
        return self.total[rows] / (times if self.total.ndim == 1 else times[:, None])


def _mixed(predictions: Sequence[FloatArray], selection: Selection) -> FloatArray:
    total = np.zeros(predictions[0].shape)
    for member, share in zip(selection.members, selection.weights, strict=True):
        total += share * predictions[member]
    return total


def _judged(blended: FloatArray, decision: Decision | None, calibration: Calibration | None) -> FloatArray:
    """Return a blend's prediction as the model would answer, and as the metric is to see it."""
    answered = blended if calibration is None else calibration.applied(blended)
    return decided(answered, None if decision is None else decision.threshold)


def _within(samples: Iterator[FloatArray], seconds: float | None) -> Iterator[FloatArray]:
    """Yield samples for as long as one more, at the mean pace so far, ends in time."""
    started = time.monotonic()
    for number, counts in enumerate(samples):
        elapsed = time.monotonic() - started
        if seconds is not None and number and elapsed * (number + 1) / number > seconds:
            return
        yield counts


def _corrected(
    metric: Metric,
    target: NDArray[Any],
    fitted: FloatArray,
    weights: FloatArray,
    groups: NDArray[Any] | None,
    honest: _HonestPredictions,
    flattery: FloatArray,
    chosen_by_luck: float,
    seed: int,
) -> Estimate:
    known = flattery[~np.isnan(flattery)]
    correction, spread = (max(float(known.mean()), 0.0), float(known.std())) if known.size else (0.0, 0.0)
    correction, spread = correction + chosen_by_luck, float(np.hypot(spread, chosen_by_luck / 2))
    value = metric.to_score(metric.loss(target, fitted, weights) + correction)
    rows = np.flatnonzero(honest.times)
    prediction = honest.mean(rows)
    low, high = bootstrap_interval(
        target[rows],
        prediction,
        metric,
        weights[rows],
        None if groups is None else groups[rows],
        INTERVAL_REPLICATES,
        seed,
    )
    centre = metric.score(target[rows], prediction, weights[rows])
    low, high = value - float(np.hypot(centre - low, spread)), value + float(np.hypot(high - centre, spread))
    low, high = (low, min(high, metric.optimum)) if metric.greater_is_better else (max(low, metric.optimum), high)
    return Estimate(metric.name, value, low, high, "bootstrap_bias_corrected_cv", len(target))
