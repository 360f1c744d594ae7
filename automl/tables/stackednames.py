"""Names of one column stacked in several rows above it, and facts about a series stacked above its names."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from automl.tables.celltypes import is_typed
from automl.tables.records import Record
from automl.tables.rows import filled_width

__all__ = ["count_facts", "count_rows_over_periods", "count_stacked_names", "is_period"]

_MAX_STACKED = 12
_MIN_ROWS = 3
_BODY_SAMPLE = 200
_DAY = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ].*)?")
_YEAR = re.compile(r"(?:19|20|21)\d\d(?:[-/. ]?(?:[QMHSWqmhsw]\d{1,2}|\d{1,2}|[A-Za-z]{3}))?")

Row = Sequence[str]


def count_stacked_names(rows: Sequence[Row]) -> int:
    """Count the rows of names where all but the last have no first cell: that one stands over dates or numbers.

    Parameters
    ----------
    rows : sequence of sequence of str
        A table from its first row on.

    Returns
    -------
    int
        0 where there are none; what those rows hold, numbers among them, is part of the names then.
    """
    above = list(itertools.takewhile(_lacks_first, rows[:_MAX_STACKED]))
    if not above or len(rows) < len(above) + 1 + _MIN_ROWS:
        return 0
    names, body = rows[len(above)], rows[len(above) + 1 :][:_BODY_SAMPLE]
    if not _are_names(names) or any(len(row) != len(names) for row in above):
        return 0
    firsts = [row[0] for row in body if row]
    has_typed = any(_is_typed_column(body, at) for at in range(1, len(names)))
    return len(above) + 1 if has_typed and all(map(is_typed, firsts)) else 0


def count_rows_over_periods(rows: Sequence[Row]) -> int:
    """Count the rows at the top whose first cells are words over periods: names, and facts about each series.

    A unit, a source and the day of a release stand there: texts or days over a column of numbers, and no number.

    Returns
    -------
    int
        0 where there are none below the names, or where one of them may be a row.
    """
    sample = rows[: _MAX_STACKED + _BODY_SAMPLE]
    count = next((at for at, row in enumerate(sample[: _MAX_STACKED + 1]) if row and is_period(row[0])), 0)
    body = sample[count:]
    if count < 2 or len(body) < _MIN_ROWS or not all(row and is_period(row[0]) for row in body):
        return 0
    names, *facts = sample[:count]
    firsts = [row[0].strip() for row in (names, *facts)]
    are_words = all(firsts) and len(set(firsts)) == count and not any(map(is_typed, firsts))
    numbers = [at for at in range(1, len(names)) if _is_typed_column(body, at) and not _are_days(body, at)]
    if not are_words or not numbers or any(len(row) != len(names) for row in facts):
        return 0
    are_facts = all(not is_typed(row[at]) or _DAY.fullmatch(row[at].strip()) for row in facts for at in numbers)
    return count if are_facts and all(row[at].strip() for row in (names, *facts) for at in numbers) else 0


def _are_days(body: Sequence[Row], position: int) -> bool:
    return any(len(row) > position and _DAY.fullmatch(row[position].strip()) for row in body)


def count_facts(records: Sequence[Record], width: int) -> int:
    """Count the leading records that state facts about a series, a key with a colon each: its names stand below them.

    Parameters
    ----------
    records : sequence of Record
        A table and what stands above it, without blank lines.
    width : int
        Number of cells that most of its rows have.

    Returns
    -------
    int
        0 unless one row of names, whose first cell stands over periods only, follows them.
    """
    first = next((at for at, record in enumerate(records[:_MAX_STACKED]) if is_period(record.cells[0])), 0)
    body = records[first : first + _BODY_SAMPLE]
    if first < 3 or len(body) < _MIN_ROWS or not all(is_period(record.cells[0]) for record in body[:_MAX_STACKED]):
        return 0
    names, above = records[first - 1], records[: first - 1]
    is_row_of_names = filled_width(names.cells) == width and _are_names(names.cells[:width])
    has_key = any(record.cells[0].rstrip().endswith(":") and filled_width(record.cells) > 1 for record in above)
    return first - 1 if is_row_of_names and has_key else 0


def is_period(cell: str) -> bool:
    """Whether a cell is a day, a month, a quarter or a year."""
    text = cell.strip()
    return (_YEAR.fullmatch(text) or _DAY.fullmatch(text)) is not None


def _lacks_first(row: Row) -> bool:
    return bool(row) and not row[0].strip() and sum(bool(cell.strip()) for cell in row) > 1


def _are_names(row: Row) -> bool:
    return len(row) > 1 and all(map(str.strip, row)) and not any(map(is_typed, row))


def _is_typed_column(body: Sequence[Row], position: int) -> bool:
    cells = [row[position] for row in body if len(row) > position and row[position].strip()]
    return len(cells) >= _MIN_ROWS and all(map(is_typed, cells))
