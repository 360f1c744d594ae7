"""Which rows at the top of a table hold names: by contrast with the cells below them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from automl.tables.celltypes import is_typed
from automl.tables.firstrecords import is_record_of_codes
from automl.tables.missing import is_any_marker
from automl.tables.partialheaders import names_unnamed
from automl.tables.rows import filled_width
from automl.tables.shapes import ColumnProfile
from automl.tables.stackednames import count_rows_over_periods, count_stacked_names, is_period

__all__ = ["Header", "are_row_names", "find_header", "joined_names"]

_MAX_HEADER_ROWS = 5
_BODY_SAMPLE = 200
_TYPED_SHARE = 0.8
_SHAPED_SHARE = 0.9
_LONG_CELL = 24
_MIN_ROWS = 3
# How well a cell fits the column below it where it is one of its cells, and how much better than a name.
_MIN_FIT = -1.0
_CLEAR_GAP = 1.0
_MAX_VOTES = 2_000
_MIN_YEARS = 2
_DIGIT = re.compile(r"\d")
_UNIT = re.compile(r"\[[^\[\]]{0,20}\]|\([^()]{1,20}\)")

Row = Sequence[str]


@dataclass(frozen=True)
class Header:
    """The names of a table.

    Attributes
    ----------
    n_rows : int
        How many rows hold names; 0 where none does.
    names : tuple of str
        As they stand there, several rows joined by spaces; empty where there is no header.
    is_joined : bool
        False where one of several rows names the columns alone.
    """

    n_rows: int
    names: tuple[str, ...] = ()
    is_joined: bool = True


def find_header(rows: Sequence[Row], width: int, has_header: bool | None) -> Header:
    """Find the header rows at the top of a table.

    Parameters
    ----------
    rows : sequence of sequence of str
        The table from its first row on; some 200 are enough.
    width : int
        Number of cells that most rows have.
    has_header : bool or None
        What the user says; None means: find out.
    """
    if has_header is False or not rows:
        return Header(0)
    if has_header is None and not any(cell.strip() for row in rows for cell in row):
        return Header(0)
    stacked = count_stacked_names(rows) or count_rows_over_periods(rows)
    if stacked:
        return Header(stacked, joined_names(rows[:stacked]))
    first, body = rows[0], rows[1 : 1 + _BODY_SAMPLE]
    count = _count_rows_over_typed(rows)
    is_first = has_header or _is_header(first, body)
    if not (is_first or (count > 1 and _is_above_names(first, rows[1], rows[count : count + _BODY_SAMPLE]))):
        return Header(0)
    while count < min(_MAX_HEADER_ROWS, len(rows) - 1) and (
        _is_further_header(rows[count], first, rows[count + 1 :])
        or names_unnamed(rows[:count], rows[count], rows[count + 1 :])
    ):
        count += 1
    return Header(count, joined_names([_fitted(row, rows[count:], width) for row in rows[:count]]))


def joined_names(rows: Sequence[Row]) -> tuple[str, ...]:
    """Join the rows of a header column by column; a name over several columns holds for each of them."""
    if len(rows) == 1:
        return tuple(rows[0])
    width = max(map(len, rows))
    filled = [[*row, *[""] * (width - len(row))] for row in rows]
    spread = [_spread(row, filled[number + 1 :]) for number, row in enumerate(filled)]
    return tuple(" ".join(cell.strip() for cell in cells if cell.strip()) for cells in zip(*spread, strict=True))


def _spread(row: Sequence[str], below: Sequence[Row]) -> list[str]:
    """Repeat a name over the empty cells behind it that stand over names, as a merged cell leaves them.

    Where a name stands twice in a row, whoever wrote it repeats names: an empty cell is none of theirs.
    """
    spread = list(row)
    are_repeated = any(left.strip() and left == right for left, right in itertools.pairwise(row))
    if not below or are_repeated or sum(1 for cell in row if cell.strip()) < 2:
        return spread
    for position in range(1, len(row)):
        if not row[position].strip() and any(other[position].strip() for other in below):
            spread[position] = spread[position - 1]
    return spread


def _fitted(header: Row, body: Sequence[Row], width: int) -> list[str]:
    """Fit a header row to the rows below it where it is one name short, as R writes row names."""
    full = [row for row in body[:_BODY_SAMPLE] if len(row) == width and any(cell.strip() for cell in row)]
    if len(header) >= width or not full or filled_width(header) != max(map(filled_width, full)) - 1:
        return list(header)
    return ["", *header] if are_row_names([row[0] for row in full]) else list(header)


def are_row_names(cells: Sequence[str]) -> bool:
    """Whether the first cells of rows can be the names of those rows: no two the same, and no dates or measures."""
    return len(set(cells)) == len(cells) and all(cell.strip().isdecimal() or not is_typed(cell) for cell in cells)


def _is_header(first: Row, body: Sequence[Row]) -> bool:
    """Decide by contrast: a header's cells are untyped where the cells below are typed, and do not recur there."""
    if not any(cell.strip() for cell in body[0]) if len(body) == 1 else not body:
        return not any(map(is_typed, first))
    others = [row for row in body if list(row) != list(first)]
    copies = sum(1 for _ in itertools.takewhile(lambda row: list(row) == list(first), body))
    if not others or copies >= _MAX_HEADER_ROWS:  # a row that comes so often is one
        return False
    votes = 0.0
    for position, cell in enumerate(first[:_MAX_VOTES]):
        below = [row[position].strip() for row in others if len(row) > position and row[position].strip()]
        votes += _header_vote(cell.strip(), below)
    return votes > 0 or (votes == 0 and not is_record_of_codes(first, others))


