"""How well a dialect splits the records of a file: consistent widths times typed cells times sound quotes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from automl.tables.celltypes import is_typed, typedness
from automl.tables.records import Record
from automl.tables.table import Dialect
from automl.tables.tokens import Tokenizer
from automl.tables.widths import is_block, usual_width

__all__ = ["QUOTED_BY_SPACES", "dialect_score"]

#: A cell in quotes between spaces that are delimiters.
QUOTED_BY_SPACES = re.compile(r"(?:^|\S )\"[^\"]*\"(?= |\r?$)", re.MULTILINE)
_MIN_CONSISTENCY = 0.5
_MIN_CONSISTENCY_UNDER_HEADER = 0.2
_MOST_OF_FILE = 0.5
_MIN_STRICT_RECORDS = 5
# Under a title, rows of several tables, or ragged ones, are delimited where so many lines and cells say so.
_MOST_DELIMITED = 0.7
_MIN_TYPED = 0.25
_QUOTED_TYPEDNESS = 0.8
# What unsound quotes leave of a score: text behind a closing quote does not make its delimiter none.
_MIN_SOUNDNESS = 0.2
_STRICT_CONSISTENCY = 0.9


def dialect_score(records: Sequence[Record], dialect: Dialect) -> float:
    """Score a dialect, in [0, 1); more cells are less of a chance, and 0 is one that delimits nothing.

    Parameters
    ----------
    records : sequence of Record
        The beginning of a file, read in it.
    dialect : Dialect
    """
    if not records:
        return 0.0
    width = usual_width(records)
    body = [record for record in records if len(record.cells) == width]
    consistency = len(body) / len(records)
    if width < 2 or _is_too_ragged(records, width, dialect):
        return 0.0
    if width == 2 and _is_one_column(records, dialect):
        return 0.0
    typed = sum(_typedness(body, dialect)) / (len(body) * width)
    sound = sum(record.is_sound for record in records) / len(records)
    return consistency**2 * typed**2 * max(sound, _MIN_SOUNDNESS) * (width - 1) / width


def _typedness(records: Sequence[Record], dialect: Dialect) -> Iterator[float]:
    """Yield how likely each cell is a whole one: one that stands in quotes is, whatever marks it holds."""
    tokenizer = Tokenizer(dialect)
    for record in records:
        has_quotes = record.is_sound and dialect.quote and dialect.quote in record.text
        quoted = tokenizer.quoted(record.text) if has_quotes else frozenset()
        for position, cell in enumerate(record.cells):
            yield max(typedness(cell), _QUOTED_TYPEDNESS) if position in quoted else typedness(cell)


def _is_too_ragged(records: Sequence[Record], width: int, dialect: Dialect) -> bool:
    consistency = _share_of_width(records, width)
    if len(records) <= 4:
        return dialect.delimiter in (" ", ":") and consistency < 1
    if dialect.delimiter == " " and _are_sentences_below_name(records, width):
        return True
    if dialect.delimiter == " " and _has_quoted_neighbours(records):
        return consistency < _MIN_CONSISTENCY_UNDER_HEADER
    if dialect.delimiter not in ",;\t|":
        inner = _between_notes(records, width)
        is_most = len(inner) >= max(_MIN_STRICT_RECORDS, _MOST_OF_FILE * len(records))
        return not is_most or _share_of_width(inner, width) < _STRICT_CONSISTENCY
    if len(records[0].cells) > 1 or _are_delimited(records, dialect) or is_block(records, width):
        return consistency < _MIN_CONSISTENCY_UNDER_HEADER
    return consistency < _MIN_CONSISTENCY


def _are_sentences_below_name(records: Sequence[Record], width: int) -> bool:
    """Whether fewer words than any row has stand above texts of equally many words, with no number or date column."""
    first, *body = (record.cells for record in records)
    rows = [cells for cells in body if len(cells) == width]
    if len(first) >= width or len(rows) < len(body):
        return False
    return sum(any(map(is_typed, column)) for column in zip(*rows, strict=True)) < 2


def _share_of_width(records: Sequence[Record], width: int) -> float:
    return sum(len(record.cells) == width for record in records) / len(records)


def _between_notes(records: Sequence[Record], width: int) -> Sequence[Record]:
    """Return the records from the first to the last one of a width: titles stand above, notes and others below."""
    places = [place for place, record in enumerate(records) if len(record.cells) == width]
    return records[places[0] : places[-1] + 1]


def _are_delimited(records: Sequence[Record], dialect: Dialect) -> bool:
    """Whether most records have several cells with numbers or dates among them, as no sentence and no number has."""
    rows = [record.cells for record in records if len(record.cells) > 1]
    if len(rows) < _MOST_DELIMITED * len(records):
        return False
    n_typed = sum(is_typed(cell) for cells in rows for cell in cells)
    n_joined = sum(is_typed(dialect.delimiter.join(cells)) for cells in rows)
    return n_typed >= _MIN_TYPED * sum(map(len, rows)) and n_joined < _MIN_CONSISTENCY * len(rows)


def _has_quoted_neighbours(records: Sequence[Record]) -> bool:
    return sum(bool(QUOTED_BY_SPACES.search(record.text)) for record in records) > len(records) / 2


def _is_one_column(records: Sequence[Record], dialect: Dialect) -> bool:
    """Whether numbers under a one-word header, or times, look like two columns."""
    first, body = records[0].cells, records[1:]
    if not body or not all(is_typed(dialect.delimiter.join(record.cells)) for record in body):
        return False
    return len(first) == 1 or dialect.delimiter in ": "
