"""What a retraining says at its end, on standard error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from automl.cli.options import Common
from automl.cli.render.numbers import score
from automl.cli.render.streams import say_named
from automl.cli.render.summary import estimate_line
from automl.report.retraining_facts import RetrainingFacts

__all__ = ["retraining_summary"]


def retraining_summary(facts: RetrainingFacts, manifest: Mapping[str, Any], report: str | None, common: Common) -> None:
    """Say what was decided and by which rows, and where the model is."""
    verdict = facts.verdict
    lines = {
        "promoted" if verdict.promoted else "not promoted": verdict.why,
        "held back": facts.held_back,
        "scores": _scores(facts),
        "estimate": estimate_line(manifest["estimate"]),
        "champion": "" if verdict.promoted else f"{facts.champion} stays as it is",
        "model": facts.written,
        "report": report or "",
    }
    width = max(map(len, lines)) + 2
    for name, text in lines.items():
        if text:
            say_named(name.ljust(width), text, common)


def _scores(facts: RetrainingFacts) -> str:
    verdict = facts.verdict
    if verdict.champion is None or verdict.challenger is None:
        return ""
    return (
        f"{verdict.metric} {score(verdict.champion)} champion, {score(verdict.challenger)} challenger, "
        f"{score(verdict.baseline)} constant"
    )
