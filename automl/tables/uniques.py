"""The distinct cell texts of a column with their counts: what all typing works on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.tables.glances import beginnings
from automl.tables.plainnumbers import arrow_texts

__all__ = ["CellColumn", "UniqueTexts", "cell_columns", "few_unique_texts", "unique_texts"]

# Of so few cells a look at each takes a fraction of the time that a call of a library takes to begin.
_FEW = 64

CellColumn = pd.Series | list[str]


@dataclass(frozen=True)
class UniqueTexts:
    """The distinct texts of a column.

    Attributes
    ----------
    raw : list of str
        Distinct cell texts, in order of first appearance.
    trimmed : list of str
        The same without white space around them (so not necessarily distinct).
    codes : ndarray of int64, shape (n_rows,)
        The position of each cell's text in ``raw``.
    counts : ndarray of int64, same length as ``raw``
    """

    raw: list[str]
    trimmed: list[str]
    codes: NDArray[np.int64]
    counts: NDArray[np.int64]

    def by_trimmed(self) -> dict[str, int]:
        """Return the cell count of each distinct trimmed text, in order of first appearance."""
        return self._totals(self.trimmed)

    def by_beginning(self) -> dict[str, int]:
        """Return the same with long texts cut, which are one where they begin alike."""
        return self._totals(beginnings(self.trimmed))

    def _totals(self, texts: Sequence[str]) -> dict[str, int]:
        totals = dict(zip(texts, self.counts.tolist(), strict=True))
        if len(totals) == len(texts):
            return totals
        totals.clear()
        for text, count in zip(texts, self.counts.tolist(), strict=True):
            totals[text] = totals.get(text, 0) + count
        return totals


def cell_columns(frame: pd.DataFrame) -> dict[str, CellColumn]:
    """Return the text cells of a table column by column.

    Those of few rows are lists: of perhaps 100,000 such columns, each as a Series would take longer than all else.
    """
    if len(frame) > _FEW:
        return {str(name): cells for name, cells in frame.items()}
    lists: list[list[str]] = frame.to_numpy(dtype=object).T.tolist()
    return dict(zip(map(str, frame.columns), lists, strict=True))


def unique_texts(cells: CellColumn) -> UniqueTexts:
    """Find the distinct texts of a column of text cells."""
    if isinstance(cells, list):
        return few_unique_texts(cells)
    if len(cells) <= _FEW:
        return few_unique_texts(cells.tolist())
    encoded = arrow_texts(cells).dictionary_encode()
    codes = np.empty(len(cells), dtype=np.int64)
    np.concatenate([chunk.indices.to_numpy() for chunk in encoded.chunks], out=codes)
    raw: list[str] = encoded.chunks[-1].dictionary.to_pylist()
    counts = np.bincount(codes, minlength=len(raw)).astype(np.int64)
    return UniqueTexts(raw, [text.strip() for text in raw], codes, counts)


def few_unique_texts(cells: Sequence[str]) -> UniqueTexts:
    """Find the distinct texts of a few cells."""
    positions: dict[str, int] = {}
    codes = np.array([positions.setdefault(text, len(positions)) for text in cells], dtype=np.int64)
    raw = list(positions)
    return UniqueTexts(raw, [text.strip() for text in raw], codes, np.bincount(codes, minlength=len(raw)))
