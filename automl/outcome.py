"""What a finished search becomes: a leaderboard, blend members, a manifest."""

from __future__ import annotations

import platform
import shlex
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from automl import __version__
from automl.bundle.writing import BlendMember, BlendPart
from automl.evaluation.metrics import Metric
from automl.models.registry import family
from automl.preparation.prepare import PreparedData
from automl.report.facts import CandidateFact, FeatureFact, ReportFacts
from automl.search.board import Trial
from automl.search.loop import SearchOutcome
from automl.search.tasks import WorkFolder, encoding_key
from automl.settings import FitSettings

__all__ = ["blend_members", "command_of", "feature_facts", "leaderboard", "manifest_of", "used_columns", "versions"]

_LIBRARIES = (
    "numpy",
    "pandas",
    "scikit-learn",
    "lightgbm",
    "catboost",
    "xgboost",
    "xgboost-cpu",
    "optuna",
    "skops",
    "pyarrow",
)


def _weights(outcome: SearchOutcome) -> dict[int, float]:
    pairs = zip(outcome.blend.members, outcome.blend.weights, strict=True)
    return {outcome.members[member].number: weight for member, weight in pairs}


def leaderboard(outcome: SearchOutcome, metric: Metric) -> tuple[CandidateFact, ...]:
    """Return every candidate, best first, failed ones last."""
    weights = _weights(outcome)
    ok = sorted(
        (trial for trial in outcome.trials if trial.prediction is not None),
        key=lambda trial: (trial.loss, trial.number),
    )
    rest = [trial for trial in outcome.trials if trial.prediction is None]
    facts = []
    for rank, trial in enumerate([*ok, *rest], start=1):
        scored = trial.prediction is not None
        spread = None
        if scored:
            mean = sum(trial.fold_losses) / len(trial.fold_losses)
            spread = (sum((loss - mean) ** 2 for loss in trial.fold_losses) / len(trial.fold_losses)) ** 0.5
        facts.append(
            CandidateFact(
                rank=rank,
                family=trial.candidate.family,
                score=metric.to_score(trial.loss) if scored else None,
                spread=spread,
                seconds=round(trial.seconds, 3),
                found_at=round(trial.found_at, 3),
                weight=round(weights.get(trial.number, 0.0), 6),
                status="unfinished" if trial.status == "running" else trial.status,
                hyperparameters={**trial.candidate.hyperparameters, "encoding": trial.candidate.encoding},
            )
        )
    return tuple(facts)


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
            encoder=None if candidate.encoding == "none" else folder.encoded(key, fold) / "encoder.skops",
            encoder_name=f"encoders/{key}/{fold}.skops",
            iterations=iterations,
        )
        for fold, iterations in enumerate(trial.iterations)
    )
    return BlendMember(candidate.family, weight, suffix, parts)


def used_columns(outcome: SearchOutcome, prepared: PreparedData) -> tuple[str, ...]:
    """Return the feature columns that the blend learns from, in file order."""
    chosen = [outcome.members[member] for member in outcome.blend.members]
    every = tuple(column.name for column in prepared.feature_columns)
    used = {name for trial in chosen if trial.candidate.encoding != "none" for name in (trial.columns or every)}
    return tuple(name for name in every if name in used)


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


def versions() -> dict[str, str]:
    """Return the versions a fit depends on."""
    found = {"automl": __version__, "python": platform.python_version()}
    for library in _LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            continue
    return found


def manifest_of(facts: ReportFacts) -> dict[str, Any]:
    """Return the manifest: what ``automl inspect --json`` and ``automl fit --json`` show."""
    estimate = facts.estimate
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
        "metric": facts.metric,
        "greater_is_better": facts.greater_is_better,
        "metrics": {
            name: {"value": value, "interval": [low, high]} for name, (value, low, high) in facts.metrics.items()
        },
        "estimate": {
            "metric": estimate.metric,
            "value": estimate.value,
            "interval": list(estimate.interval),
            "method": estimate.method,
            "rows": estimate.rows,
        },
        "selection_score": facts.selection_score,
        "baseline_score": facts.baseline_score,
        "features": [vars(feature) for feature in facts.features],
        "findings": list(facts.findings),
        "candidates": candidates,
        "complete": facts.complete,
        "stopped_by": facts.stopped_by,
        "seconds": facts.seconds,
        "trials": facts.trials,
        "settings": facts.settings,
        "versions": facts.versions,
        "data_sha256": facts.data_sha256,
    }


def command_of(settings: FitSettings) -> str:
    """Return a command line that repeats the fit."""
    words = ["automl", "fit", settings.data, "--target", settings.target, "--seed", str(settings.seed)]
    if settings.time_budget is not None:
        words += ["--time-budget", f"{settings.time_budget:g}s"]
    if settings.trials is not None:
        words += ["--trials", str(settings.trials)]
    for option in ("metric", "task", "folds", "holdout", "group", "weight", "fold_column", "class_weight", "positive"):
        if getattr(settings, option) is not None:
            words += [f"--{option.replace('_', '-')}", str(getattr(settings, option))]
    for option, names in (("--drop", settings.drop), ("--id", settings.identifiers)):
        if names:
            words += [option, ",".join(names)]
    return shlex.join(words)
