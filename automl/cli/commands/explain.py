"""``automl explain``: which columns matter, and what each contributed to a row's prediction."""

from __future__ import annotations

import time
from typing import Any

import click

from automl.cli.options import Common, common_options, read_options, reading_options

__all__ = ["command"]

HELP = """\b
Examples:
  automl explain churn.automl
  automl explain churn.automl customers.csv
  automl explain churn.automl customers.csv --rows 17,40:45
  automl explain churn.automl customers.csv --json | jq '.rows[0].contributions'

Say which columns MODEL relies on and, for rows of DATA (a path, or '-' for standard input), what each column added to
the prediction. Contributions add up to the prediction less the average prediction. With the target in DATA, importance
is the loss of score when a column's values are shuffled; without, how much predictions move.
"""


@click.command("explain", help=HELP, short_help="Which columns matter, and what each added to a row's prediction.")
@click.argument("model")
@click.argument("data", required=False)
@click.option(
    "--rows",
    default="0:10",
    show_default=True,
    metavar="ROWS",
    help="Rows to explain, counted from 0: '17', '0:10' (without the tenth), or several with commas.",
)
@reading_options
@common_options
@click.pass_obj
def command(common: Common, /, model: str, data: str | None, rows: str, **reading: Any) -> int:
    """Explain the model and, where there is data, some of its rows."""
    started = time.monotonic()
    options = read_options(reading)
    from pathlib import Path

    from automl.arguments import parse_positions
    from automl.explanation import explain_rows, explain_without_data

    if data is None:
        explanation = explain_without_data(Path(model))
    else:
        from automl.bundle import read_manifest
        from automl.tables import read_table

        read_manifest(Path(model))  # A wrong model file is said before a large table is read.
        table = read_table(data, options)
        chosen = parse_positions(rows, len(table.cells))
        explanation = explain_rows(Path(model), table, chosen)
    if common.json:
        from automl.cli.render.streams import print_json

        print_json({**explanation.to_dict(), "seconds": time.monotonic() - started})
    else:
        from automl.cli.render.explanation import print_explanation

        print_explanation(explanation, common)
    return 0
