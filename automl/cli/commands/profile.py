"""``automl profile``: what is in a table and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from automl.cli.options import Common, common_options, given_names, read_options, reading_options, types_option

__all__ = ["command"]

HELP = """\b
Examples:
  automl profile train.csv
  automl profile train.csv --target churn
  automl profile train.csv --target churn --test-data june.csv --output profile.html
  automl profile train.csv --json | jq '.findings[].code'

Say what was found in DATA (file, folder, address or '-'): constant columns, identifiers, duplicates, cells that do
not fit and, with a target, leaks; and what each column is, how its values are spread and how much is missing.
"""


@click.command("profile", help=HELP, short_help="What is in a table and what is wrong with it.")
@click.argument("data")
@click.option("-t", "--target", metavar="COLUMN", help="The column to predict.")
@click.option("--test-data", metavar="FILE", help="Rows that come later: say which columns are spread otherwise.")
@click.option("-o", "--output", metavar="FILE", help="Also write an HTML page.")
@types_option
@reading_options
@common_options
@click.pass_obj
def command(
    common: Common,
    /,
    data: str,
    target: str | None,
    test_data: str | None,
    output: str | None,
    types: tuple[tuple[str, ...], ...],
    **reading: Any,
) -> int:
    """Read, type and profile the table."""
    options = read_options(reading, target)
    from automl.cli.render.streams import print_json
    from automl.inputs import public_name, said_name
    from automl.preparation.profile import profile
    from automl.preparation.target import require_column
    from automl.tables import infer_schema, parse_kinds, read_table

    page = None if output is None else _page_place(output, {"data": data, "test data": test_data})
    kinds = parse_kinds(given_names(types) or ())
    table = read_table(data, options)
    if target is not None:
        require_column(table, target)
    later = None if test_data is None else read_table(test_data, options.beside(test_data))
    found = profile(table, infer_schema(table, target=target, kinds=kinds), target, later)
    if page is not None:
        from automl.files import write_text
        from automl.preparation.wording import source_name
        from automl.report.profile_page import render_profile

        write_text(page, render_profile(found, source_name(table.source), target))
    if common.json:
        print_json({"source": public_name(data), **found.to_dict(), "output": output})
    else:
        from automl.cli.render.profile import print_profile

        print_profile(found.to_dict(), said_name(data), common)
    return 0


def _page_place(output: str, inputs: Mapping[str, str | None]) -> Path:
    """Return where the page goes, or refuse it before any work."""
    from automl.errors import UsageError
    from automl.outputs import check_place

    path = Path(output)
    if path.suffix.lower() not in (".html", ".htm"):
        raise UsageError(f"The profile is written as HTML; '{output}' does not end so.", "Give --output NAME.html.")
    check_place(path, "--output", inputs, overwrite=True)
    return path
