"""Reading a file into a table of text cells: whole, or block by block in constant memory."""

from __future__ import annotations

import codecs
import hashlib
import io
import itertools
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from automl.errors import DataError
from automl.findings import Finding
from automl.tables.encoding import check_is_text, decode, find_encoding, unknown_encoding, wrong_encoding
from automl.tables.formats.registry import find_format, format_reader
from automl.tables.frames import read_parquet_blocks
from automl.tables.guesses import encoding_findings, nul_findings, row_findings
from automl.tables.nuls import NulRemover, without_nuls
from automl.tables.options import ReadOptions
from automl.tables.plan import plan_text
from automl.tables.regularfiles import IrregularError, read_regular_file, regular_blocks
from automl.tables.rows import text_frame
from automl.tables.sources import ByteSource, open_source
from automl.tables.table import Table
from automl.tables.texts import HEAD_CHARACTERS, check_plan, table_from_large, table_from_text

__all__ = ["BLOCK_ROWS", "read_delimited", "read_one", "read_one_blocks"]

_HEAD_BYTES = 1 << 20
# A text file up to this size is looked at as a whole, line by line: for a footer, for other tables, for headers that
# come again.
_WHOLE_BYTES = 1 << 25
_WHOLE_LINES = 1_000_000
_CHUNK_BYTES = 1 << 22
_MAX_ZERO_BYTES = 1 << 22
BLOCK_ROWS = 50_000


def read_one(source: str | Path, options: ReadOptions) -> Table:
    """Read a single input whole, as text cells.

    Raises
    ------
    DataError
        If there is no such file, or it is a folder, empty, unreadable or no table.
    """
    if _is_large_file(source):
        # An irregular file is read once more, by those that repair.
        with suppress(IrregularError):
            return read_regular_file(Path(source), options)
    with open_source(source, options) as opened:
        found = find_format(opened.head, opened.name)
        if found is not None:
            return format_reader(found)(opened, options)
        check_is_text(opened.head, opened.name)
        content = b"".join(_chunks(opened, _CHUNK_BYTES)) + opened.drain()
        name, sha256 = opened.name, opened.sha256
    return _table_from_bytes(content, options, name, sha256)


def read_one_blocks(source: str | Path, options: ReadOptions, rows: int) -> Iterator[Table]:
    """Read a single input block by block: at least one block, of 0 rows where there is a header alone.

    Raises
    ------
    DataError
        As :func:`read_one` does, and where a later part does not fit the encoding that was found or given.
    """
    n_read, told = 0, set[Finding]()
    if _is_large_file(source):
        # Where the file turns out to be irregular, those that repair go on behind the rows read so far.
        with suppress(IrregularError):
            for block in regular_blocks(Path(source), options, rows):
                n_read, told = n_read + len(block.cells), told | {*block.findings}
                yield block
            if n_read:
                return
    for block in _blocks(source, options, rows):
        if n_read and len(block.cells) <= n_read:
            n_read -= len(block.cells)
            continue
        cells = block.cells.iloc[n_read:].reset_index(drop=True) if n_read else block.cells
        n_read = 0
        yield replace(block, cells=cells, findings=tuple(each for each in block.findings if each not in told))


def _blocks(source: str | Path, options: ReadOptions, rows: int) -> Iterator[Table]:
    with open_source(source, options) as opened:
        found = find_format(opened.head, opened.name)
        if found is not None and found.name == "parquet":
            yield from read_parquet_blocks(opened, rows)
            return
        if found is not None:
            yield from _slices(format_reader(found)(opened, options), rows)
            return
        head = _read_head(opened.stream, _WHOLE_BYTES + 1)
        if _is_large(head):
            yield from _streamed_blocks(opened, head, options, rows)
        else:
            table = _table_from_bytes(head, options, opened.name, opened.sha256)
            yield from _slices(table, rows)


def _is_large_file(source: str | Path) -> bool:
    return Path(source).is_file() and Path(source).stat().st_size > _WHOLE_BYTES


def read_delimited(content: bytes, options: ReadOptions, name: str) -> Table:
    """Read delimited text that is there already, as :func:`read_one` does; no other format and nothing packed.

    Raises
    ------
    DataError
        If it is empty, no text or no table.
    """
    return _table_from_bytes(content, options, name, hashlib.sha256(content).hexdigest())


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


def _is_large(content: bytes) -> bool:
    return len(content) > _WHOLE_BYTES or content.count(b"\n") > _WHOLE_LINES


def _table_from_bytes(content: bytes, options: ReadOptions, name: str, sha256: str) -> Table:
    _check_content(content[:_HEAD_BYTES], name)
    encoding = _encoding(content, options)
    known = replace(options, encoding=encoding)
    if _is_large(content):
        table = table_from_large(content, known, name)
    else:
        table = table_from_text(decode(content, encoding, name), known, name)
    n_replaced = _count_replaced(content, encoding, name)
    decoding = encoding_findings(n_replaced, encoding, is_given=options.encoding is not None)
    return replace(table, sha256=sha256, findings=(*decoding, *table.findings))


