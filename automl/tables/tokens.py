"""One record of delimited text to its cells: strictly where its quotes are sound, in every possible way where not."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from functools import lru_cache

from automl.tables.table import Dialect

__all__ = ["Tokenizer"]

# Stands for a delimiter of several characters while a record is split; a private-use character no table holds.
_STAND_IN = "\ue0f1"
_MAX_LITERAL_QUOTES = 24
_LINE_ENDS = "\r\n"


class Tokenizer:
    """Splits records into cells by one dialect.

    A quoted cell may have spaces around its quotes. A quote inside an unquoted cell is a character like any other.

    Parameters
    ----------
    dialect : Dialect
    """

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self._delimiter = dialect.delimiter if len(dialect.delimiter) == 1 else _STAND_IN
        self._marks = tuple(mark for mark in (dialect.quote, dialect.escape) if mark)
        self._cell = _cell_pattern(self._delimiter, dialect.quote, dialect.escape)
        self._unclosed = _unclosed_pattern(self._delimiter, dialect.quote, dialect.escape)
        self._unescape = _escape_pattern(self._delimiter, dialect.quote, dialect.escape)

    def strict(self, record: str) -> list[str] | None:
        """Return the cells, or None where a quote is opened and not closed just before a delimiter or the end."""
        text = self._prepared(record)
        if not any(mark in text for mark in self._marks):
            return self._restored(text.split(self._delimiter))
        cells: list[str] = []
        position = 0
        while match := self._cell.match(text, position):
            cells.append(self._value(match))
            position = match.end()
            if not match["end"]:
                return self._restored(cells)
        return None

    def quoted(self, record: str) -> frozenset[int]:
        """Return the positions of the cells that stand in quotes, up to where the quotes are unsound."""
        text = self._prepared(record)
        found = []
        position, number = 0, 0
        while match := self._cell.match(text, position):
            if match["quoted"] is not None:
                found.append(number)
            position, number = match.end(), number + 1
            if not match["end"]:
                break
        return frozenset(found)

    def lenient(self, record: str) -> list[str]:
        """Return the reading with the most cells, which a stray quote hides least of; of equal ones the first."""
        return max(itertools.islice(self.readings(record), _MAX_LITERAL_QUOTES), key=len)

    def readings(self, record: str) -> Iterator[list[str]]:
        """Yield the ways to read a record: quotes inside quoted cells, then one opening quote as a character."""
        cells = self.strict(record)
        if cells is not None:
            yield cells
            return
        text = self._prepared(record)
        yield self._restored(self._tolerant(text))
        for position in self._opening_quotes(text):
            cells = self._with_literal(text, position)
            if cells is not None:
                yield cells

    def is_open(self, record: str) -> bool:
        """Whether the record ends inside a quoted cell, which may then go on in the next line."""
        text = self._prepared(record)
        position = 0
        while match := self._cell.match(text, position):
            position = match.end()
            if not match["end"]:
                return False
        return self._unclosed.match(text, position) is not None

    def may_close(self, line: str) -> bool:
        """Whether an odd number of quotes stands in a line, as where a cell that began before it ends."""
        return line.count(self.dialect.quote) % 2 == 1

    def _prepared(self, record: str) -> str:
        text = record.rstrip(_LINE_ENDS)
        return text if self._delimiter == self.dialect.delimiter else text.replace(self.dialect.delimiter, _STAND_IN)

    def _restored(self, cells: list[str]) -> list[str]:
        if self._delimiter == self.dialect.delimiter:
            return cells
        return [cell.replace(_STAND_IN, self.dialect.delimiter) for cell in cells]

    def _value(self, match: re.Match[str]) -> str:
        quoted, bare = match["quoted"], match["bare"]
        cell: str = bare if quoted is None else quoted.replace(self.dialect.quote * 2, self.dialect.quote)
        return self._unescape.sub(r"\1", cell) if self.dialect.escape and self.dialect.escape in cell else cell

    def _opening_quotes(self, text: str) -> list[int]:
        opening = re.compile(rf"(?:^|{re.escape(self._delimiter)}) *({re.escape(self.dialect.quote)})")
        return [match.start(1) for match in opening.finditer(text)][:_MAX_LITERAL_QUOTES]

    def _with_literal(self, text: str, position: int) -> list[str] | None:
        """Read a record in which the quote at ``position`` is a character of its cell."""
        start = text.rfind(self._delimiter, 0, position) + 1
        end = text.find(self._delimiter, position)
        before = self.strict(text[: start - 1]) if start else []
        after = self.strict(text[end + 1 :]) if end >= 0 else []
        if before is None or after is None:
            return None
        return self._restored([*before, text[start : end if end >= 0 else None], *after])

    def _tolerant(self, text: str) -> list[str]:
        """Close a quoted cell only at a quote before a delimiter or the end; any other quote in it is literal."""
        quote, delimiter = re.escape(self.dialect.quote), re.escape(self._delimiter)
        cell = re.compile(
            rf" *{quote}(?P<quoted>.*?){quote} *(?P<end>{delimiter}|$)"
            rf"|(?P<bare>[^{delimiter}]*)(?P<stop>{delimiter}|$)",
            re.DOTALL,
        )
        cells: list[str] = []
        position = 0
        while match := cell.match(text, position):
            cells.append(self._value(match))
            position = match.end()
            if not (match["end"] or match["stop"]):
                break
        return cells


@lru_cache(maxsize=64)
def _cell_pattern(delimiter: str, quote: str, escape: str) -> re.Pattern[str]:
    d, q, e = re.escape(delimiter), re.escape(quote), re.escape(escape)
    escaped = f"|{e}." if escape else ""
    padding = r" *+" if delimiter != " " else ""
    bare_start = rf"(?!{padding}{q})" if quote else ""
    bare = rf"{bare_start}(?P<bare>(?:[^{d}{e}]++{escaped}{f'|{e}$' if escape else ''})*+)"
    quoted = (
        rf"{padding}{q}(?P<quoted>(?:[^{q}{e}]++|{q}{q}{escaped})*+){q}{padding}|" if quote else "(?P<quoted>(?!))|"
    )
    return re.compile(rf"(?:{quoted}{bare})(?P<end>{d}|$)", re.DOTALL)


@lru_cache(maxsize=64)
def _unclosed_pattern(delimiter: str, quote: str, escape: str) -> re.Pattern[str]:
    """Match a quoted cell that is not closed before the end, where an escape may stand for the line end behind it."""
    q, e = re.escape(quote), re.escape(escape)
    escaped = f"|{e}." if escape else ""
    padding = " *+" if delimiter != " " else ""
    end = f"(?:{e})?$" if escape else "$"
    return re.compile(rf"{padding}{q}(?:[^{q}{e}]++|{q}{q}{escaped})*+{end}" if quote else "(?!)", re.DOTALL)


@lru_cache(maxsize=64)
def _escape_pattern(delimiter: str, quote: str, escape: str) -> re.Pattern[str]:
    """Match an escape before a mark or a line end; before any other character, as in a path, it is one itself."""
    marks = "|".join(re.escape(mark) for mark in (delimiter, quote, escape) if mark)
    marks += "|\r\n|\n|\r"
    return re.compile(f"{re.escape(escape)}({marks})") if escape else re.compile("(?!)")
