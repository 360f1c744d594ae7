"""Running the application in this process: one socket, signals that end it gracefully, and bounds on connections."""

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
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from automl.models.booster_imports import share_cores
from automl.serving.application import build_application
from automl.serving.hosting import Host
from automl.serving.settings import Limits, ServeSettings
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
_LONGEST_HEAD = 64 * 1024


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
        http=_bounded_protocol(settings.limits),
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


def _bounded_protocol(limits: Limits) -> type[asyncio.Protocol]:
    """Return the HTTP protocol with limits on the time and the bytes that the head of a request may take."""

    class Bounded(HttpToolsProtocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._head_bytes = 0
            self._waiting: asyncio.TimerHandle | None = self.loop.call_later(limits.seconds, transport.close)

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            # Of a head that comes in many pieces the parser remembers each, up to its end.
            self._head_bytes += len(data)
            if self._waiting is not None and self._head_bytes > _LONGEST_HEAD:
                self.transport.close()

        def on_message_begin(self) -> None:
            super().on_message_begin()
            self._wait_no_more()
            self._waiting = self.loop.call_later(limits.seconds, self.transport.close)

        def on_headers_complete(self) -> None:
            self._wait_no_more()
            super().on_headers_complete()

        def on_message_complete(self) -> None:
            super().on_message_complete()
            self._head_bytes = 0

        def connection_lost(self, exc: Exception | None) -> None:
            self._wait_no_more()
            super().connection_lost(exc)

        def _wait_no_more(self) -> None:
            if self._waiting is not None:
                self._waiting.cancel()
            self._waiting = None

    return Bounded
