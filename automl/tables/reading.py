"""Reading a file into a table of text cells: whole, or block by block in constant memory."""

from __future__ import annotations

import codecs
import io
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from automl.errors import DataError
from automl.findings import Finding, Severity
from automl.tables.encoding import check_is_text, decode, find_encoding, unknown_encoding, wrong_encoding
from automl.tables.fastcsv import read_regular
from automl.tables.frames import read_parquet, read_parquet_blocks
from automl.tables.options import ReadOptions
from automl.tables.rows import RowFitter, ragged_finding, text_frame, unique_names
from automl.tables.sniffing import Sniffed, csv_rows, sniff
from automl.tables.sources import ByteSource, open_source
from automl.tables.table import Table

__all__ = ["read_blocks", "read_table"]

_HEAD_CHARACTERS = 1 << 18
_HEAD_BYTES = 1 << 20
_DEFAULT_BLOCK_ROWS = 50_000


def read_table(source: str | Path, options: ReadOptions | None = None) -> Table:
    """Read a whole file as text cells.

    Parameters
    ----------
    source : str or Path
        A path (delimited text, also gzipped, or Parquet), or ``"-"`` for standard input.
    options : ReadOptions, optional
        What is known about the file; by default everything is found out.

    Returns
    -------
    Table
        With 0 rows where the file holds a header alone.

    Raises
    ------
    DataError
        If there is no such file, or it is a folder, empty, unreadable or no table.
    """
    with open_source(source) as opened:
        if opened.is_parquet:
            return read_parquet(opened)
        content = opened.drain()
        name, sha256 = opened.name, opened.sha256
    _check_content(content[:_HEAD_BYTES], name)
    encoding = _encoding(content, options or ReadOptions())
    text = decode(content, encoding, name)
    table = _table_from_text(text, replace(options or ReadOptions(), encoding=encoding), name)
    return replace(table, sha256=sha256)


def read_blocks(
    source: str | Path, options: ReadOptions | None = None, rows: int = _DEFAULT_BLOCK_ROWS
) -> Iterator[Table]:
    """Read a file block by block, in memory that does not grow with the file.

    How the file is written is found from its first mebibyte. Each block's findings are its own; the digest covers
    what was read so far, so that the last block has the file's.

    Parameters
    ----------
    source : str or Path
        As for :func:`read_table`.
    options : ReadOptions, optional
    rows : int
        Rows per block.

    Yields
    ------
    Table
        At least one; one of 0 rows where the file holds a header alone.

    Raises
    ------
    DataError
        As :func:`read_table` does, and where a later part does not fit the encoding that was found or given.
    """
    with open_source(source) as opened:
        if opened.is_parquet:
            yield from read_parquet_blocks(opened, rows)
        else:
            yield from _text_blocks(opened, options or ReadOptions(), rows)


def _encoding(content: bytes, options: ReadOptions) -> str:
    if options.encoding is None:
        return find_encoding(content)
    is_marked_utf8 = content.startswith(codecs.BOM_UTF8) and options.encoding.lower().replace("_", "-") in (
        "utf-8",
        "utf8",
    )
    return "utf-8-sig" if is_marked_utf8 else options.encoding


def _check_content(head: bytes, name: str) -> None:
    if not head.strip(b"\r\n\t \x00\xef\xbb\xbf"):
        raise DataError(f"'{name}' is empty.", "Give a table with a header row.")
    check_is_text(head, name)


def _table_from_text(text: str, options: ReadOptions, name: str) -> Table:
    text, nul_findings = _without_nuls(text)
    sniffed = sniff(text[:_HEAD_CHARACTERS], options.encoding or "", options, is_whole=len(text) <= _HEAD_CHARACTERS)
    if not sniffed.width:
        raise DataError(f"'{name}' holds no rows.", "Check --skip-rows, or give a table with a header row.")
    names, name_findings = _names(sniffed)
    cells = read_regular(text, sniffed, names)
    findings: tuple[Finding, ...] = ()
    if cells is None:
        cells, sniffed, findings = _read_irregular(text, sniffed, names)
    return Table(
        cells=cells,
        source=name,
        sha256="",
        dialect=sniffed.dialect,
        findings=(*nul_findings, *_dialect_findings(sniffed), *name_findings, *findings),
    )


def _read_irregular(
    text: str, sniffed: Sniffed, names: tuple[str, ...]
) -> tuple[pd.DataFrame, Sniffed, tuple[Finding, ...]]:
    lines = list(io.StringIO(text, newline=""))
    sniffed, findings = _without_open_quote(lines, sniffed)
    rows = list(_data_rows(lines, sniffed))
    fitter = RowFitter(sniffed.width, sniffed.dialect.delimiter)
    cells = text_frame([fitter.fit(row) for row in rows], names)
    return cells, sniffed, (*findings, *ragged_finding(fitter, len(rows)))


def _data_rows(lines: Iterable[str], sniffed: Sniffed) -> Iterator[list[str]]:
    rows = csv_rows(itertools.islice(lines, sniffed.dialect.skip_rows, None), sniffed)
    filled = (row for row in rows if row)
    return itertools.islice(filled, int(sniffed.dialect.has_header), None)


def _without_open_quote(lines: Sequence[str], sniffed: Sniffed) -> tuple[Sniffed, tuple[Finding, ...]]:
    """Give up quoting where a quote that is never closed makes one cell of all the lines that follow it."""
    quote = sniffed.dialect.quote
    if not quote or sum(line.count(quote) for line in lines) % 2 == 0:
        return sniffed, ()
    last = max(enumerate(_data_rows(lines, sniffed)), default=(0, []))[1]
    if not any("\n" in cell or "\r" in cell for cell in last):
        return sniffed, ()
    return replace(sniffed, dialect=replace(sniffed.dialect, quote="")), (_unbalanced_finding(),)


