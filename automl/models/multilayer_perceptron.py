"""A multi-layer perceptron on NumPy alone: numbers in pieces, a packed network, as many rounds as other rows say.

A round is half a pass through the rows. Its count is treated as boosters' iterations are: the network of several
counts is kept, and which of them predicts is decided by other folds' rows.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.errors import ModelFileError
from automl.models.arrays import TargetScale, in_blocks, read_arrays, to_probabilities, write_arrays
from automl.models.family import STAGES, Family, FitRequest, Integer, Real
from automl.models.network import Layout, forward, gradient, initial_parameters
from automl.models.optimizer import AveragedAdam
from automl.models.piecewise import PiecewiseLinear

__all__ = ["FAMILY", "PerceptronModel", "fit", "load"]

FAMILY = Family(
    name="multilayer_perceptron",
    title="Multi-layer perceptron",
    module=__name__,
    requires=(),
    encodings=("onehot_scaled",),
    space={
        "width": Integer(32, 192, log=True, default=96),
        "members": Integer(2, 16, log=True, default=8),
        "pieces": Integer(0, 16, default=4),
        "learning_rate": Real(5e-4, 1e-2, log=True, default=3e-3),
        "penalty": Real(1e-3, 1.0, log=True, default=0.02),
        "dropout": Real(0.0, 0.4, default=0.1),
    },
    max_rows=200_000,
    quick=True,
)

_MOST_ROUNDS, _MOST_STEPS = 120, 2_500
#: Rounds after which a network is kept; it also predicts for the counts up to the next.
_KEPT = STAGES[::2]
_KEPT_WITHOUT_GAIN = 2

Floats = NDArray[np.float32]
Derivative = Callable[[Floats, Floats], Floats]


class PerceptronModel:
    """The networks of several round counts, as one row of parameters each."""

    def __init__(
        self,
        layout: Layout,
        pieces: PiecewiseLinear,
        kept: dict[int, Floats],
        scale: TargetScale | None,
        classes: NDArray[np.int64],
        n_classes: int,
    ) -> None:
        self.layout, self.pieces, self.kept = layout, pieces, kept
        self.scale, self.classes, self.n_classes = scale, classes, n_classes
        self.resolved: dict[str, Any] = {}

    @property
    def iterations(self) -> int:
        """Rounds that were trained."""
        return max(self.kept)

    def predict(self, values: NDArray[np.float32], iterations: int | None = None) -> NDArray[np.float64]:
        """Return the members' mean prediction, or mean probabilities."""
        arrays = self.layout.views(self.kept[self._kept_at(iterations or self.iterations)])
        parts = [forward(arrays, self.pieces.apply(block)) for block in in_blocks(values)]
        # What fills the last block up goes at the very end: also means are taken in another order for a single row.
        raw = np.concatenate(parts, axis=1).astype(np.float64)
        if self.scale is not None:
            return self.scale.invert(raw[:, :, 0].mean(axis=0))[: len(values)]
        probabilities = np.zeros((raw.shape[1], self.n_classes))
        if len(self.classes) == 1:
            probabilities[:, self.classes] = 1.0
        else:
            probabilities[:, self.classes] = np.mean([to_probabilities(each) for each in raw], axis=0)
        return probabilities[: len(values)]

    def predict_stages(self, values: NDArray[np.float32], stages: tuple[int, ...]) -> list[NDArray[np.float64]]:
        """Return the prediction for each stage."""
        kept = [self._kept_at(stage) for stage in stages]
        predicted = {each: self.predict(values, each) for each in set(kept)}
        return [predicted[each] for each in kept]

    def _kept_at(self, iterations: int) -> int:
        return max((each for each in self.kept if each <= iterations), default=min(self.kept))

    def save(self, path: Path) -> None:
        """Write the parameters, and how they are to be read."""
        layout = self.layout
        write_arrays(
            path,
            sizes=np.array([layout.inputs, layout.width, layout.members, layout.outputs, self.n_classes]),
            rounds=np.array(list(self.kept)),
            parameters=np.stack(list(self.kept.values())),
            feature=self.pieces.feature,
            start=self.pieces.start,
            slope=self.pieces.slope,
            scale=np.array([] if self.scale is None else self.scale.numbers, dtype=np.float64),
            classes=self.classes,
        )


