"""HTTP connections to one resolved machine, every read of which ends by a deadline."""

from __future__ import annotations

import functools
import http.client
import io
import socket
import ssl
import time
from typing import Any

__all__ = ["IDLE_SECONDS", "open_connection"]

IDLE_SECONDS = 30.0


def open_connection(scheme: str, host: str, port: int, address: str, deadline: float) -> http.client.HTTPConnection:
    """Connect to a numeric address under a host's name: certificate and ``Host`` header are the name's.

    Parameters
    ----------
    scheme : str
        ``"http"`` or ``"https"``.
    host : str
    port : int
    address : str
        Numeric; the name is not resolved again.
    deadline : float
        On the clock of ``time.monotonic()``; reading beyond it, or nothing for 30 seconds, raises TimeoutError.

    Raises
    ------
    OSError
        If the machine does not answer, or its certificate is not the host's.
    """
    stream = socket.create_connection((address, port), timeout=_left(deadline))
    try:
        if scheme == "https":
            stream = ssl.create_default_context().wrap_socket(stream, server_hostname=host)
    except OSError:
        stream.close()
        raise
    connection = http.client.HTTPConnection(host, port)
    connection.default_port = http.client.HTTPS_PORT if scheme == "https" else http.client.HTTP_PORT
    connection.sock = stream
    connection.auto_open = 0
    connection.response_class = functools.partial(_TimedResponse, deadline=deadline)  # type: ignore[assignment]
    return connection


def _left(deadline: float) -> float:
    """Return how long the next step may take."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return min(left, IDLE_SECONDS)


class _TimedResponse(http.client.HTTPResponse):
    """A response that a server cannot draw out by sending it drop by drop."""

    def __init__(self, sock: socket.socket, *arguments: Any, deadline: float, **named: Any) -> None:
        super().__init__(sock, *arguments, **named)
        self.fp = io.BufferedReader(_TimedReader(sock, self.fp, deadline))


class _TimedReader(io.RawIOBase):
    """Reads what has arrived, and waits for more no longer than the deadline."""

    def __init__(self, sock: socket.socket, stream: io.BufferedReader, deadline: float) -> None:
        self._sock = sock
        self._stream = stream
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        self._sock.settimeout(_left(self._deadline))
        return self._stream.raw.readinto(buffer) or 0

    def close(self) -> None:
        self._stream.close()
        super().close()
