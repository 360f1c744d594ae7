"""A model's predictions for labelled rows, held against the truth, the baseline and what the model promised."""

from __future__ import annotations

import math
import time
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from automl import __version__
from automl.bundle import load_model, read_facts
from automl.bundle.model import Model
from automl.errors import DataError, UsageError
from automl.evaluation.arrays import FloatArray
from automl.evaluation.coverage import measure_coverage
from automl.evaluation.intervals import scores_with_intervals
from automl.evaluation.losses import row_losses
from automl.evaluation.metrics import METRICS, Metric, find_metric
from automl.evaluation.quantiles import quantile_losses
from automl.evaluation.thresholds import decided, judged_by
from automl.models.booster_imports import import_boosters
from automl.preparation.columns import check_column
from automl.report.evaluation_facts import EvaluationFacts
from automl.report.evaluation_gathering import (
    constant_scores,
    gather_breakdown,
    gather_fairness,
    gather_gains,
    gather_offsets,
    gather_per_class,
    gather_quantiles,
    gather_slices,
    gather_worst,
)
from automl.report.facts import EstimateFact, ReportFacts
from automl.report.gathering import gather_quality, target_counts
from automl.scored import ScoredRows, column_of, driving_columns, features_of, learned_from, score_rows, task_of
from automl.tables import Table, Task

__all__ = ["evaluate"]

_REPLICATES = 500


