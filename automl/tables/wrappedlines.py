"""Lines that stand in quotes as a whole, as where delimited text was written as delimited text once more."""

from __future__ import annotations

import io
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from automl.tables.options import ReadOptions
from automl.tables.records import read_records
from automl.tables.sniffing import sniff
from automl.tables.table import Dialect
from automl.tables.tokens import Tokenizer

__all__ = ["WrappedLines", "find_wrapped_lines"]

_QUOTE = '"'
# Under a delimiter that stands nowhere, each record that is quoted as a whole is one cell.
_WHOLE = Tokenizer(Dialect(delimiter="\x1f", quote=_QUOTE))
_WRAPPED = re.compile(r'[ \t]*"(?P<inner>(?:[^"]|"")*+)"[,;|\t ]*(?P<end>\r\n|\r|\n)?')
_DELIMITER = re.compile(r"[,;|\t]")
_INNER_QUOTES = re.compile(r'(?:^|[,;|\t])""|""(?:$|[,;|\t])')
_SPACED = re.compile(r"[,;|] ")
_SAMPLE_RECORDS = 250
_MOST = 0.5
_NEARLY_ALL = 0.8


@dataclass(frozen=True)
class WrappedLines:
    """How such lines are taken out of their quotes.

    Attributes
    ----------
    tokenizer : Tokenizer
        Of the text inside the quotes.
    width : int
        Number of cells that most records have there.
    is_mostly_wrapped : bool
        Whether most lines stand in quotes: then all that do are taken out, otherwise those of ``width`` cells.
    """

    tokenizer: Tokenizer
    width: int
    is_mostly_wrapped: bool

    def rewritten(self, lines: Iterable[str]) -> Iterator[str]:
        """Yield the lines without the quotes around them; a cell may hold line ends."""
        for record in read_records(lines, _WHOLE):
            inner = _inner(record.text)
            if inner is None or not (self.is_mostly_wrapped or self._width_of(inner) == self.width):
                yield record.text
            else:
                yield from io.StringIO(inner, newline="")

    def _width_of(self, text: str) -> int:
        return len(self.tokenizer.strict(text) or ())


def find_wrapped_lines(text: str, options: ReadOptions) -> WrappedLines | None:
    """Find out whether lines are quoted as a whole, and hold the cells of a table.

    Parameters
    ----------
    text : str
        A file, or its beginning.
    options : ReadOptions

    Returns
    -------
    WrappedLines or None
        None where no line is, or where those that are may as well be cells of text.
    """
    if not any(_inner(line) is not None for line in itertools.islice(io.StringIO(text, newline=""), _SAMPLE_RECORDS)):
        return None
    records = [record.text for record in read_records(io.StringIO(text, newline=""), _WHOLE) if record.cells]
    records = records[:_SAMPLE_RECORDS]
    inner = [_inner(record) for record in records]
    wrapped = [each for each in inner if each is not None and _DELIMITER.search(each)]
    bare = [record if each is None else each for record, each in zip(records, inner, strict=True)]
    tokenizer = Tokenizer(sniff("".join(bare), "", options).dialect)
    widths = Counter(len(tokenizer.strict(each) or ()) for each in bare)
    width = max(widths, key=lambda width: (widths[width], width))
    found = WrappedLines(tokenizer, width, len(wrapped) > _MOST * len(records))
    return found if _are_rows(records, wrapped, found) else None


def _inner(record: str) -> str | None:
    """Return what stands between the quotes around a record, with its line end; None where there are none."""
    match = _WRAPPED.fullmatch(record)
    return None if match is None else match["inner"].replace(2 * _QUOTE, _QUOTE) + (match["end"] or "")


def _are_rows(records: Sequence[str], wrapped: Sequence[str], found: WrappedLines) -> bool:
    """Whether the wrapped records are rows: of one width, and with quotes of their own or of many cells."""
    if found.width < 2:
        return False
    n_rows = sum(len(found.tokenizer.strict(each) or ()) == found.width for each in wrapped)
    has_quotes = any(_INNER_QUOTES.search(record.strip()[1:-1]) for record in records if _WRAPPED.fullmatch(record))
    if not found.is_mostly_wrapped:
        return has_quotes and n_rows >= _MOST * len(wrapped) > 0
    n_spaced = sum(_SPACED.search(each) is not None for each in wrapped)
    is_tight = found.width > 2 and n_spaced < _MOST * len(wrapped)  # in sentences, spaces stand behind commas
    share = _MOST if found.width > 2 else _NEARLY_ALL
    return (has_quotes or is_tight) and n_rows >= share * len(wrapped)
