"""One fit an output, and one a search's state: a lock beside it that ends with the process that holds it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from automl.errors import OutputLockedError, WriteError
from automl.files import passing_file

__all__ = ["output_lock", "state_lock"]


def output_lock(output: Path) -> AbstractContextManager[None]:
    """Hold the lock of an output while the block runs.

    Parameters
    ----------
    output : Path
        The file that only one process may be about to write; the lock lies beside it, hidden.

    Raises
    ------
    OutputLockedError
        If another process holds the lock; the message names it.
    WriteError
        If no file can be made there.
    """
    return _held(output, "fitting", "--output")


def state_lock(folder: Path) -> AbstractContextManager[None]:
    """Hold the lock of the folder with a search's state while the block runs: outputs of one name may share it.

    The lock lies beside the folder; the errors are those of :func:`output_lock`.
    """
    return _held(folder, "searching in", "--work-dir")


@contextmanager
def _held(path: Path, doing: str, option: str) -> Iterator[None]:
    """Hold the lock of what ``option`` names.

    The kernel releases it when the process ends, however that happens, so a lock file that was left behind locks
    nothing and is taken over.
    """
    place = path.parent / f".{path.name}.lock"
    try:
        descriptor = _acquire(place, f"{doing} '{path}'", option)
    except OSError as error:
        raise WriteError(f"Cannot write '{place}': {error.strerror or error}.", f"Choose another {option}.") from error
    try:
        with passing_file(place):
            os.truncate(descriptor, 0)
            os.pwrite(descriptor, str(os.getpid()).encode(), 0)
            yield
    finally:
        os.close(descriptor)


def _acquire(place: Path, doing: str, option: str) -> int:
    """Return the descriptor of the locked file that stands under the name ``place``."""
    while True:
        descriptor = os.open(place, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _stands_there(descriptor, place):
                return descriptor
        except BlockingIOError as error:
            holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip() or "unknown"
            os.close(descriptor)
            raise OutputLockedError(
                f"Process {holder} is {doing} at this moment.",
                f"Wait until it is done, or choose another {option}.",
            ) from error
        except BaseException:
            os.close(descriptor)
            raise
        # Its holder removed the file between our opening and locking it: another may have made a new one.
        os.close(descriptor)


def _stands_there(descriptor: int, place: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), place.stat())
    except FileNotFoundError:
        return False
