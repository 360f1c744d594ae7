"""How good a model will be on new rows: an estimate that the search and the selection cannot flatter.

Source of the correction: Tsamardinos, Greasidou and Borboudakis, "Bootstrapping the out-of-sample predictions for
efficient and accurate cross-validation", Machine Learning 107, 2018 (BBC-CV). There one configuration is selected on
each bootstrap sample of the rows and scored on the rows left out; here a blend is.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
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
    known = _Known(predictions, target, weights, metric, decision)
    blend = select(predictions, target, metric, weight) if chosen is None else chosen
    fitted = known.answers(blend, calibration)
    if seconds is None:
        replicates = min(replicates, max(FEWEST_REPLICATES, CANDIDATE_ROWS // (len(predictions) * len(target))))
    samples = _within(RowSampler.of(len(target), groups).samples(replicates, seed), seconds)
    again = _selected_again(known, select, calibration, fitted, samples)
    return _corrected(known, fitted, groups, again, seed)


@dataclass(frozen=True)
class _Known:
    """What selections are made from: the candidates' out-of-fold predictions, and how they are judged."""

    predictions: Sequence[FloatArray]
    target: NDArray[Any]
    weights: FloatArray
    metric: Metric
    decision: Decision | None

    def at(self, rows: NDArray[np.intp], times: FloatArray | float = 1.0) -> _Known:
        """Return the same of some rows, each counted so many times."""
        chosen = [each[rows] for each in self.predictions]
        return replace(self, predictions=chosen, target=self.target[rows], weights=self.weights[rows] * times)

    def mixed(self, selection: Selection) -> FloatArray:
        """Return what a blend predicts."""
        total = np.zeros(self.predictions[0].shape)
        for member, share in zip(selection.members, selection.weights, strict=True):
            total += share * self.predictions[member]
        return total

    def answers(self, selection: Selection, calibration: Calibration | None) -> FloatArray:
        """Return a blend's prediction as the model would answer, and as the metric is to see it."""
        blended = self.mixed(selection)
        answered = blended if calibration is None else calibration.applied(blended)
        return decided(answered, None if self.decision is None else self.decision.threshold)

    def loss(self, prediction: FloatArray) -> float:
        """Return how far a prediction's score is from the best one."""
        return self.metric.loss(self.target, prediction, self.weights)


@dataclass(frozen=True)
class _Again:
    """What selections on samples of the rows came to on the rows left out.

    Attributes
    ----------
    prediction : array of shape (n, n_classes) or (n,)
        Each row's mean prediction by the selections that did not see it; the chosen blend's where each saw it.
    flattery : array of shape (n_replicates,)
        By how much the loss was higher than that of the chosen blend on the same rows; NaN where there was none.
    """

    prediction: FloatArray
    flattery: FloatArray


def _selected_again(
    known: _Known,
    select: Select,
    calibration: Calibration | None,
    fitted: FloatArray,
    samples: Iterator[FloatArray],
) -> _Again:
    """Select, and calibrate, on each sample, and hold that against the chosen blend on the rows left out."""
    total, times, flattery = np.zeros(fitted.shape), np.zeros(len(fitted)), []
    for counts in samples:
        drawn, left = np.flatnonzero(counts), np.flatnonzero(counts == 0)
        seen, unseen = known.at(drawn, counts[drawn]), known.at(left)
        blend = select(seen.predictions, seen.target, seen.metric, seen.weights)
        learned = calibration
        if calibration is not None:
            learned = calibration.learned_again(seen.target, seen.mixed(blend), seen.weights)
        answers = unseen.answers(blend, learned)
        total[left] += answers
        times[left] += 1
        flattery.append(unseen.loss(answers) - unseen.loss(fitted[left]))
    by_row = times.reshape(-1, *([1] * (total.ndim - 1)))
    honest = np.where(by_row > 0, total / np.maximum(by_row, 1), fitted)
    return _Again(honest, np.array(flattery))


def _within(samples: Iterator[FloatArray], seconds: float | None) -> Iterator[FloatArray]:
    """Yield samples for as long as one more, at the mean pace so far, ends in time."""
    started = time.monotonic()
    for number, counts in enumerate(samples):
        elapsed = time.monotonic() - started
        if seconds is not None and number and elapsed * (number + 1) / number > seconds:
            return
        yield counts


def _corrected(known: _Known, fitted: FloatArray, groups: NDArray[Any] | None, again: _Again, seed: int) -> Estimate:
    metric = known.metric
    correction, spread = _flattery(again.flattery, known.decision)
    value = metric.to_score(known.loss(fitted) + correction)
    target, honest, weights = known.target, again.prediction, known.weights
    low, high = bootstrap_interval(target, honest, metric, weights, groups, INTERVAL_REPLICATES, seed)
    centre = metric.score(target, honest, weights)
    low, high = value - float(np.hypot(centre - low, spread)), value + float(np.hypot(high - centre, spread))
    low, high = (low, min(high, metric.optimum)) if metric.greater_is_better else (max(low, metric.optimum), high)
    return Estimate(metric.name, value, low, high, "bootstrap_bias_corrected_cv", len(known.target))


def _flattery(measured: FloatArray, decision: Decision | None) -> tuple[float, float]:
    """Return by how much choosing flatters the chosen blend, and how uncertain that is."""
    known = measured[~np.isnan(measured)]
    correction, spread = (max(float(known.mean()), 0.0), float(known.std())) if known.size else (0.0, 0.0)
    by_threshold = 0.0 if decision is None else decision.flattery
    return correction + by_threshold, float(np.hypot(spread, by_threshold / 2))
