"""The candidates of a fit as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from automl.cli.options import Common
from automl.cli.render.numbers import duration, score
from automl.cli.render.tables import print_table

if TYPE_CHECKING:
    from automl.report.facts import ReportFacts

__all__ = ["print_leaderboard"]


def print_leaderboard(facts: ReportFacts, common: Common) -> None:
    """Print every candidate, best first."""
    direction = "higher" if facts.greater_is_better else "lower"
    rows = [
        (
            each.rank,
            each.family,
            score(each.score),
            score(each.spread),
            duration(each.seconds),
            duration(each.found_at),
            _gain(each.gain),
            f"{each.weight:.3f}" if each.weight else "",
            each.status,
        )
        for each in facts.candidates
    ]
    columns = ("rank", "family", facts.metric, "spread", "took", "found at", "gain", "weight", "status")
    title = f"Candidates of {facts.model} ({facts.metric}, {direction} is better)"
    numeric = ("rank", facts.metric, "spread", "took", "found at", "gain", "weight")
    print_table(title, columns, rows, common, numeric=numeric)


def _gain(gain: float | None) -> str:
    """Return by how much the blend got better when the candidate was found; nothing where it did not."""
    return f"{gain:.2g}" if gain is not None and gain > 0 else ""
