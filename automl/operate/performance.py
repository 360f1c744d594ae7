"""How good the model is on a batch: measured where the truth is known, else estimated, and held against its promise."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from automl.bundle.model import Model
from automl.bundle.reference import PredictionReference
from automl.errors import DataError
from automl.evaluation.arrays import FloatArray
from automl.evaluation.intervals import bootstrap_interval
from automl.evaluation.label_free import expected_score
from automl.evaluation.metrics import METRICS, Metric
from automl.evaluation.thresholds import judged_by
from automl.report.facts import ReportFacts
from automl.report.monitoring_facts import PerformanceFact
from automl.scored import score_rows
from automl.tables import Table

__all__ = ["FEWEST_ROWS", "estimated_performance", "measured_performance"]

FEWEST_ROWS = 20
_LEVEL = 0.01
_REPLICATES = 500
_NORMAL = NormalDist().inv_cdf(0.975)

_MEASURED = "The rows whose truth is known are like those whose truth is not."
_UNSEEN = "new kinds of rows are seen, a new connection between columns and target (concept drift) is not."
_EXPECTED = {
    True: f"Rows that look alike still have the same chances of each class: {_UNSEEN}",
    False: f"Predictions of the same size still have errors of the same size: {_UNSEEN}",
}


@dataclass(frozen=True)
class _Score:
    """A score with its standard error and 95 % interval."""

    value: float
    error: float
    interval: tuple[float, float]


def measured_performance(model: Model, table: Table, fitted: ReportFacts) -> PerformanceFact | None:
    """Score the rows whose target is known; None where too few are, or the metric is not defined on them."""
    if fitted.target not in table.cells.columns:
        return None
    metric, threshold = METRICS[fitted.metric], model.postprocessing.threshold_value
    try:
        scored = score_rows(model, table, fitted, threshold)
    except DataError:
        return None
    judged = judged_by(metric, scored.prediction, threshold)
    value = metric.score(scored.target, judged, scored.weight)
    if len(scored.target) < FEWEST_ROWS or not math.isfinite(value):
        return None
    low, high = bootstrap_interval(scored.target, judged, metric, scored.weight, scored.groups, _REPLICATES)
    if math.isnan(low):
        return None
    worse_side = high - value if metric.greater_is_better else value - low
    found = _Score(value, worse_side / _NORMAL, (low, high))
    return _held_against(found, metric, fitted, len(scored.target), labelled=True)


def estimated_performance(
    model: Model, prediction: FloatArray, fitted: ReportFacts, reference: PredictionReference | None
) -> PerformanceFact | None:
    """Estimate the score by what the model believes of the rows; None where that is not possible.

    What the same way of estimating says of the training rows is known, so only the change is taken from it and added to
    the model's own estimate. How far it was from the truth there is part of its standard error: probabilities that are
    not quite right on rows like the training rows are no better on others.
    """
    metric = METRICS[fitted.metric]
    expected = expected_score(metric, prediction, model.postprocessing.threshold_value, model.postprocessing.intervals)
    known = None if reference is None else reference.estimated
    if known is None or len(prediction) < FEWEST_ROWS or not math.isfinite(expected.value):
        return None
    promised = fitted.estimate
    value = _possible(promised.value + expected.value - known, metric)
    missed = 0.0 if reference is None or reference.score is None else reference.score - known
    own_error = math.hypot(expected.error, missed)
    error = math.hypot(own_error, _error_of(promised.interval))
    low, high = (_possible(value + sign * _NORMAL * error, metric) for sign in (-1, 1))
    found = _Score(value, own_error, (low, high))
    return _held_against(found, metric, fitted, len(prediction), labelled=False)


def _held_against(found: _Score, metric: Metric, fitted: ReportFacts, rows: int, *, labelled: bool) -> PerformanceFact:
    promised = fitted.estimate
    decline = promised.value - found.value if metric.greater_is_better else found.value - promised.value
    error = math.hypot(found.error, _error_of(promised.interval))
    p_value = 1 - NormalDist().cdf(decline / error) if error > 0 else float(decline <= 0)
    return PerformanceFact(
        metric=metric.name,
        value=found.value,
        interval=found.interval,
        labelled=labelled,
        rows=rows,
        alarm=p_value < _LEVEL,
        promised=promised.value,
        promised_interval=promised.interval,
        p_value=p_value,
        assumption=_MEASURED if labelled else _EXPECTED[bool(fitted.labels)],
    )


def _error_of(interval: tuple[float, float]) -> float:
    width = interval[1] - interval[0]
    return width / (2 * _NORMAL) if np.isfinite(width) else 0.0


def _possible(value: float, metric: Metric) -> float:
    return min(value, metric.optimum) if metric.greater_is_better else max(value, metric.optimum)
