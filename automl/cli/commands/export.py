"""``automl export``: the model in a form that other tools run."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from automl.cli.options import NAMES, Common, common_options, given_names

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["command"]

HELP = """\b
Examples:
  automl export churn.automl --to python score.py
  python score.py new.csv --proba > scores.csv
  automl export churn.automl --to sql score.sql --table customers --keep customer_id
  automl export churn.automl --to onnx churn.onnx
  automl export churn.automl --to mlflow churn_model
  automl export churn.automl --to docker churn_image

Write MODEL to OUTPUT in a form that other tools run. A script, a statement or a graph is held against the model before
it is written, on rows at its borders: what would predict something else is refused, and so is what cannot be said so.

\b
  python  one script that needs the standard library alone: linear models, trees, and blends of them
  sql     one SELECT for SQLite and DuckDB: linear models and small trees; columns are expected typed, as
          'automl clean' writes them
  onnx    a graph from typed columns to predictions: linear models, trees, and blends of them
  mlflow  a folder with the model file that MLflow loads, serves and registers, where automl is installed
  docker  a folder to build an image from that serves the model, and manifests for Kubernetes
"""

FORMATS = ("python", "sql", "onnx", "mlflow", "docker")
#: The forms that are folders.
FOLDERS = ("mlflow", "docker")


@click.command("export", help=HELP, short_help="The model in a form that other tools run.")
@click.argument("model")
@click.argument("output")
@click.option("--to", type=click.Choice(FORMATS), required=True, help="The form.")
@click.option("--table", metavar="NAME", help="sql: the table to score, such as customers or crm.customers.")
@click.option("--keep", type=NAMES, multiple=True, metavar="COLUMNS", help="sql: copy these columns to the answer.")
@click.option("--overwrite", is_flag=True, help="Replace OUTPUT where it exists.")
@common_options
@click.pass_obj
def command(
    common: Common,
    model: str,
    output: str,
    to: str,
    table: str | None,
    keep: tuple[tuple[str, ...], ...],
    overwrite: bool,
) -> int:
    """Derive, check and write."""
    started = time.monotonic()
    from pathlib import Path

    from automl.cli.render.streams import print_json, print_result
    from automl.errors import UsageError
    from automl.files import write_bytes
    from automl.outputs import check_place

    kept = given_names(keep) or ()
    if to == "sql" and table is None:
        raise UsageError("A statement needs the name of the table that it scores.", "Add --table NAME.")
    if to != "sql" and (table is not None or kept):
        raise UsageError(f"--table and --keep are for SQL, not for {to}.", "Leave them out, or use --to sql.")
    place = Path(output)
    if to in FOLDERS:
        _write_folder(place, Path(model), to, overwrite=overwrite)
    else:
        check_place(place, "OUTPUT", {"model": model}, overwrite=overwrite)
        write_bytes(place, _content(Path(model), to, table, kept))
    if common.json:
        seconds = time.monotonic() - started
        print_json({"model": model, "output": output, "format": to, "seconds": seconds})
    else:
        print_result(output)
    return 0


def _write_folder(place: Path, path: Path, wanted: str, *, overwrite: bool) -> None:
    from automl.bundle import load_model, read_golden
    from automl.export.folders import check_folder, new_folder

    check_folder(place, wanted, overwrite=overwrite)
    model = load_model(path)
    with new_folder(place, wanted) as made:
        if wanted == "mlflow":
            from automl.export.mlflow_folder import write_mlflow_folder

            write_mlflow_folder(made, path, model, read_golden(path))
        else:
            from automl.export.container import write_context

            write_context(made, path, model)


def _content(path: Path, wanted: str, table: str | None, keep: tuple[str, ...]) -> bytes:
    from automl.bundle import load_model, read_golden

    model, golden = load_model(path), read_golden(path)
    if wanted == "onnx":
        from automl.export.onnx.exporting import onnx_of

        return onnx_of(model, golden)
    if table is not None:
        from automl.export.sql.exporting import sql_of

        return sql_of(model, golden, table, keep).encode("utf-8")
    from automl.export.scripts import script_of

    return script_of(model, golden).encode("utf-8")
