"""``automl retrain``: the same settings on new rows, promoted only where that is shown to be safe."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from automl.cli.options import SOURCES, Common, common_options, reading_options
from automl.cli.recording import begin_recording, fitted, run_log_options, target_of

if TYPE_CHECKING:
    from automl.events import Sink
    from automl.report.retraining_facts import RetrainingFacts
    from automl.retraining import RetrainRequest
    from automl.search.stop import StopToken
    from automl.workflow import FitResult

__all__ = ["command"]

HELP = """\b
Examples:
  automl retrain churn.automl march.csv
  automl retrain churn.automl march.csv --time-budget 10m --report retraining.html
  automl retrain churn.automl march.csv --add --train-data train.csv
  automl retrain churn.automl march.csv --promote-if not-worse
  automl retrain churn.automl march.csv --output next.automl || echo 'the champion stays'

Fit a challenger by the settings stored in MODEL on the new rows of DATA, its best candidates first. Champion and
challenger are compared on new rows that were held back from both: the newest where MODEL was fitted with --time.
Exit code 0 where the challenger was promoted: it is written over MODEL. Otherwise MODEL stays, the challenger is
written beside it as STEM.challenger.automl, and the exit code is 1.

By default the challenger has to be shown to be better: the 95 % interval of the difference lies above zero. Keeping a
champion that is not told apart costs nothing that can be measured, and what is not shown is not risked. --promote-if
not-worse is for those who want fresh models, and bear to lose a little: the interval must lie above minus a margin,
5 % of what the champion gains at least over a constant answer on the same rows.

