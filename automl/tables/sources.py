"""Opening what the user named: a path, an address or standard input, as one stream of bytes that hashes itself."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from automl.arguments import near_names
from automl.errors import DataError
from automl.inputs import PART_MARK, STANDARD_INPUT, is_web_address, said_name, split_part
from automl.tables.options import ReadOptions
from automl.tables.unpacking import unpacked

__all__ = ["ByteSource", "HashingReader", "open_path", "open_source"]

_PEEKED_BYTES = 1 << 12


class _FileAsOpened(io.RawIOBase):
    """A file of the size that it had when it was opened: what is appended meanwhile is left for another time.

    Parameters
    ----------
    file : io.FileIO
    name : str
        Of the file, for the error where bytes are missing in the end.
    """

    def __init__(self, file: io.FileIO, name: str) -> None:
        self._file, self._name = file, name
        self._left = os.fstat(file.fileno()).st_size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        count = self._file.readinto(buffer[: self._left])
        if not count and self._left and len(buffer):
            raise DataError(
                f"'{self._name}' became shorter while it was read: {self._left:,} bytes are missing.",
                "Try again when nothing else writes it.",
            )
        self._left -= count
        return count


class HashingReader(io.RawIOBase):
    """A raw stream that digests and counts every byte that passes through it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.digest = hashlib.sha256()
        self.count = 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill ``buffer`` and return how many bytes that took; 0 at the end."""
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
        What to call it in a sentence; of an address without what is secret in it.
    part : str or None
        The table, sheet or member that the user named behind ``::``.
    stream : BufferedReader
        The content, unpacked.
    """

    name: str
    part: str | None
    stream: io.BufferedReader
    _hashing: HashingReader

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
def open_source(source: str | Path, options: ReadOptions) -> Iterator[ByteSource]:
    """Open a path, a web address, or standard input for ``"-"``; packed files are recognised by their first bytes.

    A path may be followed by ``::`` and the name of a part: a table, a sheet or a file in an archive.

    Raises
    ------
    DataError
        If the path does not exist, is a folder or may not be read, the address cannot be fetched, or standard input is
        closed.
    """
    name, part = split_part(str(source))
    shown = said_name(name)
    with _open_raw(name, options) as raw:
        hashing = HashingReader(raw)
        stream = unpacked(io.BufferedReader(hashing, 1 << 16), hashing, shown, part)
        yield ByteSource(shown if part is None else f"{shown}{PART_MARK}{part}", part, stream, hashing)


@contextmanager
def _open_raw(name: str, options: ReadOptions) -> Iterator[IO[bytes]]:
    if name == STANDARD_INPUT:
        # Some service managers start a command without one.
        if sys.stdin is None:
            raise DataError("Standard input is closed.", "Name a file, or send the table with '< table.csv'.")
        yield sys.stdin.buffer
        return
    if is_web_address(name):
        from automl.tables.downloading import downloaded

        with downloaded(name, options) as file:
            yield file
        return
    with open_path(name) as file:
        yield file


@contextmanager
def open_path(name: str) -> Iterator[IO[bytes]]:
    """Open a file as it stands: what is appended while it is read is left out.

    Raises
    ------
    DataError
        If it does not exist, is a folder or may not be read; and while it is read, where it became shorter.
    """
    path = Path(name)
    try:
        file = path.open("rb", 0)
    except FileNotFoundError as error:
        raise DataError(f"There is no file '{name}'.", _near_names_hint(path)) from error
    except IsADirectoryError as error:
        raise DataError(f"'{name}' is a folder, not a table.", "Name one file inside it.") from error
    except PermissionError as error:
        raise DataError(f"'{name}' may not be read: permission denied.", f"Try 'chmod u+r {name}'.") from error
    except OSError as error:
        raise DataError(f"Cannot open '{name}': {error.strerror or error}.", "Check the path.") from error
    with file:
        # What is no plain file, or is made up while it is read, has no size.
        is_sized = stat.S_ISREG(os.fstat(file.fileno()).st_mode) and os.fstat(file.fileno()).st_size
        yield io.BufferedReader(_FileAsOpened(file, name) if is_sized else file)


def _near_names_hint(path: Path) -> str:
    folder = path.parent
    if not folder.is_dir():
        return f"The folder '{folder}' does not exist either; check the path."
    names = [entry.name for entry in folder.iterdir() if entry.is_file()]
    # The ending alone makes names alike.
    near = [name for name in near_names(path.name, names) if near_names(path.stem, [Path(name).stem])]
    if near:
        return "Did you mean " + " or ".join(f"'{folder / name}'" for name in near) + "?"
    return f"Check the name, or list the folder with 'ls {folder}'."
