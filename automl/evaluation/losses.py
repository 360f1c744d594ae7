"""How wrong each row's prediction is, and the rows where it is most so."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.evaluation.arrays import FloatArray
from automl.evaluation.classification import SMALLEST_PROBABILITY

__all__ = ["row_losses", "worst_rows"]


def row_losses(target: NDArray[Any], prediction: FloatArray) -> NDArray[np.float64]:
    """Return each row's loss: minus the log of the true class's probability, or the distance from the true number.

    Parameters
    ----------
    target : array of shape (n,)
    prediction : array of shape (n, n_classes) or (n,)
    """
    if prediction.ndim == 1:
        return np.abs(target.astype(np.float64) - prediction)
    chosen = prediction[np.arange(len(target)), target].astype(np.float64)
    return np.asarray(-np.log(np.clip(chosen, SMALLEST_PROBABILITY, 1.0)))


def worst_rows(losses: FloatArray, most: int = 20) -> NDArray[np.intp]:
    """Return the rows with the largest losses, the worst first; of equal ones the first stays first."""
    return np.argsort(-losses, kind="stable")[:most]
