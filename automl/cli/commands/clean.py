"""``automl clean``: the cleaned table, and the log of every change."""

from __future__ import annotations

import time
from typing import Any

import click

from automl.cli.options import NAMES, Common, common_options, given_names, read_options, reading_options
from automl.errors import UsageError

__all__ = ["chosen_steps", "command"]

HELP = """\b
Examples:
  automl clean raw.csv --output clean.csv
  automl clean raw.csv --steps parse --output plain.csv
  automl clean raw.csv --steps +duplicates,-types --output clean.parquet
  automl clean raw.csv --output clean.csv --json | jq .changes

Write DATA (a path, or '-' for standard input) again with one delimiter and encoding, trimmed, numbers and dates in one
spelling, missing cells empty; say every change on standard error. Cleaning the result again changes nothing.

\b
The steps, in their order; the first five are taken unless --steps names others:
  parse       the cells as they stood, in plain CSV; columns without a name are col_0, col_1, ...
  trim        no white space around a cell
  missing     a cell that says "missing" is empty
  types       numbers like 1234.5, dates in ISO 8601
  spelling    one spelling for each level of a category
  target      no rows without a target
  duplicates  of equal rows only the first
"""


@click.command("clean", help=HELP, short_help="Write the cleaned table, and the log of every change.")
@click.argument("data")
@click.option(
    "-o", "--output", metavar="FILE", help=".csv, .tsv, .parquet or .jsonl [default: CSV to standard output]."
)
@click.option(
    "--steps", type=NAMES, multiple=True, metavar="NAMES", help="Only these; or +NAME and -NAME [default: see above]."
)
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
    cleaned = clean(table, infer_schema(table), chosen_steps(given_names(steps) or (), DEFAULT_STEPS))
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


def chosen_steps(given: tuple[str, ...], default: tuple[str, ...]) -> tuple[str, ...]:
    """Return the steps that were asked for: those named, or the default ones with ``+more`` and without ``-less``.

    Raises
    ------
    UsageError
        If plain names stand among names with a sign.
    """
    signed = [name for name in given if name.startswith(("+", "-"))]
    if not signed:
        return given or default
    if len(signed) < len(given):
        raise UsageError(
            "--steps names steps both with and without a sign.", "Either list the steps, or change the default ones."
        )
    added = tuple(name[1:] for name in signed if name.startswith("+"))
    left_out = {name[1:] for name in signed if name.startswith("-")}
    unknown = left_out - {*default, *added}
    if unknown:
        raise UsageError(f"The step '{min(unknown)}' is not taken anyway.", f"The default is: {', '.join(default)}.")
    return tuple(name for name in (*default, *added) if name not in left_out)
