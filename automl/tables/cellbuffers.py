"""Text cells put together block by block, each column in one piece of memory that is no larger than it has to be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["CellBuffers"]

_FIRST_MARGIN = 1.05
_GROWTH = 1.25
_Item = TypeVar("_Item", bound=np.generic)


class CellBuffers:
    """The cells of a table that comes in blocks.

    What is set aside and not written takes no memory, so that the size is guessed rather too large than too small.

    Parameters
    ----------
    width : int
    """

    def __init__(self, width: int) -> None:
        self.n_rows = 0
        self._used = [0] * width
        self._ends: list[NDArray[np.int64]] = [np.zeros(1, dtype=np.int64)] * width
        self._texts: list[NDArray[np.uint8]] = [np.zeros(0, dtype=np.uint8)] * width

    def add(self, columns: Sequence[pa.Array], share: float) -> None:
        """Add some rows below those that are there.

        Parameters
        ----------
        columns : sequence of pyarrow string arrays without nulls
        share : float
            Which share of all rows will then be there, about.
        """
        for number, column in enumerate(columns):
            ends, texts = _parts(column)
            start, used = self.n_rows, self._used[number]
            self._ends[number] = _with_room(self._ends[number], start + 1, len(ends) - 1, share)
            self._texts[number] = _with_room(self._texts[number], used, len(texts), share)
            np.add(ends[1:], used - int(ends[0]), out=self._ends[number][start + 1 : start + len(ends)])
            self._texts[number][used : used + len(texts)] = texts
            self._used[number] += len(texts)
        self.n_rows += len(columns[0]) if columns else 0

    def arrays(self) -> list[pa.LargeStringArray]:
        """Return the columns, which share their memory with this object."""
        import pyarrow as pa

        return [
            pa.LargeStringArray.from_buffers(
                self.n_rows, pa.py_buffer(ends[: self.n_rows + 1]), pa.py_buffer(texts[:used])
            )
            for ends, texts, used in zip(self._ends, self._texts, self._used, strict=True)
        ]


def _parts(column: pa.Array) -> tuple[NDArray[Any], NDArray[np.uint8]]:
    """Return where the texts of a column begin and end, and their bytes."""
    import pyarrow as pa

    _, ends_buffer, text_buffer = column.buffers()
    wide = np.int64 if pa.types.is_large_string(column.type) else np.int32
    ends = np.frombuffer(ends_buffer, dtype=wide)[column.offset : column.offset + len(column) + 1]
    texts = np.frombuffer(text_buffer if text_buffer is not None else b"", dtype=np.uint8)
    return ends, texts[ends[0] : ends[-1]]


def _with_room(array: NDArray[_Item], used: int, more: int, share: float) -> NDArray[_Item]:
    """Return the array, or a larger copy where ``more`` entries do not fit behind those that are used."""
    if used + more <= len(array):
        return array
    guessed = int((used + more) / share * _FIRST_MARGIN) if share else 0
    room = np.empty(max(guessed, int((used + more) * _GROWTH)), dtype=array.dtype)
    room[:used] = array[:used]
    return room
