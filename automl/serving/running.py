"""Running the application in this process: one socket, and signals that end it gracefully."""

from __future__ import annotations

import asyncio
import gc
import logging
import resource
import signal
import socket
import sys
from collections.abc import Callable
from types import FrameType

import uvicorn

from automl.models.booster_imports import share_cores
from automl.serving.application import build_application
from automl.serving.hosting import Host
from automl.serving.protocol import bounded_protocol
from automl.serving.settings import ServeSettings
from automl.serving.workers import written_address

__all__ = ["serve"]

_LOG = logging.getLogger(__name__)
_BACKLOG = 2048
#: Shorter than Python's own, so that the event loop has its turn soon where threads compute.
_SWITCH_SECONDS = 0.0005
#: Few, as Python has it unless a command says otherwise. XGBoost makes a hundred objects a prediction that only a
#: collection frees, and a hundred thousand of them are 60 ms in which nobody is answered.
_OBJECTS_BEFORE_COLLECTING = 700
_IDLE_SECONDS = 75


class _Server(uvicorn.Server):
    """A server that says on which address it listens."""

    def __init__(self, config: uvicorn.Config, announcement: str, ready: Callable[[], None] | None) -> None:
        super().__init__(config)
        self._announcement = announcement
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        # What stands now stays; looking through all of it again and again would stop every request for a moment.
        gc.collect()
        gc.freeze()
        gc.set_threshold(_OBJECTS_BEFORE_COLLECTING)
        _LOG.info(self._announcement)
        if self._ready is not None:
            self._ready()


def serve(settings: ServeSettings, bound: socket.socket, ready: Callable[[], None] | None = None) -> int:
    """Load the models and answer until a signal ends it; return its number.

    Parameters
    ----------
    settings : ServeSettings
    bound : socket
        Where requests come from.
    ready : callable, optional
        Called once it listens.

    Raises
    ------
    ModelFileError
        If a model cannot be used.
    """
    ending = _Ending()
    before = {number: signal.signal(number, ending.note) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        server = _loaded(settings, bound, ready)
        if not ending.noted:
            ending.server = server
            asyncio.run(server.serve([bound]))
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return ending.noted[0] if ending.noted else signal.SIGTERM


class _Ending:
    """Notes the signals that end the server: uvicorn, which handles them while it runs, raises them again later."""

    def __init__(self) -> None:
        self.noted: list[int] = []
        self.server: uvicorn.Server | None = None

    def note(self, number: int, _frame: FrameType | None) -> None:
        """Take a signal."""
        self.noted.append(number)
        if self.server is not None:
            self.server.should_exit = True


def _loaded(settings: ServeSettings, bound: socket.socket, ready: Callable[[], None] | None) -> _Server:
    """Read the models, and return the server that will answer with them."""
    share_cores(settings.limits.threads, settings.limits.threads)
    host = Host.load(settings.models, settings.limits.rows)
    _allow_files(2 * settings.limits.connections)
    sys.setswitchinterval(_SWITCH_SECONDS)
    config = uvicorn.Config(
        build_application(host, settings),
        http=bounded_protocol(settings.limits.seconds),
        ws="none",
        loop="asyncio",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=_BACKLOG,
        limit_concurrency=settings.limits.connections,
        timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=max(1, round(settings.limits.seconds)),
    )
    return _Server(config, f"listening on {written_address(bound)}, models: {', '.join(host.names)}", ready)


def _allow_files(count: int) -> None:
    """Allow this process as many open files as its connections need, as far as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count if hard == resource.RLIM_INFINITY else min(count, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
