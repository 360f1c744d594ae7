"""The line ``sep=;`` that spreadsheets write and read at the top of a file."""

from __future__ import annotations

import re

__all__ = ["stated_delimiter"]

_STATED = re.compile(r"\ufeff?\"?sep=(?P<mark>[^\r\n])\"?(?:\r|\n|$)", re.IGNORECASE)


def stated_delimiter(text: str) -> str | None:
    """Return the delimiter that a text's first line states; None where it states none."""
    stated = _STATED.match(text)
    return None if stated is None else stated["mark"]