def evaluate(
    model_path: Path,
    table: Table,
    by: str | None = None,
    min_score: float | None = None,
    threshold: float | None = None,
    fairness: tuple[str, ...] = (),
    also: tuple[str, ...] = (),
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
    fairness : tuple of str
        Columns whose groups are told how the decisions for the positive class of two fall on them.
    also : tuple of str
        Metrics that are told only where they are asked for.

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
    _check_columns(model, table, by, fairness)
    scored = score_rows(model, table, fitted, threshold)
    case = _Case(model, fitted, scored, METRICS[fitted.metric], threshold)
    facts = _held_against_promise(case, model_path, table, also, min_score)
    facts = _where_it_errs(facts, case)
    facts = _by_columns(facts, case, by, fairness)
    return replace(facts, seconds=round(time.monotonic() - started, 2))


@dataclass(frozen=True)
class _Case:
    """A model, what its fit knew, the rows it is judged on, and by what."""

    model: Model
    fitted: ReportFacts
    scored: ScoredRows
    metric: Metric
    threshold: float | None

    @property
    def judged(self) -> FloatArray:
        """The predictions as the metric is to see them."""
        return judged_by(self.metric, self.scored.prediction, self.threshold)


def _held_against_promise(
    case: _Case, model_path: Path, table: Table, also: tuple[str, ...], min_score: float | None
) -> EvaluationFacts:
    """Return the scores beside those of one answer for every row, beside the estimate and beside what was asked for."""
    fitted, scored, metric, labels = case.fitted, case.scored, case.metric, case.model.labels
    metrics = _metrics(task_of(case.model), scored, case.threshold, (metric.name, *also))
    within, agrees = _held_against(fitted.estimate, metrics.get(metric.name))
    return EvaluationFacts(
        model=model_path.name,
        source=Path(table.source).name,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        target=fitted.target,
        task=fitted.task,
        labels=labels,
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
        target_counts=target_counts(labels, scored.target) if labels else (),
        without_weight=scored.without_weight,
        learned_from=learned_from(fitted, table),
        threshold=case.threshold,
        unparsed=scored.said.unparsed,
        unseen=scored.said.unseen,
        version=__version__,
    )


def _where_it_errs(facts: EvaluationFacts, case: _Case) -> EvaluationFacts:
    """Add curves and tables of right and wrong, the parts of the rows that are predicted worst, and single rows."""
    scored, labels = case.scored, case.model.labels
    losses = row_losses(scored.target, scored.prediction)
    coverage = _coverage(case.model, scored)
    return replace(
        facts,
        slices=gather_slices(
            features_of(case.model, scored), scored.target, case.judged, losses, case.metric, scored.weight
        ),
        worst=gather_worst(scored.said, scored.positions, scored.target, losses),
        gains=gather_gains(labels, scored.target, scored.prediction),
        per_class=gather_per_class(labels, scored.target, decided(scored.prediction, case.threshold)),
        coverage=coverage,
        quantiles=() if coverage is None else _quantiles(case.model, scored),
        **gather_quality(labels, scored.target, scored.prediction, case.threshold, scored.weight),
    )


def _by_columns(facts: EvaluationFacts, case: _Case, by: str | None, fairness: tuple[str, ...]) -> EvaluationFacts:
    """Add scores, decisions and errors by the levels of columns."""
    model, scored = case.model, case.scored
    return replace(
        facts,
        by=None
        if by is None
        else gather_breakdown(
            column_of(model, scored, by), scored.target, case.judged, case.metric, scored.weight, scored.groups
        ),
        fairness=gather_fairness((column_of(model, scored, name) for name in fairness), scored.said, scored.target),
        offsets=gather_offsets(driving_columns(model, scored, case.fitted), scored.target, scored.prediction),
    )


def _threshold(model: Model, asked_for: float | None) -> float | None:
    """Return the threshold to decide by; None for the most probable class."""
    if asked_for is None:
        return model.postprocessing.threshold_value
    if len(model.labels) != 2:
        raise UsageError(
            f"A threshold is for binary tasks; this model's is {task_of(model)}.", "Leave out --threshold."
        )
    if not 0 <= asked_for <= 1:
        raise UsageError(f"A threshold must be a probability. Got {asked_for:g}.", "Try --threshold 0.3.")
    return asked_for


def _check_columns(model: Model, table: Table, by: str | None, fairness: tuple[str, ...]) -> None:
    """Refuse columns that are not there, and fairness where there are no two classes to decide between."""
    for name in fairness:
        check_column(table, name, "--fairness")
    if by is not None:
        check_column(table, by, "--by")
    if fairness and len(model.labels) != 2:
        raise UsageError(
            f"--fairness is for decisions between two classes; this model's task is {task_of(model)}.",
            "Use --by COLUMN for the score of each group.",
        )


def _metrics(
    task: Task, scored: ScoredRows, threshold: float | None, chosen: tuple[str, ...]
) -> dict[str, tuple[float, float, float]]:
    """Return every metric that fits the task, and the chosen ones, as far as they are defined on the rows."""
    told = ("average_precision_ovr",) if task is Task.MULTICLASS else ()
    asked_for = (*told, *(find_metric(name).name for name in chosen))
    for name in asked_for:
        if task not in METRICS[name].tasks:
            raise UsageError(f"The metric {name} does not fit a {task} target.", "'automl list metrics' says which do.")
    scores = scores_with_intervals(
        scored.target,
        scored.prediction,
        task,
        scored.weight,
        scored.groups,
        _REPLICATES,
        threshold=threshold,
        chosen=asked_for,
    )
    return {name: score for name, score in scores.items() if math.isfinite(score[0])}


def _coverage(model: Model, scored: ScoredRows) -> dict[str, Any] | None:
    """Say how often the truth is inside the bounds that the model gives; None where it gives none."""
    bounds, by = model.postprocessing.bounds, model.postprocessing.interval_by
    if bounds is None or (by is not None and scored.said.group is None):
        return None
    try:
        found = measure_coverage(bounds, scored.target, scored.prediction, group=scored.said.group)
        return asdict(replace(found, by=by or ""))
    except UsageError:
        return None


def _quantiles(model: Model, scored: ScoredRows) -> tuple[dict[str, Any], ...]:
    """Say how well the bounds of a regression, once they bear the highest level, are the quantiles they stand for."""
    bounds = model.postprocessing.intervals
    if bounds is None or len(scored.target) < 2:
        return ()
    return gather_quantiles(quantile_losses(bounds, scored.target, scored.prediction, scored.said.group))


def _held_against(estimate: EstimateFact, found: tuple[float, float, float] | None) -> tuple[bool | None, bool | None]:
    """Say whether a score is inside the interval promised, and whether both intervals explain how far it is off.

    Too few rows have no interval of their own, and say neither.
    """
    if found is None:
        return None, None
    value, low, high = found
    lower, upper = estimate.interval
    if not all(map(math.isfinite, (low, high, lower, upper))):
        return None, None
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
