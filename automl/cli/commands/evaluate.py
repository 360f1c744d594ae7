"""``automl evaluate``: how good a model is on labelled rows, and whether that is what it promised."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from automl.cli.options import NAMES, Common, Number, common_options, given_names, read_options, reading_options

if TYPE_CHECKING:
    from automl.report.evaluation_facts import EvaluationFacts
    from automl.tables import Table

__all__ = ["command"]

HELP = """\b
Examples:
  automl evaluate churn.automl labelled.csv
  automl evaluate churn.automl labelled.csv --output evaluation.html --by region
  automl evaluate churn.automl labelled.csv --threshold 0.3 --fairness sex,region
  automl evaluate churn.automl labelled.csv --json | jq .metrics.roc_auc
  automl evaluate churn.automl labelled.csv --min-score 0.8 > /dev/null || echo "not good enough"

Score MODEL on the rows of DATA (file, folder, address or '-') whose target is known: every metric that fits, each
with its 95 % interval, beside one answer for every row and beside the estimate that the model file promises.
"""


@click.command("evaluate", help=HELP, short_help="Score a model on labelled rows; hold it against its promise.")
@click.argument("model")
@click.argument("data")
@click.option("-o", "--output", metavar="FILE", help="Write a report: .html, .md or .json.")
@click.option("--by", metavar="COLUMN", help="Score each level of this column on its own.")
@click.option(
    "--fairness",
    type=NAMES,
    multiple=True,
    metavar="COLUMNS",
    help="Binary: how decisions fall on these columns' groups.",
)
@click.option("--metric", type=NAMES, multiple=True, metavar="NAMES", help="Tell these too, such as pinball_0.9.")
@click.option(
    "--threshold",
    type=Number(0, 1),
    metavar="P",
    help="Binary: positive from this probability on [default: the model's].",
)
@click.option("--min-score", type=Number(), metavar="VALUE", help="Exit with 1 where the score is worse than this.")
@reading_options
@common_options
@click.pass_obj
def command(
    common: Common,
    /,
    model: str,
    data: str,
    output: str | None,
    by: str | None,
    fairness: tuple[tuple[str, ...], ...],
    metric: tuple[tuple[str, ...], ...],
    threshold: float | None,
    min_score: float | None,
    **reading: Any,
) -> int:
    """Read the rows, score them, say what was found."""
    options = read_options(reading)
    if output is not None:
        from automl.cli.outputs import check_report

        check_report(output, {"model": model, "data": data})

    from automl.assessing import evaluate
    from automl.bundle import read_names
    from automl.cli.exit_codes import ExitCode
    from automl.tables import read_table

    table = read_table(data, options.naming(read_names(Path(model))))
    facts = evaluate(
        Path(model),
        table,
        by,
        min_score,
        threshold,
        given_names(fairness) or (),
        given_names(metric) or (),
    )
    if output is not None:
        _write(facts, output)
    _show(facts, table, output, common)
    return ExitCode.DONE if facts.min_score_met else ExitCode.ANSWER_IS_NO


def _write(facts: EvaluationFacts, output: str) -> None:
    from automl.files import write_text
    from automl.report.evaluation_report import render_evaluation
    from automl.report.rendering import report_format

    write_text(Path(output), render_evaluation(facts, report_format(output)))


def _show(facts: EvaluationFacts, table: Table, output: str | None, common: Common) -> None:
    """Print the JSON object or the tables to standard output."""
    from automl.cli.render.scoring import counted_lines, print_lines

    if common.json:
        from automl.cli.render.streams import print_json

        print_json({**facts.to_dict(), **counted_lines(table.findings), "output": output})
        return
    from automl.cli.render.evaluation import print_evaluation

    print_evaluation(facts, output, common)
    if not common.quiet:
        print_lines(table.findings)
