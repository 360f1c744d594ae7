"""What a finished search becomes: a leaderboard, blend members, a manifest."""

from __future__ import annotations

import math
import shlex
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.arguments import join_names, option_name
from automl.bundle.writing import BlendMember, BlendPart
from automl.evaluation.baseline import score_of_one_answer
from automl.inputs import public_name
from automl.models.constant import ConstantModel, best_constant
from automl.models.registry import FAMILY_NAMES, family
from automl.preparation.prepare import PreparedData
from automl.report.facts import CandidateFact, EstimateFact, FeatureFact, ReportFacts, is_measured
from automl.report.simpler import SIMPLE_FAMILIES
from automl.search.board import Evidence, Trial
from automl.search.loop import SearchOutcome
from automl.search.stages import stage_at
from automl.search.tasks import WorkFolder, encoding_key
from automl.search.training_data import learned_columns
from automl.settings import FitSettings

__all__ = [
    "baseline_answer",
    "baseline_score",
    "blend_members",
    "command_of",
    "constant_answers",
    "feature_facts",
    "golden_predictions",
    "is_constant",
    "leaderboard",
    "manifest_of",
    "used_columns",
]

# The fields of the settings that are each one option with one value, and those that are one option alone. What goes on
# with an unfinished search repeats none, and where a private key lies is nobody's business.
_SWITCHES = ("drop_duplicates", "no_reference_rows", "allow_private_addresses", "overwrite")
_REPEATED = (
    "trials",
    "metric",
    "task",
    "folds",
    "holdout",
    "test_data",
    "group",
    "time",
    "time_gap",
    "weight",
    "fold_column",
    "class_weight",
    "positive",
    "costs",
    "threshold_for",
    "interval_by",
    "min_score",
    "jobs",
    "executor",
    "scheduler",
    "max_memory",
    "work_dir",
    "delimiter",
    "quote",
    "encoding",
    "skip_rows",
    "decimal",
    "thousands",
    "query",
    "source_column",
    "sheet",
)
_LISTS = ("drop", "identifiers", "types", "monotone")
# One of a few words each, and the word that need not be said.
_CHOICES = (("optimize", "accuracy"), ("device", "cpu"))


def _weights(outcome: SearchOutcome) -> dict[int, float]:
    pairs = zip(outcome.blend.members, outcome.blend.weights, strict=True)
    return {outcome.members[member].number: weight for member, weight in pairs}


def constant_answers(evidence: Evidence) -> NDArray[np.float64]:
    """Return what the constant candidate says, learned from all rows, once for each row that is scored."""
    return _repeated(_constant(evidence, evidence.training_weight), evidence)


def baseline_answer(evidence: Evidence) -> tuple[float, ...]:
    """Return the one answer that is best for all rows: the classes' probabilities, or one number."""
    return tuple(_constant(evidence, evidence.weight).prior.tolist())


def baseline_score(evidence: Evidence) -> float:
    """Return the score of the one answer that is best for all rows, whether or not it was among the candidates."""
    rows, answer = evidence.rows, _constant(evidence, evidence.weight).prior
    return score_of_one_answer(evidence.metric, evidence.target[rows], answer, evidence.weight_of(rows))


def _constant(evidence: Evidence, weight: NDArray[np.float64] | None) -> ConstantModel:
    return best_constant(evidence.target, weight, evidence.n_classes, evidence.metric.objective)


def _repeated(constant: ConstantModel, evidence: Evidence) -> NDArray[np.float64]:
    return constant.predict(np.empty((len(evidence.rows), 0), dtype=np.float32))


def is_constant(outcome: SearchOutcome) -> bool:
    """Whether the model gives the same answer for every row."""
    return all(outcome.members[member].candidate.family == "constant" for member in outcome.blend.members)


