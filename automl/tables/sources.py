"""Opening what the user named: a path, a packed file or standard input, as one stream of bytes that hashes itself."""

from __future__ import annotations

import difflib
import hashlib
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from automl.errors import DataError
from automl.tables.unpacking import unpacked

__all__ = ["ByteSource", "open_source", "split_part"]

STANDARD_INPUT = "-"
PART_MARK = "::"
_PEEKED_BYTES = 1 << 12


class _HashingReader(io.RawIOBase):
    """A raw stream that digests and counts every byte that passes through it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.digest = hashlib.sha256()
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        chunk = self._stream.read(len(buffer))
        buffer[: len(chunk)] = chunk
        self.digest.update(chunk)
        self.count += len(chunk)
        return len(chunk)


@dataclass(frozen=True)
class ByteSource:
    """An open input.

    Attributes
    ----------
    name : str
        What the user named.
    part : str or None
        The table, sheet or member that the user named behind ``::``.
    stream : BufferedReader
        The content, unpacked.
    """

    name: str
    part: str | None
    stream: io.BufferedReader
    _hashing: _HashingReader

    @property
    def sha256(self) -> str:
        """Hex digest of the bytes read so far, as they stand in the file (packed)."""
        return self._hashing.digest.hexdigest()

    @property
    def head(self) -> bytes:
        """The content's first bytes, which stay to be read."""
        return self.stream.peek(_PEEKED_BYTES)[:_PEEKED_BYTES]

    def drain(self) -> bytes:
        """Return everything that is left of the content."""
        content = self.stream.read()
        while self._hashing.read(1 << 20):  # bytes after the end of a gzip member still belong to the file's digest
            pass
        return content


@contextmanager
def open_source(source: str | Path) -> Iterator[ByteSource]:
    """Open a path, or standard input for ``"-"``; packed files are recognised by their first bytes.

    A path may be followed by ``::`` and the name of a part: a table, a sheet or a file in an archive.

    Raises
    ------
    DataError
        If the path does not exist, is a folder or may not be read.
    """
    name, part = split_part(str(source))
    with _open_raw(name) as raw:
        hashing = _HashingReader(raw)
        stream = unpacked(io.BufferedReader(hashing, 1 << 16), hashing, name, part)
        yield ByteSource(str(source), part, stream, hashing)


def split_part(source: str) -> tuple[str, str | None]:
    """Split ``path::part``; a file whose own name holds ``::`` is taken as it is."""
    name, mark, part = source.rpartition(PART_MARK)
    if not mark or not name or not part or Path(source).exists():
        return source, None
    return name, part


@contextmanager
def _open_raw(name: str) -> Iterator[IO[bytes]]:
    if name == STANDARD_INPUT:
        yield sys.stdin.buffer
        return
    path = Path(name)
    try:
        stream = path.open("rb")
    except FileNotFoundError as error:
        raise DataError(f"There is no file '{name}'.", _near_names_hint(path)) from error
    except IsADirectoryError as error:
        raise DataError(f"'{name}' is a folder, not a table.", "Name one file inside it.") from error
    except PermissionError as error:
        raise DataError(f"'{name}' may not be read: permission denied.", f"Try 'chmod u+r {name}'.") from error
    except OSError as error:
        raise DataError(f"Cannot open '{name}': {error.strerror or error}.", "Check the path.") from error
    with stream:
        yield stream


def _near_names_hint(path: Path) -> str:
    folder = path.parent
    if not folder.is_dir():
        return f"The folder '{folder}' does not exist either; check the path."
    names = [entry.name for entry in folder.iterdir() if entry.is_file()]
    lower = {name.lower(): name for name in names}
    near = difflib.get_close_matches(path.name.lower(), list(lower), n=3, cutoff=0.6)
    if near:
        return "Did you mean " + " or ".join(f"'{folder / lower[name]}'" for name in near) + "?"
    return f"Check the name, or list the folder with 'ls {folder}'."
