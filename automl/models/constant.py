"""The constant baseline: class frequencies, or the mean. What every other candidate has to beat."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.models.arrays import read_arrays, write_arrays
from automl.models.family import Family, FitRequest
from automl.models.objectives import Objective

__all__ = ["FAMILY", "ConstantModel", "best_constant", "fit", "load"]

FAMILY = Family(
    name="constant",
    title="Constant baseline",
    module=__name__,
    requires=(),
    encodings=("none",),
    quick=True,
    monotone=True,
)


class ConstantModel:
    """Predicts the same for every row."""

    iterations = 0

    def __init__(self, prior: NDArray[np.float64]) -> None:
        self.prior = prior
        self.resolved: dict[str, Any] = {}

    def predict(self, values: NDArray[np.float32], iterations: int | None = None) -> NDArray[np.float64]:  # noqa: ARG002
        """Return the prior once a row."""
        rows = len(values)
        return np.full(rows, float(self.prior[0])) if len(self.prior) == 1 else np.tile(self.prior, (rows, 1))

    def predict_stages(self, values: NDArray[np.float32], stages: tuple[int, ...]) -> list[NDArray[np.float64]]:
        """Return the prediction for each stage."""
        return [self.predict(values) for _ in stages]

    def contributions(self, values: NDArray[np.float32], iterations: int) -> NDArray[np.float64]:  # noqa: ARG002
        """Return the one column that a number, or the log-odds of the second of two classes, begins and ends with."""
        start = self.prior[0] if len(self.prior) == 1 else np.log(self.prior[1] / self.prior[0])
        return np.full((len(values), 1), float(start))

    def save(self, path: Path) -> None:
        """Write the prior."""
        write_arrays(path, prior=self.prior)


def fit(request: FitRequest) -> ConstantModel:
    """Take class frequencies (with one pseudo-row per class), or the number that is best by the objective."""
    return _fitted(request.target, request.weight, request.n_classes, request.objective)


def best_constant(
    target: NDArray[Any], weight: NDArray[np.float64] | None, n_classes: int, objective: Objective
) -> ConstantModel:
    """Return the model that says of every row what is best said of all of them.

    Parameters
    ----------
    target : ndarray of shape (n_rows,)
        Numbers, or class codes.
    weight : ndarray of shape (n_rows,) or None
        The rows' own weights.
    n_classes : int
        0 in regression.
    objective : Objective
    """
    return _fitted(target, objective.weights(target, weight), n_classes, objective)


def _fitted(
    target: NDArray[Any], weight: NDArray[np.float64] | None, n_classes: int, objective: Objective
) -> ConstantModel:
    if n_classes:
        counts = np.bincount(target, weights=weight, minlength=n_classes) + 1.0
        return ConstantModel(counts / counts.sum())
    return ConstantModel(np.array([objective.best_constant(target, weight)]))


def load(content: bytes) -> ConstantModel:
    """Read a saved baseline."""
    return ConstantModel(read_arrays(content)["prior"])
