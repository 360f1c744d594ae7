"""Reading a sample of a table that is larger than the memory there is for it, in one pass."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from automl.errors import DataError
from automl.findings import Finding, Severity
from automl.inputs import PACKED_ENDINGS, is_database_address, is_web_address, listed_files, split_part
from automl.tables.arrowblocks import ArrowBlock, block_table, delimited_blocks, parquet_blocks, text_blocks
from automl.tables.drawing import Drawn, RowDrawer, draws_of
from automl.tables.options import ReadOptions
from automl.tables.parts import PartsOfFile
from automl.tables.regularfiles import IrregularError
from automl.tables.table import Draw, Table

__all__ = ["RestBlock", "SampleRequest", "draw_table", "rest_of_table", "text_bytes"]

#: Cells of a file in memory, each with its place, beside the bytes of the file.
_TEXT_GROWTH = 1.8
_UNPACKED_GROWTH = 5
_TYPED_CELL_BYTES = 24
_FIRST_SECONDS = 1.0
_FIRST_SHARE = 0.02
_OF_WHAT_IS_LEFT = 0.8


@dataclass(frozen=True)
class SampleRequest:
    """Which rows are wanted.

    Attributes
    ----------
    room : int
        Bytes that their cells may take as text.
    seed : int
    target : str
        Each of its classes, or each part of its range, gets its share.
    group : str or None
        The column whose groups stay whole.
    seconds : float or None
        How long reading may take; None for as long as it takes.
    """

    room: int
    seed: int
    target: str
    group: str | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class RestBlock:
    """Rows that were not drawn.

    Attributes
    ----------
    table : Table
    positions : ndarray of int64, shape (n_rows,)
        Where they stand in the input.
    draws : ndarray of uint64, shape (n_rows,)
        Their random numbers: those of rows that were drawn are lower, but for a few of rare classes. Rows of one group
        have the same.
    """

    table: Table
    positions: NDArray[np.int64]
    draws: NDArray[np.uint64]


def text_bytes(source: str) -> int | None:
    """Return how many bytes the cells of an input will take as text, about; None where that cannot be told.

    Standard input, addresses and the parts of a file tell nothing before they are read.
    """
    name, part = split_part(source)
    if name == "-" or part is not None or is_web_address(name) or is_database_address(name):
        return None
    files = listed_files(source)
    try:
        return sum(_text_bytes(path) for path in (files if files is not None else (Path(name),)))
    except OSError:
        return None


def _text_bytes(path: Path) -> int:
    size = path.stat().st_size
    if path.name.lower().endswith(PACKED_ENDINGS):
        return int(_TEXT_GROWTH * _UNPACKED_GROWTH * size)
    if not _is_parquet(path):
        return int(_TEXT_GROWTH * size)
    import pyarrow as pa
    from pyarrow import parquet

    try:
        metadata = parquet.read_metadata(path)
    except (pa.ArrowException, OSError):
        return size
    return int(max(_TYPED_CELL_BYTES * metadata.num_rows * metadata.num_columns, _UNPACKED_GROWTH * size))


def _is_parquet(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            return stream.read(4) == b"PAR1"
    except OSError:
        return False


def draw_table(source: str, options: ReadOptions, request: SampleRequest) -> Table:
    """Read what DATA names once, and keep as many rows, drawn at random, as there is room for.

    Where reading would take too long, only some parts of the file are read, which are drawn at random too; of an input
    that cannot be read in parts, only its beginning.

    Parameters
    ----------
    source : str
    options : ReadOptions
    request : SampleRequest

    Returns
    -------
    Table
        With a finding that says how many rows there are and how they were drawn.

    Raises
    ------
    DataError, UsageError
        As :func:`automl.tables.read_table` does; where no group is small enough; or where a part cannot be read.
    """
    began = time.monotonic()
    try:
        reading = _read_quickly(source, options, request, began)
    except IrregularError:
        reading = _draw(text_blocks(source, options), request, began, is_quick=False)
    return _finished(source, request, reading, time.monotonic() - began)


def rest_of_table(source: str, options: ReadOptions, draw: Draw, group: str | None, seed: int) -> Iterator[RestBlock]:
    """Read the rows that were not drawn, block by block, in memory that does not grow with them.

    Parameters
    ----------
    source : str
    options : ReadOptions
    draw : Draw
        Of an input that was read to its end.
    group : str or None
    seed : int
        All as when they were drawn.

    Raises
    ------
    DataError
        If the input is not there any more, or damaged by now.
    IrregularError
        If a regular file is none any more.
    """
    import pyarrow as pa

    assert draw.positions is not None
    begin = 0
    for block in _all_blocks(source, options, quick=draw.quick):
        end = begin + block.cells.num_rows
        first, last = np.searchsorted(draw.positions, (begin, end))
        rest = np.setdiff1d(np.arange(begin, end), draw.positions[first:last], assume_unique=True)
        if len(rest):
            cells = block.cells.take(pa.array(rest - begin))
            yield RestBlock(block_table(cells, source, block, ()), rest, draws_of(cells, rest, group, seed))
        begin = end


def _all_blocks(source: str, options: ReadOptions, *, quick: bool) -> Iterator[ArrowBlock]:
    if not quick:
        return text_blocks(source, options)
    path = Path(source)
    return parquet_blocks(path) if _is_parquet(path) else delimited_blocks(path, options)


@dataclass(frozen=True)
class _Reading:
    """What was read: ``share`` of the input, ``parts`` at random or its beginning."""

    drawn: Drawn
    last: ArrowBlock
    findings: tuple[Finding, ...]
    share: float = 1.0
    parts: bool = False
    quick: bool = True


class _TooSlowError(Exception):
    """Reading it all would take too long; ``share`` of the input can be read in the time that is left."""

    def __init__(self, share: float) -> None:
        super().__init__(share)
        self.share = share


def _read_quickly(source: str, options: ReadOptions, request: SampleRequest, began: float) -> _Reading:
    path = Path(source)
    if not path.is_file() or options.source_column is not None:
        raise IrregularError("it is no single file")
    is_parquet = _is_parquet(path)
    try:
        return _draw(parquet_blocks(path) if is_parquet else delimited_blocks(path, options), request, began)
    except _TooSlowError as found:
        share = found.share
    if is_parquet:
        blocks, share = _row_groups(path, share, request.seed)
        return replace(_draw(blocks, replace(request, seconds=None), began), share=share, parts=True)
    size = path.stat().st_size
    with PartsOfFile(path, int(share * size), request.seed) as parts:
        share = min(1.0, parts.size / size)
        try:
            reading = _draw(delimited_blocks(path, options, parts), replace(request, seconds=None), began)
        except IrregularError as error:
            raise DataError(
                f"There is no time to read all of '{path}', and its rows cannot be told apart in its middle: {error}.",
                "Give a longer --time-budget.",
            ) from error
    return replace(reading, share=share, parts=True)


def _row_groups(path: Path, share: float, seed: int) -> tuple[Iterator[ArrowBlock], float]:
    """Return the rows of some row groups, drawn at random, and which share of all rows they are."""
    from pyarrow import parquet

    metadata = parquet.read_metadata(path)
    count = max(1, int(share * metadata.num_row_groups))
    groups = tuple(sorted(random.Random(seed).sample(range(metadata.num_row_groups), count)))  # noqa: S311
    rows = sum(metadata.row_group(group).num_rows for group in groups)
    return parquet_blocks(path, groups), rows / max(1, metadata.num_rows)


def _draw(blocks: Iterator[ArrowBlock], request: SampleRequest, began: float, *, is_quick: bool = True) -> _Reading:
    """Let the blocks pass by.

    Raises
    ------
    _TooSlowError
        Where a quick reader will not have read them in time; another one then simply ends.
    """
    findings: dict[tuple[str, tuple[str, ...]], Finding] = {}
    drawer = RowDrawer(request.room, request.seed, request.target, request.group)
    for block in blocks:
        findings.update({(each.code, each.columns): each for each in reversed(block.findings)} | findings)
        names = block.cells.column_names
        last = block
        if request.target not in names or (request.group is not None and request.group not in names):
            # Whoever needs the column says so, and has no use for the rest.
            seen = block.cells.num_rows
            return _Reading(Drawn(block.cells, np.arange(seen), seen, by_target=False), block, tuple(findings.values()))
        drawer.add(block.cells)
        if request.seconds is None:
            continue
        elapsed = time.monotonic() - began
        if is_quick and block.share < 1 and (elapsed > _FIRST_SECONDS or block.share > _FIRST_SHARE):
            if elapsed > block.share * request.seconds:
                left = max(0.0, request.seconds - elapsed)
                raise _TooSlowError(min(_OF_WHAT_IS_LEFT * left * block.share / elapsed, 1.0))
        elif not is_quick and elapsed > request.seconds:
            return _Reading(drawer.drawn(), last, tuple(findings.values()), share=0.0, quick=False)
    return _Reading(drawer.drawn(), last, tuple(findings.values()), quick=is_quick)


def _finished(source: str, request: SampleRequest, reading: _Reading, seconds: float) -> Table:
    drawn = reading.drawn
    if not drawn.cells.num_rows and drawn.seen:
        raise DataError(
            f"Not one group of '{request.group}' fits into the memory that may be used.",
            "Give more --max-memory, or leave out --group.",
        )
    total = round(drawn.seen / reading.share) if reading.share else drawn.seen
    if drawn.cells.num_rows == total:
        return block_table(drawn.cells, source, reading.last, reading.findings)
    table = block_table(drawn.cells, source, reading.last, (*reading.findings, _finding(request, reading)))
    draw = Draw(total, drawn.positions if reading.share == 1 else None, reading.quick, seconds)
    return replace(table, draw=draw)


def _finding(request: SampleRequest, reading: _Reading) -> Finding:
    drawn, seen = f"{reading.drawn.cells.num_rows:,}", f"{reading.drawn.seen:,}"
    how = "at random"
    if request.group is not None:
        how = f"at random in whole groups of '{request.group}'"
    elif reading.drawn.by_target:
        how = f"at random, so that what '{request.target}' holds keeps its shares"
    if reading.share == 1:
        message = f"The table has {seen} rows, more than there is memory for: {drawn} of them were drawn {how}."
        action = "The search learns from these; --max-memory lets them be more."
        return Finding("rows_drawn", Severity.INFO, message, action=action)
    where = f"parts from all over the file, {reading.share:.0%} of it," if reading.parts else "the beginning"
    message = (
        f"There was no time to read all of the table: {where} with {seen} rows, of which {drawn} were drawn {how}."
        if reading.parts
        else f"There was no time to read all of the table: of its first {seen} rows, {drawn} were drawn {how}."
    )
    action = "Models learn from these; a longer --time-budget reads all."
    return Finding("rows_drawn", Severity.WARNING, message, action=action)
