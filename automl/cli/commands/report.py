"""``automl report``: a model's report, written again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from automl.cli.options import Common, common_options

if TYPE_CHECKING:
    from automl.report import ReportFormat

__all__ = ["command"]

HELP = """\b
Examples:
  automl report churn.automl --output churn.html
  automl report churn.automl --output churn.md
  automl report churn.automl --output -
  automl report churn.automl --card --output README.md

Write the report of MODEL again, from the facts stored in it: one self-contained page (.html), Markdown (.md) or JSON
(.json); with '-' Markdown to standard output. With --card the same facts as a model card.
"""


@click.command("report", help=HELP, short_help="Write a model's report again (html, md, json).")
@click.argument("model")
@click.option("-o", "--output", metavar="FILE", required=True, help=".html, .md or .json; '-' for standard output.")
@click.option("--card", is_flag=True, help="A model card (.md) with the headings that model hubs use.")
@common_options
@click.pass_obj
def command(common: Common, model: str, output: str, card: bool) -> int:
    """Read the facts and render them."""
    started = time.monotonic()
    from pathlib import Path

    from automl.cli.outputs import check_report
    from automl.cli.render.streams import print_json, print_result
    from automl.errors import UsageError
    from automl.files import write_text

    if output == "-":
        if common.json:
            raise UsageError(
                "--json needs an --output file: the report has to go somewhere.", "Add --output FILE.json."
            )
        print_result(_text(model, "md", card=card).rstrip("\n"))
        return 0
    wanted = check_report(output, {"model": model})
    if card and wanted != "md":
        raise UsageError(f"A model card is Markdown, and '{output}' is not.", "Give it a name that ends in .md.")
    write_text(Path(output), _text(model, wanted, card=card))
    if common.json:
        print_json({"model": model, "output": output, "format": wanted, "seconds": time.monotonic() - started})
    else:
        print_result(output)
    return 0


def _text(model: str, wanted: ReportFormat, *, card: bool) -> str:
    from pathlib import Path

    from automl.bundle import read_facts
    from automl.report import render
    from automl.report.card import render_card

    facts = read_facts(Path(model))
    return render_card(facts) if card else render(facts, wanted)
