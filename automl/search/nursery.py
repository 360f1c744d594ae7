"""The process from which workers are forked: it imports the heavy libraries once, before any thread exists.

``multiprocessing``'s fork server would import the caller's main module again in every child, which breaks plain scripts
that call :func:`automl.fit`; this one imports only automl. It is started as early as possible, so that its imports run
while the table is read.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import socket
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path

__all__ = ["main"]

_PRELOADED = (
    "numpy",
    "pandas",
    "pyarrow.feather",
    "scipy.sparse",
    "sklearn.linear_model",
    "sklearn.ensemble",
    "sklearn.neural_network",
    "sklearn.neighbors",
    "lightgbm",
    "xgboost",
    "catboost",
    "automl.search.worker",
)

_PR_SET_PDEATHSIG = 1


def main(descriptor: int) -> None:
    """Fork a worker for every request that arrives on the control socket, until it is closed."""
    _die_with_parent(os.getppid())
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for module in _PRELOADED:
        # A family whose library is missing is left out by the coordinator, with a line that says so.
        with suppress(ImportError, OSError):
            import_module(module)
    control = socket.socket(fileno=descriptor)
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 65_536, 1)
        if not message:
            return
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            control.close()
            _become_worker(descriptors[0], Path(json.loads(message)["folder"]), parent)
        os.close(descriptors[0])
        control.sendall(pid.to_bytes(8, "little"))


def _become_worker(descriptor: int, folder: Path, parent: int) -> None:
    from automl.search.worker import worker_main

    os.setsid()
    _die_with_parent(parent)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        worker_main(descriptor, folder)
    finally:
        os._exit(0)


def _die_with_parent(parent: int) -> None:
    """Ask the kernel to end this process when its parent ends, however that happens (Linux)."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)
