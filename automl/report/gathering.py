"""From predictions and profiles to the figures a report shows: scores with intervals, curves, confusion, residuals."""

from __future__ import annotations

from dataclasses import astuple, fields, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.evaluation.breakdown import told_apart
from automl.evaluation.curves import (
    CurveMaker,
    calibration_curve,
    class_curves,
    confusion_matrix,
    precision_recall_curve,
    roc_curve,
)
from automl.evaluation.intervals import bootstrap_interval
from automl.evaluation.metrics import metrics_for
from automl.evaluation.thresholds import decided, judged_by, trade_offs
from automl.findings import FEWEST_OF_LEVEL
from automl.preparation.prepare import PreparedData
from automl.preparation.profile import ColumnProfile, profile_column
from automl.report.facts import ColumnFact, CurvePoints, ReportFacts
from automl.tables.schema import Task

__all__ = [
    "column_fact",
    "column_facts",
    "gather_calibration",
    "gather_metrics",
    "gather_quality",
    "kept_facts",
    "target_counts",
]

_RESIDUALS = 2_000
_MOST_CURVES = 12
_DIGITS = 4


def gather_metrics(
    task: Task,
    target: NDArray[Any],
    prediction: NDArray[Any],
    weight: NDArray[np.float64] | None,
    groups: NDArray[np.int64],
    threshold: float | None = None,
    chosen: str | None = None,
) -> dict[str, tuple[float, float, float]]:
    """Return every metric that fits the task, and the ``chosen`` one, with its 95 % interval."""
    result = {}
    for metric in metrics_for(task, chosen):
        judged = judged_by(metric, prediction, threshold)
        value = metric.score(target, judged, weight)
        if np.isfinite(value):
            low, high = bootstrap_interval(target, judged, metric, weight=weight, groups=groups, replicates=100)
            result[metric.name] = (float(value), float(low), float(high))
    return result


def gather_quality(
    labels: tuple[str, ...],
    target: NDArray[Any],
    prediction: NDArray[Any],
    threshold: float | None = None,
    weight: NDArray[np.float64] | None = None,
) -> dict[str, Any]:
    """Return the curves and tables of ``ReportFacts`` that show how good the predictions are.

    Curves count each row by its weight, as the metrics beside them do; tables of rows count rows.
    """
    if not labels:
        chosen = np.random.default_rng(0).permutation(len(target))[:_RESIDUALS]
        return {"residuals": tuple((float(target[row]), float(prediction[row])) for row in np.sort(chosen))}
    matrix = confusion_matrix(target, decided(prediction, threshold))
    quality: dict[str, Any] = {"confusion": tuple(tuple(int(count) for count in row) for row in matrix)}
    if len(labels) == 2:
        quality["trade_offs"] = tuple(astuple(each) for each in trade_offs(target, prediction[:, 1], weight))
    if len(labels) <= _MOST_CURVES:
        quality["roc"] = _curves(roc_curve, labels, target, prediction, weight)
        quality["precision_recall"] = _curves(precision_recall_curve, labels, target, prediction, weight)
        quality["calibration"] = gather_calibration(labels, target, prediction, weight)
    return quality


def gather_calibration(
    labels: tuple[str, ...], target: NDArray[Any], prediction: NDArray[Any], weight: NDArray[np.float64] | None = None
) -> tuple[CurvePoints, ...]:
    """Return observed shares against predicted probabilities; nothing where there are too many classes to show."""
    return _curves(calibration_curve, labels, target, prediction, weight) if len(labels) <= _MOST_CURVES else ()


def _curves(
    make: CurveMaker,
    labels: tuple[str, ...],
    target: NDArray[Any],
    prediction: NDArray[Any],
    weight: NDArray[np.float64] | None,
) -> tuple[CurvePoints, ...]:
    curves = class_curves(make, target, prediction, labels, weight)
    return tuple(CurvePoints(curve.label, curve.x, curve.y, curve.summary) for curve in curves)


def column_facts(prepared: PreparedData) -> tuple[ColumnFact, ...]:
    """Describe every column of the training table, those of personal data without their values.

    Levels of a few rows are not named, but those of the target, which the model answers.
    """
    profiles = (profile_column(column, prepared.typed[column.name]) for column in prepared.schema.columns)
    return tuple(column_fact(_as_kept(profile, prepared)) for profile in profiles)


def _as_kept(profile: ColumnProfile, prepared: PreparedData) -> ColumnProfile:
    if profile.name in prepared.personal:
        return profile.without_values()
    return profile if profile.name == prepared.schema.target else profile.without_rare_levels(FEWEST_OF_LEVEL)


def kept_facts(facts: ReportFacts, prepared: PreparedData) -> ReportFacts:
    """Return what a model file keeps of the facts: they cite no cell that few rows have.

    Examples of columns are kept of levels alone: a few texts, numbers or identifiers are mostly cells of single rows.
    """
    return replace(
        facts,
        findings=tuple(finding.as_kept().to_dict() for finding in prepared.findings),
        changes=tuple(change.as_kept().to_dict() for change in prepared.changes),
        columns=tuple(each if each.top_values else replace(each, examples=()) for each in facts.columns),
    )


def column_fact(profile: ColumnProfile) -> ColumnFact:
    """Return what the reports show of a column's profile."""
    return ColumnFact(**{field.name: getattr(profile, field.name) for field in fields(ColumnFact)})


def target_counts(labels: tuple[str, ...], target: NDArray[Any]) -> tuple[tuple[str, int], ...]:
    """Return rows per class, or per bin of the target."""
    if labels:
        return tuple(zip(labels, np.bincount(target, minlength=len(labels)).tolist(), strict=True))
    counts, edges = np.histogram(target, bins=20)
    names = told_apart(lambda digits: [f"{edge:.{digits}g}" for edge in edges], _DIGITS)
    bins = (f"{low} to {high}" for low, high in pairwise(names))
    return tuple(zip(bins, counts.tolist(), strict=True))
