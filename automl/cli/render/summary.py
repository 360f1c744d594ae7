"""What a fit says at its end, on standard error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from automl.cli.render.numbers import duration, interval, score
from automl.cli.render.streams import say, visible

if TYPE_CHECKING:
    from automl.workflow import FitResult

__all__ = ["estimate_line", "fit_summary", "top_features"]

FEATURES_SHOWN = 5


def fit_summary(result: FitResult) -> None:
    """Say how good the model is, what it rests on, and where model and report are."""
    manifest = result.manifest
    lines = [
        estimate_line(manifest),
        _baseline_line(manifest),
        _features_line(manifest),
        _effort_line(manifest),
        "" if result.min_score_met else "warning: --min-score was missed",
        f"model    {result.model_path}",
        "" if result.report_path is None else f"report   {result.report_path}",
    ]
    for line in lines:
        if line:
            say(visible(line))


def estimate_line(manifest: Mapping[str, Any]) -> str:
    """Return the estimate with its interval, its method and its rows."""
    estimate = manifest["estimate"]
    return (
        f"{estimate['metric']}  {score(estimate['value'])}  (95 % interval {interval(estimate['interval'])}, "
        f"{str(estimate['method']).replace('_', ' ')}, {estimate['rows']:,} rows)"
    )


def top_features(manifest: Mapping[str, Any]) -> list[str]:
    """Return the names of the features that matter most."""
    ranked = sorted(manifest["features"], key=lambda feature: feature["importance"] or 0.0, reverse=True)
    return [feature["name"] for feature in ranked[:FEATURES_SHOWN] if (feature["importance"] or 0.0) > 0]


def _baseline_line(manifest: Mapping[str, Any]) -> str:
    baseline = manifest.get("baseline_score")
    return "" if baseline is None else f"baseline {score(baseline)}  (always the same answer)"


def _features_line(manifest: Mapping[str, Any]) -> str:
    names = top_features(manifest)
    return f"features {', '.join(names)}" if names else ""


def _effort_line(manifest: Mapping[str, Any]) -> str:
    state = "" if manifest["complete"] else ", not complete"
    stopped_by = str(manifest["stopped_by"]).replace("_", " ")
    return f"search   {manifest['trials']} trials in {duration(manifest['seconds'])}, ended by {stopped_by}{state}"
