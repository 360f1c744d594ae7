"""Several tables in one file: where one ends and the next begins."""

from __future__ import annotations

import itertools
import re
from collections import Counter, deque
from collections.abc import Sequence
from typing import NamedTuple

from automl.tables.celltypes import is_typed
from automl.tables.missing import is_any_marker
from automl.tables.options import ReadOptions
from automl.tables.pages import find_page_start
from automl.tables.records import Record
from automl.tables.remarks import is_remark, is_rule
from automl.tables.rows import filled_width

__all__ = ["find_segments", "normal_cells"]

_WITNESSES = 2
_RECENT = 20
# Settings are pairs of a key and a value.
_PAIR = 2
_COPY_SHARE = 0.9
_DISTINCT_SHARE = 0.6
# A column says what its kind is in so many rows.
_KIND_ROWS = 3
_DIGIT = re.compile(r"\d")
_SPACE = " \t\r\n\ufeff\xa0\u3000"

Segment = tuple[int, int]


def find_segments(records: Sequence[Record], options: ReadOptions) -> list[list[Segment]]:
    """Split a file into its tables, each one or more ranges of positions.

    A table begins where a row of names stands above rows of another width or of other kinds, behind a blank line or a
    title, or where the header comes again. A table under the header it had before is one more part of that table where
    no line stands between, or where they are pages of one report; unless its rows are the same ones, which makes it a
    copy.
    """
    starts = _starts(records)
    bounds = [*starts, len(records)]
    segments = [(start, stop) for start, stop in itertools.pairwise(bounds) if start < stop]
    groups: list[list[Segment]] = []
    for segment in segments:
        part = _part(records, groups[-1], segment) if groups and options.has_header is not False else None
        if part is None:
            groups.append([segment])
            continue
        before, last = groups[-1][-1], part.page_start
        groups[-1][-1:] = [(before[0], min(before[1], last)), (part.header, segment[1])]
    return groups


def _starts(records: Sequence[Record]) -> list[int]:
    """Return the positions at which tables begin, titles above them included; the first is 0."""
    starts = [0]
    filled = [position for position, record in enumerate(records) if record.cells]
    recent = _Recent()
    header = _Names()
    for at, position in enumerate(filled):
        record = records[position]
        is_new = len(recent.records) >= _WITNESSES and _is_start(records, filled, at, recent)
        if header.recurs(record) or is_new:
            starts.append(_with_titles(records, filled, at, starts[-1]))
            recent = _Recent()
            header = _Names()
        header.learn(record)
        recent.add(record)
    return starts


class _Recent:
    """The last records of the table that is being read, and how wide they are.

    Attributes
    ----------
    records : deque of Record
    """

    def __init__(self) -> None:
        self.records: deque[Record] = deque()
        self._widths: Counter[int] = Counter()

    def add(self, record: Record) -> None:
        """Take one more; the oldest of more than 20 is forgotten."""
        self.records.append(record)
        self._widths[len(record.cells)] += 1
        if len(self.records) > _RECENT:
            self._widths -= Counter([len(self.records.popleft().cells)])

    @property
    def usual_width(self) -> int:
        """The commonest number of cells."""
        return self._widths.most_common(1)[0][0]


class _Names:
    """The names a table begins with, once a row that can be names was met."""

    def __init__(self) -> None:
        self._names: tuple[str, ...] = ()

    def learn(self, record: Record) -> None:
        """Take the first row of names; later ones change nothing."""
        if not self._names and _can_be_header(record):
            self._names = normal_cells(record)
            self._line = record.line

    def recurs(self, record: Record) -> bool:
        """Whether a row farther down holds the same names."""
        if not self._names or len(record.cells) < len(self._names):
            return False
        return record.line > self._line + 3 and normal_cells(record) == self._names


def normal_cells(record: Record) -> tuple[str, ...]:
    """Return the cells as they are compared: without empty ones at the end, and without a byte order mark.

    The mark stands before the first cell where files that begin with it were put together.
    """
    return tuple(cell.strip(_SPACE).casefold() for cell in record.cells[: filled_width(record.cells)])


def _are_names(row: Sequence[str]) -> bool:
    """Whether every cell of a row could be a column's name: filled, not typed, hardly any twice, not dashes alone."""
    cells = [cell.strip() for cell in row]
    are_texts = all(cells) and not any(map(is_typed, cells)) and len(set(cells)) > _DISTINCT_SHARE * len(cells)
    return are_texts and not is_rule("".join(cells))


def _can_be_header(record: Record) -> bool:
    """Whether a record holds names only; the first column may have none, as before the first of the lines drawn."""
    cells = record.cells[: filled_width(record.cells)]
    names = cells[1:] if len(cells) > 2 and not cells[0].strip() else cells
    return len(names) > 1 and _are_names(names)


def _is_start(records: Sequence[Record], filled: Sequence[int], at: int, recent: _Recent) -> bool:
    record, usual = records[filled[at]], recent.usual_width
    width, extent = len(record.cells), filled_width(record.cells)
    following = [records[other] for other in filled[at + 1 : at + 1 + _WITNESSES]]
    if extent < 2 or len(following) < _WITNESSES or any(len(other.cells) != width for other in following):
        return False
    is_apart = _is_apart(records, filled, at, usual)
    if width == usual and not is_apart and _DIGIT.search(record.text):
        return False
    if not _are_names(record.cells[:extent]) or max(filled_width(other.cells) for other in following) > extent:
        return False
    has_contrast = any(is_typed(cell) for other in following for cell in other.cells)
    if width != usual:
        return has_contrast or is_apart
    above = [other for other in recent.records if len(other.cells) == width and other.n_filled > 1]
    below = _run(records, filled, at)
    if _recurs(record, [*above, *below]):
        return False
    is_narrower = min((filled_width(other.cells) for other in above), default=0) > extent
    is_wider = bool(above) and max(filled_width(other.cells) for other in above) <= _PAIR < extent
    return _kinds_change(above, below) or (is_apart and (has_contrast or is_narrower or is_wider))


