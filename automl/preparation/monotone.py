"""Columns in which predictions may only rise, or only fall: what the user knows about the world before any data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from automl.arguments import did_you_mean
from automl.errors import UsageError
from automl.tables.schema import Column, ColumnKind, Task

__all__ = ["check_monotone", "parse_monotone"]

_SIGNS = {"+": 1, "-": -1}
_ORDERED = (ColumnKind.NUMERIC, ColumnKind.BOOLEAN)


def parse_monotone(stated: Iterable[str]) -> dict[str, int]:
    """Return 1 for each column in which predictions may only rise, and -1 where they may only fall.

    Parameters
    ----------
    stated : iterable of str
        Such as ``"income=+"``.

    Raises
    ------
    UsageError
        If a text has no ``=`` or no sign behind it, or a column is stated both ways.

    Examples
    --------
    >>> parse_monotone(["income=+", "debt=-"])
    {'income': 1, 'debt': -1}
    """
    signs: dict[str, int] = {}
    for text in stated:
        name, mark, sign = (part.strip() for part in text.rpartition("="))
        if not mark or not name or sign not in _SIGNS:
            raise UsageError(
                f"--monotone must be COLUMN=+ or COLUMN=-. Got '{text}'.",
                "Write --monotone income=+ where a prediction may only rise with income, and - where it may only fall.",
            )
        if signs.setdefault(name, _SIGNS[sign]) != _SIGNS[sign]:
            raise UsageError(f"--monotone states '{name}' both ways.", f"Give {name}=+ or {name}=-, not both.")
    return signs


def check_monotone(signs: Mapping[str, int], columns: Iterable[Column], task: Task) -> None:
    """Refuse what cannot be kept.

    Parameters
    ----------
    signs : mapping of str to int
        From :func:`parse_monotone`.
    columns : iterable of Column
        The features.
    task : Task

    Raises
    ------
    UsageError
        If a column is no feature or holds no numbers, or the task has several classes without an order.
    """
    if signs and task is Task.MULTICLASS:
        raise UsageError("--monotone needs two classes or a number to predict.", "Leave it out for several classes.")
    kinds = {column.name: column.kind for column in columns}
    for name in signs:
        if name not in kinds:
            hint = did_you_mean(name, kinds) or f"Features: {', '.join(list(kinds)[:10])}."
            raise UsageError(f"--monotone: '{name}' is not among the feature columns.", hint)
        if kinds[name] not in _ORDERED:
            raise UsageError(
                f"--monotone: '{name}' is a {kinds[name]} column, and only numbers have an order.",
                f"Leave it out, or add --types {name}=numeric where it holds numbers.",
            )
