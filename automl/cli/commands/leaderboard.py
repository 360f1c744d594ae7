"""``automl leaderboard``: every candidate that the fit tried."""

from __future__ import annotations

import click

from automl.cli.options import Common, common_options

__all__ = ["command"]

HELP = """\b
Examples:
  automl leaderboard churn.automl
  automl leaderboard churn.automl --json | jq '.candidates[0]'

List every candidate that the search tried, best first: its score in the metric's own units, the spread over folds, what
it cost, when it was found, by how much the blend got better then, and how much it weighs in the final model.
"""

FIELDS = ("rank", "family", "score", "spread", "seconds", "found_at", "gain", "weight", "status")


@click.command("leaderboard", help=HELP, short_help="Every candidate tried, its score, spread and time.")
@click.argument("model")
@common_options
@click.pass_obj
def command(common: Common, model: str) -> int:
    """Read the facts of the fit and print its candidates."""
    from pathlib import Path

    from automl.bundle import read_facts

    facts = read_facts(Path(model))
    if common.json:
        from automl.cli.render.streams import print_json

        candidates = [{field: getattr(each, field) for field in FIELDS} for each in facts.candidates]
        print_json({"model": facts.model, "metric": facts.metric, "candidates": candidates})
    else:
        from automl.cli.render.leaderboard import print_leaderboard

        print_leaderboard(facts, common)
    return 0
