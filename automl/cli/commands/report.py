"""``automl report``: a model's report, written again."""

from __future__ import annotations

import time

import click

from automl.cli.options import Common, common_options

__all__ = ["command"]

HELP = """\b
Examples:
  automl report churn.automl --output churn.html
  automl report churn.automl --output churn.md
  automl report churn.automl --output -

Write the report of MODEL again, from the facts stored in it: one self-contained page (.html), Markdown (.md) or JSON
(.json); with '-' Markdown to standard output.
"""


@click.command("report", help=HELP, short_help="Write a model's report again (html, md, json).")
@click.argument("model")
@click.option("-o", "--output", metavar="FILE", required=True, help=".html, .md or .json; '-' for standard output.")
@common_options
@click.pass_obj
def command(common: Common, model: str, output: str) -> int:
    """Read the facts and render them."""
    started = time.monotonic()
    from pathlib import Path

    from automl.bundle import read_facts
    from automl.cli.render.streams import print_json, print_result
    from automl.errors import UsageError
    from automl.files import write_text
    from automl.report import render, report_format

    if output == "-":
        if common.json:
            raise UsageError(
                "--json needs an --output file: the report has to go somewhere.", "Add --output FILE.json."
            )
        print_result(render(read_facts(Path(model)), "md").rstrip("\n"))
        return 0
    wanted = report_format(output)
    if Path(output).resolve() == Path(model).resolve():
        raise UsageError(f"'{output}' is the model itself.", "Choose another --output.")
    write_text(Path(output), render(read_facts(Path(model)), wanted))
    if common.json:
        print_json({"model": model, "output": output, "format": wanted, "seconds": time.monotonic() - started})
    else:
        print_result(output)
    return 0
