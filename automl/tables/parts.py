"""Some parts of a large file of lines, drawn at random, as one stream: where there is no time for all of it."""

from __future__ import annotations

import io
import random
from pathlib import Path

__all__ = ["PartsOfFile"]

_PART_BYTES = 1 << 20


class PartsOfFile(io.RawIOBase):
    """The beginning of a file, and parts of about a megabyte from all over it, each cut where lines end.

    Parameters
    ----------
    path : Path
    most : int
        How many bytes to read, about.
    seed : int

    Attributes
    ----------
    size : int
        Bytes that will be read, about.
    """

    def __init__(self, path: Path, most: int, seed: int) -> None:
        self._file = path.open("rb")
        total = path.stat().st_size
        every = range(1, max(1, -(-total // _PART_BYTES)))
        count = min(len(every), max(1, most // _PART_BYTES - 1))
        chosen = sorted(random.Random(seed).sample(every, count))  # noqa: S311 - rows are drawn, no secrets
        self.size = (count + 1) * _PART_BYTES
        self._starts = iter([0, *(part * _PART_BYTES for part in chosen)])
        self._content = memoryview(b"")

    def readable(self) -> bool:
        """Say yes."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill the buffer with what comes next; return how many bytes that is."""
        while not self._content:
            start = next(self._starts, None)
            if start is None:
                return 0
            self._content = memoryview(self._part(start))
        count = min(len(buffer), len(self._content))
        buffer[:count] = self._content[:count]
        self._content = self._content[count:]
        return count

    def _part(self, start: int) -> bytes:
        """Return the lines that begin within a megabyte from ``start``: each line of the file is of one part."""
        if start:
            self._file.seek(start - 1)
            self._file.readline()
        begin = self._file.tell() if start else 0
        self._file.seek(begin)
        content = self._file.read(max(0, start + _PART_BYTES - begin))
        return content + (self._file.readline() if content and not content.endswith(b"\n") else b"")

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()
