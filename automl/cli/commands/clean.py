"""``automl clean``: the cleaned table, and the log of every change."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from automl.cli.options import (
    NAMES,
    Common,
    common_options,
    formulas_option,
    given_names,
    read_options,
    reading_options,
    types_option,
)
from automl.errors import UsageError

if TYPE_CHECKING:
    from automl.preparation.cleaning import CleanedTable

__all__ = ["chosen_steps", "command"]

HELP = """\b
Examples:
  automl clean raw.csv --output clean.csv
  automl clean raw.csv --steps parse --output plain.csv
  automl clean raw.csv --steps +duplicates,-types --output clean.parquet
  automl clean raw.csv --output clean.csv --json | jq .changes

Write DATA (file, folder, address or '-') again with one delimiter and encoding, trimmed, numbers and dates in one
spelling, missing cells empty; say every change on standard error. Cleaning the result again changes nothing.
Parquet and JSON lines hold numbers, true and false as such, and Parquet dates without a zone, wherever no digit gets
lost by that; codes, levels, and numbers of more than 15 digits stay texts.

\b
The steps, in their order; the first five, and target with --target, are taken unless --steps names others:
  parse       the cells as they stood, in plain CSV; columns without a name are col_0, col_1, ...
  trim        no white space around a cell
  missing     a cell that says "missing" is empty
  types       numbers like 1234.5, dates in ISO 8601
  spelling    one spelling for each level of a category
  outliers    a number far out of the range of all others in its column is empty
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
@click.option("-t", "--target", metavar="COLUMN", help="Rows without a value in it are left out.")
@click.option("--log", "log", metavar="FILE", help="Write every change there, as JSON lines.")
@formulas_option
@types_option
@reading_options
@common_options
@click.pass_obj
def command(
    common: Common,
    /,
    data: str,
    output: str | None,
    steps: tuple[tuple[str, ...], ...],
    target: str | None,
    log: str | None,
    escape_formulas: bool,
    types: tuple[tuple[str, ...], ...],
    **reading: Any,
) -> int:
    """Read the table, clean it, write it and its log."""
    started = time.monotonic()
    from automl.cli.rows import has_dates, has_types, open_rows, rows_place

    place = rows_place(output, {"data": data}, common)
    log_place = None if log is None else _log_place(log, data, place)
    options = read_options(reading, target)

    from automl.cli.render.changes import change_lines, print_changes
    from automl.cli.render.streams import print_json
    from automl.files import write_text
    from automl.preparation.cleaning import DEFAULT_STEPS, clean
    from automl.preparation.columns import require_column
    from automl.preparation.typed_cells import typed_cells
    from automl.tables import Schema, infer_schema, parse_kinds, read_table
    from automl.tables.reading import BLOCK_ROWS

    kinds = parse_kinds(given_names(types) or ())
    default = DEFAULT_STEPS if target is None else (*DEFAULT_STEPS, "target")
    wanted = chosen_steps(given_names(steps) or (), default)
    table = read_table(data, options)
    if target is not None:
        require_column(table, target)
    # What the columns hold is no matter where the cells stay as they stand.
    schema = infer_schema(table, target, kinds) if kinds or set(wanted) != {"parse"} else Schema(())
    cleaned = clean(table, schema, wanted)
    if escape_formulas:
        cleaned = _escaped(cleaned)
    if log_place is not None:
        write_text(log_place, change_lines(cleaned.changes, table.findings))
    written = cleaned.cells
    # Without the step 'types' the cells are to stay the texts that they are.
    if has_types(place) and "types" in wanted:
        written = typed_cells(written, schema, dates=has_dates(place))
    with open_rows(place) as rows:
        for start in range(0, max(len(written), 1), BLOCK_ROWS):
            rows.write(written.iloc[start : start + BLOCK_ROWS])
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


def _escaped(cleaned: CleanedTable) -> CleanedTable:
    """Return the table as a spreadsheet may open it, with what that changed in its log."""
    from dataclasses import replace

    from automl.tables.formulas import FormulaEscaper

    escaper = FormulaEscaper()
    cells = escaper.escape(cleaned.cells)
    return replace(cleaned, cells=cells, changes=(*cleaned.changes, *escaper.changes))


def _log_place(log: str, data: str, output: Path | None) -> Path:
    """Return where the log goes, or refuse it before any work."""
    from automl.outputs import check_apart, check_place

    path = Path(log)
    check_place(path, "--log", {"data": data}, overwrite=True)
    check_apart({"--output": output, "--log": path})
    return path


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
