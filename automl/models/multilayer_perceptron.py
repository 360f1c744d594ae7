"""A multi-layer perceptron: scikit-learn trains it, its weights are stored and applied as plain arrays."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.models.arrays import TargetScale, read_arrays, to_probabilities, write_arrays
from automl.models.family import Family, FitRequest, Integer, Real

__all__ = ["FAMILY", "PerceptronModel", "fit", "load"]

FAMILY = Family(
    name="multilayer_perceptron",
    title="Multi-layer perceptron",
    module=__name__,
    requires=("sklearn",),
    encodings=("onehot_scaled",),
    space={
        "width": Integer(24, 160, log=True, default=96),
        "learning_rate": Real(5e-4, 1e-2, log=True, default=2e-3),
        "penalty": Real(1e-5, 1.0, log=True, default=0.02),
        "epochs": Integer(15, 80, log=True, default=40),
    },
    max_rows=200_000,
    quick=True,
)


class PerceptronModel:
    """Layers of weights with rectified activations between them."""

    iterations = 0

    def __init__(
        self,
        weights: list[NDArray[Any]],
        biases: list[NDArray[Any]],
        scale: TargetScale | None,
        classes: NDArray[np.int64],
        n_classes: int,
    ) -> None:
        self.weights, self.biases, self.scale, self.classes, self.n_classes = weights, biases, scale, classes, n_classes
        self.resolved: dict[str, Any] = {}

    def predict(self, values: NDArray[np.float32], iterations: int | None = None) -> NDArray[np.float64]:  # noqa: ARG002
        """Apply the layers."""
        layer: NDArray[Any] = np.asarray(values, dtype=np.float32)
        last = len(self.weights) - 1
        for number, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            layer = layer @ weight + bias
            if number < last:
                layer = np.maximum(layer, 0)
        if self.scale is not None:
            return self.scale.invert(layer[:, 0])
        probabilities = np.zeros((len(values), self.n_classes))
        probabilities[:, self.classes] = to_probabilities(layer) if len(self.classes) > 1 else 1.0
        return probabilities

    def predict_stages(self, values: NDArray[np.float32], stages: tuple[int, ...]) -> list[NDArray[np.float64]]:
        """Return the prediction for each stage."""
        return [self.predict(values) for _ in stages]

    def save(self, path: Path) -> None:
        """Write the weights."""
        scale = [] if self.scale is None else self.scale.numbers
        layers = {f"weight{n}": weight for n, weight in enumerate(self.weights)}
        layers |= {f"bias{n}": bias for n, bias in enumerate(self.biases)}
        write_arrays(
            path,
            scale=np.array(scale, dtype=np.float64),
            classes=self.classes,
            shape=np.array([len(self.weights), self.n_classes]),
            **layers,
        )


def fit(request: FitRequest) -> PerceptronModel:
    """Train by Adam, one epoch at a time, until the epochs or the time are used up; weights are averaged at the end.

    The average over the last third of the epochs (Izmailov et al. 2018) takes the place of early stopping.
    """
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    start = time.monotonic()
    parameters = request.hyperparameters
    width, epochs = int(parameters.get("width", 96)), int(parameters.get("epochs", 40))
    scale = None if request.n_classes else TargetScale.of(request.target, request.hyperparameters)
    estimator = (MLPClassifier if scale is None else MLPRegressor)(
        hidden_layer_sizes=(width, width // 2),
        alpha=float(parameters.get("penalty", 0.02)),
        learning_rate_init=float(parameters.get("learning_rate", 2e-3)),
        batch_size=int(np.clip(len(request.target) // 40, 32, 256)),
        random_state=request.seed,
    )
    target = request.target if scale is None else scale.apply(request.target)
    classes = np.unique(request.target) if scale is None else np.empty(0, dtype=np.int64)
    averaged: list[NDArray[Any]] = []
    count = 0
    for epoch in range(epochs):
        if scale is None:
            estimator.partial_fit(request.values, target, classes=classes, sample_weight=request.weight)
        else:
            estimator.partial_fit(request.values, target, sample_weight=request.weight)
        late = request.seconds is not None and (time.monotonic() - start) * (epoch + 2) / (epoch + 1) > request.seconds
        if epoch >= epochs * 2 // 3 or late:
            current = [*estimator.coefs_, *estimator.intercepts_]
            count += 1
            averaged = (
                [a + (c - a) / count for a, c in zip(averaged, current, strict=True)]
                if averaged
                else [c.copy() for c in current]
            )
        if late:
            break
    half = len(averaged) // 2
    return PerceptronModel(averaged[:half], averaged[half:], scale, classes.astype(np.int64), request.n_classes)


def load(content: bytes) -> PerceptronModel:
    """Read a saved network."""
    arrays = read_arrays(content)
    layers, n_classes = arrays["shape"].tolist()
    scale = TargetScale(*arrays["scale"].tolist()) if len(arrays["scale"]) else None
    weights = [arrays[f"weight{n}"] for n in range(layers)]
    biases = [arrays[f"bias{n}"] for n in range(layers)]
    return PerceptronModel(weights, biases, scale, arrays["classes"], n_classes)
