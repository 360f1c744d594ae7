"""K nearest neighbours on scaled features: weak alone, useful in a blend because its errors are its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.models.arrays import read_arrays, write_arrays
from automl.models.family import Choice, Family, FitRequest, Integer, counted_weight

__all__ = ["FAMILY", "NearestNeighborsModel", "fit", "load"]

FAMILY = Family(
    name="nearest_neighbors",
    title="K nearest neighbours",
    module=__name__,
    requires=("sklearn",),
    encodings=("onehot_scaled",),
    space={
        "neighbors": Integer(3, 80, log=True, default=20),
        "weighting": Choice(("distance", "uniform")),
        "power": Choice((2, 1)),
    },
    max_rows=8_000,
)


class NearestNeighborsModel:
    """The training rows with their weights, and how neighbours vote."""

    iterations = 0

    def __init__(
        self,
        rows: NDArray[np.float32],
        outcome: NDArray[np.float64],
        weight: NDArray[np.float64],
        neighbors: int,
        distance: bool,
        power: int,
    ) -> None:
        from sklearn.neighbors import NearestNeighbors

        self.rows, self.outcome, self.weight = rows, outcome, weight
        self.neighbors, self.distance, self.power = neighbors, distance, power
        self.resolved: dict[str, Any] = {}
        self._index = NearestNeighbors(n_neighbors=neighbors, p=power).fit(rows)

    def predict(self, values: NDArray[np.float32], iterations: int | None = None) -> NDArray[np.float64]:  # noqa: ARG002
        """Average the neighbours' outcomes."""
        gaps, nearest = self._index.kneighbors(values)
        votes = 1.0 / (gaps + 1e-6 + 0.1 * gaps.mean(axis=1, keepdims=True)) if self.distance else np.ones_like(gaps)
        votes = votes * self.weight[nearest]
        votes = votes / votes.sum(axis=1, keepdims=True)
        return np.asarray(np.einsum("ij,ij...->i...", votes, self.outcome[nearest]))

    def predict_stages(self, values: NDArray[np.float32], stages: tuple[int, ...]) -> list[NDArray[np.float64]]:
        """Return the prediction for each stage."""
        return [self.predict(values) for _ in stages]

    def save(self, path: Path) -> None:
        """Write the rows, their outcomes and their weights."""
        settings = np.array([self.neighbors, int(self.distance), self.power])
        write_arrays(path, rows=self.rows, outcome=self.outcome, weight=self.weight, settings=settings)


def fit(request: FitRequest) -> NearestNeighborsModel:
    """Keep the training rows that count; classes are stored as one-hot outcomes, so that a vote is an average."""
    parameters = request.hyperparameters
    weight = counted_weight(request.weight)
    weight = np.ones(len(request.target)) if weight is None else np.asarray(weight, dtype=np.float64)
    # Neighbours that all weigh nothing would have no vote to share.
    kept = np.flatnonzero(weight)
    outcome = (
        np.eye(request.n_classes)[request.target] if request.n_classes else np.asarray(request.target, dtype=np.float64)
    )
    return NearestNeighborsModel(
        np.ascontiguousarray(request.values[kept]),
        outcome[kept],
        weight[kept],
        min(int(parameters.get("neighbors", 20)), len(kept)),
        parameters.get("weighting", "distance") == "distance",
        int(parameters.get("power", 2)),
    )


def load(content: bytes) -> NearestNeighborsModel:
    """Read a saved model."""
    arrays = read_arrays(content)
    neighbors, distance, power = arrays["settings"].tolist()
    return NearestNeighborsModel(arrays["rows"], arrays["outcome"], arrays["weight"], neighbors, bool(distance), power)
