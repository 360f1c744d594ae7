"""HTTP with bounds on what a client may leave undone: a head, or a connection that asks nothing more."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

__all__ = ["BoundedProtocol", "bounded_protocol"]

_LONGEST_HEAD = 64 * 1024


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's protocol, with limits on the time and the bytes that the head of a request may take.

    Attributes
    ----------
    head_seconds : float
        From its beginning, or that of the connection, to its end.
    """

    head_seconds: float

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._in_head, self._head_bytes = True, 0
        self._waiting: asyncio.TimerHandle | None = None
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        was_in_head = self._in_head
        super().data_received(data)
        # Of a head that comes in many pieces the parser remembers each, up to its end.
        self._head_bytes = self._head_bytes + len(data) if was_in_head and self._in_head else 0
        if self._head_bytes > _LONGEST_HEAD:
            self.transport.close()
        # What comes after an answer and begins no request, such as a body that nobody wanted, has ended uvicorn's
        # waiting for the next one: without another bound the connection would stay open for ever.
        if self._waiting is None and self.cycle is not None and self.cycle.response_complete:
            self._wait()

    def on_message_begin(self) -> None:
        """Begin to wait for the end of a head."""
        super().on_message_begin()
        self._in_head = True
        self._wait()

    def on_headers_complete(self) -> None:
        """Wait no more: what bounds the body is known by whoever reads it."""
        self._in_head = False
        self._wait_no_more()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._wait_no_more()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._wait_no_more()
        self._waiting = self.loop.call_later(self.head_seconds, self.transport.close)

    def _wait_no_more(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
        self._waiting = None


def bounded_protocol(head_seconds: float) -> type[BoundedProtocol]:
    """Return the protocol with a limit on the seconds that a head may take."""
    return type("Bounded", (BoundedProtocol,), {"head_seconds": head_seconds})
