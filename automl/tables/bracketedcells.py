"""Cells of JSON without quotes around them: what stands between brackets belongs together, delimiters or not."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from automl.tables.celltypes import is_typed

__all__ = ["BracketedCells", "find_bracketed_cells"]

_DELIMITERS = ",;\t|"
_OPENING = {"{": "}", "[": "]"}
_BEGINS_CELL = re.compile(r"[,;\t|] *[{\[]|^ *[{\[]", re.MULTILINE)
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_BEFORE_TEXT = "{[,:( "
_SAMPLE_LINES = 250
_MAX_LINE = 100_000
_MIN_CUT = 3
_NEARLY_ALL = 0.9


@dataclass(frozen=True)
class BracketedCells:
    """How the lines of such a file are delimited.

    Attributes
    ----------
    delimiter : str
    width : int
        Number of names.
    """

    delimiter: str
    width: int

    def rewritten(self, lines: Iterable[str]) -> Iterator[str]:
        """Yield the lines with quotes around what stands in brackets; a line of another width as it stands."""
        for line in lines:
            text = line.rstrip("\r\n")
            cells = self.cells(text)
            is_cut = cells is not None and len(cells) == self.width and any(map(self._needs_quotes, cells))
            yield self.delimiter.join(map(self._quoted, cells or ())) + line[len(text) :] if is_cut else line

    def cells(self, text: str) -> list[str] | None:
        """Split a line, its quotes kept; None where a quote or a bracket that begins a cell does not end one."""
        cells: list[str] = []
        start = 0
        while start <= len(text) and len(text) <= _MAX_LINE:
            end = self._end(text, start)
            if end is None or (end < len(text) and text[end] != self.delimiter):
                return None
            cells.append(text[start:end])
            start = end + 1
        return cells

    def _end(self, text: str, start: int) -> int | None:
        first = text[start : start + 1]
        if first == '"':
            quoted = _QUOTED.match(text, start)
            return None if quoted is None else quoted.end()
        if first in _OPENING:
            return _closing(text, start)
        end = text.find(self.delimiter, start)
        return len(text) if end < 0 else end

    def _needs_quotes(self, cell: str) -> bool:
        return cell[:1] in _OPENING and (self.delimiter in cell or '"' in cell)

    def _quoted(self, cell: str) -> str:
        doubled = cell.replace('"', '""')
        return f'"{doubled}"' if self._needs_quotes(cell) else cell


def find_bracketed_cells(text: str) -> BracketedCells | None:
    """Find out whether lines have as many cells as there are names only where brackets hold cells together.

    Parameters
    ----------
    text : str
        A file, or its beginning.
    """
    if len(_BEGINS_CELL.findall(text)) < _MIN_CUT:
        return None
    lines = [line for line in itertools.islice(text.splitlines(), _SAMPLE_LINES) if line.strip()]
    found = (BracketedCells(mark, lines[0].count(mark) + 1) for mark in _DELIMITERS)
    return next((each for each in found if _are_rows(lines, each)), None)


def _are_rows(lines: Sequence[str], rule: BracketedCells) -> bool:
    names = lines[0].split(rule.delimiter)
    if rule.width < 2 or any(is_typed(name) or not name.strip() or name[0] in _OPENING for name in names):
        return False
    rows = [rule.cells(line) for line in lines[1:]]
    fitting = [row for row in rows if row is not None and len(row) == rule.width]
    n_cut = sum(cell[:1] in _OPENING and rule.delimiter in cell for row in fitting for cell in row)
    return n_cut >= _MIN_CUT and len(fitting) >= _NEARLY_ALL * len(rows)


def _closing(text: str, start: int) -> int | None:
    """Return the position behind the bracket that closes the one at ``start``; brackets inside texts count for none."""
    expected: list[str] = []
    at, quote = start, ""
    while at < len(text):
        character = text[at]
        if quote:
            at += character == "\\"
            quote = "" if character == quote else quote
        elif character in "\"'" and text[at - 1] in _BEFORE_TEXT:
            quote = character
        elif character in _OPENING:
            expected.append(_OPENING[character])
        elif character in _OPENING.values():
            if character != expected.pop():
                return None
            if not expected:
                return at + 1
        at += 1
    return None
