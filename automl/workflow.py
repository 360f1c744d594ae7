"""A fit, told as a story."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from automl import outcome as made
from automl.bundle.writing import golden_table, write_model
from automl.ensemble.greedy import select_blend
from automl.errors import NothingTrainedError, UsageError
from automl.evaluation.estimate import Estimate, bootstrap_bias_corrected
from automl.evaluation.metrics import METRICS, Metric, default_metric
from automl.events import Note, PhaseStarted, Sink
from automl.files import write_text
from automl.labelled import LabelledRows, read_test_data, score_labelled_rows
from automl.models.registry import available_families, missing_requirements
from automl.preparation import require_column
from automl.preparation.prepare import PreparedData, PrepareRequest, prepare
from automl.preparation.splits import SplitPlan, plan_splits, splits_by_time, splits_from_column
from automl.report import render, report_format
from automl.report.facts import EstimateFact, ReportFacts
from automl.report.gathering import column_facts, gather_metrics, gather_quality, target_counts
from automl.search.board import Evidence
from automl.search.deadline import Deadline
from automl.search.loop import SearchOutcome, SearchPlan, search
from automl.search.pool import Nursery
from automl.search.stop import StopToken
from automl.search.tasks import WorkFolder
from automl.search.training_data import write_training_data
from automl.settings import FitSettings
from automl.tables import Schema, Table, Task, apply_schema, infer_schema, parse_kinds, read_table

__all__ = ["FitResult", "fit", "plan"]


@dataclass(frozen=True)
class FitResult:
    """What a fit leaves.

    Attributes
    ----------
    model_path : Path
    report_path : Path or None
    manifest : dict
        As ``automl inspect --json`` shows it.
    min_score_met : bool
        Whether the estimate reaches the settings' ``min_score``; True where none was asked for.
    """

    model_path: Path
    report_path: Path | None
    manifest: dict[str, Any]
    min_score_met: bool


def fit(
    settings: FitSettings, sink: Sink, stop: StopToken, started: float | None = None, table: Table | None = None
) -> FitResult:
    """Read, prepare, search, estimate, write.

    Parameters
    ----------
    settings : FitSettings
    sink : Sink
        Is told what happens.
    stop : StopToken
        Ends the search early when requested; the best model so far is still written.
    started : float, optional
        ``time.monotonic()`` when the budget began to run; now by default.
    table : Table, optional
        A table that was read already, instead of ``settings.data``.

    Raises
    ------
    DataError, UsageError
        If the data or the settings cannot be used.
    NothingTrainedError
        If not even a baseline could be trained in time.
    WriteError
        If the output cannot be written.
    """
    deadline = Deadline(time.monotonic() if started is None else started, settings.time_budget)
    nursery = Nursery()
    folder = WorkFolder(_work_path(settings))
    try:
        sink.emit(PhaseStarted("read", settings.data))
        table = table if table is not None else read_table(settings.data, settings.read_options())
        sink.emit(PhaseStarted("profile", f"{len(table.cells):,} rows, {table.cells.shape[1]:,} columns"))
        require_column(table, settings.target)
        prepared = prepare(table, infer_schema(table, settings.target, parse_kinds(settings.types)), _request(settings))
        metric = _metric(settings, prepared)
        splits = _splits(settings, prepared)
        weight = _weight(settings, prepared)
        labelled = read_test_data(settings, prepared, sink)
        task = _task(prepared)
        folder.path.mkdir(parents=True)
        n_classes = len(prepared.schema.labels)
        golden = golden_table(table, settings.seed)
        write_training_data(
            folder,
            prepared.frame,
            apply_schema(golden, Schema(prepared.feature_columns)).frame,
            prepared.feature_columns,
            prepared.target,
            weight,
            splits,
            task,
            n_classes,
        )
        evidence = Evidence(folder, prepared.target, weight, splits, metric, n_classes)
        search_plan = _search_plan(settings, prepared, deadline, sink, labelled)
        sink.emit(PhaseStarted("search", f"{task}, {metric.name}; {splits.description}"))
        found = search(search_plan, evidence, nursery, sink, stop, len(prepared.feature_columns))
        if not found.members:
            raise NothingTrainedError("No model could be trained in the time given.", "Give a longer --time-budget.")
        sink.emit(PhaseStarted("estimate", f"{len(found.members)} candidates, {len(found.blend.members)} in the blend"))
        estimate = _estimate(found, evidence, prepared, deadline)
        facts = _facts(settings, table, prepared, splits, evidence, found, estimate, deadline)
        sink.emit(PhaseStarted("write", str(settings.output)))

        def write(path: Path, facts: ReportFacts) -> dict[str, Any]:
            manifest, used = made.manifest_of(facts), made.used_columns(found, prepared)
            members, expected = made.blend_members(found, folder), made.golden_predictions(found, folder)
            write_model(path, manifest, facts, prepared.schema, members, used, golden, expected)
            return manifest

        if labelled is not None:
            write(folder.path / "tested.automl", facts)
            test = score_labelled_rows(folder.path / "tested.automl", labelled, metric, settings.seed)
            facts = replace(facts, test=test)
        manifest = write(settings.output, facts)
        if settings.report is not None:
            write_text(settings.report, render(facts, report_format(str(settings.report))))
        return FitResult(settings.output, settings.report, manifest, _reached(settings, estimate, metric))
    finally:
        nursery.close()
        shutil.rmtree(folder.path, ignore_errors=True)


def plan(settings: FitSettings, sink: Sink) -> dict[str, Any]:
    """Read and profile, and say what :func:`fit` would do; train nothing."""
    sink.emit(PhaseStarted("read", settings.data))
    table = read_table(settings.data, settings.read_options())
    require_column(table, settings.target)
    prepared = prepare(table, infer_schema(table, settings.target, parse_kinds(settings.types)), _request(settings))
    splits = _splits(settings, prepared)
    cells = prepared.frame.size
    return {
        "schema_version": 1,
        "rows": len(prepared.target),
        "columns": [{"name": column.name, "kind": str(column.kind)} for column in prepared.feature_columns],
        "target": settings.target,
        "task": str(_task(prepared)),
        "labels": list(prepared.schema.labels),
        "metric": _metric(settings, prepared).name,
        "families": [each.name for each in available_families(settings.families)],
        "folds": len(splits.folds),
        "split": splits.description,
        "findings": [finding.to_dict() for finding in prepared.findings],
        "suggested_budget_seconds": int(min(3_600, max(30, cells / 1_500))),
    }


def _work_path(settings: FitSettings) -> Path:
    base = settings.work_dir if settings.work_dir is not None else settings.output.parent
    return base / f"{settings.output.name}.work-{os.getpid()}"


def _task(prepared: PreparedData) -> Task:
    assert prepared.schema.task is not None
    return prepared.schema.task


def _request(settings: FitSettings) -> PrepareRequest:
    return PrepareRequest(
        target=settings.target,
        task=None if settings.task is None else Task(settings.task),
        positive=settings.positive,
        drop=settings.drop,
        identifiers=settings.identifiers,
        weight=settings.weight,
        group=settings.group,
        time=settings.time,
        fold_column=settings.fold_column,
        drop_duplicates=settings.drop_duplicates,
    )


def _metric(settings: FitSettings, prepared: PreparedData) -> Metric:
    task = _task(prepared)
    metric = METRICS[settings.metric or default_metric(task)]
    if task not in metric.tasks:
        suited = ", ".join(name for name, each in METRICS.items() if task in each.tasks)
        raise UsageError(f"The metric {metric.name} does not fit a {task} target.", f"These do: {suited}.")
    return metric


def _splits(settings: FitSettings, prepared: PreparedData) -> SplitPlan:
    if prepared.fold is not None:
        return splits_from_column(prepared.fold, settings.seed)
    blocks = prepared.duplicate_groups if prepared.group is None else prepared.group
    columns = prepared.frame.shape[1]
    if prepared.time is not None:
        return splits_by_time(prepared.time, blocks, columns, settings.folds, settings.holdout, settings.seed)
    classes = _task(prepared).is_classification
    return plan_splits(prepared.target, blocks, columns, classes, settings.folds, settings.holdout, settings.seed)


def _weight(settings: FitSettings, prepared: PreparedData) -> np.ndarray[Any, np.dtype[np.float64]] | None:
    if settings.class_weight is None:
        return prepared.weight
    if not prepared.schema.labels:
        raise UsageError("--class-weight is for classification.", "Leave it out, or use --weight COLUMN.")
    counts = np.bincount(prepared.target, minlength=len(prepared.schema.labels))
    balanced: np.ndarray[Any, np.dtype[np.float64]] = (len(prepared.target) / (len(counts) * counts))[prepared.target]
    return balanced if prepared.weight is None else np.asarray(balanced * prepared.weight, dtype=np.float64)


def _search_plan(
    settings: FitSettings, prepared: PreparedData, deadline: Deadline, sink: Sink, labelled: LabelledRows | None
) -> SearchPlan:
    for name in settings.families:
        if missing := missing_requirements(name):
            sink.emit(Note(f"{name} is left out: {', '.join(missing)} is not installed.", warning=True))
    cores = settings.jobs or len(os.sched_getaffinity(0))
    large = prepared.frame.size > 3_000_000 and settings.time_budget is not None
    return SearchPlan(
        families=tuple(each.name for each in available_families(settings.families)),
        trials=settings.trials,
        deadline=deadline,
        reserve=_reserve(prepared, deadline, 0 if labelled is None else len(labelled.target)),
        workers=1 if large else cores,
        threads=cores if large else 1,
        seed=settings.seed,
    )


def _reserve(prepared: PreparedData, deadline: Deadline, test_rows: int) -> float:
    """Seconds for blending, the estimate, the report and writing: measured, growing with rows and classes."""
    if deadline.seconds is None:
        return 0.0
    scored = (prepared.frame.shape[0] + test_rows) * max(1, len(prepared.schema.labels))
    return min(0.45 * deadline.seconds, 1.2 + scored / 25_000 + 0.03 * min(deadline.seconds, 100))


def _estimate(found: SearchOutcome, evidence: Evidence, prepared: PreparedData, deadline: Deadline) -> Estimate:
    rows = evidence.rows
    groups = prepared.duplicate_groups if prepared.group is None else prepared.group
    predictions = [trial.prediction for trial in found.members if trial.prediction is not None]
    weight = None if evidence.weight is None else evidence.weight[rows]
    seconds = None if deadline.seconds is None else max(0.2, 0.3 * deadline.remaining)
    return bootstrap_bias_corrected(
        predictions,
        evidence.target[rows],
        evidence.metric,
        select_blend,
        weight=weight,
        groups=groups[rows],
        seconds=seconds,
        seed=evidence.splits.seed,
    )


def _facts(
    settings: FitSettings,
    table: Table,
    prepared: PreparedData,
    splits: SplitPlan,
    evidence: Evidence,
    found: SearchOutcome,
    estimate: Estimate,
    deadline: Deadline,
) -> ReportFacts:
    rows, metric, labels = evidence.rows, evidence.metric, prepared.schema.labels
    target, weight = evidence.target[rows], None if evidence.weight is None else evidence.weight[rows]
    blended = np.zeros_like(found.members[0].prediction, dtype=np.float64)
    for member, share in zip(found.blend.members, found.blend.weights, strict=True):
        blended += share * np.asarray(found.members[member].prediction)
    groups = (prepared.duplicate_groups if prepared.group is None else prepared.group)[rows]
    stopped_early = found.stopped_by in ("SIGINT", "SIGTERM", "SIGHUP")
    repeatable = settings.time_budget is None
    return ReportFacts(
        model=settings.output.name,
        source=Path(table.source).name,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        rows=len(prepared.target),
        columns_count=table.cells.shape[1],
        target=settings.target,
        task=str(_task(prepared)),
        labels=labels,
        target_counts=target_counts(labels, prepared.target),
        metric=metric.name,
        greater_is_better=metric.greater_is_better,
        estimate=EstimateFact(
            estimate.metric, estimate.value, (estimate.low, estimate.high), estimate.method, estimate.rows
        ),
        selection_score=metric.to_score(found.blend.loss),
        baseline_score=made.baseline_score(found, evidence),
        metrics=gather_metrics(_task(prepared), target, blended, weight, groups),
        findings=tuple(finding.to_dict() for finding in prepared.findings),
        changes=tuple(change.to_dict() for change in prepared.changes),
        columns=column_facts(prepared),
        features=made.feature_facts(found, prepared, made.used_columns(found, prepared)),
        candidates=made.leaderboard(found, metric),
        split=splits.description,
        progress=found.progress,
        **gather_quality(labels, target, blended),
        complete=not stopped_early,
        stopped_by=found.stopped_by,
        seconds=round(deadline.elapsed, 2),
        trials=len(found.trials),
        settings={**settings.to_dict(), "repeatable": repeatable},
        command=made.command_of(settings),
        versions=made.versions(),
        data_sha256=table.sha256,
    )


def _reached(settings: FitSettings, estimate: Estimate, metric: Metric) -> bool:
    if settings.min_score is None:
        return True
    return estimate.value >= settings.min_score if metric.greater_is_better else estimate.value <= settings.min_score
