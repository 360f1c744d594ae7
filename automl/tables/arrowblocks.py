"""A file as blocks of Arrow tables, as fast as it can be read and in memory that does not grow with it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from automl.errors import DataError
from automl.findings import Finding
from automl.tables.collecting import read_blocks
from automl.tables.frames import as_text_table, frame_of_rows
from automl.tables.options import ReadOptions
from automl.tables.parts import PartsOfFile
from automl.tables.regularfiles import BLOCK_BYTES, HEAD_BYTES, WatchedStream, plan_of_head, regular_batches
from automl.tables.table import Dialect, Table

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["ArrowBlock", "block_table", "delimited_blocks", "parquet_blocks", "text_blocks"]

_BLOCK_ROWS = 1 << 15


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
    texts = as_text_table(frame_of_rows(cells))
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

    with path.open("rb") as stream:
        plan = plan_of_head(stream.read(HEAD_BYTES), options, str(path))
        stream.seek(0)
        watched = WatchedStream(stream if parts is None else io.BufferedReader(parts), plan)
        size = path.stat().st_size if parts is None else parts.size
        findings = plan.findings
        batches = regular_batches(watched, plan, None if parts is None else _left_out)
        for number, batch in enumerate(batches, 1):
            # Arrow reads ahead: what has come out tells how long the rest will take.
            share = min(1.0, watched.count / size, number * BLOCK_BYTES / size)
            yield ArrowBlock(pa.Table.from_batches([batch]), plan.dialect, findings, watched.digest.hexdigest(), share)
            findings = ()
        none = pa.table({name: pa.array([], pa.string()) for name in plan.names})
        yield ArrowBlock(none, plan.dialect, findings, watched.digest.hexdigest(), 1.0)


def _left_out(_: object) -> str:
    return "skip"
