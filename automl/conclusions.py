"""What is concluded from a finished search: the honest estimate, and the facts for manifest and report."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from automl import outcome as made
from automl.bundle.reference import Reference
from automl.decisions import Decisions
from automl.ensemble.greedy import blend_predictions, select_blend
from automl.evaluation.arrays import FloatArray
from automl.evaluation.averaging import Gain, gain_of_averaging
from automl.evaluation.estimate import (
    Decision,
    Estimate,
    Tuning,
    bootstrap_bias_corrected,
    estimate_from_holdout,
)
from automl.evaluation.postprocessing import Postprocessing, learn_postprocessing
from automl.evaluation.thresholds import Costs, Wanted, decided, judged_by, learn_threshold
from automl.preparation.prepare import PreparedData
from automl.remembering import Remembered, recall
from automl.report.facts import EstimateFact, ReportFacts
from automl.report.gathering import column_facts, gather_calibration, gather_metrics, gather_quality, target_counts
from automl.search.board import Evidence
from automl.search.choosing import select_best
from automl.search.deadline import Deadline
from automl.search.loop import SearchOutcome
from automl.search.models_apart import models_apart
from automl.settings import FitSettings
from automl.tables import Table
from automl.versions import versions

__all__ = ["estimate_blend", "finish_blend", "gather_facts", "gather_reference", "reaches_min_score"]


def estimate_blend(
    settings: FitSettings,
    found: SearchOutcome,
    evidence: Evidence,
    decisions: Decisions,
    finish: Postprocessing,
    deadline: Deadline,
) -> Estimate:
    """Estimate the score of what was chosen on new rows, corrected for the choosing.

    A constant answer is chosen by nothing: its score is that of one answer for all rows.
    """
    rows = evidence.rows
    if made.is_constant(found):
        return estimate_from_holdout(
            evidence.target[rows],
            judged_by(evidence.metric, _answers(found, finish, evidence), finish.threshold_value),
            evidence.metric,
            None if evidence.weight is None else evidence.weight[rows],
            decisions.groups[rows],
            "out_of_fold",
            evidence.splits.seed,
        )
    return bootstrap_bias_corrected(
        [trial.prediction for trial in found.members if trial.prediction is not None],
        evidence.target[rows],
        evidence.metric,
        select_blend if settings.optimize == "accuracy" else select_best,
        chosen=found.blend,
        weight=None if evidence.weight is None else evidence.weight[rows],
        groups=decisions.groups[rows],
        seconds=None if deadline.seconds is None else max(0.2, 0.3 * deadline.remaining),
        seed=evidence.splits.seed,
        decision=_decision(found, evidence, finish),
        calibration=finish.calibration,
        tuning=_tuning(found),
        averaging=_averaging(found, evidence, decisions, finish),
    )


def _averaging(found: SearchOutcome, evidence: Evidence, decisions: Decisions, finish: Postprocessing) -> Gain | None:
    """Measure what the final model gains by averaging more models than the out-of-fold predictions do."""
    apart = models_apart(found.blend, found.members, evidence)
    if apart is None or apart.before == apart.after:
        return None
    metric, threshold = evidence.metric, finish.threshold_value
    return gain_of_averaging(
        apart.predictions,
        evidence.target[apart.rows],
        metric,
        finish.calibrated,
        lambda answers: judged_by(metric, answers, threshold),
        apart.before,
        apart.after,
        None if evidence.weight is None else evidence.weight[apart.rows],
        decisions.groups[apart.rows],
        evidence.splits.seed,
    )


def _tuning(found: SearchOutcome) -> Tuning:
    """Tell the candidates that stood fast before any was scored from those that a study or a ranking proposed."""
    members = [trial for trial in found.members if trial.prediction is not None]
    fixed = {trial.number for trial in found.trials if trial.study is None and trial.columns is None}
    places = tuple(place for place, trial in enumerate(members) if trial.number in fixed)
    return Tuning(places, len(found.trials) - len(fixed))


def _decision(found: SearchOutcome, evidence: Evidence, finish: Postprocessing) -> Decision | None:
    """Return the threshold where the metric sees it, and how much having chosen it by these rows flatters it."""
    metric, rows, threshold = evidence.metric, evidence.rows, finish.threshold
    if threshold is None or not metric.of_labels:
        return None
    if threshold.by != metric.name:
        return Decision(threshold.value)
    weight = None if evidence.weight is None else evidence.weight[rows]
    reached = metric.score(evidence.target[rows], decided(_answers(found, finish, evidence), threshold.value), weight)
    return Decision(threshold.value, max(0.0, reached - threshold.score))


def finish_blend(
    settings: FitSettings, found: SearchOutcome, evidence: Evidence, decisions: Decisions
) -> Postprocessing:
    """Learn from the out-of-fold predictions what is applied to new ones."""
    rows = evidence.rows
    return learn_postprocessing(
        evidence.target[rows],
        _blended(found),
        evidence.metric.name,
        weight=None if evidence.weight is None else evidence.weight[rows],
        goal=_goal(settings),
        seed=evidence.splits.seed,
        group=None if decisions.bounded_by is None else decisions.bounded_by.take(rows),
        together=decisions.groups[rows],
    )


def _score_decided(
    settings: FitSettings, evidence: Evidence, decisions: Decisions, finish: Postprocessing
) -> Callable[[FloatArray], float] | None:
    """Return what scores a candidate with a threshold of its own; None where the metric sees none of the model's."""
    metric, rows = evidence.metric, evidence.rows
    if finish.threshold is None or not metric.of_labels:
        return None
    target, weight = evidence.target[rows], evidence.weight_of(rows)

    def score(prediction: FloatArray) -> float:
        seed, groups = evidence.splits.seed, decisions.groups[rows]
        chosen = learn_threshold(target, prediction[:, 1], metric.name, weight, _goal(settings), seed, groups)
        if chosen is not None and chosen.by == metric.name:
            return chosen.score
        return metric.score(target, judged_by(metric, prediction, None if chosen is None else chosen.value), weight)

    return score


