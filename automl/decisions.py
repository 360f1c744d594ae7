"""What settings and table decide together before anything is trained: metric, folds, weights, bounds of the search."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.errors import DataError, UsageError
from automl.evaluation.metrics import METRICS, Metric, default_metric, nearest_metric
from automl.evaluation.postprocessing import RowGroups
from automl.events import Note, Sink
from automl.features import MOST_COLUMNS, useful_encodings
from automl.models.registry import available_families, family, missing_requirements
from automl.preparation.columns import WantedMetric
from automl.preparation.fewer_rows import affordable_rows, with_fewer_rows
from automl.preparation.monotone import check_monotone, parse_monotone
from automl.preparation.prepare import PreparedData, PrepareRequest
from automl.preparation.row_groups import check_groups, group_texts
from automl.preparation.splits import SplitPlan, plan_splits, splits_by_time, splits_from_column
from automl.preparation.time_gap import TimeGap
from automl.preparation.witnesses import with_witnesses
from automl.search.deadline import Deadline
from automl.search.memory import memory_limit
from automl.search.plan import SearchPlan
from automl.search.plateau import default_patience
from automl.settings import FitSettings
from automl.tables import Task

__all__ = ["Decisions", "decide", "dry_run", "plan_search", "prepare_request", "processes"]

#: Two fits of one thread are faster than one of two threads at every size that was measured; beyond this it is memory
#: that speaks against two at once.
_CELLS_FOR_ONE_WORKER = 9_000_000


@dataclass(frozen=True)
class Decisions:
    """How candidates are judged.

    Attributes
    ----------
    task : Task
    metric : Metric
    splits : SplitPlan
    weight : ndarray of float64, shape (n_rows,), or None
        How much each row counts in a score.
    training_weight : ndarray of float64, shape (n_rows,), or None
        How much it counts while models are trained. With class weights that is more where its class is rare; scores
        know nothing of those, as the rows that the model will predict do not.
    groups : ndarray of int64, shape (n_rows,)
        Rows with equal values are not independent: copies of one row, or the user's groups.
    monotone : mapping of str to int
        1 or -1 for each column in which predictions may only rise, or only fall.
    bounded_by : RowGroups or None
        Which rows get bounds of their own, of shape (n_rows,).
    """

    task: Task
    metric: Metric
    splits: SplitPlan
    weight: NDArray[np.float64] | None
    training_weight: NDArray[np.float64] | None
    groups: NDArray[np.int64]
    monotone: Mapping[str, int]
    bounded_by: RowGroups | None = None


def prepare_request(settings: FitSettings) -> PrepareRequest:
    """Return what the settings ask of the preparation."""
    return PrepareRequest(
        target=settings.target,
        task=None if settings.task is None else Task(settings.task),
        metric=None if settings.metric is None else _wanted_metric(settings.metric),
        positive=settings.positive,
        drop=settings.drop,
        identifiers=settings.identifiers,
        weight=settings.weight,
        group=settings.group,
        time=settings.time,
        fold_column=settings.fold_column,
        interval_by=settings.interval_by,
        drop_duplicates=settings.drop_duplicates,
    )


def _wanted_metric(name: str) -> WantedMetric:
    return WantedMetric(name, METRICS[name].tasks, {task: nearest_metric(name, task) for task in Task})


def decide(settings: FitSettings, prepared: PreparedData, learned_before: int | None = None) -> Decisions:
    """Decide how candidates are judged.

    Parameters
    ----------
    settings : FitSettings
    prepared : PreparedData
    learned_before : int, optional
        From at most how many rows models learned in a former run, with which this one goes on.

    Raises
    ------
    UsageError
        If an option does not fit the task.
    DataError
        If there are too few rows for the folds, or the metric is not defined on those to validate on.
    """
    task = prepared.schema.task
    assert task is not None
    groups = prepared.kept_together if prepared.group is None else prepared.group
    for option, given in (("--costs", settings.costs), ("--threshold-for", settings.threshold_for)):
        if given is not None and task is not Task.BINARY:
            raise UsageError(f"{option} is for binary tasks; this one is {task}.", f"Leave out {option}.")
    splits = _affordable(_splits(settings, prepared, task, groups), settings, prepared, learned_before)
    monotone = parse_monotone(settings.monotone)
    check_monotone(monotone, prepared.feature_columns, task)
    metric, weight = _metric(settings, task, prepared.target), prepared.weight
    if task.is_classification:
        _check_classes_to_validate_on(settings, prepared, metric, splits.validation_rows, weight)
    balanced, bounded_by = _balanced(settings, prepared), _bounded_by(settings, prepared)
    return Decisions(task, metric, splits, weight, balanced, groups, monotone, bounded_by)


def processes(settings: FitSettings) -> int:
    """Return how many processes may be at work."""
    return settings.jobs or len(os.sched_getaffinity(0))


def plan_search(
    settings: FitSettings,
    prepared: PreparedData,
    decisions: Decisions,
    deadline: Deadline,
    tested_rows: int,
    sink: Sink,
) -> SearchPlan:
    """Decide the bounds of the search; ``tested_rows`` are those of ``--test-data``."""
    for name in settings.families:
        if missing := missing_requirements(name):
            sink.emit(Note(f"{name} is left out: {', '.join(missing)} is not installed.", warning=True))
    if free := _free_families(settings):
        sink.emit(Note(f"Left out, because they cannot keep to --monotone: {', '.join(free)}."))
    cores = processes(settings)
    learned = max(len(train) for train, _ in decisions.splits.folds)
    alone = learned * _column_count(prepared) > _CELLS_FOR_ONE_WORKER and settings.time_budget is not None
    return SearchPlan(
        families=_families(settings),
        trials=settings.trials,
        deadline=deadline,
        reserve=_reserve(decisions, prepared, deadline, tested_rows, with_report=settings.report is not None),
        workers=1 if alone else cores,
        threads=cores if alone else 1,
        seed=settings.seed,
        optimize=settings.optimize,
        memory=memory_limit(settings.max_memory),
        patience=_patience(settings, len(prepared.target)),
        encodings=useful_encodings(prepared.feature_columns, len(prepared.target)),
    )


def dry_run(settings: FitSettings, prepared: PreparedData) -> dict[str, Any]:
    """Return what a fit would do, as JSON-ready values."""
    decisions = decide(settings, prepared)
    return {
        "schema_version": 1,
        "rows": len(prepared.target),
        "columns": [{"name": column.name, "kind": str(column.kind)} for column in prepared.feature_columns],
        "target": settings.target,
        "task": str(decisions.task),
        "labels": list(prepared.schema.labels),
        "metric": decisions.metric.name,
        "families": list(_families(settings)),
        "folds": len(decisions.splits.folds),
        "split": decisions.splits.description,
        "findings": [finding.to_dict() for finding in prepared.findings],
        "suggested_budget_seconds": int(min(3_600, max(30, prepared.frame.size / 1_500))),
    }


def _bounded_by(settings: FitSettings, prepared: PreparedData) -> RowGroups | None:
    name = settings.interval_by
    if name is None:
        return None
    column = prepared.schema.column(name)
    check_groups(column, prepared.typed[name], "--interval-by")
    return RowGroups(name, group_texts(column, prepared.typed[name]))


def _families(settings: FitSettings) -> tuple[str, ...]:
    """Return the installed families to try: the quick ones alone where size or speed matter more than accuracy."""
    free = _free_families(settings)
    names = [each.name for each in available_families(settings.families) if each.name not in free]
    if not names:
        raise UsageError(
            f"None of the families {', '.join(settings.families)} can keep to --monotone.",
            "Leave out --monotone, or add lightgbm to --families.",
        )
    if settings.optimize == "accuracy":
        return tuple(names)
    quick = tuple(name for name in names if family(name).quick)
    if not quick:
        raise UsageError(
            f"None of the families {', '.join(names)} is quick to predict.",
            "Leave out --optimize, or add lightgbm to --families.",
        )
    return quick


def _free_families(settings: FitSettings) -> tuple[str, ...]:
    """Return the installed families that cannot be constrained, where a constraint is asked for."""
    if not settings.monotone:
        return ()
    return tuple(each.name for each in available_families(settings.families) if not each.monotone)


def _patience(settings: FitSettings, rows: int) -> float | None:
    """Return after how many tuned candidates without a gain the search ends; stated as 0, it never does."""
    if settings.patience is None:
        return default_patience(rows, counted=settings.trials is not None)
    return settings.patience or None


def _metric(settings: FitSettings, task: Task, target: NDArray[Any]) -> Metric:
    metric = METRICS[settings.metric or default_metric(task)]
    if task not in metric.tasks:
        suited = ", ".join(name for name, each in METRICS.items() if task in each.tasks)
        raise UsageError(f"The metric {metric.name} does not fit a {task} target.", f"These do: {suited}.")
    if task is Task.REGRESSION and np.isnan(metric.score(target, np.full(len(target), target.mean()))):
        # In quotes as every cell in a message, so that the run log leaves it out.
        why = "some of its values are 0" if metric.name == "mape" else f"its lowest value is '{target.min():g}'"
        raise UsageError(
            f"The metric {metric.name} is not defined for '{settings.target}': {why}.",
            "Choose another --metric, such as rmse or mae, or leave out the rows that it is not defined for.",
        )
    return metric


def _check_classes_to_validate_on(
    settings: FitSettings,
    prepared: PreparedData,
    metric: Metric,
    rows: NDArray[np.int64],
    weight: NDArray[np.float64] | None,
) -> None:
    """Refuse rows to validate on for which the metric has no value, as the area under a curve with one class."""
    labels = prepared.schema.labels
    counts = np.bincount(
        prepared.target[rows], weights=None if weight is None else weight[rows], minlength=len(labels)
    ).astype(np.float64)
    (seen,) = np.nonzero(counts)
    # One row a class, weighing as much as all its rows: a constant answer scores the same.
    answer = np.tile(counts / max(counts.sum(), np.finfo(float).tiny), (len(seen), 1))
    if not np.isnan(metric.score(seen, answer, counts[seen])):
        return
    if len(seen) > 1:
        raise UsageError(
            f"The metric {metric.name} is not defined for '{settings.target}', which has {len(labels)} classes.",
            "Choose another --metric, such as log_loss.",
        )
    chosen = {"--fold-column": settings.fold_column, "--time": settings.time, "--group": settings.group}
    given = next((option for option, value in chosen.items() if value is not None), None)
    if not len(seen):
        raise DataError("Every row to validate on has the weight 0.", f"Leave out {given or '--weight'}.")
    raise DataError(
        f"The metric {metric.name} is not defined where models are compared: "
        f"all rows to validate on are '{labels[seen[0]]}'.",
        f"{'Add rows of the other classes' if given is None else f'Leave out {given}'}, "
        "or choose --metric log_loss, which is defined for one class.",
    )


def _splits(settings: FitSettings, prepared: PreparedData, task: Task, groups: NDArray[np.int64]) -> SplitPlan:
    if prepared.fold is not None:
        return splits_from_column(prepared.fold, settings.seed)
    columns = _column_count(prepared)
    if prepared.time is not None:
        gap = None if settings.time_gap is None else TimeGap(settings.time_gap)
        return splits_by_time(prepared.time, groups, columns, settings.folds, settings.holdout, settings.seed, gap)
    classes = task.is_classification
    drawn = plan_splits(prepared.target, groups, columns, classes, settings.folds, settings.holdout, settings.seed)
    drawn = replace(drawn, description=f"{drawn.description}{_kept_together(settings)}")
    # One model alone predicts where speed or size matters more.
    averaged = settings.optimize == "accuracy"
    return with_witnesses(drawn, prepared.target, groups, classification=classes) if averaged else drawn


def _kept_together(settings: FitSettings) -> str:
    return "" if settings.group is None else f" Rows of one '{settings.group}' are never parted."


def _affordable(
    splits: SplitPlan, settings: FitSettings, prepared: PreparedData, learned_before: int | None
) -> SplitPlan:
    if learned_before is not None:
        return with_fewer_rows(splits, learned_before)
    if settings.time_budget is None:
        return splits
    return with_fewer_rows(splits, affordable_rows(settings.time_budget, _column_count(prepared)))


def _column_count(prepared: PreparedData) -> int:
    return min(prepared.frame.shape[1], MOST_COLUMNS)


def _balanced(settings: FitSettings, prepared: PreparedData) -> NDArray[np.float64] | None:
    """Return the rows' weights, those of classes included."""
    if settings.class_weight is None:
        return prepared.weight
    if not prepared.schema.labels:
        raise UsageError("--class-weight is for classification.", "Leave it out, or use --weight COLUMN.")
    counts = np.bincount(prepared.target, minlength=len(prepared.schema.labels))
    balanced: NDArray[np.float64] = (len(prepared.target) / (len(counts) * counts))[prepared.target]
    return balanced if prepared.weight is None else np.asarray(balanced * prepared.weight, dtype=np.float64)


def _reserve(
    decisions: Decisions, prepared: PreparedData, deadline: Deadline, tested_rows: int, *, with_report: bool
) -> float:
    """Return the seconds that blending, the estimate and the report take on an idle machine."""
    if deadline.seconds is None:
        return 0.0
    classes = decisions.metric.tasks != (Task.REGRESSION,)
    scored = (len(decisions.splits.validation_rows) + tested_rows) * (2 if classes else 1)
    described = prepared.frame.shape[1] / 1_500
    # Of short budgets nothing is taken to look at how predictions follow the columns.
    looking = min(2.0, 0.025 * max(0.0, deadline.seconds - 20)) if with_report else 0.0
    needed = 0.7 + scored / 30_000 + described + 0.015 * min(deadline.seconds, 100) + looking
    return min(0.2 * deadline.seconds, needed)
