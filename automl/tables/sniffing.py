"""How a delimited text file is written: delimiter, quote, preamble and header, judged from its beginning."""

from __future__ import annotations

import csv
import io
import itertools
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from automl.tables.celltypes import is_typed, typedness
from automl.tables.missing import is_any_marker
from automl.tables.options import ReadOptions
from automl.tables.table import Dialect

__all__ = ["Sniffed", "csv_rows", "sniff"]

_DELIMITERS = (",", ";", "\t", "|")
_UNIT_SEPARATOR = "\x1f"
_SAMPLE_ROWS = 200
_MAX_PREAMBLE = 50
_MIN_CONSISTENCY = 0.5
_MIN_CONSISTENCY_UNDER_HEADER = 0.2
_ESCAPED_QUOTE = re.compile(r'[^\\,;\t|\n]\\"[^,;\t|\r\n]')
_FIELD_LIMIT = 2**31 - 1

Row = list[str]


@dataclass(frozen=True)
class Sniffed:
    """What the beginning of a file tells.

    Attributes
    ----------
    dialect : Dialect
    header : tuple of str
        The names as they stand there; empty without a header row.
    width : int
        Number of columns.
    pads_quotes : bool
        Whether spaces stand between a delimiter and an opening quote, as in ``a, "b"``.
    """

    dialect: Dialect
    header: tuple[str, ...]
    width: int
    pads_quotes: bool = False


@dataclass(frozen=True)
class _NumberedRow:
    """A row with the number of lines before it."""

    line: int
    cells: Row


def csv_rows(lines: Iterable[str], sniffed: Sniffed) -> Iterator[Row]:
    """Yield the rows of text lines (which keep their line ends), blank ones included as ``[]``."""
    for row in _numbered_rows(lines, sniffed.dialect, sniffed.pads_quotes):
        yield row.cells


def sniff(text: str, encoding: str, options: ReadOptions, *, is_whole: bool = True) -> Sniffed:
    """Find out what ``options`` leaves open.

    Parameters
    ----------
    text : str
        The file's beginning, decoded.
    encoding : str
    options : ReadOptions
    is_whole : bool
        False where ``text`` ends somewhere in the file: its last row is then left out.
    """
    skipped = options.skip_rows or 0
    candidates = _candidates(text, encoding, options)
    sampled = [(candidate, _sample(text, candidate, skipped, is_whole)) for candidate in candidates]
    dialect, rows = max(sampled, key=lambda pair: _score(pair[1], pair[0]))
    if options.delimiter is None and _score(rows, dialect) <= 0:
        dialect = _one_column_dialect(text, candidates[0], skipped)
        rows = _sample(text, dialect, skipped, is_whole)
    return replace(_described(rows, dialect, options), pads_quotes=_pads_quotes(text, dialect))


def _candidates(text: str, encoding: str, options: ReadOptions) -> list[Dialect]:
    escape = "\\" if _is_escaped(text) else ""
    delimiters = _DELIMITERS if options.delimiter is None else (options.delimiter,)
    if options.quote is not None:
        return [Dialect(delimiter, options.quote, escape, encoding) for delimiter in delimiters]
    double = [Dialect(delimiter, '"', escape, encoding) for delimiter in delimiters]
    single = [Dialect(delimiter, "'", escape, encoding) for delimiter in delimiters]
    return double + [dialect for dialect in single if _quotes_cells(text, dialect)]


def _numbered_rows(lines: Iterable[str], dialect: Dialect, pads_quotes: bool = False) -> Iterator[_NumberedRow]:
    csv.field_size_limit(_FIELD_LIMIT)
    reader = csv.reader(
        lines,
        delimiter=dialect.delimiter,
        quotechar=dialect.quote or None,
        quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
        escapechar=dialect.escape or None,
        doublequote=not dialect.escape,
        skipinitialspace=pads_quotes,
    )
    before = 0
    for cells in reader:
        yield _NumberedRow(before, cells)
        before = reader.line_num


def _is_escaped(text: str) -> bool:
    return len(_ESCAPED_QUOTE.findall(text[:100_000])) > text[:100_000].count('""')


def _sample(text: str, dialect: Dialect, skipped: int, is_whole: bool) -> list[_NumberedRow]:
    rows: list[_NumberedRow] = []
    lines = itertools.islice(io.StringIO(text, newline=""), skipped, None)
    for row in _numbered_rows(lines, dialect, _pads_quotes(text, dialect)):
        if any(row.cells):
            rows.append(row)
        if len(rows) > _SAMPLE_ROWS + _MAX_PREAMBLE:
            return rows
    return rows if is_whole or len(rows) < 2 else rows[:-1]


def _modal_width(rows: list[_NumberedRow]) -> int:
    widths = Counter(len(row.cells) for row in rows)
    # Of equally frequent widths the larger one: a preamble is narrow.
    return max(widths, key=lambda width: (widths[width], width))


