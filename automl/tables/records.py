"""From lines to records: quoted cells that go on over several lines are joined, stray quotes are not followed."""

from __future__ import annotations

import itertools
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from automl.tables.tokens import Tokenizer

__all__ = ["Record", "hides_records", "read_records"]

# A quoted cell may be this long before its opening quote counts as a stray one.
_MAX_CELL_CHARACTERS = 1 << 27
# A cell may hold stray quotes of its own: so many lines with an odd and with an even number are tried as its last.
_MAX_TRIALS = 12
# In a file of so many quotes that are never closed, each further one is looked for in the next lines only.
_MAX_FAILURES = 50
_MIN_WITNESSES = 3
_MAX_WITNESSES = 200


class Record(NamedTuple):
    """One record.

    Attributes
    ----------
    line : int
        Number of lines before it.
    text : str
        As it stands, with the line end.
    cells : list of str
        ``[]`` for a blank line.
    is_sound : bool
        Whether its quotes are; the cells are one of several readings where they are not.
    """

    line: int
    text: str
    cells: list[str]
    is_sound: bool = True

    @property
    def is_empty(self) -> bool:
        """Whether no cell holds more than white space."""
        return not any(cell.strip() for cell in self.cells)

    @property
    def n_filled(self) -> int:
        """How many cells hold more than white space."""
        return sum(1 for cell in self.cells if cell.strip())


def read_records(lines: Iterable[str], tokenizer: Tokenizer, line: int = 0) -> Iterator[Record]:
    """Yield the records of text lines, which keep their line ends.

    Parameters
    ----------
    lines : iterable of str
    tokenizer : Tokenizer
    line : int
        Number of lines before the first.
    """
    source = _Lookahead(lines)
    while (text := source.take()) is not None:
        if not text.rstrip("\r\n"):
            yield Record(line, text, [])
            line += 1
            continue
        cells = tokenizer.strict(text)
        joined = _joined(text, source, tokenizer) if cells is None and tokenizer.is_open(text) else None
        if joined is not None:
            yield Record(line, "".join(joined[0]), joined[1])
            line += len(joined[0])
            continue
        yield Record(line, text, cells if cells is not None else tokenizer.lenient(text), cells is not None)
        line += 1


def _joined(text: str, source: _Lookahead, tokenizer: Tokenizer) -> tuple[list[str], list[str]] | None:
    """Join a line whose quote is open with those up to its closing one; None where it is a stray quote."""
    parts = [text]
    size = len(text)
    is_hopeless = source.n_failed >= _MAX_FAILURES
    trials = dict.fromkeys((True, False), 1 if is_hopeless else _MAX_TRIALS)
    for following in source.ahead():
        parts.append(following)
        size += len(following)
        if tokenizer.dialect.quote in following:
            may_close = tokenizer.may_close(following)
            cells = tokenizer.strict("".join(parts)) if trials[may_close] > 0 else None
            trials[may_close] -= 1
            if cells is not None:
                return _taken(parts, cells, source, tokenizer)
        if size > _MAX_CELL_CHARACTERS or not trials[True] or (is_hopeless and len(parts) > _MAX_TRIALS):
            break
    source.n_failed += 1
    return None


def _taken(
    parts: list[str], cells: list[str], source: _Lookahead, tokenizer: Tokenizer
) -> tuple[list[str], list[str]] | None:
    if hides_records(parts, len(cells), tokenizer):
        return None
    source.skip(len(parts) - 1)
    return parts, cells


def hides_records(parts: list[str], width: int, tokenizer: Tokenizer) -> bool:
    """Whether the lines inside a quoted cell are records themselves: alike in width, and unlike the joined one.

    Parameters
    ----------
    parts : list of str
        The lines, as they stand, from the one that opens the cell to the one that closes it.
    width : int
        Number of cells of the joined record.
    tokenizer : Tokenizer
    """
    if len(parts) < _MIN_WITNESSES + 2:
        return False
    inner = [tokenizer.strict(part) for part in parts[1 : min(len(parts) - 1, _MAX_WITNESSES)] if part.strip()]
    widths = Counter(len(cells) for cells in inner if cells)
    if not widths:
        return False
    usual, count = widths.most_common(1)[0]
    return usual > 1 and usual != width and count >= max(_MIN_WITNESSES, 0.8 * len(inner))


class _Lookahead:
    """An iterator over lines that can be looked into before they are taken.

    Attributes
    ----------
    n_failed : int
        How often looking ahead for the end of a quoted cell was in vain.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._pending: deque[str] = deque()
        self.n_failed = 0

    def take(self) -> str | None:
        """Return the next line, None at the end."""
        return self._pending.popleft() if self._pending else next(self._lines, None)

    def ahead(self) -> Iterator[str]:
        """Yield the lines that come next without taking them."""
        yield from itertools.islice(self._pending, len(self._pending))
        for line in self._lines:
            self._pending.append(line)
            yield line

    def skip(self, count: int) -> None:
        """Take lines that were looked at."""
        for _ in range(count):
            self._pending.popleft()
