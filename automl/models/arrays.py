"""Saving and reading models that are nothing but arrays: NumPy's .npz without pickles, and small numeric helpers."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["TargetScale", "read_arrays", "sigmoid_pair", "softmax", "to_probabilities", "write_arrays"]


def write_arrays(path: Path, **arrays: Any) -> None:
    """Write named arrays to ``path``; object arrays are refused by NumPy."""
    with path.open("wb") as stream:
        np.savez(stream, allow_pickle=False, **arrays)


def read_arrays(content: bytes) -> dict[str, NDArray[Any]]:
    """Read what :func:`write_arrays` wrote; nothing in the file is executed."""
    with np.load(BytesIO(content), allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def softmax(raw: NDArray[Any]) -> NDArray[np.float64]:
    """Turn scores of shape (n_rows, n_classes) into probabilities."""
    shifted = np.exp(np.asarray(raw, dtype=np.float64) - raw.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))


def sigmoid_pair(raw: NDArray[Any]) -> NDArray[np.float64]:
    """Turn log-odds of shape (n_rows,) into probabilities of shape (n_rows, 2)."""
    positive = 1.0 / (1.0 + np.exp(-np.clip(np.asarray(raw, dtype=np.float64), -60, 60)))
    return np.column_stack([1.0 - positive, positive])


def to_probabilities(raw: NDArray[Any]) -> NDArray[np.float64]:
    """Turn raw booster scores into probabilities: log-odds for one column, softmax for several."""
    if raw.ndim == 1 or raw.shape[1] == 1:
        return sigmoid_pair(raw.reshape(-1))
    return softmax(raw)


class TargetScale:
    """Centre and spread of a regression target; models learn the standardised one."""

    def __init__(self, center: float, spread: float) -> None:
        self.center = center
        self.spread = spread

    @classmethod
    def of(cls, target: NDArray[Any]) -> TargetScale:
        """Measure a target."""
        spread = float(np.std(target))
        return cls(float(np.mean(target)), spread if spread > 0 else 1.0)

    def apply(self, target: NDArray[Any]) -> NDArray[np.float64]:
        """Standardise."""
        return np.asarray((np.asarray(target, dtype=np.float64) - self.center) / self.spread)

    def invert(self, prediction: NDArray[Any]) -> NDArray[np.float64]:
        """Return standardised predictions to the target's own units."""
        return np.asarray(np.asarray(prediction, dtype=np.float64) * self.spread + self.center)

    def invert_contributions(self, contributions: NDArray[Any]) -> NDArray[np.float64]:
        """Return contributions to a standardised prediction, the start of all in the last column, to its own units."""
        scaled = np.asarray(contributions, dtype=np.float64) * self.spread
        scaled[:, -1] += self.center
        return np.asarray(scaled)
