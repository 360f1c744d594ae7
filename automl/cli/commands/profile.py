"""``automl profile``: what is in a table and what is wrong with it."""

from __future__ import annotations

from typing import Any

import click

from automl.cli.options import Common, common_options, read_options, reading_options

__all__ = ["command"]

HELP = """\b
Examples:
  automl profile train.csv
  automl profile train.csv --target churn
  automl profile train.csv --json | jq '.findings[].code'

Say what each column of DATA (a path, or '-' for standard input) is, how much is missing, and what was found: constant
columns, identifiers, duplicates and, with a target, leaks.
"""


@click.command("profile", help=HELP, short_help="What is in a table and what is wrong with it.")
@click.argument("data")
@click.option("-t", "--target", metavar="COLUMN", help="The column to predict.")
@reading_options
@common_options
@click.pass_obj
def command(common: Common, /, data: str, target: str | None, **reading: Any) -> int:
    """Read, type and profile the table."""
    options = read_options(reading)
    from automl.preparation.profile import profile
    from automl.preparation.target import require_column
    from automl.tables import infer_schema, read_table

    table = read_table(data, options)
    if target is not None:
        require_column(table, target)
    facts = profile(table, infer_schema(table, target=target), target).to_dict()
    if common.json:
        from automl.cli.render.streams import print_json

        print_json({"source": data, **facts})
    else:
        from automl.cli.render.profile import print_profile

        print_profile(facts, data, common)
    return 0
