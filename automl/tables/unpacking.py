"""Packed inputs: gzip, bzip2, xz, zstandard and zip, recognised by their first bytes and bounded while unpacking."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable
from typing import Protocol, cast

from automl.errors import DataError
from automl.inputs import part_name

__all__ = ["unpacked"]

# A packed file may always unpack to this many bytes; beyond it, to at most this many times its own size.
FREE_UNPACKED_BYTES = 256 * 1024**2
MAX_UNPACKED_RATIO = 200
MAX_UNPACKED_BYTES = 64 * 1024**3
_BUFFER_BYTES = 1 << 16
_MAX_DEFLATE_RATIO = 1032
_ZIP_MAGIC = b"PK\x03\x04"
_SPREADSHEET_PARTS = ("xl/workbook.xml", "xl/workbook.bin", "mimetype")
_UNPACKING_ERRORS = (OSError, EOFError, ValueError, RuntimeError, zlib.error, lzma.LZMAError, zipfile.BadZipFile)


class Content(Protocol):
    """What unpacked bytes are read from."""

    def read(self, size: int, /) -> bytes:
        """Return at most ``size`` bytes, none at the end."""


class Counter(Protocol):
    """Counts the packed bytes that were read."""

    count: int


def unpacked(stream: io.BufferedReader, counter: Counter, name: str, member: str | None) -> io.BufferedReader:
    """Return the content of a packed stream, or the stream itself where it is not packed.

    Parameters
    ----------
    stream : BufferedReader
    counter : Counter
        Counts the bytes of ``stream``.
    name : str
        For messages.
    member : str or None
        Which file of a zip archive; None for the only one.

    Raises
    ------
    DataError
        If an archive is damaged or holds several files; while reading, if it unpacks to more than any table would.
    """
    head = stream.peek(8)[:8]
    for magic, (what, opener) in _OPENERS.items():
        if head.startswith(magic):
            return _bounded(opener(stream), counter, name, what)
    if head.startswith(_ZIP_MAGIC):
        return _unzipped(io.BytesIO(stream.read()), counter, name, member)
    return stream


def _bounded(content: Content, counter: Counter, name: str, what: str) -> io.BufferedReader:
    return io.BufferedReader(_BoundedReader(content, counter, name, what), _BUFFER_BYTES)


def _open_zstd(stream: io.BufferedReader) -> Content:
    import pyarrow as pa

    return cast(Content, pa.CompressedInputStream(pa.PythonFile(stream, mode="r"), "zstd"))


_OPENERS: dict[bytes, tuple[str, Callable[[io.BufferedReader], Content]]] = {
    b"\x1f\x8b": ("gzip", lambda stream: gzip.GzipFile(fileobj=stream)),
    b"BZh": ("bzip2", bz2.BZ2File),
    b"\xfd7zXZ\x00": ("xz", lzma.LZMAFile),
    b"\x28\xb5\x2f\xfd": ("zstandard", _open_zstd),
}


def _unzipped(packed: io.BytesIO, counter: Counter, name: str, member: str | None) -> io.BufferedReader:
    try:
        archive = zipfile.ZipFile(packed)
    except _UNPACKING_ERRORS as error:
        raise _damaged(name, "zip", error) from error
    names = [info.filename for info in archive.infolist() if not info.is_dir() and not _is_hidden(info.filename)]
    if any(part in names for part in _SPREADSHEET_PARTS):
        _check_members(archive, counter, name)
        packed.seek(0)
        return io.BufferedReader(packed)
    chosen = _member(names, name, member)
    stated = archive.getinfo(chosen)
    if _is_too_dense(stated.file_size, stated.compress_size):
        raise _too_large(name, stated.file_size)
    try:
        return _bounded(archive.open(chosen), counter, name, "zip")
    except _UNPACKING_ERRORS as error:
        raise _damaged(name, "zip", error) from error


def _check_members(archive: zipfile.ZipFile, counter: Counter, name: str) -> None:
    """Unpack every file of a workbook once, bounded all together, since its own reader is not."""
    members = archive.infolist()
    stated = sum(info.file_size for info in members)
    if _is_too_dense(stated, counter.count):
        raise _too_large(name, stated)
    if max(stated, counter.count * _MAX_DEFLATE_RATIO) < FREE_UNPACKED_BYTES:
        return
    count = 0
    try:
        for info in members:
            with archive.open(info) as member:
                reader = _BoundedReader(member, counter, name, "zip", count)
                while reader.read(_BUFFER_BYTES):
                    pass
                count = reader.count
    except _UNPACKING_ERRORS as error:
        raise _damaged(name, "zip", error) from error


def _member(names: list[str], name: str, member: str | None) -> str:
    if member is not None:
        if member not in names:
            raise DataError(f"'{name}' holds no file '{member}'.", f"It holds: {', '.join(names[:10])}.")
        return member
    if len(names) != 1:
        what = f"holds {len(names)} files" if names else "holds no file"
        hint = f"Name one, as in '{part_name(name, names[0])}'." if names else "Give an archive with a table in it."
        raise DataError(f"'{name}' {what}, not one table.", hint)
    return names[0]


def _is_hidden(member: str) -> bool:
    return member.startswith("__MACOSX/") or member.rsplit("/", 1)[-1].startswith(".")


def _is_too_dense(n_unpacked: int, n_packed: int) -> bool:
    """Whether so many bytes come out of a packed file of so many that it is made to fill a memory."""
    is_dense = n_unpacked > FREE_UNPACKED_BYTES and n_unpacked > MAX_UNPACKED_RATIO * n_packed
    return is_dense or n_unpacked > MAX_UNPACKED_BYTES


def _too_large(name: str, size: int) -> DataError:
    return DataError(
        f"'{name}' unpacks to {size:,} bytes or more, which no ordinary table does.",
        "Unpack it yourself if you trust it.",
    )


def _damaged(name: str, what: str, error: Exception) -> DataError:
    return DataError(
        f"'{name}' is a damaged {what} file: {error}.", "Copy or download it again, or unpack it yourself."
    )


class _BoundedReader(io.RawIOBase):
    """A raw stream of unpacked content that refuses to grow without measure."""

    def __init__(self, content: Content, counter: Counter, name: str, what: str, count: int = 0) -> None:
        self._content = content
        self._counter = counter
        self._name = name
        self._what = what
        self.count = count

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            chunk = self._content.read(len(buffer))
        except _UNPACKING_ERRORS as error:
            raise _damaged(self._name, self._what, error) from error
        self.count += len(chunk)
        self._check_growth()
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def _check_growth(self) -> None:
        if _is_too_dense(self.count, self._counter.count):
            raise _too_large(self._name, self.count)
