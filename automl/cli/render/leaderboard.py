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
            f"{each.weight:.3f}" if each.weight else "",
            each.status,
        )
        for each in facts.candidates
    ]
    columns = ("rank", "family", facts.metric, "spread", "took", "found at", "weight", "status")
    title = f"Candidates of {facts.model} ({facts.metric}, {direction} is better)"
    print_table(title, columns, rows, common, numeric=("rank", facts.metric, "spread", "took", "found at", "weight"))