def _recurs(record: Record, others: Sequence[Record]) -> bool:
    """Whether a cell of a record is one of the same column's in other records."""
    return any(
        cell == known for other in others for cell, known in zip(record.cells, other.cells, strict=False) if cell
    )


def _run(records: Sequence[Record], filled: Sequence[int], at: int) -> list[Record]:
    """Return the records below one, up to a blank line, another width, or the last one that is looked at."""
    run: list[Record] = []
    width = len(records[filled[at]].cells)
    for position in filled[at + 1 : at + 1 + _RECENT]:
        record = records[position]
        if position != filled[at] + 1 + len(run) or record.is_empty or len(record.cells) != width:
            break
        run.append(record)
    return run


def _kinds_change(above: Sequence[Record], below: Sequence[Record]) -> bool:
    """Whether a column holds numbers or dates throughout on one side, and nothing but other texts on the other."""
    columns = range(len(below[0].cells) if len(below) >= _KIND_ROWS else 0)
    return any(_kind(above, at) * _kind(below, at) < 0 for at in columns)


def _kind(records: Sequence[Record], position: int) -> int:
    """Return 1 where all cells of a column are typed but perhaps its name, -1 where none is, 0 otherwise."""
    cells = [record.cells[position] for record in records]
    known = [is_typed(cell) for cell in cells if cell.strip() and not is_any_marker(cell.strip())]
    if len(known) < _KIND_ROWS:
        return 0
    return int(all(known[1:])) - int(not any(known))


def _is_apart(records: Sequence[Record], filled: Sequence[int], at: int, usual: int) -> bool:
    """Whether a blank line or a title stands before a record."""
    while at > 1 and filled[at] == filled[at - 1] + 1 and is_remark(records[filled[at - 1]], usual):
        at -= 1
    previous = records[filled[at - 1]]
    return filled[at] > filled[at - 1] + 1 or previous.is_empty or (usual > 2 and previous.n_filled == 1)


def _with_titles(records: Sequence[Record], filled: Sequence[int], at: int, after: int) -> int:
    """Return where the titles above a table begin, and the names over several of its columns."""
    first = at
    while first > 1 and filled[first - 1] > after and _are_names_above(records, filled, first):
        first -= 1
    while first > 1 and filled[first - 1] > after and _is_over(records[filled[first - 1]], records[filled[first]]):
        first -= 1
    while first > 1 and filled[first - 1] > after and records[filled[first - 1]].n_filled <= 1:
        first -= 1
    return filled[first]


def _are_names_above(records: Sequence[Record], filled: Sequence[int], at: int) -> bool:
    """Whether the line above a row of names holds names of the same columns, and begins them: it is no row above."""
    above, names = records[filled[at - 1]], records[filled[at]]
    is_adjacent = above.line == names.line - 1 and len(above.cells) == len(names.cells)
    return is_adjacent and _are_names(above.cells) and len(records[filled[at - 2]].cells) != len(above.cells)


def _is_over(record: Record, names: Record) -> bool:
    """Whether a record holds names over those of a table: of the same width, not all filled, and none a value."""
    cells = [cell for cell in record.cells if cell.strip()]
    is_partly = 1 < len(cells) < len(record.cells) == len(names.cells)
    return is_partly and record.line == names.line - 1 and not any(map(is_typed, cells))


class _Part(NamedTuple):
    """One more part of a table: where its header stands, and where the titles above that begin."""

    header: int
    page_start: int


def _part(records: Sequence[Record], group: Sequence[Segment], segment: Segment) -> _Part | None:
    """Return the part that a segment is of the table before it; None where it is another table."""
    (first, stop), (start, end) = group[0], segment
    header, again = (_header_position(records, each) for each in (group[0], segment))
    if header is None or again is None or normal_cells(records[again]) != normal_cells(records[header]):
        return None
    width = len(records[again].cells)
    top = again - _count_equal_above(records, header - first, header, again)
    are_comments = all(is_remark(records[position], width) for position in range(start, top))
    is_next = are_comments and start == group[-1][1] and bool(records[stop - 1].cells)
    page_start = top if is_next else find_page_start(records, header, again, len(group) + 1)
    if page_start is None:
        return None
    known = {normal_cells(records[position]) for position in range(first, stop)}
    rows = [normal_cells(records[position]) for position in range(again + 1, end) if records[position].cells]
    is_copy = sum(row in known for row in rows) >= max(1, _COPY_SHARE * len(rows))
    return None if is_copy else _Part(again, min(start, page_start))


def _count_equal_above(records: Sequence[Record], most: int, header: int, again: int) -> int:
    """Count the rows just above a header that come again above its copy, too: its own upper rows."""
    above = ((records[header - up], records[again - up]) for up in range(1, most + 1))
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0].cells and _are_equal(*pair), above))


def _are_equal(first: Record, second: Record) -> bool:
    return normal_cells(first) == normal_cells(second)


def _header_position(records: Sequence[Record], segment: Segment) -> int | None:
    return next((position for position in range(*segment) if _can_be_header(records[position])), None)
