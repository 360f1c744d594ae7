"""``automl compare``: is the second model better than the first, on the same labelled rows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from automl.cli.options import Common, common_options, read_options, reading_options

if TYPE_CHECKING:
    from automl.report.comparison_facts import ComparisonFacts

__all__ = ["command"]

HELP = """\b
Examples:
  automl compare champion.automl challenger.automl --data labelled.csv
  automl compare champion.automl challenger.automl --data labelled.csv --by region --output comparison.html
  automl compare a.automl b.automl --data labelled.csv --json | jq .verdict
  automl compare a.automl b.automl --data new.csv > /dev/null && mv b.automl a.automl

Score MODEL_A and MODEL_B on the rows of --data whose target is known, rows that neither was fitted to, and say
whether B is better, worse, or not told apart. Exit code 0 where B is better, otherwise 1.
"""


@click.command("compare", help=HELP, short_help="Champion and challenger on the same labelled rows.")
@click.argument("model_a")
@click.argument("model_b")
@click.option("--data", required=True, metavar="DATA", help="Labelled rows: file, folder, address or '-'.")
@click.option("--metric", metavar="NAME", help="What decides [default: what A was made for].")
@click.option("--by", metavar="COLUMN", help="Compare on each level of this column, too.")
@click.option("-o", "--output", metavar="FILE", help="Write a report: .html, .md or .json.")
@reading_options
@common_options
@click.pass_obj
def command(
    common: Common,
    /,
    model_a: str,
    model_b: str,
    data: str,
    metric: str | None,
    by: str | None,
    output: str | None,
    **reading: Any,
) -> int:
    """Read the rows, score both models, say which is better."""
    options = read_options(reading)
    if output is not None:
        from automl.cli.outputs import check_report

        check_report(output, {"model": model_a, "challenger": model_b, "data": data})

    from automl.bundle import read_names
    from automl.cli.exit_codes import ExitCode
    from automl.cli.render.scoring import counted_lines, print_lines
    from automl.operate.comparison import compare
    from automl.report.comparison_views import told_comparison
    from automl.tables import read_table

    options = options.naming(read_names(Path(model_a)))
    table = read_table(data, options)
    facts = compare(Path(model_a), Path(model_b), table, by, metric)
    if output is not None:
        from automl.files import write_text
        from automl.report.rendering import report_format
        from automl.report.telling import render_told

        write_text(Path(output), render_told(facts, report_format(output), told_comparison))
    if common.json:
        from automl.cli.render.streams import print_json

        print_json({**facts.to_dict(), **counted_lines(table.findings), "output": output})
    else:
        from automl.cli.render.telling import print_told

        print_told(told_comparison(facts), output, common)
        if not common.quiet:
            print_lines(table.findings)
            _print_unfitting(facts)
    return ExitCode.DONE if facts.verdict == "b" else ExitCode.ANSWER_IS_NO


def _print_unfitting(facts: ComparisonFacts) -> None:
    """Say which cells did not fit: once where they are the same for both models."""
    from automl.cli.render.scoring import print_unfitting

    sides = (facts.a.unparsed, facts.a.unseen), (facts.b.unparsed, facts.b.unseen)
    if sides[0] == sides[1]:
        print_unfitting(*sides[0])
    else:
        for model, side in zip("AB", sides, strict=True):
            print_unfitting(*side, model)
