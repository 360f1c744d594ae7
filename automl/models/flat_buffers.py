"""Reading FlatBuffers (https://flatbuffers.dev) with every offset checked, as far as CatBoost models need it.

A table begins with the distance to the list of its fields' places; what is not as large as a number lies elsewhere, and
its distance stands in its place.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["FlatTable", "root_table"]

_PLACE_BYTES = 2
_LIST_HEAD = 4


@dataclass(frozen=True)
class FlatTable:
    """A table in a buffer.

    Attributes
    ----------
    content : bytes
        The whole buffer.
    position : int
        Where the table begins.
    """

    content: bytes
    position: int

    def number(self, field: int, form: str, default: int) -> int:
        """Return a number; ``form`` as for :mod:`struct`."""
        place = self._place(field)
        return default if place is None else int(_unpacked(self.content, form, place))

    def array(self, field: int, dtype: str) -> NDArray[Any]:
        """Return a list of numbers; an empty one where the field is not there."""
        found = self._list(field, np.dtype(dtype).itemsize)
        return np.empty(0, dtype) if found is None else np.frombuffer(self.content, dtype, found[1], found[0])

    def table(self, field: int) -> FlatTable:
        """Return a table; KeyError where the field is not there."""
        place = self._place(field)
        if place is None:
            raise KeyError(field)
        return FlatTable(self.content, place + int(_unpacked(self.content, "I", place)))

    def tables(self, field: int) -> list[FlatTable]:
        """Return a list of tables; an empty one where the field is not there."""
        found = self._list(field, 4)
        if found is None:
            return []
        begin, count = found
        distances = np.frombuffer(self.content, "<u4", count, begin).tolist()
        return [FlatTable(self.content, begin + 4 * number + each) for number, each in enumerate(distances)]

    def _list(self, field: int, item_bytes: int) -> tuple[int, int] | None:
        """Return where a list begins, and how many items it has."""
        place = self._place(field)
        if place is None:
            return None
        begin = place + int(_unpacked(self.content, "I", place))
        count = int(_unpacked(self.content, "I", begin))
        if begin + 4 + count * item_bytes > len(self.content):
            raise ValueError("a list beyond the buffer")
        return begin + 4, count

    def _place(self, field: int) -> int | None:
        """Return where a field stands; None where it is left out."""
        places = self.position - int(_unpacked(self.content, "i", self.position))
        at = _LIST_HEAD + _PLACE_BYTES * field
        if at + _PLACE_BYTES > _unpacked(self.content, "H", places):
            return None
        distance = int(_unpacked(self.content, "H", places + at))
        return self.position + distance if distance else None


def root_table(content: bytes) -> FlatTable:
    """Return the table that a buffer is about; its methods raise ValueError where an offset leads out of the buffer."""
    return FlatTable(content, int(_unpacked(content, "I", 0)))


def _unpacked(content: bytes, form: str, position: int) -> Any:
    if position < 0:
        raise ValueError("an offset before the buffer")
    try:
        return struct.unpack_from(f"<{form}", content, position)[0]
    except struct.error as error:
        raise ValueError("an offset beyond the buffer") from error