def _score(rows: list[_NumberedRow], dialect: Dialect) -> float:
    """Score a delimiter: consistent field counts times the share of typed cells, more fields being less of a chance."""
    if not rows:
        return 0.0
    width = _modal_width(rows)
    body = [row for row in rows if len(row.cells) == width]
    consistency = len(body) / len(rows)
    needed = _MIN_CONSISTENCY if len(rows[0].cells) == 1 else _MIN_CONSISTENCY_UNDER_HEADER
    if width < 2 or (consistency < needed and len(rows) > 4):
        return 0.0
    if width == 2 and _is_one_column(rows, dialect):
        return 0.0
    cells = [cell for row in body for cell in row.cells]
    typed = sum(map(typedness, cells)) / len(cells)
    return consistency**2 * typed**2 * (width - 1) / width


def _is_one_column(rows: list[_NumberedRow], dialect: Dialect) -> bool:
    """Whether decimal commas under a one-word header look like two columns."""
    first, body = rows[0].cells, rows[1:]
    return len(first) == 1 and bool(body) and all(is_typed(dialect.delimiter.join(row.cells)) for row in body)


def _one_column_dialect(text: str, dialect: Dialect, skipped: int) -> Dialect:
    """Return a dialect under which every row is one cell: a delimiter that stands nowhere outside quotes."""
    for delimiter in (*_DELIMITERS, _UNIT_SEPARATOR):
        candidate = replace(dialect, delimiter=delimiter)
        if all(len(row.cells) == 1 for row in _sample(text, candidate, skipped, is_whole=True)):
            return candidate
    return candidate


def _quotes_cells(text: str, dialect: Dialect) -> bool:
    """Whether cells stand in this quote, and more so than in double quotes."""
    count = _count_quoted(text, dialect.delimiter, dialect.quote)
    return count >= 2 and count > _count_quoted(text, dialect.delimiter, '"')


def _count_quoted(text: str, delimiter: str, quote: str) -> int:
    mark, ends = re.escape(delimiter), re.escape(quote)
    return len(re.findall(rf"(?:^|{mark}){ends}[^{ends}]*{ends}(?={mark}|\r?$)", text, re.MULTILINE))


def _pads_quotes(text: str, dialect: Dialect) -> bool:
    """Whether quotes open after a delimiter and spaces, and none right after a delimiter."""
    delimiter, quote = dialect.delimiter, dialect.quote
    return bool(quote) and f"{delimiter} {quote}" in text and f"{delimiter}{quote}" not in text


def _described(rows: list[_NumberedRow], dialect: Dialect, options: ReadOptions) -> Sniffed:
    if not rows:
        return Sniffed(dialect, (), 0)
    width = _modal_width(rows)
    start = 0 if options.skip_rows is not None else _preamble_rows(rows, width)
    first, body = rows[start], [row.cells for row in rows[start + 1 :]]
    has_header = options.has_header if options.has_header is not None else _is_header(first.cells, body)
    skip_rows = options.skip_rows if options.skip_rows is not None else (first.line if start else 0)
    dialect = Dialect(dialect.delimiter, dialect.quote, dialect.escape, dialect.encoding, has_header, skip_rows)
    if not has_header:
        return Sniffed(dialect, (), max(width, len(first.cells)) if not body else width)
    header = _fitted_header(first.cells, body, width)
    return Sniffed(dialect, tuple(header), len(header))


def _preamble_rows(rows: list[_NumberedRow], width: int) -> int:
    """Count the leading rows that are too narrow for a header row, or comments."""
    needed = max(2, math.ceil(0.6 * width)) if width > 1 else 1
    for position, row in enumerate(rows[:_MAX_PREAMBLE]):
        is_comment = row.cells[0].startswith("#") and len(row.cells) < max(width, 2) and len(rows) > position + 1
        is_padded_line = width > 2 and sum(map(bool, row.cells)) == 1 and len(rows) > position + 1
        if len(row.cells) >= needed and not is_comment and not is_padded_line:
            return position
    return 0


def _fitted_header(header: Row, body: list[Row], width: int) -> Row:
    """Fit a header row to the rows below it where it is one name short, as R writes row names."""
    if len(header) != width - 1 or not body:
        return header
    full = [row for row in body if len(row) == width]
    if not any(row[-1].strip() for row in full):
        return header
    firsts = [row[0] for row in full]
    return ["", *header] if len(set(firsts)) == len(firsts) else header


def _is_header(first: Row, body: list[Row]) -> bool:
    """Decide by contrast: a header's cells are untyped where the cells below are typed, and do not recur there."""
    if not body:
        return not any(is_typed(cell) for cell in first)
    votes = 0.0
    others = [row for row in body if row != first]
    for position, cell in enumerate(first):
        below = [row[position].strip() for row in others if len(row) > position and row[position].strip()]
        votes += _header_vote(cell.strip(), below)
    return votes >= 0


def _header_vote(cell: str, below: Row) -> float:
    if not below or not cell:
        return 0.0
    known = [other for other in below if not is_any_marker(other)]
    if known and sum(map(is_typed, known)) >= 0.8 * len(known):
        if not is_typed(cell):
            return 0.0 if is_any_marker(cell) else 1.0
        return 0.0 if _is_year(cell) and not all(map(_is_year, known)) else -1.0
    return -1.0 if cell in below else 0.0


def _is_year(cell: str) -> bool:
    return len(cell) == 4 and cell.isdigit() and cell[:2] in ("19", "20", "21")