def _header_vote(cell: str, below: Sequence[str]) -> float:
    if not below or not cell:
        return 0.0
    known = [other for other in below if not is_any_marker(other)]
    if known and sum(map(is_typed, known)) >= _TYPED_SHARE * len(known):
        if not is_typed(cell):
            return 0.0 if is_any_marker(cell) else 1.0
        return 0.0 if _is_year(cell) and not all(map(_is_year, known)) else -1.0
    if cell in below:
        return -1.0
    return _shape_vote(cell, below)


def _shape_vote(cell: str, below: Sequence[str]) -> float:
    """Judge a text by whether it looks as the texts below do: codes of one shape, or long texts."""
    if len(below) < 3:
        return 0.0
    shape, share = ColumnProfile(below).common_shape()
    if share >= _SHAPED_SHARE and any(character == "9" or not character.isalnum() for character in shape):
        return -0.5 if ColumnProfile([cell]).common_shape()[0] == shape else 0.5
    if min(map(len, below)) >= _LONG_CELL:
        return 0.5 if len(cell) < _LONG_CELL else -0.5
    return 0.0


def _count_rows_over_typed(rows: Sequence[Row]) -> int:
    """Count the rows at the top down to the last of texts over columns that are typed below: 1 where there is one only.

    The first of them may hold years, days or numbers over those texts.
    """
    first = rows[0]
    if all(map(is_typed, first)):
        return 1
    n_texts = sum(1 for _ in itertools.takewhile(_are_texts, rows[1:_MAX_HEADER_ROWS]))
    for count in range(min(1 + n_texts, len(rows) - _MIN_ROWS), 1, -1):
        body = [row for row in rows[count : count + _BODY_SAMPLE] if any(cell.strip() for cell in row)]
        n_typed = sum(_is_typed_column(body, position) for position in range(min(len(first), _MAX_VOTES)))
        is_clear = len(body) >= _MIN_ROWS and n_typed >= count - 1  # texts in one column may be remarks in its cells
        if is_clear and all(_is_over_typed(row, first, body) for row in rows[1:count]):
            return count
    return 1


def _is_above_names(first: Row, row: Row, body: Sequence[Row]) -> bool:
    """Whether years, days or numbers stand over names: over several columns, or written as no cell below is."""
    columns = [
        position
        for position in range(min(len(first), len(row), _MAX_VOTES))
        if is_typed(first[position]) and row[position].strip() and _is_typed_column(body, position)
    ]
    return len(columns) > 1 or not any(_is_written_as_below(first[position], body, position) for position in columns)


def _is_written_as_below(cell: str, body: Sequence[Row], position: int) -> bool:
    below = [row[position].strip() for row in body if len(row) > position and row[position].strip()]
    shape = ColumnProfile([cell.strip()]).common_shape()
    is_year_above = _is_year(cell.strip()) and not all(map(_is_year, below))
    return not is_year_above and any(ColumnProfile([other]).common_shape() == shape for other in below)


