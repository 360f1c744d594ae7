"""Merged cells of a sheet: the value that stands in their first cell, in each cell that they cover."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from automl.tables.formats.workbooks import MergedRange

__all__ = ["fill_merged"]

Rows = list[list[Any]]


def fill_merged(rows: Rows, ranges: Sequence[MergedRange], *, has_header: bool | None) -> int:
    """Write the value of each merged range into the cells that it covers.

    A range that is alone in its row is a title and stays as it is. Among the rows of a header a range is filled to the
    right only: what is filled downwards would stand twice in a name that several rows make up.

    Parameters
    ----------
    rows : list of list
        Changed in place; cells that are not there are ``""`` or None.
    ranges : sequence of MergedRange
    has_header : bool or None
        False where the user says that there is none.

    Returns
    -------
    int
        How many ranges were filled.
    """
    last_header = -1 if has_header is False else _last_header_row(rows, ranges)
    titles = {first for first, last in ranges if _is_title(rows, first, last)}
    count = 0
    for first, last in ranges:
        if first not in titles:
            bottom = first[0] if first[0] <= last_header else last[0]
            count += _fill(rows, first, (bottom, last[1]))
    return count


def _last_header_row(rows: Rows, ranges: Sequence[MergedRange]) -> int:
    """Return the last row that merged ranges tie to the first row of several cells."""
    last = next((position for position, row in enumerate(rows) if sum(map(_is_filled, row)) > 1), -1)
    for first, end in sorted(ranges):
        if last >= 0 and first[0] <= last and not _is_title(rows, first, end):
            last = max(last, end[0])
    return last


def _is_title(rows: Rows, first: tuple[int, int], last: tuple[int, int]) -> bool:
    row = rows[first[0]] if 0 <= first[0] < len(rows) else []
    outside = (cell for column, cell in enumerate(row) if not first[1] <= column <= last[1])
    return not any(map(_is_filled, outside))


def _fill(rows: Rows, first: tuple[int, int], last: tuple[int, int]) -> bool:
    """Return whether there was anything to fill."""
    if min(first) < 0 or first[0] >= len(rows) or first[1] >= len(rows[first[0]]):
        return False
    value, is_filled = rows[first[0]][first[1]], False
    for row in rows[first[0] : last[0] + 1]:
        for column in range(first[1], min(last[1] + 1, len(row))):
            if not _is_filled(row[column]) and _is_filled(value):
                row[column], is_filled = value, True
    return is_filled


def _is_filled(cell: Any) -> bool:
    return cell not in ("", None)
