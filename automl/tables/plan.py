"""How one text file is read: its dialect, its layout, and what its columns' cells look like."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from automl.findings import Finding
from automl.tables.foreignnames import find_foreign_names
from automl.tables.guesses import layout_findings, sniffed_findings
from automl.tables.layout import Layout, find_layout
from automl.tables.mending import Mending, find_mending
from automl.tables.options import ReadOptions
from automl.tables.records import Record, read_records
from automl.tables.repair import RowRepairer
from automl.tables.rewriting import Rewriting, find_rewriting
from automl.tables.rows import unique_names, without_padding
from automl.tables.shapes import ColumnProfile, profiles_of
from automl.tables.sniffing import Sniffed, sniff
from automl.tables.table import Dialect
from automl.tables.tokens import Tokenizer

__all__ = ["TextPlan", "plan_text"]

# Whether a text has to be rewritten is told by so many of its first characters.
_REWRITING_CHARACTERS = 1 << 16


@dataclass(frozen=True)
class TextPlan:
    """How to read one file.

    Attributes
    ----------
    dialect : Dialect
    layout : Layout
    records : tuple of Record
        Those that the plan was made from.
    names : tuple of str
        Unique column names.
    findings : tuple of Finding
        What was guessed.
    sniffed : Sniffed
        What the dialect was made from.
    rewriting : Rewriting or None
        How the lines become delimited text, where they are none.
    mending : Mending or None
        Which cells or lines are parts of one, where the delimiter or a line break cut them.
    """

    dialect: Dialect
    layout: Layout
    records: Sequence[Record]
    names: tuple[str, ...]
    findings: tuple[Finding, ...]
    sniffed: Sniffed
    rewriting: Rewriting | None = None
    mending: Mending | None = None

    @property
    def tokenizer(self) -> Tokenizer:
        """The tokenizer of the dialect."""
        return Tokenizer(self.dialect)

    def profiles(self) -> tuple[ColumnProfile, ...]:
        """Return what the columns' cells look like in the rows that are right; empty where those are too few."""
        width = self.layout.width
        sound = (record.cells for record in self.layout.rows(self.records) if record.is_sound)
        rows = (without_padding(cells, width, self.layout.padding) for cells in sound)
        return profiles_of((row for row in rows if len(row) == width), width)

    def repairer(self) -> RowRepairer:
        """Return a repairer that knows the columns."""
        return RowRepairer(self.tokenizer, self.profiles(), self.layout.width, self.layout.padding)

    def rows(self) -> Iterator[Record]:
        """Yield the records that are rows, out of those that the plan was made from."""
        return (record for record in self.layout.rows(self.records) if not self.layout.is_remark(record))

    def rows_of(self, lines: Iterable[str]) -> Iterator[Record]:
        """Yield the records that are rows, out of all lines of a file that is too large to be looked at as a whole."""
        written = lines if self.rewriting is None else self.rewriting.lines(lines)
        after = itertools.islice(written, self.dialect.skip_rows, None)
        read = read_records(after, self.tokenizer, self.dialect.skip_rows)
        whole = read if self.mending is None else self.mending.joined(read)
        below = iter(whole)
        for _ in itertools.islice((record for record in below if record.cells), self.layout.header.n_rows):
            pass  # the rows of the header, with the blank lines among them
        return (record for record in self.layout.rows_among(below) if not self.layout.is_remark(record))


def plan_text(text: str, options: ReadOptions, *, is_whole: bool, sniffed: Sniffed | None = None) -> TextPlan:
    """Find out how a file is to be read.

    Parameters
    ----------
    text : str
        The file, or its beginning.
    options : ReadOptions
        With the encoding filled in.
    is_whole : bool
        Whether ``text`` is the whole file.
    sniffed : Sniffed, optional
        The dialect where it is known already.
    """
    rewriting = find_rewriting(text[:_REWRITING_CHARACTERS], options)
    if rewriting is not None:
        text = "".join(rewriting.lines(io.StringIO(text, newline="")))
        options = rewriting.options(options)
    sniffed = sniffed or sniff(text, options.encoding or "", options, is_whole=is_whole)
    skipped = options.skip_rows or 0
    lines = itertools.islice(io.StringIO(text, newline=""), skipped, None)
    records = list(read_records(lines, Tokenizer(sniffed.dialect), skipped))
    if not is_whole and len(records) > 1:
        records.pop()
    has_names = options.has_header is not False
    foreign = find_foreign_names(records, sniffed.dialect) if has_names else None
    if foreign is not None:
        records = foreign.replaced(records)
    mending = find_mending(records, sniffed.dialect.delimiter) if has_names else None
    if mending is not None:
        records = list(mending.joined(records))
    layout = find_layout(records, options, is_whole=is_whole)
    names, name_findings = unique_names(layout.header.names or [""] * layout.width)
    skip_rows = options.skip_rows if options.skip_rows is not None else layout.skip_rows
    dialect = replace(
        sniffed.dialect,
        has_header=layout.header.n_rows > 0,
        header_rows=layout.header.n_rows,
        skip_rows=skip_rows,
        decimal=options.decimal or "",
        thousands=options.thousands or "",
    )
    rewritten = () if rewriting is None else (rewriting.finding(),)
    findings = (
        *rewritten,
        *sniffed_findings(sniffed, options),
        *layout_findings(layout, dialect, records),
        *(() if foreign is None else (foreign.finding(),)),
        *(() if mending is None else (mending.finding(names),)),
        *name_findings,
    )
    return TextPlan(dialect, layout, records, names, findings, sniffed, rewriting, mending)
