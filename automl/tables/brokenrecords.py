"""Records that line breaks without quotes broke, most of them: each begins with a cell of the same shape."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from automl.findings import Finding, Severity
from automl.tables.namedrows import find_names
from automl.tables.records import Record
from automl.tables.shapes import ColumnProfile

__all__ = ["BrokenRecords", "find_broken_records"]

_SAMPLE_RECORDS = 250
_MIN_BROKEN = 3
_NEARLY_ALL = 0.9
_MAX_PIECES = 50


@dataclass(frozen=True)
class BrokenRecords:
    """How pieces become records.

    Attributes
    ----------
    width : int
        Number of names.
    shape : str
        Of the first cells of records; no further piece begins with one like it.
    line : int
        Number of lines above the first record.
    n_broken, n_rows : int
        How many records are broken, of how many that were looked at.
    """

    width: int
    shape: str
    line: int
    n_broken: int = 0
    n_rows: int = 0

    def joined(self, records: Iterable[Record]) -> Iterator[Record]:
        """Yield the records, with pieces put together where that leaves a cell for each name."""
        pieces: list[Record] = []
        for record in records:
            if record.line < self.line or not record.cells or self._begins(record) or len(pieces) == _MAX_PIECES:
                yield from self._put_together(pieces)
                pieces = []
            if record.line < self.line or not record.cells:
                yield record
            else:
                pieces.append(record)
        n_needed = self._count_needed(pieces)
        yield from self._put_together(pieces[:n_needed])
        yield from pieces[n_needed:]

    def finding(self, _names: Sequence[str]) -> Finding:
        """Say what was put together."""
        message = f"{self.n_broken:,} of the first {self.n_rows:,} rows were broken over several lines without quotes."
        action = "Their pieces were joined again; quote cells that hold line breaks."
        return Finding("rejoined_rows", Severity.WARNING, message, action=action)

    def _begins(self, record: Record) -> bool:
        return len(record.cells) > 1 and _shape(record.cells[0]) == self.shape

    def _count_needed(self, pieces: list[Record]) -> int:
        """Count the pieces of the last record up to its last cell: what stands below it may be a note."""
        widths = itertools.accumulate((len(piece.cells) - 1 for piece in pieces), initial=1)
        return next((count for count, width in enumerate(widths) if width == self.width), len(pieces))

    def _put_together(self, pieces: list[Record]) -> list[Record]:
        if len(pieces) < 2 or sum(len(piece.cells) - 1 for piece in pieces) + 1 != self.width:
            return pieces
        cells = list(pieces[0].cells)
        for piece in pieces[1:]:
            cells = [*cells[:-1], f"{cells[-1]}\n{piece.cells[0]}", *piece.cells[1:]]
        return [pieces[0]._replace(text="".join(piece.text for piece in pieces), cells=cells)]


def find_broken_records(records: Sequence[Record], delimiter: str) -> BrokenRecords | None:
    """Find out whether the lines from one first cell to the next hold as many cells as there are names, nearly always.

    Parameters
    ----------
    records : sequence of Record
        The file, or its beginning.
    delimiter : str

    Returns
    -------
    BrokenRecords or None
        None where few records are broken, or where first cells look as others do.
    """
    sample = records[:_SAMPLE_RECORDS]
    at = find_names(sample)
    if at is None or at + 1 >= len(sample) or not sample[at + 1].cells or delimiter == " ":
        return None
    width, below = len(sample[at].cells), sample[at + 1 :]
    shape = _shape(below[0].cells[0])
    if "9" not in shape:
        return None
    rule = BrokenRecords(width, shape, below[0].line)
    joined = list(rule.joined(record for record in below if record.cells))
    n_whole = sum(len(record.cells) == width for record in joined)
    n_broken = n_whole - sum(len(record.cells) == width for record in below)
    is_clear = n_broken >= _MIN_BROKEN and n_whole >= _NEARLY_ALL * len(joined)
    return replace(rule, n_broken=n_broken, n_rows=len(joined)) if is_clear else None


def _shape(cell: str) -> str:
    return ColumnProfile([cell]).common_shape()[0]
