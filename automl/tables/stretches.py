"""Large files regular but for a few rows: the fast parser reads the regular stretches, the repairer the rest."""

from __future__ import annotations

import io
import itertools
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import pandas as pd

from automl.tables.fastcsv import read_regular
from automl.tables.headers import Header
from automl.tables.plan import TextPlan
from automl.tables.records import Record, read_records
from automl.tables.repair import RowRepairer
from automl.tables.rows import text_frame_of

__all__ = ["read_stretches"]

_STRETCH_BYTES = 1 << 20
# So many of the first stretches tell whether the file has regular ones at all.
_TRIALS = 3
# A stretch may end behind so many lines more, where a quoted cell goes on at its end.
_MAX_EXTENSION = 200
# The end of a quoted cell is looked for in the whole file so often, and then in the next stretch only.
_MAX_FAR_LOOKS = 8


def read_stretches(content: bytes, plan: TextPlan, repairer: RowRepairer) -> pd.DataFrame | None:
    """Read the cells of a file of which most stretches are regular.

    Parameters
    ----------
    content : bytes
        The whole file, in UTF-8 without a byte-order mark.
    plan : TextPlan
        Made from the file's beginning.
    repairer : RowRepairer
        Repairs the rows of the other stretches, and counts what it did.

    Returns
    -------
    DataFrame or None
        The rows that the repairer alone would return; None where the file's beginning is not regular.
    """
    if b"\n" not in content:
        return None
    reader = _StretchReader(content, plan, repairer)
    position, n_tried = reader.start, 0
    while position < len(content) and (reader.n_regular or n_tried < _TRIALS):
        position = reader.read(position)
        n_tried += 1
    if not reader.n_regular:
        repairer.take_counts()
        return None
    return pd.concat(reader.frames, ignore_index=True)


@dataclass(frozen=True)
class _Stretch:
    """Where a regular stretch began, and where its last row does; the same where that cannot be told."""

    start: int
    last_row: int


class _StretchReader:
    """Reads one stretch after the other.

    Attributes
    ----------
    start : int
        Where the first row below the header begins.
    frames : list of DataFrame
        The cells of each stretch.
    n_regular : int
        How many the fast parser read.
    """

    def __init__(self, content: bytes, plan: TextPlan, repairer: RowRepairer) -> None:
        self._content = content
        self._plan = replace(
            plan, dialect=replace(plan.dialect, skip_rows=0), layout=replace(plan.layout, header=Header(0))
        )
        self._repairer = repairer
        self._quote = plan.dialect.quote.encode()
        self._last_quote = content.rfind(self._quote) if self._quote else -1
        self._n_looks = 0
        self._before: _Stretch | None = None
        self.start = _end_of_header(content, plan)
        self.frames: list[pd.DataFrame] = []
        self.n_regular = 0

    def read(self, start: int) -> int:
        """Read the stretch that begins at a byte, and return where the next one does."""
        end = self._end(start)
        cells = read_regular(self._content[start:end], self._plan, is_one_table=True)
        if cells is None:
            return self._repair(start, end)
        self.frames.append(cells)
        self.n_regular += 1
        is_plain = self._content.count(b"\n", start, end) == len(cells)
        last_row = self._content.rfind(b"\n", start, end - 1) + 1
        self._before = _Stretch(start, last_row if is_plain and last_row else start)
        return end

    def _repair(self, start: int, end: int) -> int:
        """Read row by row, until behind ``end`` a row is sound again."""
        if self._before is not None and self._before.last_row > self._before.start:
            # The row before may go on in the first line of this stretch.
            start = self._before.last_row
            self.frames[-1] = self.frames[-1].iloc[:-1]
        self._before = None
        lines = _CountedLines(self._content[start : self._end_of_look(end)])
        records = self._until_sound(self._plan.rows_of(lines), lines, end - start)
        self.frames.append(text_frame_of(self._repairer.rows(records), self._plan.names))
        return start + lines.consumed

    def _until_sound(self, records: Iterable[Record], lines: _CountedLines, size: int) -> Iterator[Record]:
        """Yield the records up to the first sound one that ends behind ``size`` bytes."""
        for record in records:
            lines.consumed = lines.end_of(record)
            yield record
            if lines.consumed >= size and record.is_sound and len(record.cells) == self._plan.layout.width:
                return
        lines.consumed = lines.size

    def _end(self, start: int) -> int:
        """Return the end of a line, behind which no quoted cell goes on where that can be had."""
        first = end = self._line_end(start + _STRETCH_BYTES)
        if not self._quote:
            return end
        n_quotes = self._content.count(self._quote, start, end)
        for _ in range(_MAX_EXTENSION):
            if n_quotes % 2 == 0 or end == len(self._content):
                return end
            following = self._line_end(end)
            n_quotes += self._content.count(self._quote, end, following)
            end = following
        return first

    def _end_of_look(self, end: int) -> int:
        """Return up to where a quoted cell of a stretch may go on: behind a file's last quote none does."""
        near = self._line_end(end + _STRETCH_BYTES)
        self._n_looks += 1
        return near if self._n_looks > _MAX_FAR_LOOKS else max(near, self._line_end(self._last_quote))

    def _line_end(self, position: int) -> int:
        found = self._content.find(b"\n", max(position, 0))
        return len(self._content) if found < 0 else found + 1


class _CountedLines:
    """The lines of a part of a file, and where in it each one ends.

    Attributes
    ----------
    size : int
        Bytes of the part.
    consumed : int
        Bytes up to the end of the last record that was taken.
    """

    def __init__(self, content: bytes) -> None:
        self.size = len(content)
        self.consumed = 0
        self._lines = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", newline="")
        self._ends = array("q", [0])

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self._ends.append(self._ends[-1] + len(line.encode()))
            yield line

    def end_of(self, record: Record) -> int:
        """Return where a record ends."""
        return self.end_of_lines(record.line + len(list(io.StringIO(record.text, newline=""))))

    def end_of_lines(self, count: int) -> int:
        """Return where the first ``count`` lines end."""
        return self._ends[count]


def _end_of_header(content: bytes, plan: TextPlan) -> int:
    lines = _CountedLines(content)
    remaining = iter(lines)
    skipped = sum(1 for _ in itertools.islice(remaining, plan.dialect.skip_rows))
    records = (record for record in read_records(remaining, plan.tokenizer, skipped) if record.cells)
    header = list(itertools.islice(records, plan.layout.header.n_rows))
    return lines.end_of(header[-1]) if header else lines.end_of_lines(skipped)
