"""``automl clean``: the cleaned table, and the log of every change."""

from __future__ import annotations

import time
from typing import Any

import click

from automl.cli.options import NAMES, Common, common_options, given_names, read_options, reading_options

__all__ = ["command"]

HELP = """\b
Examples:
  automl clean raw.csv --output clean.csv
  automl clean raw.csv --steps trim,missing --output clean.parquet
  automl clean raw.csv --output clean.csv --json | jq .changes

Write DATA (a path, or '-' for standard input) again with one delimiter and encoding, trimmed, numbers and dates in one
spelling, missing cells empty; say every change on standard error. Cleaning the result again changes nothing.
"""


@click.command("clean", help=HELP, short_help="Write the cleaned table, and the log of every change.")
@click.argument("data")
@click.option(
    "-o", "--output", metavar="FILE", help=".csv, .tsv, .parquet or .jsonl [default: CSV to standard output]."
)
@click.option("--steps", type=NAMES, multiple=True, metavar="NAMES", help="Only these [default: all but duplicates].")
@reading_options
@common_options
@click.pass_obj
def command(
    common: Common, /, data: str, output: str | None, steps: tuple[tuple[str, ...], ...], **reading: Any
) -> int:
    """Read the table, clean it, write it and its log."""
    started = time.monotonic()
    from automl.cli.rows import open_rows, rows_place

    place = rows_place(output, {"data": data}, common)
    options = read_options(reading)

    from automl.cli.render.changes import print_changes
    from automl.cli.render.streams import print_json
    from automl.preparation.cleaning import DEFAULT_STEPS, clean
    from automl.tables import infer_schema, read_table

    table = read_table(data, options)
    cleaned = clean(table, infer_schema(table), given_names(steps) or DEFAULT_STEPS)
    with open_rows(place) as rows:
        rows.write(cleaned.cells)
    if not common.quiet:
        print_changes(cleaned.changes, table.findings)
    if common.json:
        summary = {
            "rows": len(cleaned.cells),
            "changes": [change.to_dict() for change in cleaned.changes],
            "findings": [finding.to_dict() for finding in table.findings],
            "output": output,
        }
        print_json({**summary, "seconds": time.monotonic() - started})
    return 0
