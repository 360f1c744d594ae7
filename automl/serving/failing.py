"""What a client is told where answering fails by a bug of ours."""

from __future__ import annotations

import logging
from urllib.parse import quote

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from automl.serving.answers import to_json
from automl.serving.media import JSON
from automl.serving.refusals import INTERNAL_ERROR, RefusedError, told_to

__all__ = ["Failsafe"]

_LOG = logging.getLogger(__name__)


class Failsafe:
    """Answers for an application that failed: nothing of the bug is told to the client, all of it to the log.

    It stands within what counts the requests; a handler of Starlette for all errors would answer outside of that.

    Parameters
    ----------
    application : ASGI application
    """

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass on what is none."""
        begun = False

        async def noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._application(scope, receive, noting)
        except Exception:
            if scope["type"] != "http" or begun:
                raise
            _LOG.exception("%s %s failed", scope["method"], quote(scope["path"]))
            refusal = RefusedError(INTERNAL_ERROR, "The server failed to answer.", "Its log says why.")
            content = to_json(told_to(scope["path"], refusal))
            await Response(content, refusal.status, media_type=JSON)(scope, receive, send)