def fit(request: FitRequest) -> PerceptronModel:
    """Train by AdamW, and keep the averaged parameters after ever more rounds, until the validation loss only rises."""
    chosen = request.hyperparameters
    rng = np.random.default_rng(request.seed)
    scale = None if request.n_classes else TargetScale.of(request.target, chosen, request.objective)
    classes = np.unique(request.target).astype(np.int64) if scale is None else np.empty(0, dtype=np.int64)
    wanted = _learned_target(request.target, scale, classes)
    pieces = PiecewiseLinear.of(request.values, int(chosen.get("pieces", 4)))
    inputs = request.values.shape[1] + len(pieces.feature)
    layout = Layout(inputs, int(chosen.get("width", 96)), int(chosen.get("members", 8)), wanted.shape[1])
    parameters = initial_parameters(layout, _start(wanted, scale), rng)
    model = PerceptronModel(layout, pieces, {}, scale, classes, request.n_classes)
    optimizer = AveragedAdam(
        parameters, layout.weights, float(chosen.get("learning_rate", 3e-3)), float(chosen.get("penalty", 0.02))
    )
    _train(model, optimizer, request, wanted, rng)
    return model


def _train(
    model: PerceptronModel,
    optimizer: AveragedAdam,
    request: FitRequest,
    wanted: Floats,
    rng: np.random.Generator,
) -> None:
    """Fill ``model.kept``, and note how many rounds the candidate's other folds need at most."""
    limit = float("inf") if request.seconds is None else time.monotonic() + request.seconds
    batch = int(np.clip(1.2 * len(wanted) ** 0.5, 32, 256))
    steps = _steps(model, optimizer, request, wanted, _batches(len(wanted), batch, rng), rng)
    steps_a_round = int(np.clip(len(wanted) // batch // 2, 10, 100))
    affordable = min(_MOST_ROUNDS, _MOST_STEPS // steps_a_round)
    rounds = int(request.hyperparameters.get("iterations", affordable))
    losses: dict[int, float] = {}
    for number in range(1, rounds + 1):
        in_time = all(time.monotonic() < limit for _ in islice(steps, steps_a_round))
        if number in _KEPT or number == rounds or not in_time:
            model.kept[number] = optimizer.average.copy()
            losses[number] = request.validation_loss(model.predict(request.valid_values))
            if not in_time or _without_gain(losses) > _KEPT_WITHOUT_GAIN:
                break
    best = min(losses, key=lambda each: losses[each])
    model.resolved = {"iterations": min(2 * best, rounds), **request.hyperparameters}


def _steps(
    model: PerceptronModel,
    optimizer: AveragedAdam,
    request: FitRequest,
    wanted: Floats,
    batches: Iterator[NDArray[np.int64]],
    rng: np.random.Generator,
) -> Iterator[None]:
    """Take a step of the optimiser each time the next is asked for."""
    weight = None if request.weight is None else (request.weight / request.weight.mean()).astype(np.float32)
    dropout = float(request.hyperparameters.get("dropout", 0.1))
    arrays = model.layout.views(optimizer.parameters)
    derivative = _derivative(request)
    for rows in batches:
        slope = _slope(wanted[rows], None if weight is None else weight[rows], derivative)
        inputs = model.pieces.apply(request.values[rows])
        optimizer.step(gradient(model.layout, arrays, inputs, slope, dropout, rng))
        yield


def _without_gain(losses: dict[int, float]) -> int:
    """Return how many networks were kept since the best of them."""
    values = list(losses.values())
    return len(values) - 1 - int(np.argmin(values))


def _batches(rows: int, size: int, rng: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """Yield ever new passes through the rows in random order, some rows at a time, without a smaller last batch."""
    while True:
        order = rng.permutation(rows)
        for start in range(0, max(1, rows - size + 1), size):
            yield order[start : start + size]


def _learned_target(target: NDArray[Any], scale: TargetScale | None, classes: NDArray[np.int64]) -> Floats:
    """Return what the outputs are to become: a number, whether it is the second of two classes, or one for a class."""
    if scale is not None:
        return scale.apply(target).astype(np.float32)[:, None]
    wanted = (target[:, None] == classes).astype(np.float32)
    return np.asarray(wanted[:, 1:] if len(classes) == 2 else wanted)


def _start(wanted: Floats, scale: TargetScale | None) -> NDArray[np.float64]:
    """Return the outputs whose prediction is the mean target."""
    if scale is not None:
        return np.zeros(1)
    share = np.clip(wanted.mean(axis=0, dtype=np.float64), 1e-3, 1 - 1e-3)
    return np.asarray(np.log(share / (1 - share)) if len(share) == 1 else np.log(share))


def _slope(wanted: Floats, weight: Floats | None, derivative: Derivative) -> Callable[[Floats], Floats]:
    """Return the derivative of each member's mean loss by its outputs."""

    def slope(raw: Floats) -> Floats:
        each = derivative(raw, wanted) * np.float32(1 / len(wanted))
        return each if weight is None else each * weight[:, None]

    return slope


def _derivative(request: FitRequest) -> Derivative:
    """Return the derivative of a row's loss by its output: log loss, pinball loss, half a deviance or squared error."""
    if request.n_classes:
        return lambda raw, wanted: _probabilities(raw) - wanted
    if request.objective.level is not None:
        level = np.float32(request.objective.level)
        return lambda raw, wanted: np.asarray((raw > wanted) - level)
    if request.objective.of_logarithm:
        power = np.float32(request.objective.power)
        return lambda raw, wanted: _powers(raw, 2 - power) - wanted * _powers(raw, 1 - power)
    return lambda raw, wanted: raw - wanted


def _powers(logarithm: Floats, power: np.float32) -> Floats:
    """Return the power of what the logarithm is of; beyond e to the 10th, single precision would lose all else."""
    return np.asarray(np.exp(power * np.clip(logarithm, -10, 10)))


def _probabilities(raw: Floats) -> Floats:
    if raw.shape[2] == 1:
        return np.asarray(1 / (1 + np.exp(-np.clip(raw, -30, 30))))
    powers = np.exp(raw - raw.max(axis=2, keepdims=True))
    return np.asarray(powers / powers.sum(axis=2, keepdims=True))


def load(content: bytes) -> PerceptronModel:
    """Read a saved network.

    Raises
    ------
    ModelFileError
        If the arrays do not fit each other.
    """
    arrays = read_arrays(content)
    if not _is_sound(arrays):
        raise ModelFileError(
            "A network in the model file is damaged.", "Get a fresh copy of the file, or fit it again."
        )
    *sizes, n_classes = arrays["sizes"].tolist()
    pieces = PiecewiseLinear(arrays["feature"], arrays["start"], arrays["slope"])
    kept = dict(zip(arrays["rounds"].tolist(), arrays["parameters"], strict=True))
    scale = TargetScale(*arrays["scale"].tolist()) if len(arrays["scale"]) else None
    return PerceptronModel(Layout(*sizes), pieces, kept, scale, arrays["classes"], n_classes)


def _is_sound(arrays: dict[str, NDArray[Any]]) -> bool:
    """Whether the arrays are of the sizes that they state, and point to features and classes that there are."""
    if arrays["sizes"].shape != (5,) or arrays["sizes"][:4].min() < 1 or arrays["scale"].shape not in ((0,), (4,)):
        return False
    *sizes, n_classes = arrays["sizes"].tolist()
    layout, rounds, feature, classes = Layout(*sizes), arrays["rounds"], arrays["feature"], arrays["classes"]
    outputs = 1 if len(classes) in (0, 2) else len(classes)
    return (
        len(rounds) > 0
        and arrays["parameters"].shape == (len(rounds), layout.size)
        and layout.outputs == outputs
        and feature.shape == arrays["start"].shape == arrays["slope"].shape
        and _within(feature, layout.inputs - len(feature))
        and _within(classes, n_classes)
    )


def _within(positions: NDArray[Any], length: int) -> bool:
    return bool(((positions >= 0) & (positions < length)).all())
