"""What may be asked of a database: one statement that reads."""

from __future__ import annotations

import re

from automl.errors import UsageError

__all__ = ["checked_query", "is_ordered"]

_COMMENT_OR_QUOTED = re.compile(r"--[^\n]*|/\*.*?\*/|('(?:[^']|'')*'|\"(?:[^\"]|\"\")*\")", re.DOTALL)
_READING = ("select", "with", "values", "table", "from", "show", "describe", "explain", "pragma")
_EXAMPLE = "For example --query 'SELECT * FROM orders ORDER BY id'."


def checked_query(query: str) -> str:
    """Return a statement without its last semicolon.

    Databases that can be told so run it read only; this holds off mistakes where they cannot.

    Raises
    ------
    UsageError
        If it is empty, several statements, or one that does something else than reading.
    """
    bare = _bare(query).strip().rstrip(";").strip()
    first = re.match(r"[\s(]*([a-z]*)", bare, re.IGNORECASE)
    if first is None or first[1].lower() not in _READING:
        raise UsageError("--query must be one statement that reads, such as SELECT.", _EXAMPLE)
    if ";" in bare:
        raise UsageError("--query must be one statement; there are several.", _EXAMPLE)
    return query.strip().rstrip(";")


def is_ordered(query: str) -> bool:
    """Whether a statement says in which order its rows come."""
    return re.search(r"\border\s+by\b", _bare(query), re.IGNORECASE) is not None


def _bare(query: str) -> str:
    """Return a statement without comments, and with every text and name in quotes emptied."""
    return _COMMENT_OR_QUOTED.sub(lambda match: "''" if match[1] else " ", query)
