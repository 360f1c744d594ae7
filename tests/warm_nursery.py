"""Processes that hold a nursery's imports and fork a fit's nursery when asked, which saves a second and a half a fit.

A fit in the tests' own process gets a nursery of its own all the same: it is forked instead of started anew, from a
process that was started with the same environment, and is killed with the fit. Fits in processes of their own start
theirs as always.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from automl.search import nursery, pool

__all__ = ["WarmNurseries", "serve"]

_START = (
    "import sys, json; sys.path[:] = json.loads(sys.argv[2]); from warm_nursery import serve; serve(int(sys.argv[1]))"
)

#: Changes with every test, and says nothing to a fit.
_OF_PYTEST = "PYTEST_CURRENT_TEST"


@dataclass(frozen=True)
class Forked:
    """A process that is no child of this one, as far as :class:`automl.search.pool.Nursery` needs it."""

    pid: int
    descriptor: int

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.descriptor, signal.SIGKILL)

    def wait(self) -> None:
        select.select([self.descriptor], [], [])


class WarmNurseries:
    """Launches nurseries; the process that forks them begins with the first of an environment."""

    def __init__(self) -> None:
        self._begun: dict[frozenset[tuple[str, str]], tuple[socket.socket, subprocess.Popen[bytes]]] = {}

    def launch(self) -> tuple[socket.socket, Forked]:
        """Return the control socket of a new nursery, and its process."""
        environment = frozenset((name, value) for name, value in os.environ.items() if name != _OF_PYTEST)
        if environment not in self._begun:
            self._begun[environment] = _begin()
        control, _ = self._begun[environment]
        ours, theirs = socket.socketpair()
        with theirs:
            message = json.dumps({"folder": str(Path.cwd()), "path": sys.path}).encode()
            socket.send_fds(control, [message], [theirs.fileno()])
        pid = int.from_bytes(control.recv(8), "little")
        return ours, Forked(pid, os.pidfd_open(pid))

    def close(self) -> None:
        """End the processes, and with them every nursery."""
        for control, process in self._begun.values():
            control.close()
            process.kill()
            process.wait()


def _begin() -> tuple[socket.socket, subprocess.Popen[bytes]]:
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-c", _START, str(theirs.fileno()), json.dumps(sys.path)],
            pass_fds=[theirs.fileno()],
            env={**os.environ, **pool._ENVIRONMENT},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    return ours, process


def serve(descriptor: int) -> None:
    """Fork a nursery for every request that arrives, until the socket is closed."""
    for module in nursery._PRELOADED:
        with suppress(ImportError, OSError):
            import_module(module)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    control = socket.socket(fileno=descriptor)
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 65_536, 1)
        if not message:
            return
        pid = os.fork()
        if pid == 0:
            control.close()
            _become_nursery(descriptors[0], **json.loads(message))
        os.close(descriptors[0])
        control.sendall(pid.to_bytes(8, "little"))


def _become_nursery(descriptor: int, folder: str, path: list[str]) -> None:
    os.setsid()
    try:
        os.chdir(folder)
        sys.path[:] = path
        nursery.main(descriptor)
    finally:
        os._exit(0)
