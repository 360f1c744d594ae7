"""The end of a table: notes, totals and padding that stand below its last row."""

from __future__ import annotations

import re
from collections.abc import Sequence

from automl.tables.celltypes import is_typed
from automl.tables.records import Record
from automl.tables.remarks import is_remark
from automl.tables.rows import without_padding
from automl.tables.shapes import ColumnProfile, profiles_of
from automl.tables.totals import adds_up

__all__ = ["footer_start"]

_MAX_FOOTER = 25
_MIN_ROWS = 3
# Longer tables are not added up.
_MAX_SUMMED = 10_000
_FOREIGN = -3.0
_FULL_SHARE = 0.9
_TOTAL = re.compile(
    r"(?:(?:grand|sub|over)[ -]?)?(?:totals?|totales?|totali|totaux|totais|total général|totaal|sums?|summen?|summa"
    r"|suma|somme|gesamt\w*|insgesamt|average|mean|mittelwerte|(?:genel )?toplam|celkem|razem|összesen|итого|всего"
    r"|合計|合计|总计)\b.{0,40}|\*{1,3}",
    re.IGNORECASE,
)
_SOURCE = re.compile(
    r"(?:source|sources|fonte|fuente|quelle|bron|notes?|notas?|footnotes?|remarks?)\b\W*.*", re.IGNORECASE
)


def footer_start(records: Sequence[Record], start: int, stop: int, width: int, padding: int = 0) -> int:
    """Return the position behind the last row of a table: ``stop`` where nothing stands below it.

    Parameters
    ----------
    records : sequence of Record
    start, stop : int
        The range of the table's rows, with whatever stands below them.
    width : int
        Number of columns.
    padding : int
        How many empty cells most rows have behind those.
    """
    filled = [position for position in range(start, stop) if records[position].cells]
    rows = (records[position] for position in filled if not is_remark(records[position], width))
    body = [without_padding(record.cells, width, padding) for record in rows if record.n_filled > (width > 2)]
    filled_rows = [
        cells
        for cells in body[:-1]
        if len(cells) == width and any(cell.strip() for cell in cells) and not _TOTAL.fullmatch(cells[0].strip())
    ]
    profiles = profiles_of(filled_rows, width) if len(filled_rows) >= _MIN_ROWS and width > 1 else ()
    last = _before_notes(records, filled, width, profiles)
    end = filled[last] if last < len(filled) else stop
    filled = filled[:last]
    without_sum = _above_sum(records, filled, width)
    if without_sum < len(filled):
        end, filled = filled[without_sum], filled[:without_sum]
    first = _first_below(records, filled, width, profiles, with_padding=width > 1)
    if any(records[position].is_empty for position in filled[:first]):
        # Rows of empty cells stand among the others too, or there are no others: they are rows.
        first = _first_below(records, filled, width, profiles, with_padding=False)
    return filled[first] if first < len(filled) else end


def _above_sum(records: Sequence[Record], filled: Sequence[int], width: int) -> int:
    """Count the records above a last one that adds them up, under a label that no other one has, or under none."""
    *above, last = [records[position].cells for position in filled[-_MAX_SUMMED:]] or [[]]
    rows = [cells for cells in above if len(cells) >= width and any(cell.strip() for cell in cells)]
    if len(filled) > _MAX_SUMMED or width < 2 or len(last) < width or len(rows) < _MIN_ROWS:
        return len(filled)
    label = last[0].strip()
    is_labelled = not is_typed(label) and all(row[0].strip() not in ("", label) for row in rows)
    is_total = not label or _TOTAL.fullmatch(label) is not None
    return len(filled) - 1 if is_labelled and is_total and adds_up(last[:width], rows) else len(filled)


def _first_below(
    records: Sequence[Record],
    filled: Sequence[int],
    width: int,
    profiles: Sequence[ColumnProfile],
    *,
    with_padding: bool,
) -> int:
    """Count the records above the notes and totals, and above rows of empty cells where they count as padding."""
    first = len(filled)
    n_notes = 0
    while first > 1:
        record = records[filled[first - 1]]
        is_padding = (record.is_empty and with_padding) or is_remark(record, width)
        n_notes += not is_padding
        if not is_padding and not _is_note(records, filled[first - 1 :], filled[first - 2], width, profiles):
            break
        if n_notes > _MAX_FOOTER:  # so many are rows that look like notes
            return len(filled)
        first -= 1
    return first


def _is_note(
    records: Sequence[Record], tail: Sequence[int], previous: int, width: int, profiles: Sequence[ColumnProfile]
) -> bool:
    """Whether the first record of a tail, with nothing but a footer behind it, belongs to that footer."""
    is_apart = tail[0] > previous + 1 or records[previous].is_empty
    return _is_below(records[tail[0]], width, profiles, is_apart=is_apart) or _begins_notes(
        records, tail, previous, width
    )


def _is_below(record: Record, width: int, profiles: Sequence[ColumnProfile], *, is_apart: bool) -> bool:
    """Whether a record at the end of a table is none of its rows."""
    if record.is_empty or not profiles:
        return False
    text = next(cell.strip() for cell in record.cells if cell.strip())
    if _TOTAL.fullmatch(text) and _lacks_cells(record, width, profiles):
        return True
    if record.n_filled > 1 or len(record.cells) > width or _has_other_delimiters(record, width):
        return False
    if _SOURCE.fullmatch(text) and _lacks_cells(record, width, profiles) and width > 2:
        return True
    is_foreign = profiles[0].fit(text) <= _FOREIGN or len(text) > 40
    return not is_typed(text) and (is_apart or is_foreign) and _lacks_cells(record, width, profiles)


def _has_other_delimiters(record: Record, width: int) -> bool:
    """Whether a record of one cell could be a row that is delimited by another character."""
    return width > 2 and len(record.cells) == 1 and any(record.text.count(mark) >= width - 1 for mark in ",;\t|")


def _lacks_cells(record: Record, width: int, profiles: Sequence[ColumnProfile]) -> bool:
    """Whether a cell is empty or not there, in a column whose cells are nearly always filled."""
    cells = [*record.cells, *("" for _ in range(width - len(record.cells)))]
    return any(
        not cell.strip() and profile.filled_share >= _FULL_SHARE for cell, profile in zip(cells, profiles, strict=False)
    )


def _before_notes(
    records: Sequence[Record], filled: Sequence[int], width: int, profiles: Sequence[ColumnProfile]
) -> int:
    """Count the records above a last paragraph of notes: behind a blank line, begun by a text, and none of them a row.

    A sentence with a comma in it has two cells like a short row; the paragraph it stands in tells them apart.
    """
    first = len(filled)
    while first > 1 and filled[first - 1] == filled[first - 2] + 1:
        first -= 1
    first -= 1
    if len(filled) - first > _MAX_FOOTER:
        return len(filled)
    tail = [records[position] for position in filled[first:]]
    if width < 3 or first < 1 or not profiles or tail[0].n_filled != 1 or any(map(is_typed, tail[0].cells)):
        return len(filled)
    are_notes = all(
        record.n_filled < width and len(record.cells) <= width and _lacks_cells(record, width, profiles)
        for record in tail
    )
    return first if are_notes else len(filled)


def _begins_notes(records: Sequence[Record], tail: Sequence[int], previous: int, width: int) -> bool:
    """Whether everything from here on stands behind a blank line and is narrower than half the table."""
    if width < 3 or tail[0] == previous + 1:
        return False
    return all(len(records[position].cells) <= width / 2 for position in tail)
