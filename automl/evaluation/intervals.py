"""Intervals around a score, from bootstrap samples of the rows.

Sources: Efron and Tibshirani, "An Introduction to the Bootstrap", 1993 (percentile interval); Hesterberg, "What
teachers should know about the bootstrap", The American Statistician 69, 2015 (the wider quantiles that make up for few
rows); Qin and Hotilovac, "Comparison of non-parametric confidence intervals for the area under the ROC curve of a
continuous-scale diagnostic test", Statistical Methods in Medical Research 17, 2008 (log odds). Means of row losses have
intervals of their own, see :mod:`automl.evaluation.studentized`, and so have shares of right labels, see
:mod:`automl.evaluation.label_shares`.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.evaluation.arrays import FloatArray
from automl.evaluation.label_shares import COUNTING_LABELS, label_interval
from automl.evaluation.mean_losses import MeanLoss
from automl.evaluation.metrics import Metric, metrics_for
from automl.evaluation.resampling import RowSampler
from automl.evaluation.studentized import (
    FEWEST_TOLD,
    FEWEST_UNITS,
    REPLICATES_FOR_QUANTILES,
    student_quantile,
    studentized_interval,
)
from automl.evaluation.thresholds import judged_by
from automl.tables.schema import Task

__all__ = [
    "bootstrap_interval",
    "deciding_units",
    "rarest_class",
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
        In the metric's own units; both NaN where the metric is not defined on the rows, or where they are too few to
        tell: fewer than two independent ones of weight, or fewer than two of a class that the metric tells from others.
    """
    value = metric.score(target, prediction, weight)
    target, prediction, weight, groups = _of_weight(target, prediction, weight, groups)
    sampler, affordable = RowSampler.of(len(target), groups), _affordable(replicates, prediction)
    units = sampler.units_of(np.ones(len(target), dtype=bool), weight)
    if not math.isfinite(value) or units < FEWEST_TOLD:
        return math.nan, math.nan
    if isinstance(metric.prepare, MeanLoss):
        losses, of_mean = metric.prepare.row_losses(target, prediction), metric.prepare.of_mean
        drawn = max(affordable, REPLICATES_FOR_QUANTILES) if sampler.units <= MANY_UNITS else affordable
        low, high = studentized_interval(losses, weight, sampler, units, drawn, seed, level)
        return _around(value, of_mean(low), of_mean(high), metric)
    bounds = []
    if metric.name in COUNTING_LABELS:
        bounds.append(label_interval(metric.name, target, prediction, weight, sampler, level))
    if metric.name not in COUNTING_LABELS or metric.name == "f1_macro":
        scores = _bootstrap_scores(target, prediction, metric, sampler, weight, affordable, seed)
        deciding = units if bounds else deciding_units(target, metric, sampler, weight)
        bounds.append(_interval_of_scores(value, scores, metric, deciding, level))
    return _around(value, min(low for low, _ in bounds), max(high for _, high in bounds), metric)


def _around(value: float, low: float, high: float, metric: Metric) -> tuple[float, float]:
    """Return bounds that hold the score itself and are possible values of the metric; NaN where either is NaN."""
    if math.isnan(low) or math.isnan(high):
        return math.nan, math.nan
    return metric.within_range(min(low, value)), metric.within_range(max(high, value))


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


def _bootstrap_scores(
    target: NDArray[Any],
    prediction: FloatArray,
    metric: Metric,
    sampler: RowSampler,
    weight: FloatArray | None,
    replicates: int,
    seed: int,
) -> FloatArray:
    """Return the scores on bootstrap samples, those left out on which the metric is not defined."""
    scorer = metric.scorer(target, prediction)
    drawn = sampler.samples(replicates, seed)
    scores = np.array([scorer(counts if weight is None else counts * weight) for counts in drawn])
    return np.asarray(scores[~np.isnan(scores)])


