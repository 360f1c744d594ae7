"""``automl monitor``: has the data changed, or the model's quality."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from automl.cli.options import Common, common_options, read_options, reading_options
from automl.cli.recording import begin_recording, monitored, run_log_options, target_of, written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from automl.report.monitoring_facts import MonitoringFacts
    from automl.tables import Table

__all__ = ["command"]

HELP = """\b
Examples:
  automl monitor train.automl today.csv
  automl monitor train.automl today.csv --fail-on performance || echo 'time to retrain'
  automl monitor train.automl monday.csv tuesday.csv wednesday.csv --output week.html
  automl monitor train.automl year.csv --since ordered_at --window 1w --output year.html
  automl monitor train.automl today.csv --explain
  automl monitor train.automl today.csv --usual-rows 2000
  automl monitor train.automl today.csv --json | jq -c '.alarms[]' >> alarms.jsonl

Hold DATA, with or without the target, against what MODEL remembers of its training rows, and say what differs by
more than chance: the data, the distribution of columns and predictions, the model's score. Exit code 1 on an alarm,
otherwise 0.
"""


@click.command("monitor", help=HELP, short_help="Has the data changed, or the model's quality.")
@click.argument("model")
@click.argument("data", nargs=-1, required=True)
@click.option("--since", metavar="COLUMN", help="A column of times: the rows of each --window are a batch.")
@click.option("--window", metavar="TIME", default=None, help="With --since: 12h, 1d, 1w [default: 1d].")
@click.option(
    "--fail-on",
    type=click.Choice(("drift", "data", "performance", "any")),
    default="any",
    help="Which alarms count [default: any].",
)
@click.option(
    "--usual-rows",
    type=click.IntRange(min=1),
    metavar="N",
    help="Alarm on less than a fifth or more than five times as many rows [default: the median of four batches].",
)
@click.option("--explain", is_flag=True, help="Say which columns moved the predictions, and by how much.")
@click.option("-o", "--output", metavar="FILE", help="Write a report: .html, .md or .json.")
@run_log_options
@reading_options
@common_options
@click.pass_obj
def command(
    common: Common,
    /,
    model: str,
    data: tuple[str, ...],
    since: str | None,
    window: str | None,
    fail_on: str,
    usual_rows: int | None,
    explain: bool,
    output: str | None,
    runs: str | None,
    no_log: bool,
    **reading: Any,
) -> int:
    """Read the rows, hold them against the model, say what is an alarm."""
    if window is not None and since is None:
        raise click.UsageError("--window needs --since: the column that says when each row was.")
    options = read_options(reading)
    if output is not None:
        from automl.cli.outputs import check_report

        check_report(output, {"model": model, **{f"data ({name})": name for name in data}})

    from pathlib import Path

    from automl.bundle import read_names
    from automl.cli.exit_codes import ExitCode
    from automl.inputs import public_name
    from automl.operate.batches import parse_window
    from automl.operate.monitoring import monitor
    from automl.tables import read_table

    seconds = parse_window(window or "1d")
    settings = {
        "model": model,
        "since": since,
        "window": window,
        "fail_on": fail_on,
        "explain": explain,
        "usual_rows": usual_rows,
    }
    known = {"target": target_of(Path(model)), "data": ", ".join(map(public_name, data)), "output": output}
    begin_recording(common, "monitor", settings, runs, no_log=no_log, **known)
    options = options.naming(read_names(Path(model)))
    tables = [read_table(name, options) for name in data]
    facts = monitor(Path(model), tables, since, seconds, fail_on, explain=explain, usual_rows=usual_rows)
    monitored(common, facts, Path(model), tables)
    _tell(facts, tables, output, common)
    return ExitCode.ANSWER_IS_NO if facts.alarm else ExitCode.DONE


def _tell(facts: MonitoringFacts, tables: Sequence[Table], output: str | None, common: Common) -> None:
    """Write the report where one is asked for, and say what was found."""
    from automl.cli.render.scoring import counted_lines, print_lines
    from automl.report.monitoring_views import told_monitoring

    if output is not None:
        from pathlib import Path

        from automl.files import write_text
        from automl.report.rendering import report_format
        from automl.report.telling import render_told

        write_text(Path(output), render_told(facts, report_format(output), told_monitoring))
        written(common, Path(output))
    found = [finding for table in tables for finding in table.findings]
    if common.json:
        from automl.cli.render.streams import print_json

        print_json({**facts.to_dict(), **counted_lines(found), "output": output})
        return
    from automl.cli.render.telling import print_told

    print_told(told_monitoring(facts), output, common)
    if not common.quiet:
        print_lines(found)
