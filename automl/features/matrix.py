"""What an encoder returns: a matrix, and where each of its features came from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Block", "EncodedMatrix", "join_blocks"]

_LARGEST = np.float32(1e37)


@dataclass(frozen=True)
class EncodedMatrix:
    """Features as a model learns from them.

    Attributes
    ----------
    values : ndarray of shape (n_rows, n_features), float32
        NaN where missing, in encodings that allow it.
    categorical : tuple of int
        Features that hold category codes (0, 1, …).
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
class Block:
    """The features made from one column; ``cardinality`` is set where they are category codes."""

    source: str
    names: tuple[str, ...]
    values: NDArray[np.floating]
    cardinality: int = 0


def join_blocks(blocks: list[Block], rows: int) -> EncodedMatrix:
    """Put blocks side by side; what float32 cannot hold is clipped."""
    width = sum(len(block.names) for block in blocks)
    values = np.empty((rows, width), dtype=np.float32)
    categorical, cardinalities, position = [], [], 0
    for block in blocks:
        part = block.values.reshape(rows, len(block.names))
        values[:, position : position + len(block.names)] = np.clip(part, -_LARGEST, _LARGEST)
        if block.cardinality:
            categorical.append(position)
            cardinalities.append(block.cardinality)
        position += len(block.names)
    return EncodedMatrix(
        values,
        tuple(categorical),
        tuple(cardinalities),
        tuple(name for block in blocks for name in block.names),
        tuple(block.source for block in blocks for _ in block.names),
    )
