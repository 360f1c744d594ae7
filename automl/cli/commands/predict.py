"""``automl predict``: one output row per input row, in order."""

from __future__ import annotations

import time
from typing import Any

import click

from automl.cli.options import (
    NAMES,
    Common,
    Number,
    common_options,
    formulas_option,
    given_names,
    read_options,
    reading_options,
)

__all__ = ["command"]

HELP = """\b
Examples:
  automl predict churn.automl new.csv --output scores.csv
  automl predict churn.automl new.csv --proba --keep customer_id > scores.csv
  automl predict churn.automl new.csv --threshold 0.3 --output scores.parquet
  automl predict price.automl new.csv --interval 0.9 --output bounds.csv
  zcat new.csv.gz | automl predict churn.automl - > scores.csv

Score every row of DATA (file, folder, address or '-') with MODEL. Columns are found by name; a cell that
cannot be read and a level never seen count as unknown and are said on standard error.
"""


@click.command("predict", help=HELP, short_help="Score rows, one output row per input row, in order.")
@click.argument("model")
@click.argument("data")
@click.option(
    "-o", "--output", metavar="FILE", help=".csv, .tsv, .parquet or .jsonl [default: CSV to standard output]."
)
@click.option("--proba", is_flag=True, help="Add one column proba_LABEL per class.")
@click.option(
    "--threshold",
    type=Number(0, 1),
    metavar="P",
    help="Binary: positive from this probability on [default: the model's].",
)
@click.option(
    "--interval",
    type=Number(),
    metavar="LEVEL",
    help="Add bounds that hold the truth this often, such as 0.9: lower and upper, or prediction_set.",
)
@click.option("--keep", type=NAMES, multiple=True, metavar="COLUMNS", help="Copy these columns of DATA to the output.")
@click.option("--require-signature", metavar="FILE", help="Refuse a model that was not signed with this public key.")
@click.option("--isolated", is_flag=True, help="Read the model in a process without network that uses little memory.")
@formulas_option
@reading_options
@common_options
@click.pass_obj
def command(
    common: Common,
    /,
    model: str,
    data: str,
    output: str | None,
    proba: bool,
    threshold: float | None,
    interval: float | None,
    keep: tuple[tuple[str, ...], ...],
    escape_formulas: bool,
    require_signature: str | None,
    isolated: bool,
    **reading: Any,
) -> int:
    """Load the model, then stream the rows through it."""
    started = time.monotonic()
    from automl.cli.rows import open_rows, rows_place

    place = rows_place(output, {"data": data, "model": model}, common)
    options = read_options(reading)

    from pathlib import Path

    from automl.bundle import load_model
    from automl.bundle.members import MOST_THREADS
    from automl.cli.render.scoring import print_notes
    from automl.cli.render.streams import print_json, say_named
    from automl.cli.scoring import Scoring
    from automl.models.booster_imports import import_boosters, share_cores
    from automl.tables import read_blocks

    key = None if require_signature is None else Path(require_signature)
    loaded = load_model(Path(model), key, isolated=isolated)
    if not isolated:
        share_cores(loaded.n_models, MOST_THREADS)
        import_boosters(loaded.families)
    elif not common.quiet:
        say_named("isolated  ", loaded.restrictions, common)
    kept = given_names(keep) or ()
    scoring = Scoring(
        loaded, proba=proba, threshold=threshold, keep=kept, level=interval, escape_formulas=escape_formulas
    )
    with open_rows(place) as rows:
        for block in read_blocks(data, options.naming(loaded.schema.names)):
            rows.write(scoring.score(block))
    if not common.quiet:
        print_notes(scoring.tally, output)
    if common.json:
        print_json({**scoring.tally.to_dict(), "output": output, "seconds": time.monotonic() - started})
    return 0
