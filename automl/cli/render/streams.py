"""Where text goes: results to standard output, everything else to standard error, both made safe to show."""

from __future__ import annotations

import json
import math
import os
import re
import select
import sys
from collections.abc import Mapping
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from automl.cli.options import Common

__all__ = [
    "SCHEMA_VERSION",
    "console",
    "is_closed",
    "is_terminal",
    "print_json",
    "print_result",
    "say",
    "say_named",
    "visible",
]

#: Version of what ``--json`` prints; fields are only ever added.
SCHEMA_VERSION = 1

# C0 and C1 controls, line and paragraph separators, and the marks that reorder text: none may reach a terminal.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|[\ud800-\udfff]")


def visible(text: object) -> str:
    """Return text that is safe on a terminal: control characters and reordering marks are written as escapes."""
    return _UNSAFE.sub(lambda match: match.group().encode("unicode_escape").decode("ascii"), str(text))


def is_terminal(stream: IO[str]) -> bool:
    """Whether a stream is a terminal that understands more than plain lines."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def console(stream: IO[str], *, color: bool) -> Console:
    """Return a rich console on a terminal stream; ``NO_COLOR`` counts where it is not empty."""
    from rich.console import Console

    plain = not color or bool(os.environ.get("NO_COLOR"))
    return Console(file=stream, no_color=plain, highlight=False, markup=False, emoji=False)


def print_result(text: str) -> None:
    """Write one line (or a block of lines) to standard output."""
    sys.stdout.write(f"{text}\n")


def print_json(values: Mapping[str, Any]) -> None:
    """Write one JSON object with its schema version to standard output; what is not finite becomes null."""
    content = {"schema_version": SCHEMA_VERSION, **values}
    print_result(json.dumps(_finite(content), ensure_ascii=False, allow_nan=False, default=str))


def say(text: str) -> None:
    """Write one line to standard error; a reader that has gone away is no reason to stop the work."""
    try:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        return


def say_named(name: str, text: str, common: Common) -> None:
    """Write one line to standard error whose beginning stands out on a terminal."""
    if not is_terminal(sys.stderr):
        say(f"{name}{visible(text)}")
        return
    from rich.text import Text

    line = Text.assemble((name, "bold"), visible(text))
    console(sys.stderr, color=common.color).print(line, soft_wrap=True)


def is_closed(stream: IO[str]) -> bool:
    """Whether the reader at the other end of a stream has gone away."""
    try:
        poll = select.poll()
        poll.register(stream.fileno(), select.POLLOUT)
        return any(event & (select.POLLERR | select.POLLHUP | select.POLLNVAL) for _, event in poll.poll(0))
    except (AttributeError, OSError, ValueError):
        return False


def _finite(value: Any) -> Any:
    """Return JSON-ready values: numpy scalars and arrays become Python's, NaN and infinities None."""
    if isinstance(value, Mapping):
        return {str(key): _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    if hasattr(value, "tolist"):
        return _finite(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
