"""Piecewise linear encoding of numbers: what lets a small network bend a feature where its values are dense.

Source of the method: Gorishniy, Rubachev and Babenko, "On embeddings for numerical features in tabular deep learning",
NeurIPS 2022.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["PiecewiseLinear"]

_MOST_PIECES = 1_024
_ROWS_LOOKED_AT = 20_000


@dataclass(frozen=True)
class PiecewiseLinear:
    """Intervals between quantiles of features; a value is told by how far it lies through each of them.

    Attributes
    ----------
    feature : ndarray of shape (n_pieces,), int64
        The feature that each interval belongs to.
    start, slope : ndarray of shape (n_pieces,), float32
        Where the interval begins, and one divided by its length.
    """

    feature: NDArray[np.int64]
    start: NDArray[np.float32]
    slope: NDArray[np.float32]

    @classmethod
    def of(cls, values: NDArray[np.float32], pieces: int) -> PiecewiseLinear:
        """Place at most ``pieces`` intervals in each feature of more than two values, fewer where features are many.

        Parameters
        ----------
        values : ndarray of shape (n_rows, n_features)
        pieces : int
            0 for none.
        """
        sample = values[:: max(1, len(values) // _ROWS_LOOKED_AT)]
        low, high = sample.min(axis=0), sample.max(axis=0)
        numbers = np.flatnonzero(((sample > low) & (sample < high)).any(axis=0))
        pieces = min(pieces, _MOST_PIECES // max(1, len(numbers)))
        if pieces < 2:
            numbers = numbers[:0]
        levels = np.linspace(0.0, 1.0, max(pieces, 2) + 1)
        borders = [np.unique(np.quantile(sample[:, number], levels).astype(np.float32)) for number in numbers]
        feature = np.repeat(numbers, [len(each) - 1 for each in borders])
        start = np.concatenate([np.empty(0, np.float32), *(each[:-1] for each in borders)])
        length = np.concatenate([np.empty(0, np.float32), *(np.diff(each) for each in borders)])
        return cls(feature.astype(np.int64), start, (1 / length).astype(np.float32))

    def apply(self, values: NDArray[Any]) -> NDArray[np.float32]:
        """Return the features with their pieces behind them: of shape (n_rows, n_features + n_pieces)."""
        through = (values[:, self.feature] - self.start) * self.slope
        np.clip(through, 0, 1, out=through)
        return np.concatenate([values, through - np.float32(0.5)], axis=1, dtype=np.float32)