def _is_over_typed(row: Row, first: Row, body: Sequence[Row]) -> bool:
    """Whether a row holds texts only, over typed columns, and no cell of theirs.

    It does over at least half of those, or over some and with no first cell, which all rows below have.
    """
    if len(row) < len(first) - 1 or not _are_texts(row):
        return False
    typed = [position for position in range(min(len(row), _MAX_VOTES)) if _is_typed_column(body, position)]
    filled = [position for position in typed if row[position].strip()]
    is_over_most = bool(filled) and len(filled) >= 0.5 * len(typed)
    return (is_over_most or _lacks_first_cell(row, filled, body)) and not _looks_as_below(row, first, body)


def _are_texts(row: Row) -> bool:
    return not any(is_typed(cell) or is_any_marker(cell.strip()) for cell in row if cell.strip())


def _lacks_first_cell(row: Row, filled: Sequence[int], body: Sequence[Row]) -> bool:
    """Whether a row has several cells, some over typed columns, but no first one, which all rows below have."""
    is_first_missing = not row[0].strip() and all(other and other[0].strip() for other in body)
    return is_first_missing and bool(filled) and sum(bool(cell.strip()) for cell in row) > 1


def _is_further_header(row: Row, first: Row, body: Sequence[Row]) -> bool:
    """Whether a row below the first header row holds names too: the same ones, or texts over typed cells only."""
    if [cell.strip().casefold() for cell in row] == [cell.strip().casefold() for cell in first]:
        return True
    if body and _are_units(row) and not _are_units(body[0]):
        return True
    if _are_years_under_groups(row, first, body[:_BODY_SAMPLE]):
        return True
    return len(body) > 1 and _is_over_typed(row, first, body[:_BODY_SAMPLE])


def _are_years_under_groups(row: Row, first: Row, body: Sequence[Row]) -> bool:
    """Whether years or days complete names that stand over several columns each, or over the first of them only."""
    columns = [position for position, cell in enumerate(row[:_MAX_VOTES]) if is_typed(cell)]
    names = [first[position].strip() for position in columns if len(first) > position]
    are_shared = "" in names or (len(set(names)) < len(names) and not row[0].strip())
    if len(columns) < _MIN_YEARS or not are_shared or not all(is_period(row[position]) for position in columns):
        return False
    return all(_is_typed_column(body, position) and not _are_periods(body, position) for position in columns)


def _are_periods(body: Sequence[Row], position: int) -> bool:
    return all(is_period(row[position]) for row in body if len(row) > position and row[position].strip())


def _are_units(row: Row) -> bool:
    """Whether every cell stands in brackets, as units under names do."""
    cells = [cell.strip() for cell in row if cell.strip()]
    return bool(cells) and all(_UNIT.fullmatch(cell) for cell in cells)


def _looks_as_below(row: Row, first: Row, body: Sequence[Row]) -> bool:
    """Whether a cell over texts is written as those below it are, and the name above it is not."""
    for position, (cell, name) in enumerate(zip(row[:_MAX_VOTES], first, strict=False)):
        below = [other[position].strip() for other in body if len(other) > position and other[position].strip()]
        if not (cell.strip() and name.strip()) or any(map(is_typed, below)):
            continue
        is_shaped = len(below) >= _MIN_ROWS and _DIGIT.search(cell) is not None
        if cell.strip() in below or (is_shaped and _fits_better(cell.strip(), name.strip(), below)):
            return True
    return False


def _fits_better(cell: str, name: str, below: Sequence[str]) -> bool:
    profile = ColumnProfile(below)
    fit = profile.fit(cell)
    return fit >= _MIN_FIT and fit - profile.fit(name) >= _CLEAR_GAP


def _is_typed_column(body: Sequence[Row], position: int) -> bool:
    known = [row[position] for row in body if len(row) > position and row[position].strip()]
    known = [cell for cell in known if not is_any_marker(cell.strip())]
    return len(known) > 1 and all(map(is_typed, known[:_MAX_HEADER_ROWS])) and _mostly_typed(known)


def _mostly_typed(cells: Sequence[str]) -> bool:
    return sum(map(is_typed, cells)) >= _SHAPED_SHARE * len(cells)


def _is_year(cell: str) -> bool:
    return len(cell) == 4 and cell.isdigit() and cell[:2] in ("19", "20", "21")
