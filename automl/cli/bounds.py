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
        self._bounds = model.bounds
        self._labels = np.array(model.labels, dtype=object)
        self._level = level
        self._bounds.check(level)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that are added."""
        return ("lower", "upper") if isinstance(self._bounds, NumberIntervals) else ("prediction_set",)

    def columns(self, prediction: Prediction) -> dict[str, pd.Series[Any]]:
        """Return these columns for the rows of a block."""
        if isinstance(self._bounds, NumberIntervals):
            ends = self._bounds.bounds(prediction.values, self._level)
            return {name: pd.Series(ends[:, place], dtype="float64") for place, name in enumerate(self.names)}
        assert prediction.probabilities is not None
        members = self._bounds.members(prediction.probabilities, self._level)
        sets = [json.dumps(self._labels[row].tolist(), ensure_ascii=False) for row in members]
        return {"prediction_set": pd.Series(sets, dtype="str")}
