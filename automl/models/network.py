"""A packed network: a few members that share their weight matrices, and differ by scales, biases and their last layer.

Trained together they cost little more than one, and their mean predicts as an ensemble does.

Source of the method: Wen, Tran and Ba, "BatchEnsemble", ICLR 2020; Gorishniy, Kotelnikov and Babenko, "TabM", ICLR
2025.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Layout", "forward", "gradient", "initial_parameters"]

Floats = NDArray[np.float32]

_HIDDEN = (0, 1)
_SMALL = np.float32(0.3)
_BYTES = 256


@dataclass(frozen=True)
class Layout:
    """How all parameters of a network lie in one vector.

    Attributes
    ----------
    inputs, width, members, outputs : int
        Features, neurons of each of the two hidden layers, members, and numbers that each member predicts.
    """

    inputs: int
    width: int
    members: int
    outputs: int

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The name and the shape of each array in the vector, in order."""
        own = (self.members, 1, self.width)
        return {
            "weight0": (self.inputs, self.width),
            "weight1": (self.width, self.width),
            "head": (self.members, self.width, self.outputs),
            "scale0": own,
            "scale1": own,
            "bias0": own,
            "bias1": own,
            "start": (self.members, 1, self.outputs),
        }

    @property
    def size(self) -> int:
        """Length of the vector."""
        return sum(prod(shape) for shape in self.shapes.values())

    @property
    def weights(self) -> int:
        """Length of its first part, that of the weight matrices, which are kept small; the rest is left alone."""
        return sum(prod(self.shapes[name]) for name in ("weight0", "weight1", "head"))

    def views(self, vector: Floats) -> dict[str, Floats]:
        """Return the arrays in a vector, by name; writing to them writes to it."""
        arrays, begin = {}, 0
        for name, shape in self.shapes.items():
            end = begin + prod(shape)
            arrays[name] = vector[begin:end].reshape(shape)
            begin = end
        return arrays


def initial_parameters(layout: Layout, start: NDArray[Any], rng: np.random.Generator) -> Floats:
    """Return the vector that training starts from: random weights, and for each member random signs of the first layer.

    Parameters
    ----------
    layout : Layout
    start : array of shape (n_outputs,)
        What every member predicts, nearly, before it is trained.
    rng : Generator
    """
    vector = np.zeros(layout.size, dtype=np.float32)
    arrays = layout.views(vector)
    deviations = {"weight0": layout.inputs**-0.5, "weight1": (layout.width / 2) ** -0.5, "bias0": 0.1}
    deviations["head"] = float(_SMALL) * layout.width**-0.5
    for name, deviation in deviations.items():
        arrays[name][:] = rng.standard_normal(arrays[name].shape, dtype=np.float32) * np.float32(deviation)
    arrays["scale0"][:] = rng.integers(0, 2, arrays["scale0"].shape) * 2 - 1
    arrays["scale1"][:] = 1
    arrays["start"][:] = start
    return vector


def forward(arrays: dict[str, Floats], inputs: Floats) -> Floats:
    """Return what every member predicts: of shape (n_members, n_rows, n_outputs)."""
    layer = inputs
    for number in _HIDDEN:
        layer = _shared(arrays, number, layer) * arrays[f"scale{number}"]
        layer += arrays[f"bias{number}"]
        np.maximum(layer, 0, out=layer)
    return np.asarray(layer @ arrays["head"] + arrays["start"])


def gradient(
    layout: Layout,
    arrays: dict[str, Floats],
    inputs: Floats,
    slope: Callable[[Floats], Floats],
    dropout: float,
    rng: np.random.Generator,
) -> Floats:
    """Return the gradient of the loss of some rows, laid out as the parameters are.

    Parameters
    ----------
    layout : Layout
    arrays : dict of str to ndarray
        The parameters.
    inputs : ndarray of shape (n_rows, n_inputs)
    slope : callable
        Takes the predictions, returns the derivative of the loss by each of them.
    dropout : float
        Share of the hidden neurons that is silent (Srivastava et al. 2014).
    rng : Generator
    """
    vector = np.empty(layout.size, dtype=np.float32)
    slopes = layout.views(vector)
    layers, shared, open_ = [inputs], [], []
    for number in _HIDDEN:
        shared.append(_shared(arrays, number, layers[-1]))
        raw = shared[-1] * arrays[f"scale{number}"] + arrays[f"bias{number}"]
        open_.append(_open(raw, dropout, rng))
        layers.append(raw * open_[-1])
    back = slope(layers[-1] @ arrays["head"] + arrays["start"])
    slopes["start"][:] = back.sum(axis=1, keepdims=True)
    slopes["head"][:] = layers[-1].swapaxes(1, 2) @ back
    back = back @ arrays["head"].swapaxes(1, 2)
    for number in reversed(_HIDDEN):
        back *= open_[number]
        slopes[f"bias{number}"][:] = back.sum(axis=1, keepdims=True)
        slopes[f"scale{number}"][:] = (back * shared[number]).sum(axis=1, keepdims=True)
        back *= arrays[f"scale{number}"]
        if number:
            flat = back.reshape(-1, layout.width)
            slopes[f"weight{number}"][:] = layers[number].reshape(-1, layout.width).T @ flat
            back = (flat @ arrays[f"weight{number}"].T).reshape(layers[number].shape)
    slopes["weight0"][:] = inputs.T @ back.sum(axis=0)
    return vector


def _shared(arrays: dict[str, Floats], number: int, layer: Floats) -> Floats:
    """Apply a layer's shared weights, in one product for all members."""
    weight = arrays[f"weight{number}"]
    product = layer.reshape(-1, layer.shape[-1]) @ weight
    return product.reshape(*layer.shape[:-1], weight.shape[1])


def _open(raw: Floats, dropout: float, rng: np.random.Generator) -> Floats:
    """Return what each neuron's raw value is multiplied with: 0 where it is negative or silent."""
    silent = int(_BYTES * dropout)
    positive = raw > 0
    if silent:
        # One random byte a neuron is enough, and many times as fast as a random number.
        positive &= (np.frombuffer(rng.bytes(raw.size), dtype=np.uint8) >= silent).reshape(raw.shape)
    return np.asarray(positive * np.float32(_BYTES / (_BYTES - silent)))
