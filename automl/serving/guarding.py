"""Who may ask: a token as bearer, or as the password of a browser's login."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Iterable, Sequence

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from automl.serving.answers import to_json
from automl.serving.refusals import UNAUTHORIZED, RefusedError, told_to

__all__ = ["OPEN_PATHS", "Guard"]

#: What an orchestrator asks, which has no token and learns nothing from the answers.
OPEN_PATHS = frozenset(("/health/live", "/health/ready", "/v2/health/live", "/v2/health/ready"))
_CHALLENGE = 'Bearer realm="automl", Basic realm="automl (the token as password)", charset="UTF-8"'


class Guard:
    """Lets a request pass to the application only with one of the tokens.

    Parameters
    ----------
    application : ASGI application
    tokens : sequence of bytes
        None where everybody may ask.
    """

    def __init__(self, application: ASGIApp, tokens: Sequence[bytes]) -> None:
        self._application = application
        self._tokens = tokens

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        if scope["type"] != "http" or scope["path"] in OPEN_PATHS or self._may_pass(scope["headers"]):
            await self._application(scope, receive, send)
            return
        is_sent = any(name == b"authorization" for name, _ in scope["headers"])
        message = "The token that was sent does not open." if is_sent else "A token is needed."
        refusal = RefusedError(UNAUTHORIZED, message, "Send the header 'Authorization: Bearer TOKEN'.")
        headers = {"www-authenticate": _CHALLENGE}
        content = to_json(told_to(scope["path"], refusal))
        await Response(content, UNAUTHORIZED, headers, "application/json")(scope, receive, send)

    def _may_pass(self, headers: Iterable[tuple[bytes, bytes]]) -> bool:
        if not self._tokens:
            return True
        sent = _token(next((value for name, value in headers if name == b"authorization"), b""))
        # Every token is compared, each in a time that does not depend on where it differs.
        return sum(hmac.compare_digest(sent, token) for token in self._tokens) > 0


def _token(header: bytes) -> bytes:
    """Return the token that a header brings; empty where it brings none."""
    scheme, _, value = header.partition(b" ")
    if scheme.lower() == b"bearer":
        return value.strip()
    if scheme.lower() != b"basic":
        return b""
    try:
        login = base64.b64decode(value.strip(), validate=True)
    except binascii.Error:
        return b""
    return login.partition(b":")[2]
