"""A file as blocks of Arrow tables, as fast as it can be read and in memory that does not grow with it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING

from automl.errors import DataError
from automl.findings import Finding
from automl.tables.collecting import read_blocks
from automl.tables.encoding import find_encoding
from automl.tables.fastcsv import has_odd_quotes
from automl.tables.formats.registry import find_format
from automl.tables.frames import as_text_table
from automl.tables.options import ReadOptions
from automl.tables.parts import PartsOfFile
from automl.tables.plan import TextPlan, plan_text
from automl.tables.sources import HashingReader
from automl.tables.table import Dialect, Table
from automl.tables.texts import HEAD_CHARACTERS, check_plan

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["ArrowBlock", "IrregularError", "block_table", "delimited_blocks", "parquet_blocks", "text_blocks"]

_BLOCK_BYTES = 1 << 22
_HEAD_BYTES = 1 << 20
_BLOCK_ROWS = 1 << 15
_MAX_WIDTH = 2_000


class IrregularError(Exception):
    """The file is not as regular as a quick reader needs it: the one that repairs has to read it."""


@dataclass(frozen=True)
class ArrowBlock:
    """Some rows of a file.

    Attributes
    ----------
    cells : pyarrow.Table
        As text, or typed where the file is typed.
    dialect : Dialect
    findings : tuple of Finding
        What the reader found about these rows; what it found about the file stands with the first ones.
    sha256 : str
        Hex digest of the bytes read so far.
    share : float
        Which share of the input has passed by now; 0 where that is not known.
    """

    cells: pa.Table
    dialect: Dialect
    findings: tuple[Finding, ...]
    sha256: str
    share: float = 0.0


def block_table(cells: pa.Table, source: str, like: ArrowBlock, findings: tuple[Finding, ...]) -> Table:
    """Return rows of blocks as a table of text cells, of the same file as the block ``like``."""
    if all(str(field.type) in ("string", "large_string") for field in cells.schema):
        return Table(cells.to_pandas().astype("str"), source, like.sha256, like.dialect, findings)
    texts = as_text_table(cells.to_pandas(ignore_metadata=True))
    return Table(texts.cells, source, like.sha256, like.dialect, (*findings, *texts.findings))


def text_blocks(source: str, options: ReadOptions) -> Iterator[ArrowBlock]:
    """Read whatever DATA names with the reader that repairs what is irregular, which takes its time."""
    import pyarrow as pa

    for table in read_blocks(source, options):
        cells = pa.table({name: pa.array(table.cells[name], pa.string()) for name in table.cells.columns})
        yield ArrowBlock(cells, table.dialect, table.findings, table.sha256)


def parquet_blocks(path: Path, groups: tuple[int, ...] | None = None) -> Iterator[ArrowBlock]:
    """Read a Parquet file, or some of its row groups.

    Raises
    ------
    DataError
        If the file is damaged.
    """
    import pyarrow as pa
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path, pre_buffer=False) as file:
            groups = tuple(range(file.num_row_groups)) if groups is None else groups
            total = max(1, sum(file.metadata.row_group(group).num_rows for group in groups))
            digest = _digest(path) if len(groups) == file.num_row_groups else _digest_of_groups(path, groups)
            rows = 0
            for batch in file.iter_batches(batch_size=_BLOCK_ROWS, row_groups=groups, use_threads=False):
                rows += batch.num_rows
                yield ArrowBlock(_flat(pa.Table.from_batches([batch])), Dialect(), (), digest, rows / total)
    except (pa.ArrowException, OSError) as error:
        message = f"'{path}' is a damaged Parquet file: {error}."
        raise DataError(message, "Write it again, or give a .csv file.") from error


def _flat(table: pa.Table) -> pa.Table:
    """Return a table without dictionaries, whose blocks would not go together."""
    import pyarrow as pa

    for position, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            table = table.set_column(position, field.name, table.column(position).cast(field.type.value_type))
    return table


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _digest_of_groups(path: Path, groups: tuple[int, ...]) -> str:
    return hashlib.sha256(repr((path.stat().st_size, groups)).encode()).hexdigest()


def delimited_blocks(path: Path, options: ReadOptions, parts: PartsOfFile | None = None) -> Iterator[ArrowBlock]:
    """Read a file of delimited text in UTF-8 in which every row has as many cells as the header.

    Parameters
    ----------
    path : Path
    options : ReadOptions
    parts : PartsOfFile, optional
        The parts of the file to read, where that is not all of it; rows that were cut with them are left out.

    Raises
    ------
    IrregularError
        Where some row is ragged, some quote odd, or the file is something else.
    """
    import pyarrow as pa
    from pyarrow import csv

    with path.open("rb") as stream:
        plan = _plan(stream, options, str(path))
        watched = _Watched(stream if parts is None else io.BufferedReader(parts), plan)
        try:
            reader = csv.open_csv(
                pa.PythonFile(watched, "r"),
                read_options=csv.ReadOptions(
                    column_names=list(plan.names),
                    skip_rows=plan.dialect.skip_rows,
                    skip_rows_after_names=plan.layout.header.n_rows,
                    block_size=_BLOCK_BYTES,
                    use_threads=False,
                ),
                parse_options=csv.ParseOptions(
                    delimiter=plan.dialect.delimiter,
                    quote_char=plan.dialect.quote or False,
                    invalid_row_handler=None if parts is None else _left_out,
                ),
                convert_options=csv.ConvertOptions(
                    column_types={name: pa.string() for name in plan.names}, strings_can_be_null=False
                ),
            )
            size = path.stat().st_size if parts is None else parts.size
            findings = plan.findings
            for number, batch in enumerate(reader, 1):
                # Arrow reads ahead: what has come out tells how long the rest will take.
                digest, share = watched.digest.hexdigest(), min(1.0, watched.count / size, number * _BLOCK_BYTES / size)
                yield ArrowBlock(pa.Table.from_batches([batch]), plan.dialect, findings, digest, share)
                findings = ()
            watched.check_end()
            yield ArrowBlock(reader.schema.empty_table(), plan.dialect, findings, watched.digest.hexdigest(), 1.0)
        except (pa.ArrowInvalid, pa.ArrowKeyError) as error:
            raise IrregularError(str(error)) from error


def _left_out(_: object) -> str:
    return "skip"


def _plan(stream: IO[bytes], options: ReadOptions, name: str) -> TextPlan:
    """Return how the file is to be read; the stream is at its beginning again."""
    head = stream.read(_HEAD_BYTES)
    stream.seek(0)
    encoding = options.encoding or find_encoding(head, is_whole=False)
    if find_format(head, name) is not None or b"\0" in head:
        raise IrregularError("it is no plain text")
    if encoding.lower().replace("_", "-") not in ("utf-8", "utf-8-sig", "utf8", "ascii"):
        raise IrregularError(f"it is written in {encoding}")
    text = head.decode("utf-8-sig", errors="ignore")[:HEAD_CHARACTERS]
    plan = plan_text(text, replace(options, encoding="utf-8"), is_whole=False)
    check_plan(plan, name)
    dialect = plan.dialect
    is_delimited = plan.rewriting is None and plan.cut_numbers is None and not dialect.escape
    has_short_marks = max(len(dialect.delimiter.encode()), len(dialect.quote.encode())) <= 1
    if not (is_delimited and has_short_marks and 2 <= plan.layout.width <= _MAX_WIDTH):
        raise IrregularError("its rows need more than to be split")
    return plan


class _Watched(HashingReader):
    """A stream that digests what passes, and refuses what the quick reader would read otherwise than the other one."""

    def __init__(self, stream: IO[bytes], plan: TextPlan) -> None:
        super().__init__(stream)
        self._plan = plan
        self._quote = plan.dialect.quote.encode()
        self._rest = b""
        self._n_quotes = 0

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        count = super().readinto(buffer)
        chunk = bytes(buffer[:count])
        if b"\0" in chunk:
            raise IrregularError("it holds NUL characters")
        if self._quote and self._quote in chunk:
            self._n_quotes += chunk.count(self._quote)
            # What a quote stands beside is looked at in whole lines.
            lines, _, self._rest = (self._rest + chunk).rpartition(b"\n")
            if has_odd_quotes(lines, self._plan):
                raise IrregularError("quotes stand inside cells, or around several lines")
        return count

    def check_end(self) -> None:
        """Refuse a file in which a quote is left open."""
        if self._n_quotes % 2:
            raise IrregularError("a quote is left open")
