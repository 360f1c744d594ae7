"""What a fit says at its end, on standard error."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from automl.cli.options import Common
from automl.cli.render.numbers import duration, interval, score
from automl.cli.render.streams import say_named

if TYPE_CHECKING:
    from automl.workflow import FitResult

__all__ = ["candidates", "estimate_line", "fit_summary", "stop_reason", "top_features"]

FEATURES_SHOWN = 5
_BASIS = {
    "bootstrap_bias_corrected_cv": "out of fold",
    "out_of_fold": "out of fold",
    "holdout": "held out",
    "test_data": "test data",
    "fresh_rows": "kept aside",
}


def fit_summary(result: FitResult, common: Common) -> None:
    """Say how good the model is, what it rests on, and where model and report are."""
    manifest = result.manifest
    test = manifest.get("test")
    lines = {
        "estimate": estimate_line(manifest["estimate"]),
        "test": "" if test is None else estimate_line(test),
        "selected": _selection(manifest),
        "baseline": _baseline(manifest),
        "simpler": _simpler(manifest),
        "features": ", ".join(top_features(manifest)),
        "findings": _findings(manifest),
        "search": _effort(manifest),
        "model": str(result.model_path),
        "report": "" if result.report_path is None else str(result.report_path),
        "warning": "" if result.min_score_met else "--min-score was missed; nothing was replaced",
    }
    for finding in manifest["findings"]:
        if finding["severity"] != "info":
            say_named(f"{finding['severity']}: ", finding["message"], common)
    if useless := _no_use(manifest):
        say_named("warning: ", useless, common)
    width = max(map(len, lines)) + 2
    for name, text in lines.items():
        if text:
            say_named(name.ljust(width), text, common)


def estimate_line(estimate: Mapping[str, Any]) -> str:
    """Return an estimate with its interval, what it rests on and its rows."""
    method = str(estimate["method"])
    return (
        f"{estimate['metric']} {score(estimate['value'])}, 95 % interval {interval(estimate['interval'])} "
        f"({_BASIS.get(method, method)}, {estimate['rows']:,} rows)"
    )


def top_features(manifest: Mapping[str, Any]) -> list[str]:
    """Return the names of the features that matter most."""
    ranked = sorted(manifest["features"], key=lambda feature: feature["importance"] or 0.0, reverse=True)
    return [feature["name"] for feature in ranked[:FEATURES_SHOWN] if (feature["importance"] or 0.0) > 0]


def _selection(manifest: Mapping[str, Any]) -> str:
    """Return the score beside which the estimate shows how much the search flattered itself."""
    chosen = manifest.get("selection_score")
    return "" if chosen is None else f"{manifest['metric']} {score(chosen)} (on the rows it was chosen by, no estimate)"


def _baseline(manifest: Mapping[str, Any]) -> str:
    baseline = manifest.get("baseline_score")
    return "" if baseline is None else f"{manifest['metric']} {score(baseline)} (always the same answer)"


def _no_use(manifest: Mapping[str, Any]) -> str:
    """Say that the model is no better than always answering the same; nothing where it is."""
    from automl.report.facts import EstimateFact
    from automl.report.verdict import beat_of

    estimate, baseline = EstimateFact(**manifest["estimate"]), manifest.get("baseline_score")
    verdict = beat_of(estimate, baseline, greater_is_better=manifest.get("greater_is_better", True))
    if verdict is None or verdict.better:
        return ""
    return (
        f"The model is no better than always answering the same ({estimate.metric} {score(estimate.value)} against "
        f"{score(baseline)}): do not use it."
    )


def _simpler(manifest: Mapping[str, Any]) -> str:
    """Name the simple candidates that are within the interval of the model, where there is one."""
    from automl.report.facts import CandidateFact, EstimateFact
    from automl.report.simpler import simpler_candidates

    if manifest.get("baseline_score") is None:
        return ""
    found = simpler_candidates(
        tuple(CandidateFact(**each) for each in manifest.get("candidates", ())),
        EstimateFact(**manifest["estimate"]),
        manifest["baseline_score"],
        greater_is_better=manifest.get("greater_is_better", True),
    )
    if not found:
        return ""
    scores = " and ".join(f"{each.family} alone scores {score(each.as_judged)}" for each in found)
    return f"{scores}, within that interval (--families {found[0].family})"


def _findings(manifest: Mapping[str, Any]) -> str:
    counts = Counter(finding["severity"] for finding in manifest["findings"])
    words = (("error", "errors"), ("warning", "warnings"), ("info", "notes"))
    named = [(counts[severity], nouns) for severity, nouns in words if counts[severity]]
    return ", ".join(f"{count} {nouns.removesuffix('s') if count == 1 else nouns}" for count, nouns in named)


def _effort(manifest: Mapping[str, Any]) -> str:
    ending = "" if manifest["complete"] else ", not complete"
    return f"{candidates(manifest)} in {duration(manifest['seconds'])}, ended by {stop_reason(manifest)}{ending}"


def candidates(manifest: Mapping[str, Any]) -> str:
    """Return how many candidates were tried, with the noun."""
    count = manifest["trials"]
    return "1 candidate" if count == 1 else f"{count:,} candidates"


def stop_reason(manifest: Mapping[str, Any]) -> str:
    """Return what ended the search."""
    reason = str(manifest["stopped_by"])
    return "a perfect score" if reason == "perfect" else reason.replace("_", " ")
