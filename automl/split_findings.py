"""Findings that ask for another split, with what that split would change in the score."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable
from dataclasses import replace

from automl.decisions import Decisions
from automl.evaluation.metrics import Metric
from automl.evaluation.paired import PairedScores
from automl.findings import Finding, Severity
from automl.models.registry import missing_requirements
from automl.preparation.prepare import PreparedData
from automl.search.deadline import Deadline
from automl.search.split_effect import MODEL, SplitMeter
from automl.search.ways_to_split import WaysToSplit, split_by_group, split_by_time

__all__ = ["tell_split_effects"]

_SHARE = 0.04
_MOST_SECONDS = 3.0
_FEWEST_SECONDS = 0.35

_WAYS: dict[str, tuple[str, Callable[[PreparedData, str, int], WaysToSplit | None]]] = {
    "repeating_groups": ("--group", split_by_group),
    "time_order": ("--time", split_by_time),
}


def tell_split_effects(
    prepared: PreparedData, decisions: Decisions, meter: SplitMeter, deadline: Deadline
) -> PreparedData:
    """Measure what the flag that a finding proposes would change, and say so in the finding.

    Nothing is measured where rows are not drawn at random anyway, and nothing where a small share of the budget is too
    short for it.
    """
    suspected = [finding for finding in prepared.findings if finding.code in _WAYS]
    seconds = None if deadline.seconds is None else min(_SHARE * deadline.seconds, _MOST_SECONDS)
    settled = prepared.time is not None or prepared.fold is not None or missing_requirements(MODEL.family)
    if not suspected or settled or (seconds is not None and seconds < _FEWEST_SECONDS):
        return prepared
    until = None if seconds is None else time.monotonic() + seconds
    told = {}
    for finding in suspected:
        left = None if until is None else until - time.monotonic()
        if left is None or left > 0:
            told[finding] = _told(finding, prepared, decisions, meter, left)
    return replace(prepared, findings=tuple(told.get(finding, finding) for finding in prepared.findings))


def _told(
    finding: Finding, prepared: PreparedData, decisions: Decisions, meter: SplitMeter, seconds: float | None
) -> Finding:
    option, split = _WAYS[finding.code]
    (column,) = finding.columns
    ways = split(prepared, column, meter.seed)
    scores = None if ways is None else meter.measure(ways, prepared, decisions.weight, decisions.metric, seconds)
    if ways is None or scores is None or not scores.low <= scores.difference <= scores.high:
        return finding
    sentence = _sentence(f"{option} {shlex.quote(column)}", scores, decisions.metric, len(ways.scored))
    # Where rows drawn at random, which are "a", score better for sure, the estimate flatters.
    flatters = scores.better(greater_is_better=decisions.metric.greater_is_better) == "a"
    severity = Severity.WARNING if flatters else finding.severity
    return replace(finding, message=f"{finding.message} {sentence}", severity=severity)


def _sentence(flag: str, scores: PairedScores, metric: Metric, rows: int) -> str:
    """Say what the flag changes, in the metric's own units; within what chance explains, that it is not more."""
    interval = f"95 % interval {scores.low:+.3g} to {scores.high:+.3g}, {rows:,} rows"
    if scores.better(greater_is_better=metric.greater_is_better) == "undecided":
        return (
            f"To a small model, {flag} makes no difference beyond chance: {metric.name} {scores.second:.4g}, "
            f"and {scores.first:.4g} at random ({interval})."
        )
    return (
        f"With rows drawn at random a small model reaches a {metric.name} of {scores.first:.4g}, with {flag} one of "
        f"{scores.second:.4g}: a difference of {scores.difference:+.3g} ({interval})."
    )
