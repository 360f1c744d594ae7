"""The last rows of many requests, kept so that taking one more costs the same each time."""

from __future__ import annotations

from collections import Counter, deque

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.tables import TypedTable

__all__ = ["LastRows"]


class LastRows:
    """A ring of rows: putting tables together at every so many requests would keep one of them waiting.

    Parameters
    ----------
    most : int
        Rows to keep.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._seen = 0
        self._like: pd.DataFrame | None = None
        self._cells: NDArray[np.object_] = np.empty((0, 0), dtype=object)
        self._predicted: NDArray[np.float64] = np.empty(0)
        # Cells that could not be read, and how many rows had been seen after the request they came in.
        self._unparsed: deque[tuple[int, dict[str, int]]] = deque()

    def __len__(self) -> int:
        return min(self._seen, self._most)

    def add(self, typed: TypedTable, predicted: NDArray[np.float64]) -> None:
        """Take the rows of a request; of more than are kept, the last.

        Parameters
        ----------
        typed : TypedTable
            With the same columns each time.
        predicted : ndarray of shape (n_rows,) or (n_rows, n_classes)
        """
        if self._like is None:
            self._like = typed.frame.iloc[:0].copy()
            self._cells = np.empty((self._most, typed.frame.shape[1]), dtype=object)
            self._predicted = np.empty((self._most, *predicted.shape[1:]))
        rows = min(len(predicted), self._most)
        self._seen += len(predicted)
        places = np.arange(self._seen - rows, self._seen) % self._most
        self._cells[places] = typed.frame.to_numpy(dtype=object)[-rows:]
        self._predicted[places] = predicted[-rows:]
        if typed.unparsed:
            share = rows / len(predicted)
            counts = {name: round(count * share) for name, count in typed.unparsed.items()}
            self._unparsed.append((self._seen, counts))
        while self._unparsed and self._unparsed[0][0] <= self._seen - self._most:
            self._unparsed.popleft()

    def together(self) -> tuple[TypedTable, NDArray[np.float64]]:
        """Return the rows as one table, in the order they came, and what was predicted for them.

        Raises
        ------
        ValueError
            If there are none.
        """
        if self._like is None:
            raise ValueError("There are no rows yet.")
        places = np.arange(self._seen - len(self), self._seen) % self._most
        columns = {
            name: pd.Series(self._cells[places, number], dtype=self._like[name].dtype)
            for number, name in enumerate(self._like)
        }
        unparsed: Counter[str] = Counter()
        for _, counts in self._unparsed:
            unparsed.update(counts)
        return TypedTable(pd.DataFrame(columns), dict(unparsed)), self._predicted[places]
