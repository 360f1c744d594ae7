"""Opening what the user named: a path, a gzip file or standard input, as one stream of bytes that hashes itself."""

from __future__ import annotations

import difflib
import gzip
import hashlib
import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from automl.errors import DataError

__all__ = ["ByteSource", "open_source"]

STANDARD_INPUT = "-"
GZIP_MAGIC = b"\x1f\x8b"
PARQUET_MAGIC = b"PAR1"
# A gzip file may always unpack to this many bytes; beyond it, to at most this many times its own size.
FREE_UNPACKED_BYTES = 256 * 1024**2
MAX_UNPACKED_RATIO = 200
MAX_UNPACKED_BYTES = 64 * 1024**3


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


class _UnpackingReader(io.RawIOBase):
    """A raw stream of a gzip file's content that refuses to grow without measure."""

    def __init__(self, packed: IO[bytes], counter: _HashingReader, name: str) -> None:
        self._content = gzip.GzipFile(fileobj=packed)
        self._counter = counter
        self._name = name
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            chunk = self._content.read(len(buffer))
        except (OSError, EOFError, zlib.error) as error:
            raise DataError(
                f"'{self._name}' is a damaged gzip file: {error}.", "Copy or download it again, or unpack it yourself."
            ) from error
        self._count += len(chunk)
        self._check_growth()
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def _check_growth(self) -> None:
        too_dense = self._count > FREE_UNPACKED_BYTES and self._count > MAX_UNPACKED_RATIO * self._counter.count
        if too_dense or self._count > MAX_UNPACKED_BYTES:
            raise DataError(
                f"'{self._name}' unpacks to more than {self._count:,} bytes, which no ordinary table does.",
                "Unpack it yourself with 'gunzip' if you trust it.",
            )


@dataclass(frozen=True)
class ByteSource:
    """An open input.

    Attributes
    ----------
    name : str
        What the user named.
    stream : BufferedReader
        The content, unpacked.
    """

    name: str
    stream: io.BufferedReader
    _hashing: _HashingReader

    @property
    def sha256(self) -> str:
        """Hex digest of the bytes read so far, as they stand in the file (packed)."""
        return self._hashing.digest.hexdigest()

    @property
    def is_parquet(self) -> bool:
        """Whether the content begins as a Parquet file does."""
        return self.stream.peek(4)[:4] == PARQUET_MAGIC

    def drain(self) -> bytes:
        """Return everything that is left of the content."""
        content = self.stream.read()
        while self._hashing.read(1 << 20):  # bytes after the end of a gzip member still belong to the file's digest
            pass
        return content


@contextmanager
def open_source(source: str | Path) -> Iterator[ByteSource]:
    """Open a path, or standard input for ``"-"``; gzip is recognised by its first bytes.

    Raises
    ------
    DataError
        If the path does not exist, is a folder or may not be read.
    """
    name = str(source)
    with _open_raw(name) as raw:
        hashing = _HashingReader(raw)
        stream: io.BufferedReader = io.BufferedReader(hashing, 1 << 16)
        if stream.peek(2)[:2] == GZIP_MAGIC:
            stream = io.BufferedReader(_UnpackingReader(stream, hashing, name), 1 << 16)
        yield ByteSource(name, stream, hashing)


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
