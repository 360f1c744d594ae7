"""Names, texts and numbers in SQL."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from automl.errors import UsageError

__all__ = ["added", "cases", "listed", "literal", "name", "table_name", "text"]

_GREATEST = 1.7976931348623157e308


def name(identifier: str) -> str:
    """Return a name in quotes, whatever stands in it.

    Raises
    ------
    UsageError
        If a NUL character stands in it, which no database takes.
    """
    return '"' + _whole(identifier).replace('"', '""') + '"'


def table_name(given: str) -> str:
    """Return the name of a table in quotes; a point separates it from the name of its schema.

    Raises
    ------
    UsageError
        If there is none.
    """
    parts = given.split(".")
    if not all(parts):
        raise UsageError(f"'{given}' is no name of a table.", "Give --table NAME, or --table SCHEMA.NAME.")
    return ".".join(map(name, parts))


def text(content: str) -> str:
    """Return a text in quotes."""
    return "'" + _whole(content).replace("'", "''") + "'"


def literal(number: float | None) -> str:
    """Return a number in the form that every database takes for a double; parenthesised where a sign leads it."""
    if number is None:
        return "NULL"
    written = repr(max(-_GREATEST, min(_GREATEST, float(number))))
    written = written if "e" in written else f"{written}e0"
    return f"({written})" if math.copysign(1.0, number) < 0 else written


def listed(texts: Iterable[str]) -> str:
    """Return texts in parentheses."""
    return f"({', '.join(map(text, texts))})"


def cases(pairs: Sequence[tuple[str, str]], otherwise: str) -> str:
    """Return what stands behind the first condition that holds."""
    if not pairs:
        return otherwise
    return f"CASE {' '.join(f'WHEN {condition} THEN {value}' for condition, value in pairs)} ELSE {otherwise} END"


def added(terms: Sequence[str]) -> str:
    """Return a sum, in pairs of pairs: databases bound how deep an expression may be."""
    if not terms:
        return literal(0.0)
    if len(terms) == 1:
        return terms[0]
    middle = len(terms) // 2
    return f"({added(terms[:middle])} + {added(terms[middle:])})"


def _whole(content: str) -> str:
    if "\0" in content:
        raise UsageError(f"No database takes the name or level {content!r}.", "Export the model in another format.")
    return content
