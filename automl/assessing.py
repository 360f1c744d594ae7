"""A model's predictions for labelled rows, held against the truth, the baseline and what the model promised."""

from __future__ import annotations

import math
import time
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl import __version__
from automl.bundle import load_model, read_facts
from automl.bundle.model import Model, Prediction
from automl.errors import DataError, UsageError
from automl.evaluation.coverage import measure_coverage
from automl.evaluation.intervals import scores_with_intervals
from automl.evaluation.losses import row_losses
from automl.evaluation.metrics import METRICS, Metric
from automl.evaluation.thresholds import decided, judged_by
from automl.labelled import read_weights
from automl.models.booster_imports import import_boosters
from automl.preparation.columns import check_column
from automl.preparation.target import encode_target
from automl.report.evaluation_facts import EvaluationFacts
from automl.report.evaluation_gathering import (
    constant_scores,
    gather_breakdown,
    gather_gains,
    gather_per_class,
    gather_slices,
    gather_worst,
)
from automl.report.facts import EstimateFact, ReportFacts
from automl.report.gathering import gather_quality, target_counts
from automl.tables import Schema, Table, Task, apply_schema, infer_schema

__all__ = ["evaluate"]

_REPLICATES = 500


@dataclass(frozen=True)
class _Scored:
    """The rows with a usable target, and what the model says of them.

    Attributes
    ----------
    table : Table
    positions : integer array of shape (n_rows,)
        Where each row stands in the file, from 0.
    target : array of shape (n_rows,)
    prediction : array of shape (n_rows, n_classes) or (n_rows,)
    weight : array of shape (n_rows,) or None
    groups : integer array of shape (n_rows,) or None
    said : Prediction
    """

    table: Table
    positions: NDArray[np.intp]
    target: NDArray[Any]
    prediction: NDArray[np.float64]
    weight: NDArray[np.float64] | None
    groups: NDArray[np.intp] | None
    said: Prediction


def evaluate(
    model_path: Path,
    table: Table,
    by: str | None = None,
    min_score: float | None = None,
    threshold: float | None = None,
) -> EvaluationFacts:
    """Score a model on labelled rows.

    Parameters
    ----------
    model_path : Path
    table : Table
        Holds the columns that the model uses, and its target.
    by : str, optional
        A column whose levels are scored one by one.
    min_score : float, optional
        What the model's metric must reach.
    threshold : float, optional
        From which probability the positive class of two is predicted, instead of from the model's own.

    Raises
    ------
    DataError
        If the target or the column ``by`` is not there, no row has a usable target, or the metric that must reach
        something is not defined on the rows.
    SchemaMismatchError
        If a column that the model uses is missing.
    ModelFileError
        If the model file is not sound.
    """
    started = time.monotonic()
    model, fitted = load_model(model_path), read_facts(model_path)
    import_boosters(model.families)
    threshold = _threshold(model, threshold)
    if by is not None:
        check_column(table, by, "--by")
    scored = _score(model, table, fitted, threshold)
    metric = METRICS[fitted.metric]
    metrics = _metrics(_task(model), scored, threshold, metric.name)
    quality = gather_quality(model.labels, scored.target, scored.prediction, threshold)
    judged = judged_by(metric, scored.prediction, threshold)
    losses = row_losses(scored.target, scored.prediction)
    within, agrees = _held_against(fitted.estimate, metrics.get(metric.name))
    return EvaluationFacts(
        model=model_path.name,
        source=Path(table.source).name,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        target=fitted.target,
        task=fitted.task,
        labels=model.labels,
        metric=metric.name,
        greater_is_better=metric.greater_is_better,
        rows=len(scored.target),
        left_out=len(table.cells) - len(scored.target),
        metrics=metrics,
        baseline=constant_scores(fitted, scored.target, scored.weight, tuple(metrics)),
        estimate=fitted.estimate,
        within_estimate=within,
        agrees_with_estimate=agrees,
        min_score=min_score,
        min_score_met=_reached(metric, metrics, min_score),
        target_counts=target_counts(model.labels, scored.target) if model.labels else (),
        by=None if by is None else gather_breakdown(_column(model, scored, by), scored.target, judged, metric),
        slices=gather_slices(_features(model, scored), scored.target, judged, losses, metric),
        worst=gather_worst(scored.said, scored.positions, scored.target, losses),
        gains=gather_gains(model.labels, scored.target, scored.prediction),
        per_class=gather_per_class(model.labels, scored.target, decided(scored.prediction, threshold)),
        threshold=threshold,
        coverage=_coverage(model, scored),
        **quality,
        unparsed=scored.said.unparsed,
        unseen=scored.said.unseen,
        seconds=round(time.monotonic() - started, 2),
        version=__version__,
    )


def _task(model: Model) -> Task:
    assert model.schema.task is not None
    return model.schema.task


