"""The closing of a file: paragraphs of notes, balances and summaries, and what stands below a ruled line."""

from __future__ import annotations

from collections.abc import Sequence

from automl.tables.celltypes import is_typed
from automl.tables.records import Record
from automl.tables.remarks import is_ruled
from automl.tables.shapes import ColumnProfile

__all__ = ["FOREIGN", "count_above_closing", "count_lacking", "last_paragraph"]

#: A cell that fits a column so badly is none of its cells.
FOREIGN = -3.0
_FULL_SHARE = 0.9
_MAX_CLOSING = 25
_MIN_ROWS = 3
# A paragraph of rows that lack so many cells, or of which so many cells are foreign, is none of the table.
_MIN_LACKING = 2
_FOREIGN_SHARE = 0.5


def count_above_closing(
    records: Sequence[Record], filled: Sequence[int], width: int, profiles: Sequence[ColumnProfile]
) -> int:
    """Count the records above the closing of a file.

    Parameters
    ----------
    records : sequence of Record
    filled : sequence of int
        Positions of the table's rows and of whatever stands below them, without blank lines.
    width : int
        Number of columns.
    profiles : sequence of ColumnProfile
        Of the columns; empty where too few rows are known.
    """
    if width < _MIN_ROWS or not profiles:
        return len(filled)
    last = _count_above_rule(records, filled, width, profiles)
    while (first := last_paragraph(records, filled[:last])) and _is_closing(
        records, filled[:last], first, width, profiles
    ):
        last = first
    return last if len(filled) - last <= _MAX_CLOSING else len(filled)


def count_lacking(record: Record, width: int, profiles: Sequence[ColumnProfile]) -> int:
    """Count the cells that are empty or not there, in columns whose cells are nearly always filled."""
    cells = [*record.cells, *("" for _ in range(width - len(record.cells)))]
    return sum(
        not cell.strip() and profile.filled_share >= _FULL_SHARE for cell, profile in zip(cells, profiles, strict=False)
    )


def _count_above_rule(
    records: Sequence[Record], filled: Sequence[int], width: int, profiles: Sequence[ColumnProfile]
) -> int:
    """Count the records above the first ruled line below which no row has all its cells."""
    last = len(filled)
    for at in range(len(filled) - 1, max(_MIN_ROWS, len(filled) - _MAX_CLOSING) - 1, -1):
        record = records[filled[at]]
        if is_ruled(record, width):
            last = at
        elif not (_lacks_cells(record, width, profiles) or _is_narrow_note(record, width, profiles)):
            break
    return last


def _is_narrow_note(record: Record, width: int, profiles: Sequence[ColumnProfile]) -> bool:
    """Whether a record has at most half the cells of a row, and one that is foreign to its column."""
    return 2 * len(record.cells) <= width and _count_foreign(record, profiles) > 0


def last_paragraph(records: Sequence[Record], filled: Sequence[int]) -> int:
    """Return how many records stand above the last paragraph, which a blank line or a row of empty cells begins."""
    first = len(filled) - 1
    while first > 0 and filled[first - 1] == filled[first] - 1 and not records[filled[first - 1]].is_empty:
        first -= 1
    return max(first, 0)


def _is_closing(
    records: Sequence[Record], filled: Sequence[int], first: int, width: int, profiles: Sequence[ColumnProfile]
) -> bool:
    """Whether none of a paragraph's records is a row: notes below a line of text, or balances and summaries.

    A sentence with a comma in it has two cells like a short row; the paragraph it stands in tells them apart.
    """
    tail = [records[position] for position in filled[first:]]
    if len(tail) > _MAX_CLOSING or tail[0].is_empty:
        return False
    are_lacking = all(_lacks_cells(record, width, profiles) for record in tail)
    if are_lacking and not any(map(is_typed, tail[0].cells)) and _is_text(tail[0], profiles):
        return True
    is_only_gap = filled[first - 1] - filled[0] == first - 1 and not any(records[at].is_empty for at in filled[:first])
    return is_only_gap and len(tail) < first and all(_is_summary(record, width, profiles) for record in tail)


def _lacks_cells(record: Record, width: int, profiles: Sequence[ColumnProfile]) -> bool:
    is_narrower = record.n_filled < width and len(record.cells) <= width
    return is_narrower and count_lacking(record, width, profiles) > 0


def _is_text(record: Record, profiles: Sequence[ColumnProfile]) -> bool:
    """Whether a record is one text, or several of which one is foreign to its column."""
    return record.n_filled == 1 or _count_foreign(record, profiles) > 0


def _is_summary(record: Record, width: int, profiles: Sequence[ColumnProfile]) -> bool:
    is_lacking = len(record.cells) <= width and count_lacking(record, width, profiles) >= _MIN_LACKING
    return is_lacking or _count_foreign(record, profiles) >= max(_MIN_LACKING, _FOREIGN_SHARE * record.n_filled)


def _count_foreign(record: Record, profiles: Sequence[ColumnProfile]) -> int:
    cells = zip(record.cells, profiles, strict=False)
    return sum(bool(cell.strip()) and profile.fit(cell.strip()) <= FOREIGN for cell, profile in cells)
