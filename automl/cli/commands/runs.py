"""``automl runs``: what was fitted, when, and with what result."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from automl.cli.options import Common, Word, common_options, typed_options

if TYPE_CHECKING:
    from automl.operate.run_differences import Difference
    from automl.operate.run_log import Run

__all__ = ["command"]

HELP = """\b
Examples:
  automl runs
  automl runs list --target churn --limit 5
  automl runs show 12
  automl runs compare 11 12
  automl runs export --output runs.csv
  automl runs export --to mlflow --output sqlite:///mlflow.db

Show the record that each fit leaves: list, the newest first; show one; compare two; export
them as CSV, JSON, or to a tracking store of MLflow.
"""

_ACTIONS = {"list": 0, "show": 1, "compare": 2, "export": 0}
#: The actions that take an option.
_OPTIONS = {"target": ("export", "list"), "limit": ("export", "list"), "output": ("export",), "to": ("export",)}
_FORMS = ("csv", "json", "mlflow")
_SHOWN = 20
#: What SQLite can count up to.
_COUNT = click.IntRange(1, 2**63 - 1)


@click.command("runs", help=HELP, short_help="The record of what was fitted, and how well.")
@click.argument("action", type=Word("action", _ACTIONS), default="list")
@click.argument("numbers", metavar="[RUN]...", type=_COUNT, nargs=-1)
@click.option("-t", "--target", metavar="COLUMN", help="list, export: only runs of this target.")
@click.option("--limit", type=_COUNT, metavar="N", help="list, export: the last N [default: list 20].")
@click.option(
    "-o", "--output", metavar="FILE", help="export: .csv, .json, or the tracking store [default: CSV, shown]."
)
@click.option("--to", type=click.Choice(_FORMS), help="export: the form [default: by the ending of --output].")
@click.option("--runs", metavar="FILE", envvar="AUTOML_RUNS", help="The run log [default: in the folder for state].")
@common_options
@click.pass_obj
def command(
    common: Common,
    /,
    action: str,
    numbers: tuple[int, ...],
    target: str | None,
    limit: int | None,
    output: str | None,
    to: str | None,
    runs: str | None,
) -> int:
    """Read the run log and show what was asked for."""
    from automl.operate.run_log import count_runs, read_run, read_runs

    _check(action, numbers)
    path = _place(runs)
    if action == "export":
        _check_output(output, path)
        _export(read_runs(path, target, limit), output, to, common)
    elif action == "list":
        _list(read_runs(path, target, limit or _SHOWN), count_runs(path, target), path, common)
    else:
        found = [read_run(path, number) for number in numbers]
        (_show if action == "show" else _compare)(found, common)
    return 0


def _check(action: str, numbers: Sequence[int]) -> None:
    """Refuse what does not go with the action; a file of defaults may hold options of the others."""
    from automl.errors import UsageError

    wanted = _ACTIONS[action]
    if len(numbers) != wanted:
        needs = {0: "no number", 1: "the number of one run", 2: "the numbers of two runs"}[wanted]
        raise UsageError(f"'automl runs {action}' takes {needs}.", "'automl runs list' shows the numbers.")
    for option in typed_options(_OPTIONS):
        if action not in _OPTIONS[option]:
            raise UsageError(f"'automl runs {action}' has no --{option}.", f"Use 'runs {_OPTIONS[option][-1]}'.")


def _check_output(output: str | None, path: Path) -> None:
    """Refuse to export the run log over itself; MLflow's stores may be an address."""
    from automl.outputs import check_not_read

    if output is not None:
        check_not_read(Path(output.removeprefix("sqlite:///")), "--output", {"run log": str(path)})


def _place(runs: str | None) -> Path:
    """Return the file; that there is none to be known of is wrong usage of this command."""
    from automl.errors import UsageError, WriteError
    from automl.operate.run_log import runs_file

    try:
        return runs_file(runs)
    except WriteError as error:
        raise UsageError(error.message, error.hint) from error


def _list(runs: list[Run], recorded: int, path: Path, common: Common) -> None:
    from automl.cli.render.streams import print_json, say, visible
    from automl.cli.render.tables import print_table

    if common.json:
        print_json({"file": str(path), "recorded": recorded, "runs": [run.to_dict() for run in runs]})
    elif runs:
        from automl.cli.render.runs import LIST_COLUMNS, LIST_FIGURES, list_row

        print_table("Runs", LIST_COLUMNS, [list_row(run) for run in runs], common, numeric=LIST_FIGURES)
        if len(runs) < recorded and not common.quiet:
            say(f"The newest {len(runs):,} of {recorded:,} runs; --limit {recorded} shows all.")
    elif not common.quiet:
        say(visible(f"No run is recorded in '{path}'."))


def _show(found: list[Run], common: Common) -> None:
    from automl.cli.render.streams import print_json
    from automl.cli.render.tables import print_pairs
    from automl.operate.run_differences import flattened

    (run,) = found
    if common.json:
        print_json(run.to_dict())
    else:
        facts = flattened(run).items()
        print_pairs(f"Run {run.id}", [(name, value) for name, value in facts if value not in (None, [], "")])


def _compare(found: list[Run], common: Common) -> None:
    from automl.cli.render.streams import print_json, print_result
    from automl.cli.render.tables import print_table
    from automl.operate.run_differences import differences

    first, second = found
    differing = differences(first, second)
    if common.json:
        print_json({"a": first.id, "b": second.id, "differences": [_pair(each) for each in differing]})
    elif differing:
        rows = [(each.name, each.first, each.second) for each in differing]
        print_table("What differed", ("", f"run {first.id}", f"run {second.id}"), rows, common)
    else:
        print_result(f"Nothing differed between run {first.id} and run {second.id}.")


def _pair(each: Difference) -> dict[str, Any]:
    return {"name": each.name, "a": each.first, "b": each.second}


def _export(runs: list[Run], output: str | None, to: str | None, common: Common) -> None:
    from automl.cli.render.streams import print_json, print_result, say, visible
    from automl.operate.run_export import export_to_mlflow, runs_as_csv, runs_as_json

    form = _form(output, to, common)
    count = len(runs)
    if form == "mlflow":
        count = export_to_mlflow(runs, str(output))
    else:
        text = (runs_as_json if form == "json" else runs_as_csv)(runs)
        if output is None:
            print_result(text.removesuffix("\n"))
            return
        from automl.files import write_text

        write_text(Path(output), text)
    if common.json:
        print_json({"runs": count, "output": output})
    elif not common.quiet:
        say(visible(f"{count:,} runs to {output}"))


def _form(output: str | None, to: str | None, common: Common) -> str:
    from automl.errors import UsageError

    if output is None and (to == "mlflow" or common.json):
        option = "--to mlflow" if to == "mlflow" else "--json"
        raise UsageError(f"{option} needs --output: the runs have to go somewhere.", "Add --output FILE.")
    if to is not None:
        return to
    ending = ".csv" if output is None else Path(output).suffix.lower()
    if ending not in (".csv", ".json"):
        raise UsageError(f"The ending of '{output}' is not known.", "End it with .csv or .json, or add --to.")
    return ending.removeprefix(".")
