"""Numbers with a decimal comma in a file that is delimited by commas: cut in two, one column more than names."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from automl.findings import Finding, Severity
from automl.tables.celltypes import is_typed
from automl.tables.headers import are_row_names
from automl.tables.records import Record

__all__ = ["CutNumbers", "find_cut_numbers"]

_MARK = ","
_WHOLE = re.compile(r"[+-]?\d+")
_DECIMAL_POINT = re.compile(r"[+-]?\d+\.(?:\d{1,2}|\d{4,})")
_MIN_ROWS = 3
_SAMPLE_RECORDS = 250
_MANY_ROWS = 10
_MANY_DIGITS = 7

Row = Sequence[str]


@dataclass(frozen=True)
class CutNumbers:
    """Which cells of a record are the halves of numbers.

    Attributes
    ----------
    width : int
        Cells of the records that hold such numbers.
    positions : tuple of int
        Those of the first halves; each second half stands just behind.
    """

    width: int
    positions: tuple[int, ...]

    def joined(self, records: Iterable[Record]) -> Iterator[Record]:
        """Yield the records with the halves put together where they stand in a record of such a width."""
        for record in records:
            yield record._replace(cells=self._joined(record.cells)) if len(record.cells) == self.width else record

    def finding(self, names: Sequence[str]) -> Finding:
        """Report numbers whose decimal comma is the delimiter, too, under the names of the columns."""
        shifts = enumerate(self.positions)
        columns = tuple(names[position - shift] for shift, position in shifts if position - shift < len(names))
        message = f"The rows have {self.width} cells under {len(names)} names: numbers hold commas without quotes."
        action = "Their halves were put together; say --no-header to keep every cell, or quote such numbers."
        return Finding("unquoted_decimals", Severity.WARNING, message, columns, action)

    def _joined(self, cells: Row) -> list[str]:
        parts = list(cells)
        for position in reversed(self.positions):
            first, second = parts[position : position + 2]
            if _WHOLE.fullmatch(first) and second.isdecimal():
                parts[position : position + 2] = [first + _MARK + second]
        return parts


def find_cut_numbers(records: Sequence[Record], delimiter: str) -> CutNumbers | None:
    """Find the columns whose numbers a comma cut: as many as the rows have cells more than there are names.

    Parameters
    ----------
    records : sequence of Record
        The file, or its beginning.
    delimiter : str

    Returns
    -------
    CutNumbers or None
        None where the rows are as wide as their header, or other columns could be the cut ones as well.
    """
    filled = [record for record in records[:_SAMPLE_RECORDS] if not record.is_empty]
    if delimiter != _MARK or not filled:
        return None
    width = Counter(len(record.cells) for record in filled).most_common(1)[0][0]
    first = next(at for at, record in enumerate(filled) if len(record.cells) == width)
    names = filled[first - 1].cells if first else []
    rows = [record.cells for record in filled[first:] if len(record.cells) == width]
    if (
        not 1 < len(names) < width
        or any(map(is_typed, names))
        or not all(map(str.strip, names))
        or len(rows) < _MIN_ROWS
    ):
        return None
    firsts = [row[0] for row in rows]
    if all(first == str(number) for number, first in enumerate(firsts, 1)):
        return None
    # Two columns of whole numbers look like halves, too: then only those with a leading 0 behind are; and where other
    # numbers have a decimal point, all do.
    is_doubtful = are_row_names(firsts) or any(map(_DECIMAL_POINT.fullmatch, itertools.chain.from_iterable(rows)))
    for needs_zero in (True,) if is_doubtful else (False, True):
        positions = _cut_positions(rows, needs_zero=needs_zero)
        if len(positions) == width - len(names) and all(b - a > 1 for a, b in itertools.pairwise(positions)):
            return CutNumbers(width, positions)
    return None


def _cut_positions(rows: Sequence[Row], *, needs_zero: bool) -> tuple[int, ...]:
    """Return the columns of whole numbers with one behind them of as many digits in every row.

    Below row names without a name of their own, whole numbers of two digits may as well be a column: there, only a
    leading 0 in one of them tells that they are not.
    """
    columns = list(zip(*rows, strict=True))
    pairs = enumerate(itertools.pairwise(columns))
    return tuple(
        at
        for at, (left, right) in pairs
        if _are_halves(left, right) and (not needs_zero or any(cell[0] == "0" and len(cell) > 1 for cell in right))
    )


def _are_halves(left: Row, right: Row) -> bool:
    """Whether a column holds whole numbers, and the next one as many digits in every row.

    Single digits are decimals where they are many and of most kinds: a column of digits rarely has them all.
    """
    are_many = len(right) >= _MANY_ROWS and len(set(right)) >= _MANY_DIGITS
    is_even = len({len(cell) for cell in right}) == 1 and (len(right[0]) > 1 or are_many)
    return is_even and all(map(str.isdecimal, right)) and all(map(_WHOLE.fullmatch, left))
