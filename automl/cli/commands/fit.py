"""``automl fit``: from a table and a target column to a model file and its report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from automl.cli.options import NAMES, Common, Number, common_options, given_names, reading_options, types_option, weaker
from automl.cli.recording import begin_recording, fitted, run_log_options

if TYPE_CHECKING:
    from automl.events import Sink
    from automl.search.stop import StopToken
    from automl.settings import FitSettings
    from automl.workflow import FitResult

__all__ = ["command"]

HELP = """\b
Examples:
  automl fit train.csv --target churn
  automl fit train.csv --target churn --time-budget 10m --metric roc_auc
  automl fit train.csv --target price --trials 50 --seed 7 --output price.automl
  zcat train.csv.gz | automl fit - --target churn --output churn.automl
  automl fit train.csv --target churn --dry-run

Read DATA (file, folder, address or '-'), clean it, search models within the time budget, and write the best one
to a file with an honest estimate of how good it is, and a report beside it.
"""


#: Options of which one is meant; a stronger source than the others' decides.
_EXCLUSIVE = (("report", "no_report"), ("folds", "holdout", "fold_column"), ("costs", "threshold_for"))


@click.command("fit", help=HELP, short_help="Read, clean, search, write the model file and its report.")
@click.argument("data")
@click.option("-t", "--target", metavar="COLUMN", required=True, help="The column to predict.")
@click.option("--time-budget", metavar="TIME", help="For the whole command: 60, 90s, 10m, 2h [default: 5m].")
@click.option(
    "--trials", type=int, metavar="N", help="Try N candidates; alone it sets no time limit and is repeatable."
)
@click.option(
    "--patience",
    metavar="N",
    help="End once N tuned candidates in a row gained nothing; off for never [default: 100 up to 1,000 rows].",
)
@click.option("-m", "--metric", metavar="NAME", help="What to optimise; 'automl list metrics' shows them.")
@click.option("-o", "--output", metavar="FILE", help="The model file [default: STEM.automl in this folder].")
@click.option("--overwrite", is_flag=True, help="Replace the output if it exists.")
@click.option("--resume", is_flag=True, help="Go on with an unfinished search; begin one where there is none.")
@click.option("--report", metavar="FILE", help="The report [default: STEM.html beside the output].")
@click.option("--no-report", is_flag=True, help="Write no report.")
@click.option("--seed", type=int, metavar="N", help="Of every random draw [default: 0].")
@click.option("--task", metavar="TASK", help="binary, multiclass or regression [default: found from the target].")
@click.option("--families", type=NAMES, multiple=True, metavar="NAMES", help="Only these, separated by commas.")
@click.option("--exclude", type=NAMES, multiple=True, metavar="NAMES", help="All families but these.")
@click.option("--folds", type=int, metavar="N", help="Cross-validation folds [default: by size].")
@click.option("--holdout", type=Number(), metavar="SHARE", help="Validate on this share of the rows instead of folds.")
@click.option("--test-data", metavar="FILE", help="Labelled rows that only the estimate sees.")
@click.option("--group", metavar="COLUMN", help="Rows of one group stay in one fold.")
@click.option("--time", metavar="COLUMN", help="Train on the past, validate on what follows.")
@click.option("--time-gap", metavar="GAP", help="Leave this much time between both: 12h, 7d, 2w; 30 if it is a number.")
@click.option("--weight", metavar="COLUMN", help="How much each row counts.")
@click.option("--fold-column", metavar="COLUMN", help="The fold of each row, given by you.")
@click.option("--drop", type=NAMES, multiple=True, metavar="COLUMNS", help="Not features.")
@click.option("--id", type=NAMES, multiple=True, metavar="COLUMNS", help="Identifiers: not features.")
@click.option("--drop-duplicates", is_flag=True, help="Keep one of each set of equal rows.")
@click.option(
    "--monotone",
    type=NAMES,
    multiple=True,
    metavar="COLUMN=+|-",
    help="Predictions may only rise (+) or fall (-) with the column.",
)
@click.option("--class-weight", metavar="balanced", help="Let rare classes count as much while models learn.")
@click.option("--optimize", metavar="WHAT", help="accuracy, speed or size of the model [default: accuracy].")
@click.option("--costs", metavar="fp=A,fn=B", help="Binary: what a false alarm and a missed positive row cost.")
@click.option("--threshold-for", metavar="recall=SHARE", help="Binary: reach this recall (or precision=SHARE).")
@click.option("--interval-by", metavar="COLUMN", help="Bounds of predictions hold for each value of this category.")
@click.option("--positive", metavar="LABEL", help="The positive class [default: 1/yes/true, else the rarer].")
@click.option("--min-score", type=Number(), metavar="VALUE", help="Exit with 1 where the estimate is worse than this.")
@click.option("--jobs", type=int, metavar="N", help="Worker processes [default: one per core].")
@click.option("--executor", metavar="WHERE", help="local, or dask for the workers of a cluster [default: local].")
@click.option("--scheduler", metavar="ADDRESS", help="Of the Dask cluster, as tcp://host:8786, or its scheduler file.")
@click.option("--device", metavar="WHERE", help="cpu, gpu for the boosters, or auto: where one is [default: cpu].")
@click.option("--max-memory", metavar="SIZE", help="At most this much, such as 2GB [default: what there is].")
@click.option("--work-dir", metavar="DIR", help="Folder for state [default: beside the output].")
@click.option("--sign-key", metavar="FILE", help="Sign the model file with this private key (Ed25519, PEM).")
@click.option("--no-reference-rows", is_flag=True, help="Keep no training rows in the model file; monitor needs a few.")
@click.option("--log-file", metavar="FILE", help="Write every event there, as JSON lines.")
@click.option("--dry-run", is_flag=True, help="Read, profile and say the plan; train nothing.")
@run_log_options
@types_option
@reading_options
@common_options
@click.pass_context
def command(
    context: click.Context,
    /,
    dry_run: bool,
    log_file: str | None,
    runs: str | None,
    no_log: bool,
    **raw: Any,
) -> int:
    """Resolve the options, then plan or fit."""
    from automl.cli.outputs import check_log
    from automl.resolving import resolve_fit_settings
    from automl.search.stop import StopToken

    token = StopToken()
    raw["identifiers"] = raw.pop("id")
    for option in ("families", "exclude", "drop", "identifiers", "types", "monotone"):
        raw[option] = given_names(raw[option])
    for group in _EXCLUSIVE:
        for option in weaker(context, [option for option in group if raw[option]]):
            del raw[option]
    if dry_run:
        # It writes nothing, so that nothing is in its way.
        raw["overwrite"] = True
    settings = resolve_fit_settings(**raw)
    common = context.ensure_object(Common)
    if dry_run:
        return _plan(settings, common)
    sign_key = None if settings.sign_key is None else str(settings.sign_key)
    inputs = {"data": settings.data, "test data": settings.test_data, "key": sign_key, "run log": runs}
    check_log(log_file, inputs, {"--output": settings.output, "--report": settings.report})
    names = {"target": settings.target, "data": settings.data_name}
    begin_recording(common, "fit", settings.to_dict(), runs, no_log=no_log, **names)
    return _fit(settings, common, token, log_file)


def _plan(settings: FitSettings, common: Common) -> int:
    """Say what a fit would do."""
    from automl.cli.render.plan import print_plan
    from automl.cli.render.progress import progress_sink
    from automl.cli.render.streams import print_json

    with progress_sink(common) as sink:
        from automl import workflow

        plan = workflow.plan(settings, sink)
    if common.json:
        print_json(plan)
    else:
        print_plan(plan, settings, common)
    return 0


def _fit(settings: FitSettings, common: Common, token: StopToken, log_file: str | None) -> int:
    """Fit; the best model so far is on disk when this returns, also after a signal."""
    from automl.cli.exit_codes import ExitCode
    from automl.cli.fitting import carried_out
    from automl.search.loop import CANNOT_WRITE

    def work(sink: Sink, started: float) -> FitResult:
        from automl import workflow

        return workflow.fit(settings, sink, token, started=started)

    def tell(result: FitResult) -> None:
        fitted(common, result.manifest, result.model_path)
        _print_result(result, common)

    result, stopped = carried_out(work, tell, common, token, log_file)
    if stopped is not None:
        return stopped
    if result.manifest["stopped_by"] == CANNOT_WRITE:
        return ExitCode.CANNOT_WRITE
    return ExitCode.DONE if result.min_score_met else ExitCode.ANSWER_IS_NO


def _print_result(result: FitResult, common: Common) -> None:
    """Print the path (or the JSON object) to standard output, and the summary to standard error."""
    from automl.cli.render.streams import print_json, print_result
    from automl.cli.render.summary import fit_summary

    if not common.quiet:
        fit_summary(result, common)
    if common.json:
        report = None if result.report_path is None else str(result.report_path)
        print_json({**result.manifest, "path": str(result.model_path), "report": report})
    else:
        print_result(str(result.model_path))
