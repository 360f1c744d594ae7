"""What stands above a table: titles, notes, settings, and the line of a device or an account."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from automl.tables.celltypes import is_typed
from automl.tables.firstrecords import names_first_block
from automl.tables.headers import find_header
from automl.tables.records import Record
from automl.tables.rows import filled_width
from automl.tables.stackednames import count_facts
from automl.tables.stateddelimiter import stated_delimiter

__all__ = ["MAX_PREAMBLE", "count_preamble_rows"]

#: Further down nothing stands above a table.
MAX_PREAMBLE = 50
_MAX_SETTINGS = 12
_HEADER_SAMPLE = 250
_WITNESSES = 2
_END = re.compile(r"\W*end[ _]?(?:of[ _]?)?header\W*", re.IGNORECASE)


def count_preamble_rows(records: Sequence[Record], width: int, blank_lines: frozenset[int]) -> int:
    """Count the leading records that are titles, notes or settings: those above the first one as wide as the table.

    Parameters
    ----------
    records : sequence of Record
        A table and what stands above it, without blank lines.
    width : int
        Number of cells that most of its rows have.
    blank_lines : frozenset of int
        How many lines stand above each blank line.
    """
    if width < 2:
        return 0
    needed = max(2, math.ceil(0.6 * width))
    leading = records[: min(MAX_PREAMBLE, len(records) - 1)]
    found = (
        _marked_rows(records, width),
        _rows_above_gap(records, width, blank_lines),
        count_facts(records, width),
        _rows_above_end_of_header(leading),
        _rows_above_count(records, width),
    )
    start = max(found)
    if start:
        return start
    for position, record in enumerate(leading):
        is_above = (
            _is_title(record, width)
            or _is_note(records, position, width)
            or _is_setting(records, position, width)
            or _are_values_above_names(records, position, width)
            or _are_pairs_above_names(records, position, width)
        )
        is_wide = len(record.cells) >= needed and not is_above
        if is_wide or names_first_block(records[position:], width):
            return position
    return 0


def _marked_rows(records: Sequence[Record], width: int) -> int:
    """Count the leading records that are marked as comments, as wide as the table by chance: it has its names below."""
    count = next((at for at, record in enumerate(records) if not record.text.lstrip().startswith("#")), 0)
    rows = [record.cells for record in records[count : count + _HEADER_SAMPLE]]
    return count if count and find_header(rows, width, None).n_rows else 0


def _rows_above_gap(records: Sequence[Record], width: int, blank_lines: frozenset[int]) -> int:
    """Count the leading records that are narrower than the table and end at a blank line just above it."""
    count = next((at for at, record in enumerate(records[:_MAX_SETTINGS]) if len(record.cells) >= width), 0)
    below = records[count : count + 3]
    is_apart = count > 0 and records[count].line - 1 in blank_lines
    return count if is_apart and len(below) == 3 and all(len(record.cells) == width for record in below) else 0


def _rows_above_end_of_header(leading: Sequence[Record]) -> int:
    """Count the leading records down to the last line that says that the header of the file, its settings, ends."""
    ends = (at for at, record in enumerate(leading) if record.n_filled == 1 and _END.fullmatch(record.cells[0].strip()))
    return max(ends, default=-1) + 1


def _rows_above_count(records: Sequence[Record], width: int) -> int:
    """Count the leading records down to a line that says how many rows follow it, below values in other columns."""
    for position, record in enumerate(records[1:_MAX_SETTINGS], 1):
        is_count = len(record.cells) == 1 and record.text.strip() == str(len(records) - position - 1)
        above, below = records[position - 1], records[position + 1 :]
        if is_count and any(map(is_typed, above.cells)) and all(len(other.cells) == width for other in below):
            return position + 1
    return 0


def _is_title(record: Record, width: int) -> bool:
    """Whether one cell of several is filled, as where a spreadsheet padded a title, or the delimiter is stated."""
    return (width > 2 and record.n_filled <= 1) or stated_delimiter(record.text) is not None


def _is_note(records: Sequence[Record], position: int, width: int) -> bool:
    """Whether a record narrower than the table stands just above one that is as wide and all filled with names."""
    record, following = records[position], records[position + 1 : position + 4]
    is_sentence = any(cell.startswith(" ") for cell in record.cells[1:])
    if len(record.cells) >= width - 1 and record.n_filled > 0.5 * width and not is_sentence:
        return False
    full = next((other for other in following if len(other.cells) == width and other.n_filled == width), None)
    if full is None or len(record.cells) == width:
        return False
    below = [other.cells for other in records[position + 1 :] if len(other.cells) == width]
    return find_header(below[:_HEADER_SAMPLE], width, None).n_rows > 0


def _are_values_above_names(records: Sequence[Record], position: int, width: int) -> bool:
    """Whether a record holds values, and a row of nothing but different names stands below it and above typed cells.

    So begin the files of loggers and banks: with the device, the account or the period, in more cells than the table
    has, above a blank line, or among other texts. Years and days over several names each are part of the header.
    """
    record, names, below = records[position], records[position + 1], records[position + 2 : position + 2 + _WITNESSES]
    n_typed = sum(map(is_typed, record.cells))
    if not n_typed or len(names.cells) != width or names.n_filled != width or any(map(is_typed, names.cells)):
        return False
    is_other = filled_width(record.cells) > width or names.line > record.line + 1
    are_few = record.n_filled == width and 2 * n_typed <= width and len(set(names.cells)) == width
    is_table = len(below) == _WITNESSES and all(len(other.cells) == width for other in below)
    return (is_other or are_few) and is_table and _count_typed_columns(records[position + 2 :], width) > are_few


def _are_pairs_above_names(records: Sequence[Record], position: int, width: int) -> bool:
    """Whether every other cell is a key in capitals before its value, above a row of names in other letters."""
    record, names, below = records[position], records[position + 1], records[position + 2 :]
    keys, values = record.cells[::2], record.cells[1::2]
    if width < 4 or not record.n_filled == names.n_filled == len(names.cells) == width or len(keys) != len(values):
        return False
    are_keys = all(key.isalpha() and key.isupper() for key in keys) and not all(map(str.isalpha, values))
    are_names = not any(map(is_typed, names.cells)) and not all(map(str.isupper, names.cells))
    return are_keys and are_names and _count_typed_columns(below, width) > 0


def _count_typed_columns(records: Sequence[Record], width: int) -> int:
    """Count the columns that hold a number, a date or a time in one of a few records."""
    rows = [record.cells for record in records[:_MAX_SETTINGS] if len(record.cells) == width]
    return sum(any(map(is_typed, column)) for column in zip(*rows, strict=True))


def _is_setting(records: Sequence[Record], position: int, width: int) -> bool:
    """Whether a record holds a key and its value, filled up to the table's width, somewhere above the table."""
    record = records[position]
    if width < 4 or record.n_filled != 2 or not all(cell.strip() for cell in record.cells[:2]):
        return False
    following = records[position + 1 : position + _MAX_SETTINGS]
    full = next((at for at, other in enumerate(following) if other.n_filled >= max(3, 0.6 * width)), None)
    if full is None or any(map(is_typed, following[full].cells)):
        return False
    between = following[:full]
    is_apart = following[full].line > record.line + 1 + len(between) or any(other.is_empty for other in between)
    return is_apart or any(character.isdigit() for character in record.cells[1])
