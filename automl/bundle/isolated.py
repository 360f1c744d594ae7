"""What runs in the process that an isolated model is read in: first it gives up what it will not need."""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import resource
import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from automl.bundle.members import Members

__all__ = ["main"]

_GIBIBYTE = 1024**3
_MEMORY = 4 * _GIBIBYTE
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_SIGKILL = 9


def main(descriptor: int, path: str, sha256: str, families: list[str], n_models: int) -> None:
    """Answer typed rows with predictions until the other end is closed.

    Parameters
    ----------
    descriptor : int
        Of the connection.
    path : str
        The model file.
    sha256 : str
        Of the manifest that the other end has read, and checked the signature of.
    families : list of str
    n_models : int
    """
    network = _give_up_network()
    connection = Connection(descriptor)
    _import_libraries(families, n_models)
    memory = _limit_resources()
    connection.send_bytes(f"0{network}, {memory}".encode())
    members: Members | None = None
    while True:
        try:
            frame = connection.recv()
        except EOFError:
            return
        try:
            members = members or _read(Path(path), sha256)
            answer = b"0" + members.predict(frame).tobytes()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the file's doing
            answer = b"1" + json.dumps(_words(error, path)).encode()
        connection.send_bytes(answer)


def _give_up_network() -> str:
    """Leave the network; say how. This has to be done before any thread exists."""
    if sys.platform.startswith("linux"):
        system = ctypes.CDLL(None, use_errno=True)
        system.prctl(_PR_SET_PDEATHSIG, _SIGKILL)
        system.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        if 0 in (system.unshare(_CLONE_NEWNET), system.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)):
            return "no network (a network namespace of its own)"
    sys.addaudithook(_refuse_sockets)
    return "no sockets from Python (no network namespace may be made here, so compiled code is not held back)"


def _refuse_sockets(event: str, _arguments: tuple[Any, ...]) -> None:
    if event.startswith("socket."):
        raise PermissionError("an isolated model has no network")


def _import_libraries(families: list[str], n_models: int) -> None:
    """Import what the members need, before memory is bounded by what is used then."""
    from automl.bundle.members import MOST_THREADS
    from automl.models.booster_imports import import_boosters, share_cores

    share_cores(n_models, MOST_THREADS)
    import_boosters(families)


def _limit_resources() -> str:
    """Forbid files to be written, cores to be dumped and much memory to be used; say how much that is."""
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError):
        return "no limit of memory (not known on this system)"
    _limit(resource.RLIMIT_AS, pages * os.sysconf("SC_PAGE_SIZE") + _MEMORY)
    return f"no writing of files, at most {_MEMORY // _GIBIBYTE} GB of memory"


def _limit(what: int, most: int) -> None:
    with suppress(OSError, ValueError):
        resource.setrlimit(what, (most, most))


def _read(path: Path, sha256: str) -> Members:
    from automl.bundle.archive import Archive
    from automl.bundle.blend import StoredBlend
    from automl.bundle.members import Members
    from automl.errors import ModelFileError

    archive = Archive(path)
    if hashlib.sha256(archive.manifest_bytes).hexdigest() != sha256:
        raise ModelFileError(f"'{path}' was changed while it was read.", "Run the command again.")
    return Members(archive, StoredBlend.from_dict(archive.json("blend.json")))


def _words(error: Exception, path: str) -> tuple[str, str]:
    """Return message and hint."""
    from automl.errors import AutomlError

    if isinstance(error, AutomlError):
        return error.message, error.hint
    return f"'{path}' cannot be applied: {type(error).__name__}.", "Get a fresh copy of the file, or fit it again."