def _affordable(replicates: int, prediction: FloatArray) -> int:
    return min(replicates, max(FEWEST_REPLICATES, CELL_DRAWS // max(prediction.size, 1)))


def _of_weight(
    target: NDArray[Any], prediction: FloatArray, weight: FloatArray | None, groups: NDArray[Any] | None
) -> tuple[NDArray[Any], FloatArray, FloatArray | None, NDArray[Any] | None]:
    """Return the same without the rows of weight zero, which say nothing."""
    if weight is None or (weight > 0).all():
        return target, prediction, weight, groups
    kept = weight > 0
    return target[kept], prediction[kept], weight[kept], None if groups is None else groups[kept]


def rarest_class(target: NDArray[Any], sampler: RowSampler, weight: FloatArray | None = None) -> float:
    """Return how many independent rows the rarest class of those that have any has."""
    counts = (sampler.units_of(target == code, weight) for code in np.unique(target))
    return min((count for count in counts if count > 0), default=0.0)


def deciding_units(
    target: NDArray[Any], metric: Metric, sampler: RowSampler, weight: FloatArray | None = None
) -> float:
    """Return how many independent observations a score rests on.

    Where a class of few rows counts as much as one of many, as in an AUC or a mean over classes, it is the rarest.

    Parameters
    ----------
    target : array of shape (n,)
    metric : Metric
    sampler : RowSampler
    weight : array of shape (n,), optional
    """
    units = sampler.units_of(np.ones(len(target), dtype=bool), weight)
    return min(units, 2 * rarest_class(target, sampler, weight)) if metric.of_each_class else units


def _interval_of_scores(
    value: float, scores: FloatArray, metric: Metric, units: float, level: float
) -> tuple[float, float]:
    if len(scores) < 2 or units < (2 if metric.of_each_class else 1) * FEWEST_TOLD:
        return math.nan, math.nan
    tail = (1 - level) / 2
    if np.ptp(scores) <= _ROUNDING and metric.greater_is_better:
        if value >= metric.optimum - _ROUNDING:
            return _without_exception(metric, units, tail, right=True)
        if value <= metric.worst + _ROUNDING:
            return _without_exception(metric, units, tail, right=False)
    if units < FEWEST_UNITS and not metric.of_each_class and np.ptp(scores) <= _ROUNDING:
        return math.nan, math.nan
    # The rows of the other class add less to the spread of an area than those of the rarer.
    freedom = (units / 2 if metric.of_each_class and not metric.of_labels else units) - 1
    errors = -student_quantile(tail, freedom)
    if metric.of_each_class or units < FEWEST_UNITS:
        return _on_scale(value, scores, metric, errors * math.sqrt((freedom + 1) / freedom))
    if len(scores) < REPLICATES_FOR_QUANTILES:
        half = errors * float(scores.std(ddof=1))
        return value - half, value + half
    share = NormalDist().cdf(-errors * math.sqrt((freedom + 1) / freedom))
    low, high = np.quantile(scores, [share, 1 - share])
    return float(low), float(high)


def _on_scale(value: float, scores: FloatArray, metric: Metric, errors: float) -> tuple[float, float]:
    """Return so many standard errors to both sides of a score, on a scale without ends.

    That is the log odds of its place between the worst and the best, or where nothing is the worst, the logarithm of
    its distance from the best.

    Samples of a few rows of the rarer class reach a score of 1 and no further, so that their percentiles are too near
    to a high score: for ROC areas of 0.9 from 5 positive rows of 100 they held the true one in 85 % of 150 samples, on
    this scale in 93 %; of 0.97 from 10 rows in 89 and 92 %. With a hundred positive rows both agree.
    """
    if not math.isfinite(metric.worst):
        return _on_logarithms(value, scores, metric, errors)
    span = metric.optimum - metric.worst
    place = (value - metric.worst) / span
    if not 0 < place < 1:
        return math.nan, math.nan
    error = float(scores.std(ddof=1)) / span
    centre, reach = math.log(place / (1 - place)), errors * error / (place * (1 - place))
    low, high = (1 / (1 + math.exp(min(max(way, -700.0), 700.0))) for way in (reach - centre, -reach - centre))
    return metric.worst + span * low, metric.worst + span * high


def _on_logarithms(value: float, scores: FloatArray, metric: Metric, errors: float) -> tuple[float, float]:
    distance, distances = abs(metric.optimum - value), np.abs(metric.optimum - scores)
    known = distances[distances > 0]
    if not distance > 0 or len(known) < 2:
        return math.nan, math.nan
    stretch = math.exp(min(errors * float(np.log(known).std(ddof=1)), 50.0))
    near, far = (metric.to_score(each) for each in (distance / stretch, distance * stretch))
    return min(near, far), max(near, far)


def _without_exception(metric: Metric, units: float, tail: float, *, right: bool) -> tuple[float, float]:
    """Return the exact binomial interval (Clopper and Pearson 1934) where all rows are right, or none is.

    Samples of such rows are all alike, so that they say nothing of what other rows would bring.
    """
    # The share of such rows that a population must have for all of these to be so, in so few samples as ``tail``.
    reach = 1 - tail ** (1 / units)
    return (metric.optimum - reach, metric.optimum) if right else (metric.worst, metric.worst + reach)
