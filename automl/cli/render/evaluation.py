"""An evaluation as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from automl.cli.options import Common
from automl.cli.render.scoring import print_unfitting
from automl.cli.render.streams import print_result, say, visible
from automl.cli.render.tables import print_table

if TYPE_CHECKING:
    from automl.report.evaluation_facts import EvaluationFacts

__all__ = ["print_evaluation"]

_WRITTEN_OUT = ("bounds-by-tenth", "quantiles", "worst", "gains", "classes", "offsets")


def print_evaluation(facts: EvaluationFacts, output: str | None, common: Common) -> None:
    """Print what was found; the longer tables are left to the report unless more is asked for."""
    from automl.report.evaluation_views import sections, verdict

    print_result(visible(f"{facts.model} on {facts.source}"))
    for sentence in verdict(facts):
        print_result(visible(f"  {sentence}"))
    print_result("")
    for section in sections(facts):
        if section.identifier not in _WRITTEN_OUT or common.verbose:
            header = section.header[:4] if section.identifier == "metrics" else section.header
            numeric = [header[place] for place in section.figures if place < len(header)]
            rows = [row[: len(header)] for row in section.rows]
            print_table(section.title, header, rows, common, numeric=numeric)
    if not common.quiet:
        print_unfitting(facts.unparsed, facts.unseen)
        if output is not None:
            say(visible(f"report: {output}"))
