"""What MLflow loads an exported model with: rows of a DataFrame in, predictions out, through automl itself."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from automl.bundle import load_model
from automl.bundle.model import Model
from automl.errors import SchemaMismatchError
from automl.serving.cells import CellWriter
from automl.tables import Schema, Table, as_text_table
from automl.tables.applying import match_names
from automl.tables.formats.records import NumberText

__all__ = ["PyfuncModel"]


class PyfuncModel:
    """A model as MLflow calls it.

    Parameters
    ----------
    model : Model
    """

    def __init__(self, model: Model) -> None:
        self._model = model

    def predict(self, model_input: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:  # noqa: ARG002
        """Return the columns that ``automl predict --proba`` writes.

        Parameters
        ----------
        model_input : DataFrame
            Numbers and truth values as such, all else as texts as they stand in a file.
        params : dict, optional
            MLflow passes it; there is nothing to set.

        Raises
        ------
        SchemaMismatchError
            If a column that the model uses is missing, or columns have no names.
        """
        if not isinstance(model_input, pd.DataFrame):
            raise SchemaMismatchError("The rows have no names of columns.", "Give a DataFrame.")
        prediction = self._model.predict_table(_as_cells(model_input, self._model.schema))
        columns: dict[str, Any] = {"prediction": prediction.values}
        if prediction.probabilities is not None:
            shares = zip(prediction.labels, prediction.probabilities.T, strict=True)
            columns |= {f"proba_{label}": share for label, share in shares}
        return pd.DataFrame(columns, index=model_input.index)


def _load_pyfunc(path: str) -> PyfuncModel:
    """Load a model file; MLflow looks for a function of this name."""
    return PyfuncModel(load_model(Path(path)))


def _as_cells(frame: pd.DataFrame, schema: Schema) -> Table:
    """Return rows as text cells; what is no text means what it says, whatever notation the training table used."""
    table = as_text_table(frame)
    names = list(table.cells.columns)
    for name, given in match_names(schema.names, names).items():
        values: pd.Series = frame.iloc[:, names.index(given)]
        plain = [_plain(value) for value in values.tolist()]
        table.cells[given] = CellWriter(schema.column(name)).texts(plain, partial(_place, given))
    return table


def _place(column: str, row: int) -> str:
    return f"{column}[{row}]"


def _plain(value: Any) -> Any:
    """Return a value as :class:`CellWriter` takes it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | float | np.number):
        return None if np.isnan(value) else NumberText(value)
    return None if pd.isna(value) else str(value)