Neither rule holds on rows that cannot judge: nothing is promoted where a column that the champion relies on went
silent or covers only part of its rows, where the champion is no better than chance, as with shuffled labels, or where
not even the challenger predicts the held-back rows half as well as the champion promised.
--trust-data says that the new rows are right and the world has changed.
"""


@click.command("retrain", help=HELP, short_help="Fit again on new rows; promote only what is shown to be better.")
@click.argument("model")
@click.argument("data")
@click.option(
    "--add/--replace", default=False, help="Learn from the earlier rows too, or the new ones alone [default]."
)
@click.option(
    "--train-data",
    type=SOURCES,
    multiple=True,
    metavar="FILE",
    help="The earlier rows; the model file does not hold them. Repeatable.",
)
@click.option(
    "--promote-if",
    type=click.Choice(("better", "not-worse")),
    default="better",
    help="What the held-back rows have to show [default: better].",
)
@click.option("--trust-data", is_flag=True, help="The new rows are right, however strange: the world has changed.")
@click.option("--time-budget", metavar="TIME", help="For the whole command, the comparison included [default: stored].")
@click.option("--trials", type=int, metavar="N", help="Try N candidates [default: stored].")
@click.option("--seed", type=int, metavar="N", help="Of every random draw [default: stored].")
@click.option("--jobs", type=int, metavar="N", help="Worker processes [default: stored, or one per core].")
@click.option("--device", metavar="WHERE", help="Boosters on cpu, auto or gpu, as for fit [default: stored].")
@click.option("--max-memory", metavar="SIZE", help="At most this much, such as 2GB [default: stored].")
@click.option("-o", "--output", metavar="FILE", help="Where a promoted model goes [default: over MODEL].")
@click.option("--overwrite", is_flag=True, help="Replace --output if it exists and is not MODEL.")
@click.option("--report", metavar="FILE", help="Write a report of the comparison: .html, .md or .json.")
@click.option("--work-dir", metavar="DIR", help="Folder for state [default: beside the output].")
@click.option("--sign-key", metavar="FILE", help="Sign the model file; needed where MODEL is signed.")
@click.option("--log-file", metavar="FILE", help="Write every event there, as JSON lines.")
@run_log_options
@reading_options
@common_options
@click.pass_obj
def command(
    common: Common,
    /,
    model: str,
    data: str,
    add: bool,
    train_data: tuple[str, ...],
    promote_if: str,
    trust_data: bool,
    output: str | None,
    overwrite: bool,
    report: str | None,
    log_file: str | None,
    runs: str | None,
    no_log: bool,
    **options: Any,
) -> int:
    """Check the request, fit and compare, say what stands."""
    from automl.cli.outputs import check_log, check_report
    from automl.inputs import public_name
    from automl.retraining import RetrainRequest, check_request
    from automl.search.stop import StopToken

    token = StopToken()
    request = RetrainRequest(
        model=Path(model),
        data=data,
        add=add,
        train_data=train_data,
        promote_if=promote_if,
        trust_data=trust_data,
        output=None if output is None else Path(output),
        overwrite=overwrite,
        options={**options, "allow_private_addresses": options["allow_private_addresses"] or None},
    )
    check_request(request)
    inputs = {**request.tables, "key": options["sign_key"]}
    if report is not None:
        check_report(report, {**inputs, "model": model}, "--report")
    check_log(log_file, {**inputs, "model": model, "run log": runs}, _outputs(request, report))
    settings = {"model": model, "add": add, "promote_if": promote_if, "trust_data": trust_data}
    settings |= {
        name: value for name, value in options.items() if value is not None and name not in ("query", "sign_key")
    }
    known = {"target": target_of(request.model), "data": public_name(data), "details": {"champion": model}}
    begin_recording(common, "retrain", settings, runs, no_log=no_log, **known)
    return _retrain(request, common, token, report, log_file)


def _outputs(request: RetrainRequest, report: str | None) -> dict[str, Path | None]:
    """Return what is or may be written, by what it is called."""
    return {
        "the model": request.place,
        "the challenger beside it": request.beside,
        "the model's own report": request.replaced_report,
        "--report": None if report is None else Path(report),
    }


def _retrain(
    request: RetrainRequest, common: Common, token: StopToken, report: str | None, log_file: str | None
) -> int:
    """Retrain; whatever comes of it is on disk when this returns, also after a signal."""
    from automl.cli.exit_codes import ExitCode
    from automl.cli.fitting import carried_out

    def work(sink: Sink, started: float) -> FitResult:
        from automl.retraining import retrain

        return retrain(request, sink, token, started)

    def tell(result: FitResult) -> None:
        _record(result, request, common)
        _tell(result, report, common)

    result, stopped = carried_out(work, tell, common, token, log_file)
    # A signal that comes once it was decided changes nothing any more.
    if _told_by(result).verdict.promoted:
        return ExitCode.DONE
    return ExitCode.ANSWER_IS_NO if stopped is None else stopped


def _told_by(result: FitResult) -> RetrainingFacts:
    """Return what a retraining says."""
    assert result.retraining is not None
    return result.retraining


def _record(result: FitResult, request: RetrainRequest, common: Common) -> None:
    verdict = _told_by(result).verdict
    fitted(
        common,
        result.manifest,
        result.model_path,
        champion=str(request.model),
        promoted=verdict.promoted,
        why=verdict.why,
        difference=verdict.difference,
        interval=verdict.interval,
    )


def _tell(result: FitResult, report: str | None, common: Common) -> None:
    """Write the report where one is asked for, and say what stands."""
    from automl.cli.render.retraining import retraining_summary
    from automl.cli.render.streams import print_json, print_result

    facts = _told_by(result)
    if report is not None:
        from automl.files import write_text
        from automl.report.rendering import report_format
        from automl.report.retraining_views import told_retraining
        from automl.report.telling import render_told

        write_text(Path(report), render_told(facts, report_format(report), told_retraining))
    if not common.quiet:
        retraining_summary(facts, result.manifest, report, common)
    if common.json:
        print_json({**facts.to_dict(), "path": str(result.model_path), "report": report, "model": result.manifest})
    else:
        print_result(str(result.model_path))