def _count_replaced(content: bytes, encoding: str, name: str) -> int:
    """Count the characters that stand for bytes which are none in the encoding."""
    if encoding == "utf-8":
        return content.count("\ufffd".encode())
    return decode(content, encoding, name).count("\ufffd")


def _chunks(opened: ByteSource, size: int) -> Iterator[bytes]:
    """Yield the content; refuse one that goes on in nothing but zero bytes, of which a sparse file may hold any number.

    Raises
    ------
    DataError
        Where so many zero bytes follow each other that they are no damage inside a table.
    """
    n_zeros = 0
    for chunk in iter(lambda: opened.stream.read1(size), b""):
        n_zeros = 0 if chunk.strip(b"\0") else n_zeros + len(chunk)
        if n_zeros > _MAX_ZERO_BYTES:
            raise DataError(
                f"'{opened.name}' holds more than {_MAX_ZERO_BYTES:,} zero bytes in a row, as a file that was never "
                "written to its end.",
                "Copy or export it again, or cut it where its rows end.",
            )
        yield chunk


def _slices(table: Table, rows: int) -> Iterator[Table]:
    for start in range(0, max(len(table.cells), 1), rows):
        cells = table.cells.iloc[start : start + rows].reset_index(drop=True)
        yield replace(table, cells=cells, findings=() if start else table.findings)


def _streamed_blocks(opened: ByteSource, head: bytes, options: ReadOptions, rows: int) -> Iterator[Table]:
    """Read a file too large to be looked at as a whole."""
    _check_content(head[:_HEAD_BYTES], opened.name)
    encoding = _encoding(head, options) if options.encoding else find_encoding(head, is_whole=False)
    fallback = "cp1252" if not options.encoding and encoding == "utf-8" else None
    lines = _decoded_lines(opened, head, encoding, fallback)
    start = list(_take_characters(lines, HEAD_CHARACTERS))
    plan = plan_text(without_nuls("".join(start))[0], replace(options, encoding=encoding), is_whole=False)
    check_plan(plan, opened.name)
    cleaned = NulRemover(itertools.chain(start, lines), keeps=plan.dialect.escape == "\0")
    repairer = plan.repairer()
    data = repairer.rows(plan.rows_of(cleaned))
    first: tuple[Finding, ...] = plan.findings
    while block := list(itertools.islice(data, rows)):
        findings = (*first, *nul_findings(cleaned.take_count()), *row_findings(repairer, len(block)))
        yield Table(text_frame(block, plan.names), opened.name, opened.sha256, plan.dialect, findings)
        first = ()


def _read_head(stream: io.BufferedReader, size: int) -> bytes:
    parts: list[bytes] = []
    missing = size
    while missing and (part := stream.read(missing)):
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def _take_characters(lines: Iterator[str], count: int) -> Iterator[str]:
    """Take lines until they hold more than ``count`` characters."""
    for line in lines:
        yield line
        count -= len(line)
        if count < 0:
            return


def _decoded_lines(opened: ByteSource, head: bytes, encoding: str, fallback: str | None) -> Iterator[str]:
    """Decode the stream line by line; a guess of UTF-8 that fails later gives way to ``fallback`` there."""
    try:
        errors = "replace" if encoding == "cp1252" else "strict"
        decoder = codecs.getincrementaldecoder(encoding)(errors)
    except LookupError as error:
        raise unknown_encoding(encoding) from error
    chunks = itertools.chain([head], _chunks(opened, 1 << 18), [b""])
    pieces: list[str] = []
    for chunk in chunks:
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeError as error:
            if fallback is None:
                raise wrong_encoding(opened.name, encoding) from error
            pending = decoder.getstate()[0]
            decoder = codecs.getincrementaldecoder(fallback)("replace")
            text = decoder.decode(pending + chunk)
        pieces.append(text)
        if chunk and "\n" not in text and "\r" not in text:
            continue  # a line of many chunks is put together once
        # A lone carriage return at the end of a chunk may be half of a line end.
        *complete, rest = _split_lines("".join(pieces), is_final=not chunk)
        pieces = [rest]
        yield from complete
    if rest:
        yield rest


def _split_lines(text: str, *, is_final: bool) -> list[str]:
    """Split into lines that keep their ends; the last entry is the line that has none yet."""
    lines = list(io.StringIO(text, newline=""))
    is_open = bool(lines) and (not lines[-1].endswith(("\n", "\r")) or (lines[-1].endswith("\r") and not is_final))
    return lines if is_open else [*lines, ""]
