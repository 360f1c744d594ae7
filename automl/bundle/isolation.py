"""The blend's members in a process of their own: what reads bytes from elsewhere has no network and little memory.

The process is told where the file lies and gets typed rows; all it can answer is numbers of the expected count, or two
lines of text. Nothing that it sends is unpickled.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import weakref
from contextlib import suppress
from multiprocessing.connection import Connection

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.bundle.archive import Archive
from automl.bundle.blend import StoredBlend, StoredMember, StoredPart
from automl.bundle.members import Members
from automl.errors import ModelFileError
from automl.features import Encoder
from automl.models.family import FittedModel

__all__ = ["IsolatedMembers"]

_START = (
    "import sys, json; given = json.loads(sys.argv[1]); sys.path[:] = given.pop('modules'); "
    "from automl.bundle.isolated import main; main(**given)"
)
#: The environment of the process; all else that stands in ours is none of its business.
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
_LARGEST_WORD = 100_000
_SECONDS_TO_END = 5.0


class IsolatedMembers(Members):
    """Members that are read and applied in another process.

    Parameters
    ----------
    archive : Archive
    blend : StoredBlend

    Attributes
    ----------
    restrictions : str
        What that process may not do, in a few words.
    """

    def __init__(self, archive: Archive, blend: StoredBlend) -> None:
        super().__init__(archive, blend)
        self._connection, self._process = _launch(archive, blend)
        self._finalizer = weakref.finalize(self, _end, self._connection, self._process)
        self.restrictions = self._receive(_LARGEST_WORD).decode("utf-8", "replace")

    def predict(self, frame: pd.DataFrame) -> NDArray[np.float64]:
        """Return the weighted sum of what the members predict for a typed frame: values, or probabilities.

        Raises
        ------
        ModelFileError
            If the process says so, ends, or answers anything but the right count of numbers.
        """
        shape = (len(frame), self.blend.n_classes) if self.blend.n_classes else (len(frame),)
        if not len(frame):
            return np.zeros(shape)
        try:
            self._connection.send(frame)
        except OSError as error:
            raise self._ended() from error
        size = int(np.prod(shape)) * np.dtype(np.float64).itemsize
        content = self._receive(max(size, _LARGEST_WORD))
        if len(content) != size:
            raise self._strange()
        return np.frombuffer(content, dtype=np.float64).reshape(shape).copy()

    def _receive(self, most: int) -> bytes:
        """Return what the process sends, after a first byte that says whether it is an answer or an error."""
        try:
            content = self._connection.recv_bytes(most + 1)
        except (EOFError, OSError) as error:
            raise self._ended() from error
        if content[:1] == b"0":
            return content[1:]
        try:
            message, hint = json.loads(content[1:])
        except (ValueError, TypeError, RecursionError) as error:
            raise self._strange() from error
        raise ModelFileError(str(message), str(hint))

    def _ended(self) -> ModelFileError:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_SECONDS_TO_END)
        code = self._process.returncode
        how = f" ({signal.Signals(-code).name})" if code is not None and code < 0 else ""
        return ModelFileError(
            f"The process in which '{self._archive.path}' is read has ended{how}.",
            "The file may be made to harm, or need more memory than --isolated allows; get a fresh copy of it.",
        )

    def _strange(self) -> ModelFileError:
        return ModelFileError(
            f"The process in which '{self._archive.path}' is read answered with something that is no prediction.",
            "The file may be made to harm; do not use it.",
        )

    def _fitted(self, name: str, part: StoredPart) -> FittedModel:  # noqa: ARG002 - never here
        raise AssertionError("the members of an isolated model are read in another process alone")

    def _encoder(self, name: str) -> Encoder:  # noqa: ARG002 - never here
        raise AssertionError("the encoders of an isolated model are read in another process alone")


def _launch(archive: Archive, blend: StoredBlend) -> tuple[Connection, subprocess.Popen[bytes]]:
    ours, theirs = socket.socketpair()
    members: tuple[StoredMember, ...] = blend.members
    given = {
        "modules": sys.path,
        "descriptor": theirs.fileno(),
        "path": str(archive.path.absolute()),
        "sha256": hashlib.sha256(archive.manifest_bytes).hexdigest(),
        "families": sorted({member.family for member in members}),
        "n_models": sum(len(member.models) for member in members),
    }
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    with theirs:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and program
            [sys.executable, "-c", _START, json.dumps(given)],
            pass_fds=[theirs.fileno()],
            # One arena of memory for each of many threads would use up the limit on addresses.
            env={**environment, "MALLOC_ARENA_MAX": "2"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    return Connection(ours.detach()), process


def _end(connection: Connection, process: subprocess.Popen[bytes]) -> None:
    connection.close()
    process.kill()
    process.wait()
