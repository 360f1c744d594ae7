"""How good a model will be on new rows: an estimate that the search and the selection cannot flatter.

Source of the correction: Tsamardinos, Greasidou and Borboudakis, "Bootstrapping the out-of-sample predictions for
efficient and accurate cross-validation", Machine Learning 107, 2018 (BBC-CV). There one configuration is selected on
each bootstrap sample of the rows and scored on the rows left out; here a blend is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.evaluation.arrays import FloatArray
from automl.evaluation.averaging import Gain
from automl.evaluation.calibration import Calibration
from automl.evaluation.intervals import bootstrap_interval
from automl.evaluation.metrics import Metric
from automl.evaluation.resampling import RowSampler
from automl.evaluation.reselection import Again, Decision, Known, Select, Selection, selected_again, within
from automl.evaluation.tuning_luck import luck_of_tuning

__all__ = ["Decision", "Estimate", "Select", "Selection", "Tuning", "bootstrap_bias_corrected", "estimate_from_holdout"]

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
        ``"holdout"``, ``"out_of_fold"``, ``"bootstrap_bias_corrected_cv"``, ``"test_data"`` or ``"fresh_rows"``.
    rows : int
        How many rows it rests on.
    """

    metric: str
    value: float
    low: float
    high: float
    method: str
    rows: int


@dataclass(frozen=True)
class Tuning:
    """Which candidates owe nothing to the scores of others, and how many were tried that do.

    Attributes
    ----------
    untuned : tuple of int
        Indices into the candidates.
    tries : int
        Those that are not among the candidates, because they were given up, included.
    """

    untuned: tuple[int, ...]
    tries: int


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
        ``"holdout"``, ``"test_data"`` or ``"fresh_rows"``.
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
    tuning: Tuning | None = None,
    averaging: Gain | None = None,
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
    chosen blend. There the candidates were given; what having tuned them by the same rows adds is told by ``tuning``,
    see :mod:`automl.evaluation.tuning_luck`.

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
    tuning : Tuning, optional
        Without it every candidate counts as one that owes nothing to the scores of others.
    averaging : Gain, optional
        By how much the loss of the final model, which averages more models than the predictions do, is lower.
    """
    weights = np.ones(len(target)) if weight is None else weight
    known = Known(predictions, target, weights, metric, decision)
    blend = select(predictions, target, metric, weight) if chosen is None else chosen
    fitted = known.answers(blend, calibration)
    if seconds is None:
        replicates = min(replicates, max(FEWEST_REPLICATES, CANDIDATE_ROWS // (len(predictions) * len(target))))
    samples = within(RowSampler.of(len(target), groups).samples(replicates, seed), seconds)
    again = selected_again(known, select, calibration, fitted, samples)
    by_tuning = _luck_of_tuning(known, select, fitted, calibration, tuning, groups, seed)
    return _corrected(known, fitted, groups, again, by_tuning, averaging or Gain(0.0, 0.0), seed)


def _luck_of_tuning(
    known: Known,
    select: Select,
    fitted: FloatArray,
    calibration: Calibration | None,
    tuning: Tuning | None,
    groups: NDArray[Any] | None,
    seed: int,
) -> float:
    if tuning is None or not tuning.untuned or len(tuning.untuned) == len(known.predictions):
        return 0.0
    plain = replace(known, predictions=[known.predictions[place] for place in tuning.untuned])
    blend = select(plain.predictions, plain.target, plain.metric, plain.weights)
    answers = plain.answers(blend, calibration)
    return luck_of_tuning(known.target, answers, fitted, known.metric, tuning.tries, known.weights, groups, seed)


def _corrected(
    known: Known,
    fitted: FloatArray,
    groups: NDArray[Any] | None,
    again: Again,
    by_tuning: float,
    averaging: Gain,
    seed: int,
) -> Estimate:
    metric = known.metric
    correction, spread = _flattery(again.flattery, known.decision)
    correction = correction + by_tuning - averaging.value
    spread = math.hypot(spread, by_tuning / 2, averaging.error)
    value = metric.within_range(metric.to_score(known.loss(fitted) + correction))
    target, honest, weights = known.target, again.prediction, known.weights
    low, high = bootstrap_interval(target, honest, metric, weights, groups, INTERVAL_REPLICATES, seed)
    centre = metric.score(target, honest, weights)
    low, high = value - float(np.hypot(centre - low, spread)), value + float(np.hypot(high - centre, spread))
    low, high = metric.within_range(low), metric.within_range(high)
    return Estimate(metric.name, value, low, high, "bootstrap_bias_corrected_cv", len(known.target))


def _flattery(measured: FloatArray, decision: Decision | None) -> tuple[float, float]:
    """Return by how much choosing flatters the chosen blend, and how uncertain that is."""
    known = measured[~np.isnan(measured)]
    correction, spread = (max(float(known.mean()), 0.0), float(known.std())) if known.size else (0.0, 0.0)
    by_threshold = 0.0 if decision is None else decision.flattery
    return correction + by_threshold, float(np.hypot(spread, by_threshold / 2))
