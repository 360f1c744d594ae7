"""What a client is told where its request cannot be answered."""

from __future__ import annotations

from typing import Any

from automl.errors import AutomlError, SchemaMismatchError

__all__ = [
    "BAD_REQUEST",
    "INTERNAL_ERROR",
    "NOT_FOUND",
    "REQUEST_TIMEOUT",
    "TOO_LARGE",
    "TOO_MANY",
    "UNAUTHORIZED",
    "UNAVAILABLE",
    "UNPROCESSABLE",
    "WRONG_TYPE",
    "RefusedError",
    "refusal_of",
    "told_to",
]

BAD_REQUEST = 400
UNAUTHORIZED = 401
NOT_FOUND = 404
REQUEST_TIMEOUT = 408
TOO_LARGE = 413
WRONG_TYPE = 415
UNPROCESSABLE = 422
TOO_MANY = 429
INTERNAL_ERROR = 500
UNAVAILABLE = 503


class RefusedError(AutomlError):
    """A request that is not answered.

    Parameters
    ----------
    status : int
        The HTTP status.
    message, hint : str
        As for every error of ours.
    field : str, optional
        What in the request is wrong, such as ``"records[3].age"``.
    headers : mapping of str to str, optional
        To send with the refusal.
    """

    def __init__(
        self, status: int, message: str, hint: str = "", field: str = "", headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(message, hint)
        self.status = status
        self.field = field
        self.headers = headers or {}

    def to_dict(self) -> dict[str, Any]:
        """Return what the client is told."""
        told = {"message": self.message, "hint": self.hint, "field": self.field}
        return {"error": {name: text for name, text in told.items() if text}}


def refusal_of(error: AutomlError) -> RefusedError:
    """Return the refusal for an error about rows or options that a request brought."""
    if isinstance(error, RefusedError):
        return error
    status = UNPROCESSABLE if isinstance(error, SchemaMismatchError) else BAD_REQUEST
    return RefusedError(status, error.message, error.hint)


def told_to(path: str, refusal: RefusedError) -> dict[str, Any]:
    """Return what is told to the client of an address; the clients of the V2 protocol take one text."""
    if path == "/v2" or path.startswith("/v2/"):
        return {"error": f"{refusal.message} {refusal.hint}".strip()}
    return refusal.to_dict()
