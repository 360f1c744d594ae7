"""Cells of one column that hold the delimiter without quotes, and so were cut: more cells than there are names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from automl.findings import Finding, Severity
from automl.tables.missing import is_any_marker
from automl.tables.namedrows import find_names, joined_record
from automl.tables.records import Record

__all__ = ["CutCells", "find_cut_cells"]

_SAMPLE_RECORDS = 250
_MIN_CUT = 3
_NEARLY_ALL = 0.9
_MARK = ","
_GROUPED = re.compile(r"[(+-]?\s*[$€£¥₹]?\s*-?\d{1,3}(?:,\d{3})+(?:\.\d+)?\s*[%€$£]?\)?")
_UNGROUPED = re.compile(r"[(+-]?\s*[$€£¥₹]?\s*-?\d{1,3}(?:\.\d+)?\s*[%€$£]?\)?")

Row = Sequence[str]
Groups = list[tuple[int, int]]


@dataclass(frozen=True)
class CutCells:
    """Which cells belong together.

    Attributes
    ----------
    width : int
        Number of names.
    delimiter : str
    position : int or None
        Where the numbers stand whose thousands marks cut them; None where a cell that begins with a space goes on with
        the text before it.
    n_cut, n_rows : int
        How many rows have such cells, of how many that were looked at.
    """

    width: int
    delimiter: str
    position: int | None
    n_cut: int
    n_rows: int

    def joined(self, records: Iterable[Record]) -> Iterator[Record]:
        """Yield the records, with the parts put together where that leaves a cell for each name."""
        for record in records:
            groups = self._groups(record.cells) if len(record.cells) > self.width else []
            yield joined_record(record, groups, self.delimiter) if len(groups) == self.width else record

    def finding(self, names: Sequence[str]) -> Finding:
        """Say what was put together, under the names of the columns."""
        what = (
            "texts go on behind the delimiter and a space" if self.position is None else "numbers have thousands marks"
        )
        rows = f"{self.n_cut:,} of the first {self.n_rows:,} rows"
        message = f"{rows} have more than {self.width} cells: {what}, without quotes."
        columns = () if self.position is None else tuple(names[self.position : self.position + 1])
        action = "The parts were put together; say --no-header to keep every cell, or quote such cells."
        return Finding("unquoted_delimiters", Severity.WARNING, message, columns, action)

    def _groups(self, cells: Row) -> Groups:
        if self.position is None:
            return _groups_by_space(cells)
        groups = _groups_at(cells, self.width, self.position)
        start, stop = groups[self.position]
        return groups if _GROUPED.fullmatch(self.delimiter.join(cells[start:stop]).strip()) else []


def find_cut_cells(records: Sequence[Record], delimiter: str) -> CutCells | None:
    """Find the cells that were cut: numbers in one column, or texts of which each further part begins with a space.

    Parameters
    ----------
    records : sequence of Record
        The file, or its beginning.
    delimiter : str

    Returns
    -------
    CutCells or None
        None where the rows are as wide as their header, or where other cells could be the cut ones as well.
    """
    filled = [record for record in records[:_SAMPLE_RECORDS] if not record.is_empty]
    at = find_names(filled)
    if at is None or delimiter == " ":
        return None
    width = len(filled[at].cells)
    rows = [record.cells for record in filled[at + 1 :] if len(record.cells) >= width]
    longer = [row for row in rows if len(row) > width and row[-1].strip()]
    if len(longer) < _MIN_CUT or len(rows) < _NEARLY_ALL * len(filled[at + 1 :]):
        return None
    if _are_texts(rows, width):
        return CutCells(width, delimiter, None, len(longer), len(rows))
    exact = [row for row in rows if len(row) == width]
    positions = [at for at in range(width) if _are_numbers(exact, longer, width, at)] if delimiter == _MARK else []
    return CutCells(width, delimiter, positions[0], len(longer), len(rows)) if len(positions) == 1 else None


def _are_texts(rows: Sequence[Row], width: int) -> bool:
    """Whether joining each cell that begins with a space to the one before leaves as many as there are names.

    No row that has so many already holds such a cell.
    """
    exact = [row for row in rows if len(row) == width]
    if any(_begins_with_space(cell) for row in exact for cell in row):
        return False
    return sum(len(_groups_by_space(row)) == width for row in rows) >= _NEARLY_ALL * len(rows)


def _are_numbers(exact: Sequence[Row], longer: Sequence[Row], width: int, at: int) -> bool:
    """Whether the surplus cells at a position make numbers in groups of three digits, in every row that has some.

    Where no row has none, or all have as many, they may be columns of their own. A number that was not cut is below
    one thousand.
    """
    if len({len(row) for row in (*exact, *longer)}) < 2:
        return False
    if not all(_is_one_of(row[at], _UNGROUPED.fullmatch) for row in exact):
        return False
    parts = (row[at : at + 1 + len(row) - width] for row in longer)
    return all(_GROUPED.fullmatch(_MARK.join(part).strip()) for part in parts)


def _is_one_of(cell: str, matches: Callable[[str], object]) -> bool:
    text = cell.strip()
    return not text or is_any_marker(text) or bool(matches(text))


def _groups_at(cells: Row, width: int, position: int) -> Groups:
    surplus = len(cells) - width
    before = [(at, at + 1) for at in range(position)]
    after = [(at, at + 1) for at in range(position + surplus + 1, len(cells))]
    return [*before, (position, position + surplus + 1), *after]


def _groups_by_space(cells: Row) -> Groups:
    starts = [at for at, cell in enumerate(cells) if not (at and _begins_with_space(cell))]
    return list(zip(starts, [*starts[1:], len(cells)], strict=True))


def _begins_with_space(cell: str) -> bool:
    return cell[:1] == " " and bool(cell.strip())