def leaderboard(
    outcome: SearchOutcome, evidence: Evidence, score_decided: Callable[[NDArray[Any]], float] | None
) -> tuple[CandidateFact, ...]:
    """Return every candidate, best first, failed ones last.

    ``score_decided`` scores the predictions of simple ones with a threshold of their own, where the model has one.

    The constant candidate has the score of the one answer that all rows teach it: those of its folds differ, always
    away from what the fold's own rows are, which a metric of ranks takes for a skill below guessing.
    """
    weights, metric = _weights(outcome), evidence.metric
    of_constant = evidence.loss(constant_answers(evidence), evidence.rows)

    def loss(trial: Trial) -> float:
        return of_constant if trial.candidate.family == "constant" else trial.loss

    ok = sorted(
        (trial for trial in outcome.trials if trial.prediction is not None),
        key=lambda trial: (loss(trial), trial.number),
    )
    rest = [trial for trial in outcome.trials if trial.prediction is None]
    simple = {trial.candidate.family: trial for trial in reversed(ok) if trial.candidate.family in SIMPLE_FAMILIES}
    facts = []
    for rank, trial in enumerate([*ok, *rest], start=1):
        scored = trial.prediction is not None
        facts.append(
            CandidateFact(
                rank=rank,
                family=trial.candidate.family,
                score=metric.to_score(loss(trial)) if scored else None,
                spread=_spread(trial.fold_losses) if scored else None,
                seconds=round(trial.seconds, 3),
                found_at=round(trial.found_at, 3),
                weight=round(weights.get(trial.number, 0.0), 6),
                status="unfinished" if trial.status == "running" else trial.status,
                hyperparameters={**trial.candidate.hyperparameters, "encoding": trial.candidate.encoding},
                gain=trial.gain,
                score_decided=None
                if score_decided is None or simple.get(trial.candidate.family) is not trial or trial.prediction is None
                else score_decided(trial.prediction),
            )
        )
    return tuple(facts)


def _spread(fold_losses: tuple[float, ...]) -> float | None:
    """Return the standard deviation between the folds on which the metric is defined; None where fewer than two are."""
    defined = [loss for loss in fold_losses if math.isfinite(loss)]
    return statistics.pstdev(defined) if len(defined) > 1 else None


def blend_members(outcome: SearchOutcome, folder: WorkFolder) -> tuple[BlendMember, ...]:
    """Return where the blend's models and encoders lie."""
    return tuple(
        _member(outcome.members[member], weight, folder)
        for member, weight in zip(outcome.blend.members, outcome.blend.weights, strict=True)
    )


def _member(trial: Trial, weight: float, folder: WorkFolder) -> BlendMember:
    candidate = trial.candidate
    suffix = family(candidate.family).suffix
    key = encoding_key(candidate.encoding, trial.columns)
    parts = tuple(
        BlendPart(
            model=folder.model(trial.number, fold, suffix),
            encoder=None if candidate.encoding == "none" else folder.encoded(key, fold) / "encoder.bin",
            encoder_name=f"encoders/{key}/{fold}.bin",
            iterations=iterations,
        )
        for fold, iterations in _predicting(trial)
    )
    return BlendMember(candidate.family, weight, suffix, parts)


def _predicting(trial: Trial) -> list[tuple[int, int]]:
    """Return the folds whose models predict, with their iterations: the refit's where there was one."""
    if trial.refit is not None:
        return [(trial.refit.fold, trial.refit.stages[-1])]
    return list(enumerate(trial.iterations))


def golden_predictions(outcome: SearchOutcome, folder: WorkFolder) -> NDArray[np.float64]:
    """Return what the blend predicts for the golden rows, from what each fold's model said of them."""
    parts = []
    for member, weight in zip(outcome.blend.members, outcome.blend.weights, strict=True):
        trial = outcome.members[member]
        predicting = _predicting(trial)
        share = weight / len(predicting)
        for fold, iterations in predicting:
            stages = (trial.refit or trial.results[fold]).stages
            parts.append(share * np.load(folder.golden(trial.number, fold))[stage_at(stages, iterations)])
    return np.asarray(sum(parts), dtype=np.float64)


def used_columns(outcome: SearchOutcome, prepared: PreparedData, folder: WorkFolder) -> tuple[str, ...]:
    """Return the feature columns that the blend learns from, in file order."""
    used: set[str] = set()
    for member in outcome.blend.members:
        trial = outcome.members[member]
        if trial.candidate.encoding != "none":
            key = encoding_key(trial.candidate.encoding, trial.columns)
            used.update(*(learned_columns(folder.encoded(key, fold)) for fold, _ in _predicting(trial)))
    return tuple(column.name for column in prepared.feature_columns if column.name in used)


