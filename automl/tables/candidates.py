"""A column while its kind is being decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from automl.tables.uniques import UniqueTexts

__all__ = ["Candidate", "make_candidate"]


@dataclass(frozen=True)
class Candidate:
    """The texts of a column that are not missing under some markers.

    Attributes
    ----------
    name : str
    texts : list of str
        Distinct trimmed texts, in order of first appearance.
    counts : ndarray of int64
        Cells per text.
    markers : tuple of str
        What counts as missing.
    n_rows : int
    uniques : UniqueTexts
        All cells of the column.
    """

    name: str
    texts: list[str]
    counts: NDArray[np.int64]
    markers: tuple[str, ...]
    n_rows: int
    uniques: UniqueTexts

    @property
    def n_present(self) -> int:
        """The number of cells that are not missing."""
        return int(self.counts.sum())

    @property
    def unique_share(self) -> float:
        """Distinct texts for each cell that is not missing."""
        return len(self.texts) / max(self.n_present, 1)

    @property
    def is_constant(self) -> bool:
        """Whether every cell says the same; a column that is missing on some rows is no constant."""
        return len(self.texts) == 1 and self.n_present == self.n_rows


def make_candidate(name: str, totals: Mapping[str, int], markers: tuple[str, ...], uniques: UniqueTexts) -> Candidate:
    """Take the missing texts out of a column.

    Parameters
    ----------
    name : str
    totals : mapping of str to int
        Cells per distinct trimmed text.
    markers : tuple of str
    uniques : UniqueTexts
    """
    absent = {"", *markers}
    texts = [text for text in totals if text not in absent]
    counts = np.array([totals[text] for text in texts], dtype=np.int64)
    return Candidate(name, texts, counts, markers, len(uniques.codes), uniques)
