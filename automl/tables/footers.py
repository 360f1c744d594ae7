"""The end of a table: notes, totals and padding that stand below its last row."""

from __future__ import annotations

import re
from collections.abc import Sequence

from automl.tables.celltypes import is_typed
from automl.tables.closings import FOREIGN, count_above_closing, count_lacking, last_paragraph
from automl.tables.missing import is_any_marker
from automl.tables.records import Record
from automl.tables.remarks import is_remark
from automl.tables.rows import filled_width, without_padding
from automl.tables.shapes import ColumnProfile, profiles_of
from automl.tables.totals import adds_up

__all__ = ["footer_start", "rows_start", "subtotal_start"]

_MAX_FOOTER = 25
_MIN_ROWS = 3
_COMMENT = "# "
_DASHES = ({"-"}, {"\u2013"}, {"\u2014"})
_LONG = 40
_MOST = 0.5
_MOST_SHAPED = 0.8
# Longer tables are not added up.
_MAX_SUMMED = 10_000
_TOTAL = re.compile(
    r"(?:(?:grand|sub|over)[ -]?)?(?:totals?|totales?|totali|totaux|totais|total général|totaal|sums?|summen?|summa"
    r"|suma|somme|gesamt\w*|insgesamt|averages?|means?|minimum|maximum"
    r"|mittelwerte?|(?:genel )?toplam|mezisoučet|zwischensumme|celkem|razem|összesen|итого|всего"
    r"|合計|合计|总计)\b(?P<more>.{0,40})|\*{1,3}",
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
    profiles = _profiles(records, filled, width, padding)
    last = count_above_closing(records, filled, width, profiles)
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


def rows_start(records: Sequence[Record], start: int, stop: int, width: int) -> int:
    """Return the position of a table's first row: behind a total or an opening balance just below the header.

    Parameters
    ----------
    records : sequence of Record
    start, stop : int
        The range below the header, without the footer.
    width : int
        Number of columns.
    """
    filled = [position for position in range(start, min(stop, start + _MAX_SUMMED + 2)) if records[position].cells]
    if width < 2 or not 1 + _MIN_ROWS < len(filled) <= _MAX_SUMMED:
        return start
    first, *others = (records[position] for position in filled)
    rows = [record.cells for record in others if len(record.cells) >= width and not record.is_empty]
    if len(first.cells) < width or len(rows) < _MIN_ROWS:
        return start
    profiles = profiles_of((row[:width] for row in rows), width)
    is_balance = bool(profiles) and _is_balance(first, width, profiles)
    return filled[0] + 1 if is_balance or _is_total(first.cells[:width], rows) else start


def subtotal_start(records: Sequence[Record], start: int, stop: int, width: int) -> int:
    """Return the position behind the last row of a page: above its subtotal, a label and one number, where it has one.

    Parameters
    ----------
    records : sequence of Record
    start, stop : int
        The range of the page's rows.
    width : int
        Number of columns.
    """
    last = next((at for at in range(stop - 1, start, -1) if not records[at].is_empty), start)
    is_subtotal = (
        width > 2 and records[last].n_filled == 2 and _TOTAL.fullmatch(records[last].cells[0].strip()) is not None
    )
    return last if is_subtotal and last > start else stop


def _is_balance(record: Record, width: int, profiles: Sequence[ColumnProfile]) -> bool:
    """Whether the name of a balance stands where other rows have a number or a date, and several cells are missing."""
    label = record.cells[0].strip()
    is_foreign = bool(label) and profiles[0].fit(label) <= FOREIGN and not is_any_marker(label)
    return is_foreign and count_lacking(record, width, profiles) > 1 and _is_label(label, profiles[0])


def _is_inner_balance(record: Record, width: int, profiles: Sequence[ColumnProfile]) -> bool:
    """Whether the name of a balance stands below numbers and its value beside it, and all else is missing."""
    places = [at for at, cell in enumerate(record.cells[:width]) if cell.strip()]
    if len(places) != 2 or record.n_filled != 2 or places[0] == 0 or places[1] != places[0] + 1:
        return False
    label, value = (record.cells[at].strip() for at in places)
    # The label may have been counted as one of the column's cells: how well it fits there says nothing.
    usual, share = profiles[places[0]].common_shape()
    is_below_numbers = share >= _MOST and "9" in usual and "a" not in usual and not is_any_marker(label)
    has_digit = [any(character.isdigit() for character in cell) for cell in (label, value)]
    return is_below_numbers and has_digit == [False, True] and count_lacking(record, width, profiles) > 1


def _profiles(records: Sequence[Record], filled: Sequence[int], width: int, padding: int) -> tuple[ColumnProfile, ...]:
    """Return what the columns' cells look like, as far as can be told above a last paragraph and the last records."""
    first = last_paragraph(records, filled)
    n_last = max(1, min(_MIN_ROWS, len(filled) // 4))
    surely = filled[:first] if first > _MOST * len(filled) else filled[:-n_last]
    rows = (records[position] for position in surely if not is_remark(records[position], width))
    body = [without_padding(record.cells, width, padding) for record in rows if record.n_filled > (width > 2)]
    filled_rows = [
        cells
        for cells in body
        if len(cells) == width and any(cell.strip() for cell in cells) and not _TOTAL.fullmatch(cells[0].strip())
    ]
    return profiles_of(filled_rows, width) if len(filled_rows) >= _MIN_ROWS and width > 1 else ()


def _above_sum(records: Sequence[Record], filled: Sequence[int], width: int) -> int:
    """Count the records above a last one that adds them up, under a label that no other one has, or under none."""
    n_rows = next((count for count in range(len(filled), 0, -1) if not records[filled[count - 1]].is_empty), 0)
    *above, last = [records[position].cells for position in filled[:n_rows][-_MAX_SUMMED:]] or [[]]
    rows = [cells for cells in above if len(cells) >= width and any(cell.strip() for cell in cells)]
    if n_rows > _MAX_SUMMED or width < 2 or len(last) < width or len(rows) < _MIN_ROWS:
        return len(filled)
    return n_rows - 1 if _is_total(last[:width], rows) else len(filled)


def _is_total(row: Sequence[str], others: Sequence[Sequence[str]]) -> bool:
    """Whether a row adds up the others, under a label that none of them has, or under none."""
    label = row[0].strip()
    is_labelled = not is_typed(label) and all(other[0].strip() not in ("", label) for other in others)
    return is_labelled and (not label or _TOTAL.fullmatch(label) is not None) and adds_up(row, others)


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
    n_lacking, is_foreign = count_lacking(record, width, profiles), profiles[0].fit(text) <= FOREIGN
    lacks_cells = n_lacking > 0 or _has_dashes(record, profiles)
    is_odd = lacks_cells or (is_foreign and bool(record.cells[0].strip()))
    if is_odd and _is_named_total(record, text, width, profiles):
        return True
    if is_foreign and (text.startswith(_COMMENT) or (lacks_cells and _is_sentence(record))):
        return True
    if len(record.cells) >= width and record.cells[0].strip() and _is_balance(record, width, profiles):
        return True
    if _is_inner_balance(record, width, profiles):
        return True
    if record.n_filled > 1 or filled_width(record.cells) > width or _has_other_delimiters(record, width):
        return False
    if _SOURCE.fullmatch(text) and lacks_cells and width > 2:
        return True
    return not is_typed(text) and (is_apart or is_foreign or len(text) > _LONG) and lacks_cells


def _is_named_total(record: Record, text: str, width: int, profiles: Sequence[ColumnProfile]) -> bool:
    """Whether the first text is the label of a total.

    One that goes on behind the word, in a record that is as wide as the table, may be the title of a film as well:
    then something else has to be odd about the record, more than one empty cell.
    """
    label = _TOTAL.fullmatch(text)
    if label is None:
        return False
    if len(record.cells) < width or not any(map(str.isalnum, label["more"] or "")):
        return True
    is_below_numbers = bool(record.cells[0].strip()) and _holds_numbers(profiles[0])
    return is_below_numbers or _has_dashes(record, profiles) or count_lacking(record, width, profiles) > 1


def _has_dashes(record: Record, profiles: Sequence[ColumnProfile]) -> bool:
    """Whether a cell holds nothing but dashes, in a column that has no such cell."""
    cells = zip(record.cells, profiles, strict=False)
    return any(set(cell.strip()) in _DASHES and profile.fit(cell) <= FOREIGN for cell, profile in cells)


def _is_label(text: str, profile: ColumnProfile) -> bool:
    """Whether a text without a digit stands in a column of numbers or dates, as the name of a balance does."""
    return _holds_numbers(profile) and bool(text.strip()) and not any(character.isdigit() for character in text)


def _holds_numbers(profile: ColumnProfile) -> bool:
    """Whether nearly all cells of a column are numbers or dates of one shape."""
    shape, share = profile.common_shape()
    return share >= _MOST_SHAPED and "9" in shape and "a" not in shape


def _is_sentence(record: Record) -> bool:
    """Whether a record is a sentence with commas in it: no quotes, no number or date, and a space behind each comma."""
    first, *others = record.cells
    are_parts = all(cell.startswith(" ") and not is_typed(cell) for cell in others)
    return bool(others) and are_parts and not is_typed(first) and '"' not in record.text


def _has_other_delimiters(record: Record, width: int) -> bool:
    """Whether a record of one cell could be a row that is delimited by another character."""
    return width > 2 and len(record.cells) == 1 and any(record.text.count(mark) >= width - 1 for mark in ",;\t|")


def _begins_notes(records: Sequence[Record], tail: Sequence[int], previous: int, width: int) -> bool:
    """Whether everything from here on stands behind a blank line and is narrower than half the table."""
    if width < 3 or tail[0] == previous + 1:
        return False
    return all(len(records[position].cells) <= width / 2 for position in tail)