def feature_facts(outcome: SearchOutcome, prepared: PreparedData, used: tuple[str, ...]) -> tuple[FeatureFact, ...]:
    """Return the columns' ranks, most important first; unranked columns follow with importance 0."""
    kinds = {column.name: str(column.kind) for column in prepared.feature_columns}
    ranked = [
        FeatureFact(rank.name, kinds[rank.name], rank.importance, rank.spread, rank.name in used)
        for rank in outcome.ranks
    ]
    named = {fact.name for fact in ranked}
    return (
        *ranked,
        *(FeatureFact(name, kind, 0.0, 0.0, name in used) for name, kind in kinds.items() if name not in named),
    )


def manifest_of(facts: ReportFacts) -> dict[str, Any]:
    """Return the manifest: what ``automl inspect --json`` and ``automl fit --json`` show."""
    candidates: list[Mapping[str, Any]] = [vars(candidate) for candidate in facts.candidates]
    return {
        "schema_version": 1,
        "model": facts.model,
        "source": facts.source,
        "created": facts.created,
        "target": facts.target,
        "task": facts.task,
        "labels": list(facts.labels),
        "rows": facts.rows,
        "drawn_from": facts.drawn_from,
        "learned_rows": facts.learned_rows,
        "columns_count": facts.columns_count,
        "metric": facts.metric,
        "greater_is_better": facts.greater_is_better,
        "metrics": {
            name: {"value": value, "interval": [low, high]} for name, (value, low, high) in facts.metrics.items()
        },
        "estimate": _estimate(facts.estimate),
        "test": None if facts.test is None else _estimate(facts.test),
        "selection_score": facts.selection_score,
        "baseline_score": facts.baseline_score,
        "features": _features(facts.features),
        "findings": list(facts.findings),
        "candidates": candidates,
        "complete": facts.complete,
        "stopped_by": facts.stopped_by,
        "seconds": facts.seconds,
        "trials": facts.trials,
        "settings": facts.settings,
        "versions": facts.versions,
        "data_sha256": facts.data_sha256,
        "postprocessing": facts.postprocessing,
        "lineage": [asdict(generation) for generation in facts.lineage],
    }


def _features(features: Sequence[FeatureFact]) -> list[dict[str, Any]]:
    """Return the columns' ranks; without figures where the search ended before it measured any."""
    unknown = {} if is_measured(features) else {"importance": None, "spread": None}
    return [{**vars(feature), **unknown} for feature in features]


def _estimate(estimate: EstimateFact) -> dict[str, Any]:
    return {**vars(estimate), "interval": list(estimate.interval)}


def command_of(settings: FitSettings) -> str:
    """Return a command line that repeats the fit: whatever was asked for, on whichever way, is an option of it."""
    words = ["automl", "fit", settings.data_name, "--target", settings.target, "--seed", str(settings.seed)]
    words += _places(settings)
    if settings.time_budget is not None:
        words += ["--time-budget", f"{settings.time_budget:g}s"]
    if settings.families != FAMILY_NAMES:
        words += ["--families", ",".join(settings.families)]
    for field in _REPEATED:
        value = getattr(settings, field)
        if value is not None:
            words += [option_name(field), public_name(value) if field == "test_data" else str(value)]
    if settings.patience is not None:
        words += ["--patience", str(settings.patience or "off")]
    words += _choices(settings)
    for field in _LISTS:
        if names := getattr(settings, field):
            words += [option_name(field), join_names(names)]
    words += [option_name(field) for field in _SWITCHES if getattr(settings, field)]
    if settings.header is not None:
        words.append("--header" if settings.header else "--no-header")
    return shlex.join(words)


def _choices(settings: FitSettings) -> list[str]:
    """Return the options that were given another word than the one that need not be said."""
    given = [(field, getattr(settings, field)) for field, default in _CHOICES if getattr(settings, field) != default]
    return [word for field, chosen in given for word in (option_name(field), chosen)]


def _places(settings: FitSettings) -> list[str]:
    """Return the options for where model and report go."""
    words = ["--output", str(settings.output)]
    if settings.report is None:
        return [*words, "--no-report"]
    beside = settings.report == settings.output.with_suffix(".html")
    return words if beside else [*words, "--report", str(settings.report)]
