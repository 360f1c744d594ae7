"""Rows that do not have one cell a column: repaired where one repair is clearly right, otherwise never moved."""

from __future__ import annotations

import itertools
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from automl.tables.alignment import MAX_SPLIT_CHARACTERS, Alignment, align
from automl.tables.hiddenrows import with_rows_apart
from automl.tables.records import Record
from automl.tables.rejoining import put_together
from automl.tables.rows import without_padding
from automl.tables.shapes import ColumnProfile
from automl.tables.tokens import Tokenizer

__all__ = ["RowCounts", "RowRepairer"]

_OTHER_DELIMITERS = (",", ";", "\t", "|", " ")
_MAX_SURPLUS = 60
# Once aligning rows has taken so many comparisons of a cell with a column, further rows are padded or joined plainly.
_MAX_WORK = 500_000
_MAX_CUTS = 12
_UNSOUND = 0.3
_CUT_AT_QUOTE = 1.0
_OTHER_DELIMITER = 2.0
# A repair is clear where it fits this much better than the next, and as well as this for each column.
_CLEAR_GAP = 1.0
_MAX_MISFIT = 1.2
_MAX_PIECES = 6


@dataclass
class RowCounts:
    """What was done to rows.

    Attributes
    ----------
    repaired : int
        Rows repaired because one repair was clearly right.
    rejoined : int
        Rows put together from several lines.
    short, cut, joined : int
        Rows padded with empty cells, rows whose overflow was empty, rows whose overflow went into the last cell.
    odd_quotes : int
        Rows with a quote that is opened or closed in the wrong place.
    """

    repaired: int = 0
    rejoined: int = 0
    short: int = 0
    cut: int = 0
    joined: int = 0
    odd_quotes: int = 0


class _Reading(NamedTuple):
    """One way to read a record: its cells, what it costs, what stands between them, which stand in quotes."""

    cells: list[str]
    cost: float
    joiner: str
    whole: frozenset[int] = frozenset()


