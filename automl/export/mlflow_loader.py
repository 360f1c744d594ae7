"""What MLflow loads an exported model with: rows of a DataFrame in, predictions out, through automl itself."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from automl.bundle import load_model
from automl.bundle.model import Model
from automl.errors import SchemaMismatchError
from automl.serving.questions import Asker, Given
from automl.tables.formats.records import NumberText
from automl.tables.rows import unique_names

__all__ = ["PyfuncModel"]


class PyfuncModel:
    """A model as MLflow calls it.

    Parameters
    ----------
    model : Model
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        # It reads a few rows in a fraction of the time that a table of them takes.
        self._asker = Asker(model, sys.maxsize)

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
            If columns have no names.
        RefusedError
            If a column that the model uses is missing.
        """
        if not isinstance(model_input, pd.DataFrame):
            raise SchemaMismatchError("The rows have no names of columns.", "Give a DataFrame.")
        prediction = self._model.predict_typed(self._asker.ask(_given(model_input)).typed)
        columns: dict[str, Any] = {"prediction": prediction.values}
        if prediction.probabilities is not None:
            shares = zip(prediction.labels, prediction.probabilities.T, strict=True)
            columns |= {f"proba_{label}": share for label, share in shares}
        return pd.DataFrame(columns, index=model_input.index)


def _load_pyfunc(path: str) -> PyfuncModel:
    """Load a model file; MLflow looks for a function of this name."""
    return PyfuncModel(load_model(Path(path)))


def _given(frame: pd.DataFrame) -> Given:
    """Return the columns of a frame; what is no text means what it says, whatever notation the training table used."""
    names, _ = unique_names([str(name) for name in frame.columns])
    places = {name: place for place, name in enumerate(names)}
    return Given(
        list(names),
        len(frame),
        lambda name: [_plain(value) for value in frame.iloc[:, places[name]].tolist()],
        lambda name, row: f"{name}[{row}]",
    )


def _plain(value: Any) -> Any:
    """Return a value as :class:`Asker` takes it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | float | np.number):
        # Only NaN differs from itself; NumPy, which would say so by its name, takes no whole number beyond 64 bits.
        return None if value != value else NumberText(value)
    return None if pd.isna(value) else str(value)
