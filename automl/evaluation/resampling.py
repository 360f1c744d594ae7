"""Bootstrap samples of rows, drawn as row counts so that a metric is prepared once and reweighed for each sample."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.evaluation.arrays import FloatArray

__all__ = ["RowSampler"]


@dataclass(frozen=True)
class RowSampler:
    """Draws bootstrap samples of rows, or of whole groups of rows.

    Attributes
    ----------
    units : int
        How many rows, or groups, are drawn from: the number of independent observations.
    codes : integer array of shape (n,) or None
        Which group each row belongs to; None where each row stands for itself.
    """

    units: int
    codes: NDArray[np.intp] | None = None

    @classmethod
    def of(cls, rows: int, groups: NDArray[Any] | None = None) -> RowSampler:
        """Make a sampler for ``rows`` rows; rows with equal values in ``groups`` are drawn together."""
        if groups is None:
            return cls(rows)
        names, codes = np.unique(groups, return_inverse=True)
        return cls(len(names), codes.astype(np.intp))

    def units_of(self, chosen: NDArray[np.bool_], weight: FloatArray | None = None) -> float:
        """Return how many of the units some rows are, or belong to.

        Unequal weights make them count as fewer, rows of weight zero not at all (Kish, "Survey Sampling", 1965: the
        square of the sum over the sum of the squares).

        Parameters
        ----------
        chosen : bool array of shape (n,)
        weight : array of shape (n,), optional
        """
        if weight is None:
            return float(np.count_nonzero(chosen) if self.codes is None else len(np.unique(self.codes[chosen])))
        masses = weight[chosen]
        if self.codes is not None:
            codes = self.codes[chosen]
            # A unit's mean weight: how many rows it has does not tell how much of the spread is its own.
            masses = np.bincount(codes, masses, self.units) / np.maximum(np.bincount(codes, minlength=self.units), 1)
        total = float(masses.sum())
        return total**2 / float(np.dot(masses, masses)) if total > 0 else 0.0

    def draw(self, rng: np.random.Generator) -> FloatArray:
        """Return how often each row is in one bootstrap sample, of shape (n,)."""
        counts = self._draw_units(rng)
        return counts if self.codes is None else counts[self.codes]

    def samples(self, replicates: int, seed: int) -> Iterator[FloatArray]:
        """Yield the row counts of ``replicates`` bootstrap samples."""
        rng = np.random.default_rng(seed)
        for _ in range(replicates):
            yield self.draw(rng)

    def unit_samples(self, replicates: int, seed: int) -> Iterator[FloatArray]:
        """Yield the same samples as :meth:`samples`, as counts of rows or groups of shape (units,)."""
        rng = np.random.default_rng(seed)
        for _ in range(replicates):
            yield self._draw_units(rng)

    def parted(self, parts: int, rng: np.random.Generator) -> NDArray[np.intp]:
        """Return which of several parts each row is in, for learning from all parts but one.

        Rows of one group are in one part; where all are of one, each row stands for itself.
        """
        if self.codes is None or self.units < 2:
            return rng.permutation(self.units if self.codes is None else len(self.codes)) % parts
        return np.asarray((rng.permutation(self.units) % parts)[self.codes])

    def _draw_units(self, rng: np.random.Generator) -> FloatArray:
        return np.bincount(rng.integers(0, self.units, self.units), minlength=self.units).astype(np.float64)
