"""The last rows of many requests, kept so that taking one more costs the same each time."""

from __future__ import annotations

from collections import Counter, deque
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.bundle.reference import Reference
from automl.tables import ColumnKind, TypedTable

__all__ = ["LONGEST_TEXT", "LastRows", "longest_text"]

#: One character more than a level of a category has, so that a cell that is none stays none.
LONGEST_TEXT = 10_001


def longest_text(reference: Reference | None) -> int:
    """Return how many characters of a text drift is told by: its length, up to the longest of the training rows."""
    columns = () if reference is None else reference.columns
    lengths = [column.grid.knots[-1] for column in columns if column.grid and column.kind == ColumnKind.TEXT]
    return max([LONGEST_TEXT, *map(int, lengths)])


class LastRows:
    """A ring of rows: putting tables together at every so many requests would keep one of them waiting.

    Parameters
    ----------
    most : int
        Rows to keep.
    longest : int
        Characters to keep of a text. With :func:`longest_text` of them, cutting changes nothing that is told of drift.
    """

    def __init__(self, most: int, longest: int = LONGEST_TEXT) -> None:
        self._most, self._longest = most, longest
        self._seen = 0
        # Not an empty table to copy: a slice of texts keeps all of them in memory.
        self._types: dict[str, Any] | None = None
        self._texts: list[int] = []
        self._cells: NDArray[np.object_] = np.empty((0, 0), dtype=object)
        self._predicted: NDArray[np.float64] = np.empty(0)
        # Cells that could not be read, and how many rows had been seen after the request they came in.
        self._unparsed: deque[tuple[int, dict[str, int]]] = deque()

    def __len__(self) -> int:
        return min(self._seen, self._most)

    def add(self, typed: TypedTable, predicted: NDArray[np.float64]) -> dict[str, int]:
        """Take the rows of a request; of more than are kept, the last.

        Parameters
        ----------
        typed : TypedTable
            With the same columns each time.
        predicted : ndarray of shape (n_rows,) or (n_rows, n_classes)

        Returns
        -------
        dict of str to int
            How many of the request's cells are missing, by column, where any are.
        """
        if self._types is None:
            self._types = dict(zip(map(str, typed.frame), typed.frame.dtypes, strict=True))
            self._texts = [place for place, kind in enumerate(typed.frame.dtypes) if pd.api.types.is_string_dtype(kind)]
            self._cells = np.empty((self._most, typed.frame.shape[1]), dtype=object)
            self._predicted = np.empty((self._most, *predicted.shape[1:]))
        rows = min(len(predicted), self._most)
        self._seen += len(predicted)
        places = np.arange(self._seen - rows, self._seen) % self._most
        cells = typed.frame.to_numpy(dtype=object)
        last = cells[-rows:]
        self._cells[places] = last
        self._cut(last, places)
        self._predicted[places] = predicted[-rows:]
        if typed.unparsed:
            share = rows / len(predicted)
            counts = {name: round(count * share) for name, count in typed.unparsed.items()}
            self._unparsed.append((self._seen, counts))
        while self._unparsed and self._unparsed[0][0] <= self._seen - self._most:
            self._unparsed.popleft()
        missing = pd.isna(cells).sum(axis=0).tolist()
        return {name: count for name, count in zip(self._types, missing, strict=True) if count}

    def _cut(self, cells: NDArray[np.object_], places: NDArray[np.intp]) -> None:
        """Cut the texts that are too long: what one request may bring is far too much to keep of each row."""
        for column in self._texts:
            for row, text in enumerate(cells[:, column].tolist()):
                if type(text) is str and len(text) > self._longest:
                    self._cells[places[row], column] = text[: self._longest]

    def together(self) -> tuple[TypedTable, NDArray[np.float64]]:
        """Return the rows as one table, in the order they came, and what was predicted for them.

        Raises
        ------
        ValueError
            If there are none.
        """
        if self._types is None:
            raise ValueError("There are no rows yet.")
        places = np.arange(self._seen - len(self), self._seen) % self._most
        columns = {
            name: pd.Series(self._cells[places, number], dtype=kind)
            for number, (name, kind) in enumerate(self._types.items())
        }
        unparsed: Counter[str] = Counter()
        for _, counts in self._unparsed:
            unparsed.update(counts)
        frame = pd.DataFrame(columns, index=pd.RangeIndex(len(self)))
        return TypedTable(frame, dict(unparsed)), self._predicted[places]
