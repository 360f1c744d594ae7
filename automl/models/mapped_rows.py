"""Rows that are mapped from the disk, for fits on more of them than memory holds."""

from __future__ import annotations

import mmap
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["MappedBytes", "let_go"]


@dataclass(frozen=True)
class MappedBytes:
    """What a fit takes in memory for rows that are mapped from the disk.

    Attributes
    ----------
    row : float
        Bytes for each row.
    cell : float
        For each feature of a row.
    score : float
        For each number that is predicted for a row: one, or one for each of more than two classes.
    category : float, optional
        For each category code of a row, where that is another than for a number.
    """

    row: float
    cell: float
    score: float
    category: float | None = None

    def of_row(self, numbers: int, categories: int, n_classes: int) -> float:
        """Return the bytes for a row of so many numbers and category codes; ``n_classes`` is 0 for regression."""
        cells = self.cell * numbers + (self.cell if self.category is None else self.category) * categories
        return self.row + cells + self.score * (n_classes if n_classes > 2 else 1)


def let_go(values: NDArray[Any]) -> None:
    """Take what was read of mapped values out of this process' memory; it is read again where it is used.

    Parameters
    ----------
    values : ndarray
        Of any shape. Nothing happens where no file is behind it, or the system cannot do so.
    """
    behind: Any = values
    while isinstance(behind, np.ndarray):
        behind = behind.base
    if isinstance(behind, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        behind.madvise(mmap.MADV_DONTNEED)
