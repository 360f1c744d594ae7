"""Bodies of requests: read whole within bounds, and bounds for all together until they are answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from starlette.requests import ClientDisconnect, Request

from automl.serving.refusals import BAD_REQUEST, REQUEST_TIMEOUT, TOO_LARGE, TOO_MANY, RefusedError
from automl.serving.settings import Limits

__all__ = ["Bodies"]

_BODIES_AT_ONCE = 8
_DRAIN_SECONDS = 2.0
_CLOSE = {"connection": "close"}


@dataclass
class _Arriving:
    """A body, as far as it has come."""

    parts: list[bytes] = field(default_factory=list)
    size: int = 0

    def whole(self) -> bytes:
        """Return all of it, and hold it no longer."""
        whole = b"".join(self.parts)
        self.parts.clear()
        return whole


class Bodies:
    """Reads bodies, few enough bytes of them at the same time.

    Parameters
    ----------
    limits : Limits
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._held = 0

    @asynccontextmanager
    async def read(self, request: Request) -> AsyncIterator[bytes]:
        """Read the body of a request, which counts among those that are held until the block ends.

        Raises
        ------
        RefusedError
            If it is too large, too slow, or too much is held of other requests.
        """
        stated = request.headers.get("content-length", "0")
        if stated.isdigit() and int(stated) > self._limits.body:
            await _drain(request)
            raise self._too_large()
        arriving = _Arriving()
        try:
            await self._gather(request, arriving)
            yield arriving.whole()
        finally:
            self._held -= arriving.size

    async def _gather(self, request: Request, arriving: _Arriving) -> None:
        """Take the parts of a body as they come."""
        try:
            async with asyncio.timeout(self._limits.seconds):
                async for chunk in request.stream():
                    arriving.size += len(chunk)
                    self._held += len(chunk)
                    self._check(arriving.size)
                    arriving.parts.append(chunk)
        except TimeoutError as error:
            raise RefusedError(
                REQUEST_TIMEOUT,
                f"The request took longer than {self._limits.seconds:g} s to arrive.",
                "Send it faster, or have the server started with a longer --timeout.",
                headers=_CLOSE,
            ) from error
        except ClientDisconnect as error:
            raise RefusedError(BAD_REQUEST, "The client went away.") from error
        except RefusedError:
            arriving.parts.clear()
            await _drain(request)
            raise

    def _check(self, size: int) -> None:
        if size > self._limits.body:
            raise self._too_large()
        if self._held > _BODIES_AT_ONCE * self._limits.body:
            raise RefusedError(
                TOO_MANY,
                "Too many large requests at once.",
                "Try again in a second.",
                headers={"retry-after": "1", **_CLOSE},
            )

    def _too_large(self) -> RefusedError:
        return RefusedError(
            TOO_LARGE,
            f"A body may have {self._limits.body:,} bytes.",
            "Send fewer rows, or have the server started with a larger --max-body.",
            headers=_CLOSE,
        )


async def _drain(request: Request) -> None:
    """Take what is still coming for a moment, so that a client that does nothing but send hears why it is refused."""
    begun = time.monotonic()
    try:
        async with asyncio.timeout(_DRAIN_SECONDS):
            async for _ in request.stream():
                if time.monotonic() - begun > _DRAIN_SECONDS:
                    return
    except (TimeoutError, ClientDisconnect, RuntimeError):
        return
