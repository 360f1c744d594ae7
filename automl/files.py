"""The one atomic writer: a file appears whole under its name, or the file that stood there stays."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from automl.errors import WriteError

__all__ = ["atomic_writer", "discard_unfinished", "passing_file", "write_bytes", "write_text"]

_PASSING: set[str] = set()


@contextmanager
def atomic_writer(path: Path) -> Iterator[IO[bytes]]:
    """Open a temporary file beside ``path`` that takes its place when the block ends without an error.

    The data is flushed and synced before the name is replaced, and the folder is synced after it.

    Parameters
    ----------
    path : Path
        The final name.

    Yields
    ------
    IO[bytes]
        A seekable binary file.

    Raises
    ------
    WriteError
        If the folder is missing or not writable, or the disk is full.
    """
    try:
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    except OSError as error:
        raise _write_error(path, error) from error
    with passing_file(Path(temporary)):
        try:
            with os.fdopen(descriptor, "wb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            Path(temporary).chmod(0o666 & ~_umask())
            os.replace(temporary, path)
        except OSError as error:
            raise _write_error(path, error) from error
    _sync_folder(path.parent)


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


def write_bytes(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path``, whole or not at all."""
    with atomic_writer(path) as stream:
        stream.write(content)


def write_text(path: Path, content: str) -> None:
    """Write ``content`` to ``path`` as UTF-8, whole or not at all."""
    write_bytes(path, content.encode("utf-8"))


def _umask() -> int:
    current = os.umask(0o022)
    os.umask(current)
    return current


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        # Some network file systems refuse to sync a folder; the file itself is already safe.
        with suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_error(path: Path, error: OSError) -> WriteError:
    reason = error.strerror or str(error)
    return WriteError(
        f"Cannot write '{path}': {reason}.",
        "Choose another place with --output, or make room and allow writing there.",
    )
