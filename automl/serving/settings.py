"""How a model is served: every option resolved and checked once."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from automl.errors import UsageError

__all__ = ["Limits", "NamedModel", "ServeSettings", "is_loopback", "named_models", "read_tokens"]

_OTHERS_MAY = stat.S_IROTH | stat.S_IWOTH | stat.S_IWGRP
_SHORTEST_TOKEN = 16
_LARGEST_TOKEN_FILE = 1 << 20


@dataclass(frozen=True)
class Limits:
    """What one request, and all together, may take.

    Attributes
    ----------
    body : int
        Bytes of a body.
    rows : int
        Of a request.
    seconds : float
        For sending a request, and again for answering it.
    waiting : int
        Requests that wait for a free thread; one more is refused.
    connections : int
        That are open at the same time; one more is refused.
    threads : int
        That predict.
    """

    body: int = 16 * 1024**2
    rows: int = 100_000
    seconds: float = 30.0
    waiting: int = 256
    connections: int = 1_000
    threads: int = 2


@dataclass(frozen=True)
class NamedModel:
    """A model file, and the name it is served by."""

    name: str
    path: Path


@dataclass(frozen=True)
class ServeSettings:
    """What is served where.

    Attributes
    ----------
    models : tuple of NamedModel
        The first answers where no name is given.
    host : str
    port : int
        0 for a free one.
    workers : int
        Processes.
    tokens : tuple of bytes
        Any of them opens; empty where none is asked for.
    limits : Limits
    worker : int
        The number of this process among the workers.
    board : Path or None
        A folder in which the workers leave their metrics for each other; None for a single one.
    """

    models: tuple[NamedModel, ...]
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    tokens: tuple[bytes, ...] = ()
    limits: Limits = Limits()
    worker: int = 0
    board: Path | None = None


def named_models(stated: Sequence[str]) -> tuple[NamedModel, ...]:
    """Return the models named on the command line: a path, or ``NAME=PATH``; the file's stem is the name otherwise.

    Raises
    ------
    UsageError
        If two have the same name, or a name is empty or holds a slash.
    """
    found: dict[str, NamedModel] = {}
    for text in stated:
        name, mark, path = text.partition("=")
        named = NamedModel(Path(text).stem, Path(text))
        if mark and not Path(text).exists():
            named = NamedModel(name.strip(), Path(path))
        if not named.name or "/" in named.name:
            raise UsageError(
                f"'{named.name}' is no name for a model: it is empty or holds a slash.",
                "Write NAME=PATH, such as churn=v2.automl.",
            )
        if named.name in found:
            raise UsageError(
                f"Two models are called '{named.name}'.", f"Name one of them: {named.name}-2={named.path}."
            )
        found[named.name] = named
    return tuple(found.values())


def read_tokens(path: Path) -> tuple[bytes, ...]:
    """Return the tokens in a file, one a line.

    Raises
    ------
    UsageError
        If the file cannot be read or is too large, others may read or change it, or a token is too short to be none
        that is guessed.
    """
    try:
        with path.open("rb") as stream:
            mode = os.fstat(stream.fileno()).st_mode
            content = stream.read(_LARGEST_TOKEN_FILE + 1)
    except OSError as error:
        raise UsageError(f"The token file '{path}' cannot be read: {error.strerror}.", "Check the path.") from error
    if mode & _OTHERS_MAY:
        raise UsageError(
            f"Others may read or change the token file '{path}'.",
            f"Type: chmod 600 '{path}' (in Kubernetes: defaultMode: 0440).",
        )
    if len(content) > _LARGEST_TOKEN_FILE:
        raise UsageError(
            f"The token file '{path}' has more than {_LARGEST_TOKEN_FILE:,} bytes.", "Give a file of one token a line."
        )
    tokens = tuple(line.strip() for line in content.splitlines() if line.strip())
    if not tokens or min(map(len, tokens)) < _SHORTEST_TOKEN:
        raise UsageError(
            f"The token file '{path}' needs one token a line, each of at least {_SHORTEST_TOKEN} characters.",
            f"Type: openssl rand -hex 32 > '{path}'.",
        )
    return tokens


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what is bound to a host."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
