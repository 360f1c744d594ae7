"""Intervals around a score, from bootstrap samples of the rows.

Sources: Efron and Tibshirani, "An Introduction to the Bootstrap", 1993 (percentile interval); Hesterberg, "What
teachers should know about the bootstrap", The American Statistician 69, 2015 (the wider quantiles that make up for few
rows).
"""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.evaluation.arrays import FloatArray
from automl.evaluation.metrics import Metric, metrics_for
from automl.evaluation.resampling import RowSampler
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
REPLICATES_FOR_QUANTILES = 200
"""With fewer replicates the tails are not seen, and the interval is a normal one from their standard deviation."""


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
    scores = bootstrap_scores(target, prediction, metric, sampler, weight, replicates, seed)
    value = metric.score(target, prediction, weight)
    return interval_of_scores(value, scores, metric, degrees_of_freedom(target, metric, sampler), level)


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
    affordable = max(FEWEST_REPLICATES, CELL_DRAWS // max(prediction.size, 1))
    drawn = sampler.samples(min(replicates, affordable), seed)
    scores = np.array([scorer(counts if weight is None else counts * weight) for counts in drawn])
    return np.asarray(scores[~np.isnan(scores)])


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
    value: float, scores: FloatArray, metric: Metric, freedom: int, level: float = 0.95
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

    Returns
    -------
    low, high : float
    """
    if len(scores) < 2 or np.isnan(value):
        return float("nan"), float("nan")
    if np.ptp(scores) == 0 and metric.greater_is_better and value == metric.optimum:
        return _lowest_without_failures(metric.optimum, freedom, level), metric.optimum
    tail = (1 - level) / 2
    if len(scores) < REPLICATES_FOR_QUANTILES:
        half = -_student_quantile(tail, freedom) * float(scores.std(ddof=1))
        return _within_bounds(value - half, value + half, metric)
    share = NormalDist().cdf(float(np.sqrt((freedom + 1) / freedom)) * _student_quantile(tail, freedom))
    low, high = np.quantile(scores, [share, 1 - share])
    return float(min(low, value)), float(max(high, value))


def _lowest_without_failures(optimum: float, freedom: int, level: float) -> float:
    """Return the exact binomial bound (Clopper and Pearson 1934) for a score without a single mistake."""
    return optimum - 1 + float(((1 - level) / 2) ** (1 / (freedom + 1)))


def _within_bounds(low: float, high: float, metric: Metric) -> tuple[float, float]:
    if metric.greater_is_better:
        return low, min(high, metric.optimum)
    return max(low, metric.optimum), high


def _student_quantile(share: float, freedom: int) -> float:
    """Return a quantile of Student's t by its expansion around the normal one (Abramowitz and Stegun 26.7.5)."""
    z = NormalDist().inv_cdf(share)
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3
