"""A model as a folder that MLflow loads, serves and registers: the model file in it, predicted by automl."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from automl import __version__
from automl.errors import UsageError
from automl.tables.libraries import install_command, not_installed
from automl.tables.schema import ColumnKind

if TYPE_CHECKING:
    from automl.bundle.model import Model
    from automl.tables import Table

__all__ = ["write_mlflow_folder"]

_EXAMPLES = 3


def write_mlflow_folder(path: Path, model_file: Path, model: Model, golden: Table) -> None:
    """Write the folder, which does not exist yet.

    Parameters
    ----------
    path : Path
    model_file : Path
    model : Model
        What the file holds.
    golden : Table
        The rows that the model file was tried on, some of which become the example.

    Raises
    ------
    UsageError
        If MLflow is not installed.
    """
    if missing := not_installed(("mlflow",)):
        raise UsageError(f"This needs {missing[0]}, which is not installed.", f"Type: {install_command('mlflow')}")
    import mlflow.pyfunc

    # It says on the root of its log what it does, and that an example could not be tried in a fresh environment.
    logging.getLogger("mlflow").setLevel(logging.ERROR)
    mlflow.pyfunc.save_model(
        path=str(path),
        loader_module="automl.export.mlflow_loader",
        data_path=str(model_file),
        signature=_signature(model),
        input_example=_example(model, golden),
        pip_requirements=[f"automl-cli=={__version__}"],
        metadata={"automl": {name: model.manifest.get(name) for name in ("target", "task", "metric", "created")}},
    )


def _signature(model: Model) -> Any:
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, DataType, Schema

    schema = model.schema
    inputs = [
        ColSpec(DataType.double if _is_number(model, name) else DataType.string, name, required=False)
        for name in model.required_columns
    ]
    answer = DataType.string if schema.labels else DataType.double
    outputs = [ColSpec(answer, "prediction"), *(ColSpec(DataType.double, f"proba_{label}") for label in schema.labels)]
    # MLflow has no schema of nothing, which is what a constant model needs.
    return ModelSignature(Schema(inputs) if inputs else None, Schema(outputs))


def _is_number(model: Model, name: str) -> bool:
    return model.schema.column(name).kind is ColumnKind.NUMERIC


def _example(model: Model, golden: Table) -> pd.DataFrame | None:
    """Return some golden rows: none of them is a row of the training table; None where a model needs no column."""
    if not model.required_columns:
        return None
    typed = model.read(golden).frame
    columns = {name: typed[name] if _is_number(model, name) else golden.cells[name] for name in model.required_columns}
    return pd.DataFrame(columns).head(_EXAMPLES)
