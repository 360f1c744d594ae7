"""Kinds of columns that a user states: ``zip=category``."""

from __future__ import annotations

from collections.abc import Iterable

from automl.arguments import did_you_mean
from automl.errors import UsageError
from automl.tables.schema import ColumnKind

__all__ = ["parse_kinds"]

_STATABLE = (
    *(ColumnKind.NUMERIC, ColumnKind.BOOLEAN, ColumnKind.CATEGORY),
    *(ColumnKind.DATETIME, ColumnKind.TEXT, ColumnKind.IDENTIFIER),
)


def parse_kinds(stated: Iterable[str]) -> dict[str, ColumnKind]:
    """Return the kind of each column of which it is stated.

    Parameters
    ----------
    stated : iterable of str
        Such as ``"zip=category"``.

    Raises
    ------
    UsageError
        If a text has no ``=`` or its kind is none.

    Examples
    --------
    >>> parse_kinds(["zip=category"])
    {'zip': <ColumnKind.CATEGORY: 'category'>}
    """
    kinds = {}
    for text in stated:
        name, mark, kind = text.rpartition("=")
        if not mark or not name.strip():
            raise UsageError(f"The type '{text}' is not understood.", "Write it like --types zip=category,age=numeric.")
        if kind.strip() not in _STATABLE:
            there_are = [str(each) for each in _STATABLE]
            hint = did_you_mean(kind.strip(), there_are) or f"The kinds are: {', '.join(there_are)}."
            raise UsageError(f"'{kind.strip()}' is not a kind of column.", hint)
        kinds[name.strip()] = ColumnKind(kind.strip())
    return kinds
