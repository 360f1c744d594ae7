"""The one atomic writer: a file appears whole under its name, or the file that stood there stays."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from automl.errors import WriteError

__all__ = [
    "atomic_writer",
    "discard_unfinished",
    "encodable",
    "explained_writing",
    "is_full",
    "passing_file",
    "write_bytes",
    "write_text",
]

_PASSING: set[str] = set()

#: Bytes; with less left, no file worth writing fits, and a full disk is why one came out short.
_NEXT_TO_NOTHING = 64 * 1024


@contextmanager
def atomic_writer(path: Path, size: Callable[[], int] | None = None) -> Iterator[IO[bytes]]:
    """Open a temporary file beside ``path`` that takes its place when the block ends without an error.

    The data is flushed and synced before the name is replaced, and the folder is synced after it.

    Parameters
    ----------
    path : Path
        The final name.
    size : callable, optional
        Returns how many bytes the whole file takes: asked for where the disk is full, to say what is needed.

    Yields
    ------
    IO[bytes]
        A seekable binary file.

    Raises
    ------
    WriteError
        If the folder is missing or not writable, or the disk is full.
    """
    with explained_writing(path, size):
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
        with passing_file(Path(temporary)):
            with os.fdopen(descriptor, "wb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            Path(temporary).chmod(0o666 & ~_umask())
            os.replace(temporary, path)
    _sync_folder(path.parent)


@contextmanager
def explained_writing(path: Path, size: Callable[[], int] | None = None) -> Iterator[None]:
    """Turn what goes wrong in writing ``path`` into an error that says where, and how much room is missing.

    Parameters
    ----------
    path : Path
        A file, or a folder of files.
    size : callable, optional
        As for :func:`atomic_writer`.

    Raises
    ------
    WriteError
    """
    try:
        yield
    except OSError as error:
        raise _write_error(path, error, size) from error


@contextmanager
def passing_file(path: Path) -> Iterator[None]:
    """Remove ``path`` at the end of the block, and also where :func:`discard_unfinished` ends the process before."""
    _PASSING.add(str(path))
    try:
        yield
    finally:
        with suppress(OSError):
            path.unlink()
        _PASSING.discard(str(path))


def discard_unfinished() -> None:
    """Remove the files that are not to outlive this process: for one that ends at once, without unwinding."""
    for path in tuple(_PASSING):
        with suppress(OSError):
            Path(path).unlink()


def is_full(folder: Path) -> bool:
    """Whether next to nothing can be written in ``folder`` any more."""
    return _free_bytes(folder) < _NEXT_TO_NOTHING


def write_bytes(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path``, whole or not at all."""
    with atomic_writer(path, lambda: len(content)) as stream:
        stream.write(content)


def write_text(path: Path, content: str) -> None:
    """Write ``content`` to ``path`` as UTF-8, whole or not at all; what is no character is written as an escape."""
    write_bytes(path, encodable(content).encode("utf-8"))


def encodable(text: str) -> str:
    r"""Return a text in which what is no character (a file name's bytes, half of a pair in JSON) is an escape.

    Examples
    --------
    >>> encodable("caf\udce9.csv")
    'caf\\udce9.csv'
    """
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def _umask() -> int:
    current = os.umask(0o022)
    os.umask(current)
    return current


def _sync_folder(folder: Path) -> None:
    # The file has its name already. Some file systems refuse to sync a folder, and some folders may not be read.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _write_error(path: Path, error: OSError, size: Callable[[], int] | None) -> WriteError:
    folder = path.parent
    free = _free_bytes(folder)
    # NumPy does not say why a file came out short.
    if error.errno == errno.ENOSPC or (error.errno is None and free < _NEXT_TO_NOTHING):
        needed = f"more than {free:,}" if size is None else f"{size():,}"
        return WriteError(
            f"The disk is full: '{path.name}' needs {needed} bytes in the folder '{folder}', which has {free:,} left.",
            "Make room there, or choose another place.",
        )
    return WriteError(
        f"Cannot write '{path}': {error.strerror or error}.",
        "Choose another place with --output, or make room and allow writing there.",
    )


def _free_bytes(folder: Path) -> int:
    try:
        system = os.statvfs(folder)
    except OSError:
        return _NEXT_TO_NOTHING
    return system.f_bavail * system.f_frsize
