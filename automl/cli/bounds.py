"""The columns that ``predict --interval`` adds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from automl.evaluation.conformal import NumberIntervals

if TYPE_CHECKING:
    from automl.bundle.model import Model, Prediction

__all__ = ["Bounds"]


class Bounds:
    """Makes ``lower`` and ``upper`` of a regression, or the ``prediction_set`` of a classification.

    Parameters
    ----------
    model : Model
    level : float
        The share of new rows whose truth is to be inside.

    Raises
    ------
    UsageError
        If the model file holds nothing to make bounds of, or too little for this level.
    """

    def __init__(self, model: Model, level: float) -> None:
        self._model = model
        self._bounds = model.bounds
        self._labels = np.array(model.labels, dtype=object)
        self._level = level
        self._bounds.check(level)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that are added."""
        return ("lower", "upper") if isinstance(self._bounds, NumberIntervals) else ("prediction_set",)

    def columns(self, prediction: Prediction) -> dict[str, pd.Series[Any]]:
        """Return these columns for the rows of a block.

        Raises
        ------
        SchemaMismatchError
            If the block lacks the column by which bounds tell rows apart.
        """
        bounded = self._model.bounded(prediction, self._level)
        if isinstance(self._bounds, NumberIntervals):
            return {name: pd.Series(bounded[:, place], dtype="float64") for place, name in enumerate(self.names)}
        sets = [json.dumps(self._labels[row].tolist(), ensure_ascii=False) for row in bounded]
        return {"prediction_set": pd.Series(sets, dtype="str")}