def _goal(settings: FitSettings) -> Costs | Wanted | None:
    if settings.costs is not None:
        return Costs.parse(settings.costs)
    return None if settings.threshold_for is None else Wanted.parse(settings.threshold_for)


def gather_facts(
    settings: FitSettings,
    command: str,
    table: Table,
    prepared: PreparedData,
    decisions: Decisions,
    evidence: Evidence,
    found: SearchOutcome,
    estimate: Estimate,
    finish: Postprocessing,
    deadline: Deadline,
) -> ReportFacts:
    """Gather all that manifest and report are made of; ``command`` is what repeats the fit."""
    rows, metric, labels = evidence.rows, decisions.metric, prepared.schema.labels
    target, weight = evidence.target[rows], None if evidence.weight is None else evidence.weight[rows]
    answers, threshold = _answers(found, finish, evidence), finish.threshold_value
    return ReportFacts(
        model=settings.output.name,
        source=Path(table.source).name,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        rows=len(prepared.target),
        drawn_from=table.drawn_from,
        columns_count=table.cells.shape[1],
        target=settings.target,
        task=str(decisions.task),
        labels=labels,
        target_counts=target_counts(labels, prepared.target),
        metric=metric.name,
        greater_is_better=metric.greater_is_better,
        estimate=EstimateFact(
            estimate.metric, estimate.value, (estimate.low, estimate.high), estimate.method, estimate.rows
        ),
        selection_score=metric.score(target, judged_by(metric, answers, threshold), weight),
        baseline_score=made.baseline_score(evidence),
        baseline_answer=made.baseline_answer(evidence),
        metrics=gather_metrics(
            decisions.task, target, answers, weight, decisions.groups[rows], threshold, decisions.metric.name
        ),
        findings=tuple(finding.to_dict() for finding in prepared.findings),
        changes=tuple(change.to_dict() for change in prepared.changes),
        columns=column_facts(prepared),
        features=made.feature_facts(found, prepared, made.used_columns(found, prepared, evidence.folder)),
        candidates=made.leaderboard(found, evidence, _score_decided(settings, evidence, decisions, finish)),
        split=decisions.splits.description,
        progress=found.progress,
        **gather_quality(labels, target, answers, threshold, weight),
        calibration_before=(
            () if finish.calibration is None else gather_calibration(labels, target, _blended(found), weight)
        ),
        complete=found.complete,
        stopped_by=found.stopped_by,
        seconds=round(deadline.elapsed, 2),
        trials=len(found.trials),
        settings={
            **settings.to_dict(),
            "repeatable": settings.time_budget is None and settings.device == "cpu",
            "on_gpu": list(found.on_gpu),
        },
        command=command,
        versions=versions(),
        data_sha256=table.sha256,
        postprocessing=finish.summary(),
    )


def gather_reference(
    settings: FitSettings,
    remembered: Remembered,
    used: tuple[str, ...],
    evidence: Evidence,
    found: SearchOutcome,
    finish: Postprocessing,
) -> Reference:
    """Gather what later rows will be held against."""
    return recall(
        remembered,
        used,
        evidence.target[evidence.rows],
        _answers(found, finish, evidence),
        evidence.metric,
        finish,
        with_rows=not settings.no_reference_rows,
    )


def reaches_min_score(settings: FitSettings, estimate: float, greater_is_better: bool) -> bool:
    """Whether the estimate is as good as was asked for."""
    if settings.min_score is None:
        return True
    return estimate >= settings.min_score if greater_is_better else estimate <= settings.min_score


def _answers(found: SearchOutcome, finish: Postprocessing, evidence: Evidence) -> FloatArray:
    """Return the blend's out-of-fold predictions as the model will answer.

    Two numbers of calibration hardly flatter a thousand rows, nor the steps of a curve some thousands, and parts
    calibrated apart could not be ranked together. A constant answers all rows alike, though its folds' answers differ.
    """
    return finish.calibrated(made.constant_answers(evidence) if made.is_constant(found) else _blended(found))


def _blended(found: SearchOutcome) -> NDArray[Any]:
    chosen = [found.members[member].prediction for member in found.blend.members]
    return blend_predictions([each for each in chosen if each is not None], found.blend.weights)