class RowRepairer:
    """Gives rows their width and counts what it did.

    Parameters
    ----------
    tokenizer : Tokenizer
    profiles : sequence of ColumnProfile
        What the columns' cells look like; empty where too few rows are known to say.
    width : int
    padding : int
        How many empty cells most rows have behind that.
    """

    def __init__(self, tokenizer: Tokenizer, profiles: Sequence[ColumnProfile], width: int, padding: int = 0) -> None:
        self.width = width
        self._padding = padding
        self._tokenizer = tokenizer
        self._profiles = profiles
        self._counts = RowCounts()
        self._work = 0
        quote, delimiter = (re.escape(mark) for mark in (tokenizer.dialect.quote, tokenizer.dialect.delimiter))
        beside = rf"[^{delimiter}{quote}\s]"
        # Beginning with the quote itself lets the search leap from quote to quote.
        self._touching = re.compile(rf"{quote}(?<={beside}{quote})(?={beside})") if quote else None

    def take_counts(self) -> RowCounts:
        """Return what was done since the last call."""
        counts, self._counts = self._counts, RowCounts()
        return counts

    def rows(self, records: Iterable[Record]) -> Iterator[list[str]]:
        """Yield rows of ``width`` cells; records that are pieces of one row are put together."""
        window: deque[Record] = deque()
        source = with_rows_apart(records, self._tokenizer, self._profiles)
        while True:
            window.extend(itertools.islice(source, _MAX_PIECES - len(window)))
            if not window:
                return
            count, cells = self._first_row(window)
            yield cells
            for _ in range(count):
                window.popleft()

    def _first_row(self, window: Sequence[Record]) -> tuple[int, list[str]]:
        first = window[0]
        if len(first.cells) == self.width and not (len(window) > 1 and len(window[1].cells) == 1 < self.width):
            return 1, self.fit(first)
        for count in range(2, len(window) + 1 if self._profiles else 0):
            pieces = [self._without_escape(record) for record in itertools.islice(window, count)]
            total = sum(map(len, pieces)) - count + 1
            if total > self.width:
                break
            joined = put_together(pieces, self._profiles) if total == self.width else None
            if joined is not None:
                self._counts.rejoined += 1
                return count, joined
        return 1, self.fit(first)

    def _without_escape(self, record: Record) -> list[str]:
        """Return the cells of a piece without the escape before the line break that parts it from the next."""
        escape, text = self._tokenizer.dialect.escape, record.text.rstrip("\r\n")
        is_escaped = bool(escape) and (len(text) - len(text.rstrip(escape))) % 2 == 1
        return [*record.cells[:-1], record.cells[-1][: -len(escape)]] if is_escaped else record.cells

    def fit(self, record: Record) -> list[str]:
        """Return the record's cells, exactly ``width`` of them."""
        if record.is_sound and len(record.cells) == self.width and not self._has_touching_quote(record):
            return record.cells
        self._counts.odd_quotes += not record.is_sound
        if self._padding and record.is_sound:
            record = record._replace(cells=without_padding(record.cells, self.width, self._padding))
            if len(record.cells) == self.width and not self._has_touching_quote(record):
                self._counts.cut += 1
                return record.cells
        best = self._clearly_best(record)
        if best is not None and list(best) != record.cells and not _is_padding(record.cells, best):
            self._counts.repaired += 1
            return list(best)
        return self._plainly(self._plain_cells(record))

    def _plain_cells(self, record: Record) -> list[str]:
        """Return the first reading of unsound quotes that has a cell for each column, where one has."""
        if record.is_sound:
            return record.cells
        readings = self._tokenizer.readings(record.text)
        return next((cells for cells in readings if len(cells) == self.width), record.cells)

    def _has_touching_quote(self, record: Record) -> bool:
        """Whether a quote stands between two characters of text, where a delimiter may be missing."""
        if self._touching is None or self._tokenizer.dialect.quote not in record.text:
            return False
        return self._touching.search(record.text) is not None

    def _clearly_best(self, record: Record) -> tuple[str, ...] | None:
        if not self._profiles or self._work >= _MAX_WORK:
            return None
        found: list[Alignment] = []
        for reading in self._readings(record):
            if reading.cells and abs(len(reading.cells) - self.width) <= _MAX_SURPLUS:
                self._work += self._comparisons(reading.cells)
                aligned = align(reading.cells, self._profiles, reading.joiner, reading.whole)
                found.extend(Alignment(way.score - reading.cost, way.cells) for way in aligned)
        found.sort(reverse=True)
        if not found or not (found[0].score >= -_MAX_MISFIT * self.width or self._others_fit(found[0], record)):
            return None
        rival = next((way.score for way in found if way.cells != found[0].cells), float("-inf"))
        return found[0].cells if found[0].score - rival >= _CLEAR_GAP else None

    def _others_fit(self, way: Alignment, record: Record) -> bool:
        """Whether all cells but those that were joined fit: text with a delimiter in it looks like no other cell."""
        whole = set(record.cells)
        fits = [p.fit(cell) for p, cell in zip(self._profiles, way.cells, strict=True) if cell in whole]
        is_longer = record.is_sound and len(record.cells) > self.width
        return is_longer and len(fits) == self.width - 1 and sum(fits) >= -_MAX_MISFIT * len(fits)

    def _comparisons(self, cells: Sequence[str]) -> int:
        """Return about how often :func:`align` compares a cell with a column."""
        surplus = len(cells) - self.width
        if surplus >= 0:
            return (len(cells) + self.width) * (surplus + 1)
        return 2 * (1 - surplus) * sum(min(len(cell), MAX_SPLIT_CHARACTERS) for cell in cells)

    def _readings(self, record: Record) -> Iterator[_Reading]:
        delimiter = self._tokenizer.dialect.delimiter
        yield _Reading(record.cells, 0.0, delimiter, self._tokenizer.quoted(record.text))
        if not record.is_sound or self._has_touching_quote(record):
            for number, cells in enumerate(self._tokenizer.readings(record.text)):
                yield _Reading(cells, _UNSOUND * bool(number), delimiter)
            for cells in self._cut_at_quotes(record.text):
                yield _Reading(cells, _CUT_AT_QUOTE, delimiter)
        if len(record.cells) < self.width:
            yield from self._with_other_delimiters(record)

    def _cut_at_quotes(self, text: str) -> Iterator[list[str]]:
        """Read a record with a delimiter put before or behind a quote that touches text on both sides."""
        quote, delimiter = self._tokenizer.dialect.quote, self._tokenizer.dialect.delimiter
        positions = [at for at, character in enumerate(text) if character == quote] if quote else []
        for position in positions[: 4 * _MAX_CUTS]:
            for cut in (position, position + 1):
                beside = text[max(cut - 1, 0) : cut + 1].strip()
                if len(beside) == 2 and delimiter not in beside:
                    cells = self._tokenizer.strict(text[:cut] + delimiter + text[cut:])
                    if cells is not None:
                        yield cells

    def _with_other_delimiters(self, record: Record) -> Iterator[_Reading]:
        dialect = self._tokenizer.dialect
        for delimiter in _OTHER_DELIMITERS:
            if delimiter != dialect.delimiter and record.text.count(delimiter) >= self.width - 1:
                tokenizer = Tokenizer(replace(dialect, delimiter=delimiter))
                cells = tokenizer.strict(record.text)
                if cells is not None and len(cells) >= self.width:
                    yield _Reading(cells, _OTHER_DELIMITER, delimiter, tokenizer.quoted(record.text))

    def _plainly(self, cells: list[str]) -> list[str]:
        missing = self.width - len(cells)
        if missing == 0:
            return cells
        if missing > 0:
            self._counts.short += 1
            return cells + [""] * missing
        if not any(cell.strip() for cell in cells[self.width :]):
            self._counts.cut += 1
            return cells[: self.width]
        self._counts.joined += 1
        return [*cells[: self.width - 1], self._tokenizer.dialect.delimiter.join(cells[self.width - 1 :])]


def _is_padding(cells: Sequence[str], best: Sequence[str]) -> bool:
    """Whether a repair is no more than empty cells added or left out at the end."""
    longest = max(len(cells), len(best))
    padded = [*cells, *itertools.repeat("", longest - len(cells))]
    return padded == [*best, *itertools.repeat("", longest - len(best))]