def _text_blocks(opened: ByteSource, options: ReadOptions, rows: int) -> Iterator[Table]:
    head = _read_head(opened.stream)
    _check_content(head, opened.name)
    is_whole = len(head) < _HEAD_BYTES
    encoding = _encoding(head, options) if options.encoding else find_encoding(head, is_whole=is_whole)
    fallback = "cp1252" if not options.encoding and encoding == "utf-8" else None
    lines = _Lines(_decoded_lines(opened, head, encoding, fallback))
    start, sniffed, is_whole = _sniff_lines(lines, replace(options, encoding=encoding), is_whole)
    if not sniffed.width:
        raise DataError(f"'{opened.name}' holds no rows.", "Check --skip-rows, or give a table with a header row.")
    names, name_findings = _names(sniffed)
    sniffed, quote_findings = _without_open_quote(start, sniffed) if is_whole else (sniffed, ())
    data = _data_rows(itertools.chain(start, lines), sniffed)
    first_findings = (*_dialect_findings(sniffed), *name_findings, *quote_findings)
    is_first = True
    while (block := list(itertools.islice(data, rows))) or is_first:
        fitter = RowFitter(sniffed.width, sniffed.dialect.delimiter)
        cells = text_frame([fitter.fit(row) for row in block], names)
        findings = (*(first_findings if is_first else ()), *lines.nul_findings(), *ragged_finding(fitter, len(block)))
        yield Table(cells, opened.name, opened.sha256, sniffed.dialect, findings)
        is_first = False


def _read_head(stream: io.BufferedReader) -> bytes:
    parts: list[bytes] = []
    size = 0
    while size < _HEAD_BYTES and (part := stream.read(_HEAD_BYTES - size)):
        parts.append(part)
        size += len(part)
    return b"".join(parts)


def _sniff_lines(lines: _Lines, options: ReadOptions, is_whole: bool) -> tuple[list[str], Sniffed, bool]:
    start: list[str] = []
    size = 0
    for line in lines:
        start.append(line)
        size += len(line)
        if size > _HEAD_CHARACTERS:
            is_whole = False
            break
    return start, sniff("".join(start), options.encoding or "", options, is_whole=is_whole), is_whole


class _Lines:
    """An iterator over lines that removes NUL characters and counts them."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._nuls = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        if "\0" in line:
            self._nuls += line.count("\0")
            line = line.replace("\0", "")
        return line

    def nul_findings(self) -> tuple[Finding, ...]:
        """Report the NUL characters removed since the last call."""
        count, self._nuls = self._nuls, 0
        return _nul_findings(count)


def _decoded_lines(opened: ByteSource, head: bytes, encoding: str, fallback: str | None) -> Iterator[str]:
    """Decode the stream line by line; a guess of UTF-8 that fails later gives way to ``fallback`` there."""
    try:
        errors = "replace" if encoding == "cp1252" else "strict"
        decoder = codecs.getincrementaldecoder(encoding)(errors)
    except LookupError as error:
        raise unknown_encoding(encoding) from error
    rest = ""
    chunks = itertools.chain([head], iter(lambda: opened.stream.read1(1 << 18), b""), [b""])
    for chunk in chunks:
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeError as error:
            if fallback is None:
                raise wrong_encoding(opened.name, encoding) from error
            pending = decoder.getstate()[0]
            decoder = codecs.getincrementaldecoder(fallback)("replace")
            text = decoder.decode(pending + chunk)
        # A lone carriage return at the end of a chunk may be half of a line end.
        *complete, rest = _split_lines(rest + text, is_final=not chunk)
        yield from complete
    if rest:
        yield rest


def _split_lines(text: str, *, is_final: bool) -> list[str]:
    """Split into lines that keep their ends; the last entry is the line that has none yet."""
    lines = list(io.StringIO(text, newline=""))
    is_open = bool(lines) and (not lines[-1].endswith(("\n", "\r")) or (lines[-1].endswith("\r") and not is_final))
    return lines if is_open else [*lines, ""]


def _names(sniffed: Sniffed) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    return unique_names(sniffed.header or [""] * sniffed.width)


def _without_nuls(text: str) -> tuple[str, tuple[Finding, ...]]:
    count = text.count("\0")
    return (text.replace("\0", "") if count else text), _nul_findings(count)


def _nul_findings(count: int) -> tuple[Finding, ...]:
    if not count:
        return ()
    message = f"The file holds {count:,} NUL characters."
    return (Finding("nul_characters", Severity.WARNING, message, action="They were removed."),)


def _unbalanced_finding() -> Finding:
    return Finding(
        code="unbalanced_quotes",
        severity=Severity.WARNING,
        message="A quote is opened and never closed.",
        action="Quotes were read as ordinary characters; close the quote, or name another with --quote.",
    )


def _dialect_findings(sniffed: Sniffed) -> tuple[Finding, ...]:
    findings: list[Finding] = []
    if sniffed.dialect.skip_rows:
        message = f"{sniffed.dialect.skip_rows} lines before the table were skipped."
        action = "Say --skip-rows 0 if they belong to the table."
        findings.append(Finding("preamble_skipped", Severity.INFO, message, action=action))
    if not sniffed.dialect.has_header:
        message = f"The file has no header row; its columns are called col_0 to col_{sniffed.width - 1}."
        findings.append(Finding("no_header", Severity.WARNING, message, action="Say --header if the first row is one."))
    return tuple(findings)
