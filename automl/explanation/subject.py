"""The model as that which is explained: typed rows in, one number a row and outcome out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.bundle.model import Model
from automl.explanation.facts import Space
from automl.tables import Table, Task

__all__ = ["Contributions", "FloatArray", "Subject"]

FloatArray = NDArray[np.float64]

_BATCH_CELLS = 2_000_000


@dataclass(frozen=True)
class Subject:
    """A model with what explaining it needs.

    Attributes
    ----------
    model : Model
    """

    model: Model

    @property
    def columns(self) -> tuple[str, ...]:
        """The original columns that the model uses: no other can matter."""
        return self.model.required_columns

    @property
    def space(self) -> Space:
        """What its predictions are."""
        return "target" if self.model.schema.task is Task.REGRESSION else "probability"

    def read(self, table: Table) -> pd.DataFrame:
        """Return the columns that the model uses, typed; SchemaMismatchError where one is missing."""
        return self.model.read(table).frame[list(self.columns)]

    def predict(self, frame: pd.DataFrame) -> FloatArray:
        """Return the model's own prediction, of shape (n_rows,) or (n_rows, n_classes)."""
        size = max(1, _BATCH_CELLS // max(1, len(self.columns)))
        parts = [
            self.model.predict_frame(frame.iloc[start : start + size]) for start in range(0, max(1, len(frame)), size)
        ]
        return np.concatenate(parts)

    def decisions(self, predicted: FloatArray) -> list[str]:
        """Return the labels that the model decides for, given its class probabilities."""
        return [str(label) for label in self.model.decide(predicted)]

    def outcomes(self, frame: pd.DataFrame) -> FloatArray:
        """Return what is explained, of shape (n_rows, n_outcomes).

        One outcome for a regression (the value) and for a binary task (the positive class's probability), else one for
        each class.
        """
        predicted = self.predict(frame)
        if predicted.ndim == 1:
            return predicted[:, np.newaxis]
        return predicted[:, 1:] if predicted.shape[1] == 2 else predicted


@dataclass(frozen=True)
class Contributions:
    """What each column contributed.

    Attributes
    ----------
    base : ndarray of shape (n_outcomes,)
        The average prediction over the background.
    prediction : ndarray of shape (n_rows, n_outcomes)
    values, errors : ndarray of shape (n_rows, n_columns, n_outcomes)
        ``values`` add up to ``prediction - base`` over the columns; ``errors`` are standard errors.
    space : Space
        What all of these are.
    """

    base: FloatArray
    prediction: FloatArray
    values: FloatArray
    errors: FloatArray
    space: Space
