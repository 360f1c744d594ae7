"""One process or several that share a socket: started, watched, started again after a crash, and ended together."""

from __future__ import annotations

import ctypes
import logging
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import FrameType

from automl.errors import UsageError
from automl.serving.settings import ServeSettings

__all__ = ["open_socket", "serve_with", "written_address"]

_LOG = logging.getLogger(__name__)
_LOOK_SECONDS = 0.1
#: Beyond the time that a worker may take to answer what it was asked.
_GRACE_SECONDS = 5.0
_ENDING = (signal.SIGTERM, signal.SIGINT)
_PAUSE_SECONDS = 1.0
_READY = b"."
_PR_SET_PDEATHSIG = 1


def open_socket(host: str, port: int) -> socket.socket:
    """Return a socket that is bound.

    Raises
    ------
    UsageError
        If the address is not of this machine, or somebody listens there.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Connections inherit it. Without, the second part of an answer waits for a client to acknowledge the first.
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        bound.bind(address)
    except OSError as error:
        raise UsageError(
            f"Cannot listen on {host} port {port}: {error.strerror or error}.",
            "Choose another --port, or --port 0 for a free one.",
        ) from error
    return bound


def written_address(bound: socket.socket) -> str:
    """Return the address that a socket is bound to, as a browser takes it."""
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve_with(settings: ServeSettings, ready: Callable[[str], None] | None = None) -> int:
    """Answer in as many processes as the settings say until a signal ends it; return the signal's number.

    Each process reads the models for itself: nothing is shared but the socket, so that compiled code and its threads
    are never forked.

    Parameters
    ----------
    settings : ServeSettings
    ready : callable, optional
        Called with the address once it is answered there.

    Raises
    ------
    UsageError
        If the address cannot be listened on.
    ModelFileError
        If a model cannot be used.
    """
    bound = open_socket(settings.host, settings.port)
    said = partial(ready or _say_nothing, written_address(bound))
    if settings.workers == 1:
        # What a signal raises within an import can be lost there, and the server would go on.
        with _held_signals():
            from automl.serving.running import serve
        return serve(settings, bound, said)
    board, owner = tempfile.mkdtemp(prefix="automl-serve-"), os.getpid()
    try:
        return _Supervisor(replace(settings, board=Path(board)), bound).run(said)
    finally:
        if os.getpid() == owner:
            shutil.rmtree(board, ignore_errors=True)


class _Supervisor:
    """The process that starts the others. It imports nothing that makes threads.

    Parameters
    ----------
    settings : ServeSettings
    bound : socket
    """

    def __init__(self, settings: ServeSettings, bound: socket.socket) -> None:
        self._settings = settings
        self._bound = bound
        self._workers: dict[int, int] = {}
        self._signal = 0

    def run(self, ready: Callable[[], None]) -> int:
        """Start the first worker, which finds out whether the models can be used, then the others, and watch them."""
        for number in _ENDING:
            signal.signal(number, self._note)
        try:
            self._start(0, wait=True)
            ready()
            for worker in range(1, self._settings.workers):
                self._start(worker, wait=False)
            while not self._signal:
                self._restart_ended()
                time.sleep(_LOOK_SECONDS)
        finally:
            self._end_all()
        return self._signal

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self._signal = self._signal or number

    def _start(self, worker: int, *, wait: bool) -> None:
        """Fork a worker; the first has to say that it listens, or its exit code is that of the command."""
        reader, writer = os.pipe()
        process = _forked()
        if not process:
            os.close(reader)
            self._workers.clear()
            sys.exit(self._work(worker, writer))
        os.close(writer)
        self._workers[process] = worker
        try:
            if wait and not os.read(reader, 1) and not self._signal:
                _, status = os.waitpid(process, 0)
                del self._workers[process]
                raise SystemExit(os.waitstatus_to_exitcode(status))
        finally:
            os.close(reader)

    def _work(self, worker: int, writer: int) -> int:
        """Serve in this process, which ends with the one that started it; return its exit code."""
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        from automl.serving.running import serve

        serve(replace(self._settings, worker=worker), self._bound, ready=lambda: _say_ready(writer))
        return 0

    def _restart_ended(self) -> None:
        ended, status = os.waitpid(-1, os.WNOHANG)
        if not ended:
            return
        worker, code = self._workers.pop(ended), os.waitstatus_to_exitcode(status)
        _LOG.error("process %d of worker %d ended with %d; it is started again", ended, worker, code)
        time.sleep(_PAUSE_SECONDS)
        if not self._signal:
            self._start(worker, wait=False)

    def _end_all(self) -> None:
        self._send_all(signal.SIGTERM)
        deadline = time.monotonic() + self._settings.limits.seconds + _GRACE_SECONDS
        while self._workers and time.monotonic() < deadline:
            ended, _ = os.waitpid(-1, os.WNOHANG)
            if ended:
                self._workers.pop(ended, None)
            else:
                time.sleep(_LOOK_SECONDS)
        self._send_all(signal.SIGKILL)
        for process in self._workers:
            os.waitpid(process, 0)

    def _send_all(self, number: signal.Signals) -> None:
        for process in self._workers:
            with suppress(ProcessLookupError):
                os.kill(process, number)


def _forked() -> int:
    """Fork; the new process ends by the signals that end it also before it has imported what handles them."""
    with _held_signals():
        process = os.fork()
        if not process:
            for number in _ENDING:
                signal.signal(number, signal.SIG_DFL)
    return process


@contextmanager
def _held_signals() -> Iterator[None]:
    """Let the signals that end it wait until the block has ended."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)


def _say_nothing(_address: str) -> None:
    """Do nothing: nobody wants to know."""


def _say_ready(writer: int) -> None:
    """Tell the process that waits for it, which may have stopped waiting."""
    with suppress(BrokenPipeError):
        os.write(writer, _READY)
    os.close(writer)
