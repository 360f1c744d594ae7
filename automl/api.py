"""The Python API: typed results, and nothing is ever printed."""

from __future__ import annotations

import tempfile
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from automl.arguments import checked_positions, split_names
from automl.bundle import load_model
from automl.bundle.model import Model
from automl.errors import UsageError
from automl.events import Silent, Sink
from automl.preparation.profile import TableProfile
from automl.preparation.profile import profile as profile_table
from automl.tables import Data, check_data, given_table, infer_schema, table_from_frame

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from automl.explanation import Explanation
    from automl.report.evaluation_facts import EvaluationFacts

__all__ = ["evaluate", "explain", "fit", "load", "profile"]


def fit(data: Data, *, target: str, sink: Sink | None = None, **settings: Any) -> Model:
    """Fit the best model for ``target`` that the settings allow.

    Parameters
    ----------
    data : DataFrame or path
    target : str
        The column to predict.
    sink : Sink, optional
        Is told what happens; by default nobody is.
    **settings
        As the options of ``automl fit``, with underscores: ``time_budget="2m"``, ``metric="roc_auc"``.
        Without ``output`` the model lives in memory only.

    Returns
    -------
    Model

    Raises
    ------
    AutomlError
        As the command line would say it.
    """
    from threadpoolctl import threadpool_limits

    from automl.memory import give_back_memory
    from automl.resolving import resolve_fit_settings
    from automl.search.stop import StopToken
    from automl.workflow import fit as run

    check_data(data)
    table = table_from_frame(data) if isinstance(data, pd.DataFrame) else None
    source = "DataFrame" if table is not None else str(data)
    with tempfile.TemporaryDirectory(prefix="automl-") as folder:
        if "output" not in settings:
            settings = {"output": str(Path(folder) / "model.automl"), "no_report": True, **settings}
        resolved = resolve_fit_settings(data=source, target=target, **settings)
        # As the command line does: threads for sums over rows would wait for the workers' cores.
        with threadpool_limits(1, user_api="blas"):
            result = run(resolved, sink or Silent(), StopToken(), table=table)
        # A program that fits many tables would else hold what the largest of them took.
        give_back_memory()
        model = load_model(result.model_path)
        model.read_all()
        return model


def load(path: str | PathLike[str]) -> Model:
    """Open a model file; ModelFileError where it is missing, damaged, foreign or too new."""
    return load_model(_model_path(path))


def evaluate(model: str | PathLike[str], data: Data, *, by: str | None = None, **options: Any) -> EvaluationFacts:
    """Score a model file on labelled rows, and hold it against what it promised.

    Parameters
    ----------
    model : path
    data : DataFrame or path
    by : str, optional
        A column whose levels are scored one by one.
    **options
        As :func:`automl.assessing.evaluate`: ``min_score``, ``threshold``, ``fairness``, ``also``.

    Returns
    -------
    EvaluationFacts
        ``facts.metrics["roc_auc"]`` is a value and the ends of its 95 % interval.

    Raises
    ------
    AutomlError
        As the command line would say it.
    """
    from automl.assessing import evaluate as run

    return run(_model_path(model), given_table(data), by=by, **options)


def explain(
    model: str | PathLike[str],
    data: Data | None = None,
    *,
    rows: int | Iterable[int] = range(10),
    fixed: Sequence[str] = (),
) -> Explanation:
    """Say which columns a model file relies on and, where there is data, what each added to some rows' predictions.

    Parameters
    ----------
    model : path
    data : DataFrame or path, optional
        With the target in it, importance is the loss of score when a column's values are shuffled.
    rows : int or iterable of int
        Positions of the rows to explain, from 0; a range may end beyond the last one.
    fixed : sequence of str
        Columns that what would change the decision leaves as they are.

    Returns
    -------
    Explanation

    Raises
    ------
    AutomlError
        As the command line would say it.
    """
    from automl.explanation import explain_rows, explain_without_data

    path = _model_path(model)
    if data is None:
        return explain_without_data(path)
    table = given_table(data)
    return explain_rows(path, table, checked_positions(rows, len(table.cells)), split_names(fixed))


def profile(data: Data, *, target: str | None = None) -> TableProfile:
    """Describe a table and say what is wrong with it."""
    table = given_table(data, () if target is None else (target,))
    return profile_table(table, infer_schema(table, target), target)


def _model_path(model: str | PathLike[str]) -> Path:
    if isinstance(model, str | PathLike):
        return Path(model)
    raise UsageError(
        f"The model must be the path of a model file. Got {None if model is None else type(model).__name__} instead.",
        "Give its path, such as 'train.automl'; fit writes one where it is told an output.",
    )
