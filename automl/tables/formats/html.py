"""HTML pages: the table with the most rows."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from html.parser import HTMLParser

from automl.errors import DataError
from automl.findings import Finding, Severity
from automl.tables.encoding import decode, find_encoding
from automl.tables.options import ReadOptions
from automl.tables.sources import ByteSource
from automl.tables.table import Table
from automl.tables.texts import table_from_text

__all__ = ["read"]

_MAX_SPAN = 1000


def read(opened: ByteSource, options: ReadOptions) -> Table:
    """Read the largest table of a page; a cell over several columns or rows stands in each of them.

    Raises
    ------
    DataError
        If there is no table.
    """
    content = opened.drain()
    parser = _TableParser()
    parser.feed(decode(content, options.encoding or find_encoding(content), opened.name))
    parser.close()
    tables = [rows for rows in parser.tables if rows]
    if not tables:
        raise DataError(f"'{opened.name}' holds no table.", "Give a page with a <table> in it, or a .csv file.")
    chosen = max(tables, key=len)
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows(chosen)
    table = table_from_text(
        stream.getvalue(), replace(options, delimiter=",", quote='"', encoding="utf-8"), opened.name
    )
    return replace(table, sha256=opened.sha256, findings=(*_other_tables(len(tables), len(chosen)), *table.findings))


def _other_tables(n_tables: int, n_rows: int) -> tuple[Finding, ...]:
    if n_tables < 2:
        return ()
    message = f"The page holds {n_tables} tables; the one with {n_rows:,} rows was read."
    return (Finding("other_tables", Severity.WARNING, message, action="Save the one you mean as a .csv file."),)


class _TableParser(HTMLParser):
    """Collects the rows of every table; a table inside a cell counts as one of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self._open: list[list[list[str]]] = []
        self._cell: list[str] | None = None
        self._spans: tuple[int, int] = (1, 1)
        self._carried: dict[int, tuple[int, str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a table, a row or a cell."""
        if tag == "table":
            self._open.append([])
            self.tables.append(self._open[-1])
        elif tag == "tr" and self._open:
            self._end_row()
            self._open[-1].append([])
        elif tag in ("td", "th") and self._open and self._open[-1]:
            self._end_cell()
            values = dict(attrs)
            self._spans = (_span(values.get("colspan")), _span(values.get("rowspan")))
            self._cell = []
        elif tag == "br" and self._cell is not None:
            self._cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """Close what the tag opened."""
        if tag in ("td", "th"):
            self._end_cell()
        elif tag == "tr":
            self._end_row()
        elif tag == "table" and self._open:
            self._end_row()
            self._open.pop()

    def handle_data(self, data: str) -> None:
        """Take the text of a cell."""
        if self._cell is not None:
            self._cell.append(data)

    def _end_cell(self) -> None:
        if self._cell is None or not self._open or not self._open[-1]:
            return
        text = " ".join("".join(self._cell).split())
        self._cell = None
        self._fill_carried()
        row = self._open[-1][-1]
        columns, rows = self._spans
        for _ in range(columns):
            if rows > 1:
                self._carried[len(row)] = (rows - 1, text)
            row.append(text)

    def _end_row(self) -> None:
        self._end_cell()
        self._fill_carried()

    def _fill_carried(self) -> None:
        """Repeat the cells of rows above that reach down to this place."""
        if not self._open or not self._open[-1]:
            return
        row = self._open[-1][-1]
        while len(row) in self._carried:
            left, text = self._carried.pop(len(row))
            if left > 1:
                self._carried[len(row)] = (left - 1, text)
            row.append(text)


def _span(value: str | None) -> int:
    return min(max(int(value), 1), _MAX_SPAN) if value and value.isdecimal() else 1
