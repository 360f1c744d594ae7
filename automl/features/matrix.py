"""What an encoder returns: a matrix, and where each of its features came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["LARGEST", "EncodedMatrix", "FeatureGroup", "join_groups"]

#: Numbers beyond this are clipped: float32 ends near 3.4e38, and sums of a few must stay below that.
LARGEST = 1e37


@dataclass(frozen=True)
class EncodedMatrix:
    """Features as a model learns from them.

    Attributes
    ----------
    values : ndarray of shape (n_rows, n_features), float32, C-ordered
        Never infinite; NaN where missing, in encodings that allow it.
    categorical : tuple of int
        Features that hold category codes (0, 1, …; NaN where missing).
    cardinalities : tuple of int
        Number of codes of each of them.
    names : tuple of str
        For people: ``"start: month"``.
    sources : tuple of str
        The original column of each feature.
    """

    values: NDArray[np.float32]
    categorical: tuple[int, ...]
    cardinalities: tuple[int, ...]
    names: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class FeatureGroup:
    """Features made together, on their way into the matrix.

    Attributes
    ----------
    values : ndarray of shape (n_rows, n_features)
    names, sources : tuple of str
        As in :class:`EncodedMatrix`, one for each feature.
    cardinality : int
        Number of category codes where the features hold such codes, else 0.
    """

    values: NDArray[Any]
    names: tuple[str, ...]
    sources: tuple[str, ...]
    cardinality: int = 0


def join_groups(groups: Sequence[FeatureGroup], n_rows: int) -> EncodedMatrix:
    """Put groups side by side; what float32 cannot hold is clipped."""
    names = tuple(name for group in groups for name in group.names)
    values = np.empty((n_rows, len(names)), dtype=np.float32)
    categorical: list[int] = []
    cardinalities: list[int] = []
    start = 0
    for group in groups:
        end = start + len(group.names)
        values[:, start:end] = np.clip(group.values, -LARGEST, LARGEST)
        if group.cardinality:
            categorical.extend(range(start, end))
            cardinalities.extend([group.cardinality] * (end - start))
        start = end
    sources = tuple(source for group in groups for source in group.sources)
    return EncodedMatrix(values, tuple(categorical), tuple(cardinalities), names, sources)
