"""Saving and reading models that are nothing but arrays: NumPy's .npz without pickles, and small numeric helpers."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.models.objectives import SQUARED_ERROR, Objective

__all__ = [
    "TargetScale",
    "agree",
    "in_blocks",
    "product_of_rows",
    "read_arrays",
    "sigmoid_pair",
    "softmax",
    "to_probabilities",
    "write_arrays",
]

#: That are multiplied at once. A single row is filled up to as many.
_ROWS_OF_A_BLOCK = 32

#: What single precision loses where libraries add in other parts, held against the predictions' spread: boosters of
#: 3,000 rounds lost 1e-6.
_ROUNDING = 1e-5


def write_arrays(path: Path, **arrays: Any) -> None:
    """Write named arrays to ``path``; object arrays are refused by NumPy."""
    with path.open("wb") as stream:
        np.savez(stream, allow_pickle=False, **arrays)


def read_arrays(content: bytes) -> dict[str, NDArray[Any]]:
    """Read what :func:`write_arrays` wrote; nothing in the file is executed.

    Raises
    ------
    ValueError, zipfile.BadZipFile
        If it is not that: unpacked, nothing of ours is larger than packed.
    """
    with zipfile.ZipFile(BytesIO(content)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > len(content):
            raise ValueError("arrays that are larger than what they stand in")
    with np.load(BytesIO(content), allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def agree(predicted: NDArray[Any], expected: NDArray[Any]) -> bool:
    """Whether predictions of the same rows differ by no more than rounding explains, held against their spread.

    A number near zero among large ones is rounded as those are.
    """
    spread = float(np.ptp(expected)) if expected.size else 0.0
    return np.allclose(predicted, expected, rtol=_ROUNDING, atol=_ROUNDING * spread)


def in_blocks(values: NDArray[Any]) -> NDArray[Any]:
    """Return rows in blocks of one size, of shape (n_blocks, n_rows_of_a_block, n_columns); the last ends in zeros.

    For another number of rows, libraries of linear algebra add up in another order. Where they are only ever given
    blocks of one size, a row comes to the same last digit alone as among others.
    """
    blocks = max(1, -(-len(values) // _ROWS_OF_A_BLOCK))
    filled = np.zeros((blocks * _ROWS_OF_A_BLOCK, values.shape[1]), dtype=values.dtype)
    filled[: len(values)] = values
    return filled.reshape(blocks, _ROWS_OF_A_BLOCK, values.shape[1])


def product_of_rows(values: NDArray[Any], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the product of two matrices, each row of it the same whatever other rows there are."""
    product = in_blocks(values).astype(np.float64, copy=False) @ weights
    return np.asarray(product.reshape(-1, weights.shape[1])[: len(values)])


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


_OF_TARGET, _OF_MEAN = 1.0, 2.0


class TargetScale:
    """How a regression target is turned into what models learn: standardised, its logarithm first where that is asked.

    Parameters
    ----------
    center, spread : float
        Of the target, or of its logarithm.
    log : float
        0 where the target itself is learned, 1 where the logarithm of one plus the target is, 2 where the logarithm of
        the target's mean is: such a model is given the target divided by its overall mean.
    highest : float
        With a logarithm, the largest learned value that is turned back: beyond it, a small error would grow
        exponentially.
    """

    def __init__(self, center: float, spread: float, log: float = 0.0, highest: float = 0.0) -> None:
        self.center = center
        self.spread = spread
        self.log = log
        self.highest = highest

    @classmethod
    def of(
        cls,
        target: NDArray[Any],
        hyperparameters: Mapping[str, Any] | None = None,
        objective: Objective = SQUARED_ERROR,
    ) -> TargetScale:
        """Measure a target; ``log_target`` among the hyperparameters asks for its logarithm.

        The center is what a constant prediction would be by the objective.
        """
        if objective.of_logarithm:
            center = float(np.log(max(np.mean(target), np.finfo(np.float64).tiny)))
            return cls(center, 1.0, _OF_MEAN, float(np.log(max(np.max(target), np.exp(center))) - center))
        log = bool(hyperparameters and hyperparameters.get("log_target"))
        learned = np.log1p(target) if log else np.asarray(target)
        center, spread = objective.best_constant(learned), float(np.std(learned))
        spread = spread if spread > 0 else 1.0
        return cls(center, spread, float(log), float((learned.max() - center) / spread) if log else 0.0)

    @property
    def numbers(self) -> tuple[float, float, float, float]:
        """What is stored of it: the parameters in order."""
        return self.center, self.spread, self.log, self.highest

    def apply(self, target: NDArray[Any]) -> NDArray[np.float64]:
        """Turn a target into what is learned."""
        learned = np.asarray(target, dtype=np.float64)
        # Validation rows may lie below every training row; what is scored is the prediction, not this.
        if self.log == _OF_MEAN:
            return np.asarray(np.maximum(learned, 0.0) / np.exp(self.center))
        learned = np.log1p(np.maximum(learned, 0.0)) if self.log else learned
        return np.asarray((learned - self.center) / self.spread)

    def invert(self, prediction: NDArray[Any]) -> NDArray[np.float64]:
        """Return predictions to the target's own units."""
        learned = np.asarray(prediction, dtype=np.float64)
        if not self.log:
            return np.asarray(learned * self.spread + self.center)
        exponent = np.minimum(learned, self.highest) * self.spread + self.center
        return np.asarray(np.exp(exponent) if self.log == _OF_MEAN else np.expm1(exponent))

    def invert_contributions(self, contributions: NDArray[Any]) -> NDArray[np.float64]:
        """Return contributions to a standardised prediction, the start of all in the last column, to its own units."""
        scaled = np.asarray(contributions, dtype=np.float64) * self.spread
        scaled[:, -1] += self.center
        return np.asarray(scaled)
