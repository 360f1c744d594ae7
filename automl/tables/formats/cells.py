"""Values of databases written as text cells."""

from __future__ import annotations

import json

__all__ = ["database_text"]


def database_text(value: object) -> str:
    """Write a value as people see it; NULL is the empty cell.

    Examples
    --------
    >>> [database_text(value) for value in (None, True, 1.5, b"x", [1, "a"])]
    ['', 'true', '1.5', 'x', '[1, "a"]']
    """
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case bytes() | bytearray() | memoryview():
            return bytes(value).decode("utf-8", errors="replace")
        case list() | dict():
            return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)
