"""Sums below a table: a row with a label of its own, or none, whose cells add up the column above them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from automl.tables.celltypes import is_typed

__all__ = ["adds_up"]

_MIN_ROWS = 3
_MARKS = re.compile(r"[^\d.,+-]")
_DECIMALS = re.compile(r"[.,](\d{1,2})$")
_NO_DIGIT = re.compile(r"[^\d-]")


def adds_up(cells: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether a row holds the sum of the cells above in a column other than the first.

    Parameters
    ----------
    cells : sequence of str
        The row that may be a total.
    rows : sequence of sequence of str
        Those above it, as many cells wide.
    """
    return any(_is_sum(cell, [row[at] for row in rows]) for at, cell in enumerate(cells) if at and is_typed(cell))


def _is_sum(cell: str, above: Sequence[str]) -> bool:
    known = [other for other in above if other.strip()]
    if len(known) < _MIN_ROWS or not all(map(is_typed, known)):
        return False
    numbers = [_scaled(other) for other in (cell, *known)]
    if None in numbers or len({decimals for _, decimals in filter(None, numbers)}) != 1:
        return False
    total, *parts = (number for number, _ in filter(None, numbers))
    return total == sum(parts) and sum(map(bool, parts)) >= _MIN_ROWS


def _scaled(cell: str) -> tuple[int, int] | None:
    """Return a number without its marks, and how many decimals it has; None where a cell is no plain number."""
    text = _MARKS.sub("", cell)
    decimals = _DECIMALS.search(text)
    digits = _NO_DIGIT.sub("", text)
    if not digits.lstrip("-").isdecimal() or any(mark in cell for mark in "/:eE%"):
        return None
    return int(digits), len(decimals[1]) if decimals else 0
