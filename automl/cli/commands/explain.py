"""``automl explain``: which columns matter, and what each contributed to a row's prediction."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from automl.cli.options import NAMES, Common, common_options, given_names, read_options, reading_options, typed_options

if TYPE_CHECKING:
    from automl.explanation import Explanation
    from automl.report.rendering import ReportFormat
    from automl.tables import ReadOptions, Table

__all__ = ["command"]

HELP = """\b
Examples:
  automl explain churn.automl
  automl explain churn.automl customers.csv
  automl explain churn.automl customers.csv --rows 17,40:45
  automl explain churn.automl customers.csv --fixed age,country
  automl explain churn.automl customers.csv --output why.html
  automl explain churn.automl customers.csv --json | jq '.rows[0].contributions'

Say which columns MODEL relies on and, for rows of DATA (file, folder, address or '-'), what each column added to
the prediction. Contributions add up to the prediction less the average prediction. With the target in DATA, importance
is the loss of score when a column's values are shuffled; without, how much predictions move. For classes it also says
what would flip the decision, leaving --fixed columns as they are. With --output it also shows how the prediction
depends on the most important columns, which of them interact, and a small tree that imitates the model.
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
@click.option("--fixed", type=NAMES, multiple=True, metavar="COLUMNS", help="Columns that cannot be changed.")
@click.option("-o", "--output", metavar="FILE", help="Write a report of it: .html, .md or .json.")
@reading_options
@common_options
@click.pass_obj
def command(
    common: Common,
    /,
    model: str,
    data: str | None,
    rows: str,
    fixed: tuple[tuple[str, ...], ...],
    output: str | None,
    **reading: Any,
) -> int:
    """Explain the model and, where there is data, some of its rows."""
    started = time.monotonic()
    from automl.cli.outputs import check_report

    if data is None:
        _check_nothing_is_asked_of_data(("rows", "fixed", *reading))
    options = read_options(reading)
    wanted = None if output is None else check_report(output, {"model": model, "data": data})
    table = None if data is None else _read(model, data, options)
    explanation = _explain(model, table, rows, given_names(fixed) or (), with_behaviour=output is not None)
    _write(explanation, output, wanted)
    _show(explanation, table, output, common, started)
    return 0


def _write(explanation: Explanation, output: str | None, wanted: ReportFormat | None) -> None:
    if output is not None and wanted is not None:
        from pathlib import Path

        from automl.explanation.rendering import render_explanation
        from automl.files import write_text

        write_text(Path(output), render_explanation(explanation, wanted))


def _show(explanation: Explanation, table: Table | None, output: str | None, common: Common, started: float) -> None:
    """Print the JSON object, where the report is, or the explanation itself."""
    from automl.cli.render.scoring import counted_lines, print_lines, print_unfitting

    if common.json:
        from automl.cli.render.streams import print_json

        lines = {} if table is None else counted_lines(table.findings)
        print_json({**explanation.to_dict(), **lines, "output": output, "seconds": time.monotonic() - started})
        return
    if output is not None:
        from automl.cli.render.streams import print_result

        print_result(output)
        if not common.quiet:
            print_unfitting(explanation.unparsed, explanation.unseen)
    else:
        from automl.cli.render.explanation import print_explanation

        print_explanation(explanation, common)
    if table is not None and not common.quiet:
        print_lines(table.findings)


def _check_nothing_is_asked_of_data(names: Iterable[str]) -> None:
    """Refuse options that are typed where there is no data that they could be about; a file of defaults may hold them.

    Raises
    ------
    UsageError
        Naming them.
    """
    if typed := typed_options(names):
        from automl.arguments import option_name
        from automl.errors import UsageError

        options = " and ".join(map(option_name, typed))
        verb = "needs" if len(typed) == 1 else "need"
        raise UsageError(
            f"{options} {verb} DATA, which is not given.",
            "Name the data: 'automl explain MODEL DATA', then the options.",
        )


def _read(model: str, data: str, options: ReadOptions) -> Table:
    """Read the data; a wrong model file is said before a large table is read."""
    from pathlib import Path

    from automl.bundle import read_names
    from automl.tables import read_table

    return read_table(data, options.naming(read_names(Path(model))))


def _explain(
    model: str, table: Table | None, rows: str, fixed: tuple[str, ...], *, with_behaviour: bool
) -> Explanation:
    from dataclasses import replace
    from pathlib import Path

    from automl.arguments import parse_positions
    from automl.explanation import describe_behaviour, explain_rows, explain_without_data

    if table is None:
        return explain_without_data(Path(model))
    explanation = explain_rows(Path(model), table, parse_positions(rows, len(table.cells)), fixed)
    if not with_behaviour:
        return explanation
    return replace(explanation, behaviour=describe_behaviour(Path(model), table, explanation.importance))
