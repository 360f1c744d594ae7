"""Several tables in one file: where one ends and the next begins."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence

from automl.tables.celltypes import is_typed
from automl.tables.options import ReadOptions
from automl.tables.records import Record
from automl.tables.remarks import is_rule

__all__ = ["find_segments"]

_WITNESSES = 2
_RECENT = 20
_COPY_SHARE = 0.9

Segment = tuple[int, int]


def find_segments(records: Sequence[Record], options: ReadOptions) -> list[list[Segment]]:
    """Split a file into its tables, each one or more ranges of positions.

    A table begins where a row of names stands above rows of another width, behind a blank line or a title, or where
    the header comes again. A table under the header it had before, with no line between, is one more part of that
    table; unless its rows are the same ones, which makes it a copy.
    """
    starts = _starts(records)
    bounds = [*starts, len(records)]
    segments = [(start, stop) for start, stop in itertools.pairwise(bounds) if start < stop]
    groups: list[list[Segment]] = []
    for segment in segments:
        if groups and options.has_header is not False and _goes_on(records, groups[-1], segment):
            groups[-1].append(segment)
        else:
            groups.append([segment])
    return groups


def _starts(records: Sequence[Record]) -> list[int]:
    """Return the positions at which tables begin, titles above them included; the first is 0."""
    starts = [0]
    filled = [position for position, record in enumerate(records) if record.cells]
    widths: Counter[int] = Counter()
    recent: list[int] = []
    header = _Names()
    for at, position in enumerate(filled):
        record = records[position]
        following = [records[other] for other in filled[at + 1 : at + 1 + _WITNESSES]]
        usual = widths.most_common(1)[0][0] if widths else 0
        is_new = sum(widths.values()) >= _WITNESSES and _is_start(records, filled, at, usual, following)
        if header.recurs(record) or is_new:
            starts.append(_with_titles(records, filled, at, starts[-1]))
            widths.clear()
            recent.clear()
            header = _Names()
        header.learn(record)
        widths[len(record.cells)] += 1
        recent.append(len(record.cells))
        if len(recent) > _RECENT:
            widths -= Counter([recent.pop(0)])
    return starts


class _Names:
    """The names a table begins with, once a row that can be names was met."""

    def __init__(self) -> None:
        self._names: tuple[str, ...] = ()

    def learn(self, record: Record) -> None:
        """Take the first row of names; later ones change nothing."""
        if not self._names and len(record.cells) > 1 and _are_names(record):
            self._names = _normal(record)
            self._line = record.line

    def recurs(self, record: Record) -> bool:
        """Whether a row farther down holds the same names."""
        if not self._names or len(record.cells) != len(self._names):
            return False
        return record.line > self._line + 3 and _normal(record) == self._names


def _normal(record: Record) -> tuple[str, ...]:
    return tuple(cell.strip().casefold() for cell in record.cells)


def _are_names(record: Record) -> bool:
    """Whether every cell of a row could be a column's name: filled, not typed, none twice, not dashes alone."""
    cells = [cell.strip() for cell in record.cells]
    are_texts = all(cells) and not any(map(is_typed, cells)) and len(set(cells)) == len(cells)
    return are_texts and not is_rule(record.text)


def _is_start(
    records: Sequence[Record], filled: Sequence[int], at: int, usual: int, following: Sequence[Record]
) -> bool:
    record = records[filled[at]]
    width = len(record.cells)
    if width < 2 or len(following) < _WITNESSES or any(len(other.cells) != width for other in following):
        return False
    is_apart = _is_apart(records, filled, at, usual)
    if not (is_apart or width != usual) or not _are_names(record):
        return False
    has_contrast = any(is_typed(cell) for other in following for cell in other.cells)
    return has_contrast or (is_apart and width != usual)


def _is_apart(records: Sequence[Record], filled: Sequence[int], at: int, usual: int) -> bool:
    """Whether a blank line or a title stands before a record."""
    previous = records[filled[at - 1]]
    return filled[at] > filled[at - 1] + 1 or previous.is_empty or (usual > 2 and previous.n_filled == 1)


def _with_titles(records: Sequence[Record], filled: Sequence[int], at: int, after: int) -> int:
    """Return where the titles above a table begin, and the names over several of its columns."""
    first = at
    if first > 1 and filled[first - 1] > after and _is_over(records[filled[first - 1]], records[filled[at]]):
        first -= 1
    while first > 1 and filled[first - 1] > after and records[filled[first - 1]].n_filled <= 1:
        first -= 1
    return filled[first]


def _is_over(record: Record, names: Record) -> bool:
    """Whether a record holds names over those of a table: of the same width, not all filled, and none a value."""
    cells = [cell for cell in record.cells if cell.strip()]
    is_partly = 1 < len(cells) < len(record.cells) == len(names.cells)
    return is_partly and record.line == names.line - 1 and not any(map(is_typed, cells))


def _goes_on(records: Sequence[Record], group: Sequence[Segment], segment: Segment) -> bool:
    """Whether a segment is one more part of the table before it."""
    (first, stop), (start, end) = group[0], segment
    header = next((each for each in records[first:stop] if len(each.cells) > 1 and _are_names(each)), None)
    if header is None or not records[stop - 1].cells or start != group[-1][1]:
        return False
    if _normal(records[start]) != _normal(header):
        return False
    known = {_normal(records[position]) for position in range(first, stop)}
    rows = [_normal(records[position]) for position in range(start + 1, end) if records[position].cells]
    return sum(row in known for row in rows) < max(1, _COPY_SHARE * len(rows))