def _threshold(model: Model, asked_for: float | None) -> float | None:
    """Return the threshold to decide by; None for the most probable class."""
    if asked_for is None:
        return model.postprocessing.threshold_value
    if len(model.labels) != 2:
        raise UsageError(f"A threshold is for binary tasks; this model's is {_task(model)}.", "Leave out --threshold.")
    if not 0 <= asked_for <= 1:
        raise UsageError(f"A threshold must be a probability. Got {asked_for:g}.", "Try --threshold 0.3.")
    return asked_for


def _decided_anew(said: Prediction, threshold: float | None) -> Prediction:
    """Return the prediction with the labels that a threshold decides for."""
    if said.probabilities is None or threshold is None:
        return said
    names: NDArray[Any] = np.array(said.labels, dtype=object)
    return replace(said, values=names[decided(said.probabilities, threshold).argmax(axis=1)])


def _score(model: Model, table: Table, fitted: ReportFacts, threshold: float | None) -> _Scored:
    """Predict the rows that have a target."""
    name, task = fitted.target, _task(model)
    check_column(table, name)
    target = encode_target(table.cells[name], model.schema.column(name), task, model.labels)
    rows = np.flatnonzero(target >= 0 if task.is_classification else np.isfinite(target))
    if not len(rows):
        known = (
            f"none is one of the model's labels: {', '.join(model.labels[:10])}" if model.labels else "none is a number"
        )
        raise DataError(
            f"No row of {table.source} has a '{name}' that can be scored; {known}.",
            "Give rows with a known target, or use 'automl predict'.",
        )
    kept = Table(table.cells.iloc[rows].reset_index(drop=True), table.source, table.sha256, table.dialect)
    said = _decided_anew(model.predict_table(kept), threshold)
    prediction = said.values if said.probabilities is None else said.probabilities
    weight, group = (fitted.settings.get(role) or "" for role in ("weight", "group"))
    present = set(kept.cells.columns)
    return _Scored(
        table=kept,
        positions=rows,
        target=target[rows],
        prediction=prediction,
        weight=None if weight not in present else read_weights(kept, model.schema, weight),
        groups=None if group not in present else pd.factorize(kept.cells[group])[0],
        said=said,
    )


def _metrics(
    task: Task, scored: _Scored, threshold: float | None, chosen: str
) -> dict[str, tuple[float, float, float]]:
    """Return every metric that fits the task, and the chosen one, as far as they are defined on the rows."""
    scores = scores_with_intervals(
        scored.target,
        scored.prediction,
        task,
        scored.weight,
        scored.groups,
        _REPLICATES,
        threshold=threshold,
        chosen=chosen,
    )
    if not task.is_classification and not scored.target.all():
        scores.pop("mape")  # A share of a truth of zero is no figure.
    return {name: score for name, score in scores.items() if math.isfinite(score[0])}


def _coverage(model: Model, scored: _Scored) -> dict[str, Any] | None:
    """Say how often the truth is inside the bounds that the model gives; None where it gives none."""
    bounds = model.postprocessing.bounds
    if bounds is None:
        return None
    try:
        return asdict(measure_coverage(bounds, scored.target, scored.prediction))
    except UsageError:
        return None


def _held_against(estimate: EstimateFact, found: tuple[float, float, float] | None) -> tuple[bool | None, bool | None]:
    """Say whether a score is inside the interval promised, and whether both intervals explain how far it is off."""
    if found is None:
        return None, None
    value, low, high = found
    lower, upper = estimate.interval
    if value >= estimate.value:
        explained = math.hypot(upper - estimate.value, value - low)
    else:
        explained = math.hypot(estimate.value - lower, high - value)
    within = lower <= value <= upper
    return within, within or abs(value - estimate.value) <= explained


def _reached(metric: Metric, metrics: dict[str, tuple[float, float, float]], min_score: float | None) -> bool:
    if min_score is None:
        return True
    if metric.name not in metrics:
        raise DataError(
            f"{metric.name} is not defined on these rows, so --min-score cannot be judged.",
            "Give rows of every class, or leave out --min-score.",
        )
    value = metrics[metric.name][0]
    return value >= min_score if metric.greater_is_better else value <= min_score


def _column(model: Model, scored: _Scored, name: str) -> pd.Series:
    """Return a column of the file, typed as the model reads it, or as it looks where the model does not know it."""
    cells = Table(scored.table.cells[[name]], scored.table.source, "")
    schema = model.schema if name in model.schema.names else infer_schema(cells)
    return apply_schema(cells, schema, [name]).frame[name]


def _features(model: Model, scored: _Scored) -> pd.DataFrame:
    """Return the columns that a model could learn from, typed."""
    columns = [
        column for column in model.schema.columns if column.kind.is_feature and column.name != model.schema.target
    ]
    return apply_schema(scored.table, Schema(tuple(columns))).frame
