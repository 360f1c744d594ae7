"""Intervals around a score, from bootstrap samples of the rows.

Sources: Efron and Tibshirani, "An Introduction to the Bootstrap", 1993 (percentile interval); Hesterberg, "What
teachers should know about the bootstrap", The American Statistician 69, 2015 (the wider quantiles that make up for few
rows); Qin and Hotilovac, "Comparison of non-parametric confidence intervals for the area under the ROC curve of a
continuous-scale diagnostic test", Statistical Methods in Medical Research 17, 2008 (log odds). Means of row losses have
intervals of their own, see :mod:`automl.evaluation.studentized`.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.evaluation.arrays import FloatArray
from automl.evaluation.mean_losses import MeanLoss
from automl.evaluation.metrics import Metric, metrics_for
from automl.evaluation.resampling import RowSampler
from automl.evaluation.studentized import (
    FEWEST_UNITS,
    REPLICATES_FOR_QUANTILES,
    student_quantile,
    studentized_interval,
)
from automl.evaluation.thresholds import judged_by
from automl.tables.schema import Task

__all__ = [
    "bootstrap_interval",
    "bootstrap_scores",
    "degrees_of_freedom",
    "interval_of_scores",
    "scores_with_intervals",
]

CELL_DRAWS = 40_000_000
"""Predicted values drawn in all; caps the replicates, so that a million rows take about a second too."""

FEWEST_REPLICATES = 20
_ROUNDING = 1e-9
MANY_UNITS = 10_000
"""Up to so many independent rows enough samples for quantiles of a mean cost next to nothing and are always drawn."""


def bootstrap_interval(
    target: NDArray[Any],
    prediction: FloatArray,
    metric: Metric,
    weight: FloatArray | None = None,
    groups: NDArray[Any] | None = None,
    replicates: int = 1000,
    seed: int = 0,
    level: float = 0.95,
) -> tuple[float, float]:
    """Return an interval for the score that the same predictor has on all rows of the population.

    Parameters
    ----------
    target : array of shape (n,)
    prediction : array of shape (n, n_classes) or (n,)
        Made for rows that the predictor was not fitted to.
    metric : Metric
    weight : array of shape (n,), optional
    groups : array of shape (n,), optional
        Rows with equal values are drawn together: copies of one row, rows of one person.
    replicates : int
        At most so many bootstrap samples; fewer where the prediction has more than 40,000 values, so that it takes
        about a second at most.
    seed : int
    level : float
        Between 0 and 1.

    Returns
    -------
    low, high : float
        In the metric's own units; both NaN where the metric is not defined on the rows.
    """
    sampler = RowSampler.of(len(target), groups)
    value, affordable = metric.score(target, prediction, weight), _affordable(replicates, prediction)
    if isinstance(metric.prepare, MeanLoss) and math.isfinite(value) and sampler.units >= FEWEST_UNITS:
        losses, of_mean = metric.prepare.row_losses(target, prediction), metric.prepare.of_mean
        drawn = max(affordable, REPLICATES_FOR_QUANTILES) if sampler.units <= MANY_UNITS else affordable
        low, high = studentized_interval(losses, weight, sampler, drawn, seed, level)
        return min(of_mean(low), value), metric.within_range(max(of_mean(high), value))
    scores = bootstrap_scores(target, prediction, metric, sampler, weight, affordable, seed)
    freedom = degrees_of_freedom(target, metric, sampler)
    return interval_of_scores(value, scores, metric, freedom, level, _units_shared(target, prediction, metric, sampler))


def scores_with_intervals(
    target: NDArray[Any],
    prediction: FloatArray,
    task: Task,
    weight: FloatArray | None = None,
    groups: NDArray[Any] | None = None,
    replicates: int = 250,
    seed: int = 0,
    threshold: float | None = None,
    chosen: tuple[str, ...] = (),
) -> dict[str, tuple[float, float, float]]:
    """Return value, low and high of every metric that fits the task, under the metric's name.

    Parameters
    ----------
    task : Task
    target, prediction, weight, groups, replicates, seed
        As for :func:`bootstrap_interval`.
    threshold : float, optional
        From which probability the positive class of two is predicted, for the metrics that count labels.
    chosen : tuple of str
        As for :func:`~automl.evaluation.metrics.metrics_for`.
    """
    scores = {}
    for metric in metrics_for(task, *chosen):
        judged = judged_by(metric, prediction, threshold)
        value = metric.score(target, judged, weight)
        bounds = bootstrap_interval(target, judged, metric, weight, groups, replicates, seed)
        scores[metric.name] = (value, *bounds)
    return scores


def bootstrap_scores(
    target: NDArray[Any],
    prediction: FloatArray,
    metric: Metric,
    sampler: RowSampler,
    weight: FloatArray | None = None,
    replicates: int = 1000,
    seed: int = 0,
) -> FloatArray:
    """Return the scores on bootstrap samples, those left out on which the metric is not defined.

    Parameters
    ----------
    sampler : RowSampler
    target, prediction, metric, weight, replicates, seed
        As for :func:`bootstrap_interval`.
    """
    scorer = metric.scorer(target, prediction)
    drawn = sampler.samples(replicates, seed)
    scores = np.array([scorer(counts if weight is None else counts * weight) for counts in drawn])
    return np.asarray(scores[~np.isnan(scores)])


def _affordable(replicates: int, prediction: FloatArray) -> int:
    return min(replicates, max(FEWEST_REPLICATES, CELL_DRAWS // max(prediction.size, 1)))


def degrees_of_freedom(target: NDArray[Any], metric: Metric, sampler: RowSampler) -> int:
    """Return how many independent observations a score's spread rests on, less one.

    A metric of one class against the other (an AUC, F1) rests on the rarer of both.
    """
    units = sampler.units
    if metric.tasks == (Task.BINARY,):
        rarer = int(np.bincount(target, minlength=2).min())
        units = min(units, 2 * rarer)
    return max(units - 1, 3)


def interval_of_scores(
    value: float,
    scores: FloatArray,
    metric: Metric,
    freedom: int,
    level: float = 0.95,
    units: int | None = None,
) -> tuple[float, float]:
    """Turn bootstrap scores into an interval around a score.

    Parameters
    ----------
    value : float
        The score on all rows.
    scores : array of shape (n_replicates,)
        Without NaN.
    metric : Metric
    freedom : int
        From :func:`degrees_of_freedom`.
    level : float
    units : int, optional
        Of how many independent rows the score is a share; one more than ``freedom`` where that is not known.

    Returns
    -------
    low, high : float
    """
    if len(scores) < 2 or np.isnan(value):
        return float("nan"), float("nan")
    tail = (1 - level) / 2
    if np.ptp(scores) <= _ROUNDING and metric.greater_is_better:
        of = freedom + 1 if units is None else units
        if value >= metric.optimum - _ROUNDING:
            return _without_exception(metric, of, tail, right=True)
        if value <= metric.worst + _ROUNDING:
            return _without_exception(metric, of, tail, right=False)
    if metric.tasks == (Task.BINARY,) and 0 < value < 1:
        return _on_log_odds(value, float(scores.std(ddof=1)), -student_quantile(tail, freedom))
    if len(scores) < REPLICATES_FOR_QUANTILES:
        half = -student_quantile(tail, freedom) * float(scores.std(ddof=1))
        return metric.within_range(value - half), metric.within_range(value + half)
    share = NormalDist().cdf(float(np.sqrt((freedom + 1) / freedom)) * student_quantile(tail, freedom))
    low, high = np.quantile(scores, [share, 1 - share])
    return float(min(low, value)), float(max(high, value))


def _on_log_odds(value: float, error: float, errors: float) -> tuple[float, float]:
    """Return so many standard errors to both sides of a score between 0 and 1, on the scale of log odds.

    Samples of a few rows of the rarer class reach a score of 1 and no further, so that their percentiles are too near
    to a high score: for ROC areas of 0.9 from 5 positive rows of 100 they held the true one in 85 % of 150 samples, on
    this scale in 93 %; of 0.97 from 10 rows in 89 and 92 %. With a hundred positive rows both agree.
    """
    centre, reach = math.log(value / (1 - value)), errors * error / (value * (1 - value))
    return 1 / (1 + math.exp(min(reach - centre, 700.0))), 1 / (1 + math.exp(max(-reach - centre, -700.0)))


def _units_shared(target: NDArray[Any], prediction: FloatArray, metric: Metric, sampler: RowSampler) -> int | None:
    """Return of how many independent rows a metric of one class is a share; None for the other metrics."""
    match metric.name:
        case "recall":
            return sampler.units_of(target == 1)
        case "precision":
            return sampler.units_of(prediction.argmax(axis=1) == 1)
        case "f1":
            return sampler.units_of((target == 1) | (prediction.argmax(axis=1) == 1))
        case _:
            return None


def _without_exception(metric: Metric, units: int, tail: float, *, right: bool) -> tuple[float, float]:
    """Return the exact binomial interval (Clopper and Pearson 1934) where all rows are right, or none is.

    Samples of such rows are all alike, so that they say nothing of what other rows would bring.
    """
    # The share of such rows that a population must have for all of these to be so, in so few samples as ``tail``.
    share = tail ** (1 / units) if units else 0.0
    if metric.name == "f1":
        # F1 is 2 s / (1 + s) of the share of right rows among those that are of the class or predicted as such.
        return (2 * share / (1 + share), 1.0) if right else (0.0, 2 * (1 - share) / (2 - share))
    reach = 1 - share
    return (metric.optimum - reach, metric.optimum) if right else (metric.worst, metric.worst + reach)
