"""Fetching a web address into a temporary file: bounded in size and time, and to where it may lead."""

from __future__ import annotations

import base64
import errno
import http.client
import ssl
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import IO
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

from automl import __version__
from automl.errors import DataError, WriteError
from automl.inputs import is_web_address, public_name
from automl.tables.connections import IDLE_SECONDS, open_connection
from automl.tables.hosts import allowed_addresses
from automl.tables.options import ReadOptions

__all__ = ["downloaded"]

MAX_BYTES = 4 * 1024**3
MAX_SECONDS = 600.0
_MAX_REDIRECTS = 5
_CHUNK_BYTES = 1 << 18
_MEMORY_BYTES = 1 << 25
_REDIRECTS = (301, 302, 303, 307, 308)
_PORTS = {"http": 80, "https": 443}
_BY_HAND = "Download the file yourself and name it."


@dataclass(frozen=True)
class _Request:
    """One hop on the way to the file; ``login`` is sent to the server that it was written for alone."""

    url: str
    login: str | None
    deadline: float
    allow_private: bool

    @property
    def name(self) -> str:
        return public_name(self.url)

    @property
    def parts(self) -> SplitResult:
        """The address taken apart; DataError where it names no host."""
        try:
            parts = urlsplit(self.url)
            is_sound = bool(parts.hostname) and parts.port != 0 and all(ord(each) > 32 for each in self.url)
        except ValueError:
            is_sound = False
        if not is_sound:
            raise DataError("The web address cannot be read: it names no host.", "Write it like https://host/data.csv.")
        return parts

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port."""
        parts = self.parts
        return parts.scheme, str(parts.hostname), parts.port or _PORTS[parts.scheme]


@contextmanager
def downloaded(url: str, options: ReadOptions) -> Iterator[IO[bytes]]:
    """Fetch an address and yield the file, which is removed at the end of the block.

    Only the status 200 counts; redirects are followed up to five times, each checked like the first address, never
    from https to http. User name and password in the address are sent as basic authentication to that server alone.

    Parameters
    ----------
    url : str
        http or https.
    options : ReadOptions
        ``allow_private_addresses`` and ``max_seconds`` count.

    Raises
    ------
    DataError
        If the address leads where it may not, the server does not answer with a file, or the file is too large or too
        slow.
    """
    seconds = MAX_SECONDS if options.max_seconds is None else min(MAX_SECONDS, options.max_seconds)
    request = _first_request(url, time.monotonic() + seconds, options.allow_private_addresses)
    with tempfile.SpooledTemporaryFile(_MEMORY_BYTES, prefix="automl-") as file:
        try:
            _fetch(request, file)
        except TimeoutError as error:
            what = f"was not read within {seconds:g} seconds"
            if time.monotonic() < request.deadline:
                what = f"sent nothing for {IDLE_SECONDS:g} seconds"
            raise DataError(f"'{request.name}' {what}.", _BY_HAND) from error
        file.seek(0)
        yield file


def _first_request(url: str, deadline: float, allow_private: bool) -> _Request:
    request = _Request(url, None, deadline, allow_private)
    user, password = request.parts.username, request.parts.password
    if user is None:
        return request
    pair = f"{unquote(user)}:{unquote(password or '')}"
    return replace(request, login=base64.b64encode(pair.encode()).decode("ascii"))


def _fetch(request: _Request, file: IO[bytes]) -> None:
    for _ in range(_MAX_REDIRECTS + 1):
        connection = _connect(request)
        try:
            response = _answer(connection, request)
            if response.status not in _REDIRECTS:
                _save(response, request, file)
                return
            request = _redirected(request, response.headers.get("Location", ""))
        except TimeoutError:
            raise
        except (http.client.HTTPException, OSError) as error:
            raise _told(error, request) from error
        finally:
            connection.close()
    raise DataError(f"'{request.name}' redirects more than {_MAX_REDIRECTS} times.", "Give the address it ends at.")


def _connect(request: _Request) -> http.client.HTTPConnection:
    scheme, host, port = request.origin
    failure = OSError()
    for address in allowed_addresses(host, port, allow_private=request.allow_private):
        try:
            return open_connection(scheme, host, port, address, request.deadline)
        except OSError as error:
            failure = error
    if isinstance(failure, TimeoutError):
        raise failure
    raise _told(failure, request) from failure


def _answer(connection: http.client.HTTPConnection, request: _Request) -> http.client.HTTPResponse:
    parts = request.parts
    target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._") + (
        f"?{quote(parts.query, safe='/?%:@!$&()*+,;=~-._')}" if parts.query else ""
    )
    headers = {"User-Agent": f"automl/{__version__}", "Accept": "*/*", "Accept-Encoding": "identity"}
    if request.login is not None:
        headers["Authorization"] = f"Basic {request.login}"
    connection.request("GET", target, headers={**headers, "Connection": "close"})
    return connection.getresponse()


def _redirected(request: _Request, location: str) -> _Request:
    """Return the next hop; the login stays behind where it leads to another server."""
    after = replace(request, url=urljoin(request.url, location))
    if not location or not is_web_address(after.url):
        raise DataError(f"'{request.name}' redirects to no web address.", _BY_HAND)
    if request.parts.scheme == "https" and after.parts.scheme == "http":
        raise DataError(f"'{request.name}' redirects from https to http, which others can read.", _BY_HAND)
    return after if after.origin == request.origin else replace(after, login=None)


def _save(response: http.client.HTTPResponse, request: _Request, file: IO[bytes]) -> None:
    if response.status != http.HTTPStatus.OK:
        raise _refused(response.status, request)
    if (response.length or 0) > MAX_BYTES:
        raise _too_large(request)
    count = 0
    while chunk := response.read(_CHUNK_BYTES):
        count += len(chunk)
        if count > MAX_BYTES:
            raise _too_large(request)
        file.write(chunk)
    if response.length:
        raise http.client.IncompleteRead(b"", response.length)


def _refused(status: int, request: _Request) -> DataError:
    phrase = http.client.responses.get(status, "no file")
    hint = "Check the address."
    if status in (401, 403, 407):
        hint = "Check that the address may be read; a login is written as https://user:password@host/path."
    elif status == http.HTTPStatus.TOO_MANY_REQUESTS or status >= http.HTTPStatus.INTERNAL_SERVER_ERROR:
        hint = "Try again later."
    return DataError(f"'{request.name}' cannot be read: the server answers {status} ({phrase}).", hint)


def _too_large(request: _Request) -> DataError:
    return DataError(f"'{request.name}' is larger than {MAX_BYTES / 1024**3:g} GB.", _BY_HAND)


def _told(error: Exception, request: _Request) -> Exception:
    """Say what went wrong; texts of the libraries are left out where they could quote the address."""
    name = request.name
    if isinstance(error, ssl.SSLCertVerificationError):
        why = f"The certificate of '{name}' is not valid: {error.verify_message}."
        return DataError(why, "Check the address and this machine's clock.")
    if isinstance(error, http.client.IncompleteRead):
        return DataError(f"'{name}' broke off before its end.", "Try again.")
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return WriteError(f"There is no room to keep '{name}' while it is read.", "Make room, or set TMPDIR.")
    if isinstance(error, OSError) and not isinstance(error, http.client.HTTPException):
        return DataError(f"'{name}' cannot be reached: {error.strerror or 'no answer'}.", "Check the network.")
    return DataError(f"'{name}' does not answer as a web server does.", "Check the address.")
