"""A plain file of delimited text as it passes by: the regular needs neither a look at the whole nor a copy of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np

from automl.memory import give_back_memory
from automl.tables.cellbuffers import CellBuffers
from automl.tables.encoding import check_is_text, find_encoding
from automl.tables.fastcsv import has_odd_quotes, is_only_split
from automl.tables.formats.registry import find_format
from automl.tables.guesses import encoding_findings
from automl.tables.options import ReadOptions
from automl.tables.plan import TextPlan, plan_text
from automl.tables.remarks import may_be_remarks
from automl.tables.sources import HashingReader, open_path
from automl.tables.table import Table
from automl.tables.texts import HEAD_CHARACTERS, check_plan, table_of_cells

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "BLOCK_BYTES",
    "HEAD_BYTES",
    "IrregularError",
    "WatchedStream",
    "plan_of_head",
    "read_regular_file",
    "regular_batches",
    "regular_blocks",
]

#: How a file is written and laid out is found from so much of its beginning.
HEAD_BYTES = 1 << 20
#: Of text in one batch of rows.
BLOCK_BYTES = 1 << 20
_REPLACEMENT = "\ufffd".encode()
_LINE_FEED = ord("\n")


class IrregularError(Exception):
    """The file is not as regular as a quick reader needs it: the one that repairs has to read it."""


def read_regular_file(path: Path, options: ReadOptions) -> Table:
    """Read a large file of delimited text in UTF-8, in which every line is a row of as many cells as the header.

    Its cells are all that is held of it, and all below the header counts as the table.

    Raises
    ------
    IrregularError
        Where some row is ragged, some quote odd, or the file is something else.
    """
    import pyarrow as pa

    with open_path(str(path)) as stream:
        plan = plan_of_head(stream.read(HEAD_BYTES), options, str(path))
    buffers = CellBuffers(plan.layout.width)
    size = path.stat().st_size
    with open_path(str(path)) as stream:
        watched = WatchedStream(stream, plan)
        for number, batch in enumerate(regular_batches(watched, plan), 1):
            buffers.add(batch.columns, min(1.0, number * BLOCK_BYTES / size))
    if buffers.n_rows + plan.dialect.skip_rows + plan.layout.header.n_rows != watched.n_lines:
        raise IrregularError("lines are blank, or belong to one row")
    give_back_memory()
    cells = pa.table(buffers.arrays(), names=list(plan.names)).to_pandas().astype("str")
    replaced = encoding_findings(watched.n_replaced, "utf-8", is_given=options.encoding is not None)
    return table_of_cells(cells, plan, str(path), watched.digest.hexdigest(), replaced)


def regular_blocks(path: Path, options: ReadOptions, rows: int) -> Iterator[Table]:
    """Read such a file block by block; the findings about it stand with the first block.

    Parameters
    ----------
    path : Path
    options : ReadOptions
    rows : int
        Rows per block.

    Raises
    ------
    IrregularError
        Where the file turns out to be irregular; the blocks until there are those that the readers that repair return.
    """
    with open_path(str(path)) as stream:
        plan = plan_of_head(stream.read(HEAD_BYTES), options, str(path))
    with open_path(str(path)) as stream:
        watched = WatchedStream(stream, plan)
        last: Table | None = None
        for cells in _cut(regular_batches(watched, plan), rows):
            if last is not None:
                yield last
            findings = plan.findings if last is None else ()
            frame = cells.to_pandas().astype("str")
            last = Table(frame, str(path), watched.digest.hexdigest(), plan.dialect, findings)
    if last is not None:
        # By now the digest is that of the whole.
        yield replace(last, sha256=watched.digest.hexdigest())


def _cut(batches: Iterable[pa.RecordBatch], rows: int) -> Iterator[pa.Table]:
    """Put batches together to tables of so many rows, but for the last."""
    import pyarrow as pa

    pending: pa.Table | None = None
    for batch in batches:
        table = pa.Table.from_batches([batch])
        pending = table if pending is None else pa.concat_tables([pending, table])
        while len(pending) >= rows:
            yield pending.slice(0, rows)
            pending = pending.slice(rows)
    if pending is not None and len(pending):
        yield pending


def plan_of_head(head: bytes, options: ReadOptions, name: str) -> TextPlan:
    """Return how a file is to be read by its first :data:`HEAD_BYTES` bytes.

    Raises
    ------
    IrregularError
        Where it needs more than to be split at delimiters.
    """
    encoding = options.encoding or find_encoding(head, is_whole=False)
    if find_format(head, name) is not None or b"\0" in head:
        raise IrregularError("it is no plain text")
    check_is_text(head, name)
    if encoding.lower().replace("_", "-") not in ("utf-8", "utf-8-sig", "utf8", "ascii"):
        raise IrregularError(f"it is written in {encoding}")
    text = head.decode("utf-8-sig", errors="ignore")[:HEAD_CHARACTERS]
    plan = plan_text(text, replace(options, encoding="utf-8"), is_whole=False)
    check_plan(plan, name)
    if not is_only_split(plan):
        raise IrregularError("its rows need more than to be split")
    return plan


def regular_batches(
    stream: WatchedStream, plan: TextPlan, invalid_row_handler: Callable[[object], str] | None = None
) -> Iterator[pa.RecordBatch]:
    """Yield the rows below the header, each of as many text cells as the plan has columns.

    Parameters
    ----------
    stream : WatchedStream
    plan : TextPlan
    invalid_row_handler : callable, optional
        Says what becomes of a row with more or fewer cells (see ``pyarrow.csv.ParseOptions``).

    Raises
    ------
    IrregularError
        Where such a row is not handled, or the stream refuses what passes.
    """
    import pyarrow as pa
    from pyarrow import csv

    try:
        reader = csv.open_csv(
            pa.PythonFile(stream, "r"),
            read_options=csv.ReadOptions(
                column_names=list(plan.names),
                skip_rows=plan.dialect.skip_rows,
                skip_rows_after_names=plan.layout.header.n_rows,
                block_size=BLOCK_BYTES,
                use_threads=False,
            ),
            parse_options=csv.ParseOptions(
                delimiter=plan.dialect.delimiter,
                quote_char=plan.dialect.quote or False,
                invalid_row_handler=invalid_row_handler,
            ),
            convert_options=csv.ConvertOptions(
                column_types={name: pa.string() for name in plan.names}, strings_can_be_null=False
            ),
        )
        for batch in reader:
            if may_be_remarks(batch.column(0)):
                raise IrregularError("some of its rows may be remarks")
            yield batch
    except (pa.ArrowInvalid, pa.ArrowKeyError) as error:
        raise IrregularError(str(error)) from error
    stream.check_end()


class WatchedStream(HashingReader):
    """A stream that digests what passes, and refuses what the quick reader would read otherwise than the other one.

    Attributes
    ----------
    n_replaced : int
        Characters so far that stand for bytes which were none.
    """

    def __init__(self, stream: IO[bytes], plan: TextPlan) -> None:
        super().__init__(stream)
        self.n_replaced = 0
        self._plan = plan
        self._quote = plan.dialect.quote.encode()
        self._rest = b""
        self._n_quotes = 0
        self._n_line_feeds = 0
        self._n_returns = 0
        self._end = b""

    @property
    def n_lines(self) -> int:
        """How many lines have passed."""
        return (self._n_line_feeds or self._n_returns) + (not self._end.endswith((b"\n", b"\r")))

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill ``buffer`` and return how many bytes that took; refuse what is irregular among them."""
        count = super().readinto(buffer)
        if not count:
            return 0
        chunk = bytes(buffer[:count])
        if b"\0" in chunk:
            raise IrregularError("it holds NUL characters")
        self._n_line_feeds += chunk.count(b"\n")
        self._n_returns += 0 if self._n_line_feeds else chunk.count(b"\r")
        # A character of several bytes may have been cut where the last chunk ended.
        self.n_replaced += chunk.count(_REPLACEMENT) + (self._end + chunk[: len(_REPLACEMENT) - 1]).count(_REPLACEMENT)
        self._end = chunk[1 - len(_REPLACEMENT) :]
        if self._quote:
            self._look_at_quotes(chunk)
        return count

    def _look_at_quotes(self, chunk: bytes) -> None:
        """Refuse odd quotes; what one stands beside is looked at in whole lines."""
        self._n_quotes += chunk.count(self._quote)
        if self._n_quotes and not self._n_line_feeds and b"\r" in chunk:
            raise IrregularError("its lines end with carriage returns alone")
        lines, _, self._rest = (self._rest + chunk).rpartition(b"\n")
        self._check_lines(lines)

    def _check_lines(self, lines: bytes) -> None:
        if self._quote in lines and (has_odd_quotes(lines, self._plan) or self._joins_lines(lines)):
            raise IrregularError("quotes stand inside cells, or around several lines")

    def _joins_lines(self, lines: bytes) -> bool:
        """Whether a line ends within quotes."""
        characters = np.frombuffer(lines, dtype=np.uint8)
        is_within = np.cumsum(characters == self._quote[0], dtype=np.int64) % 2
        return bool(is_within[characters == _LINE_FEED].any())

    def check_end(self) -> None:
        """Refuse a file whose last line has an odd quote, or in which a quote is left open."""
        if self._quote:
            self._check_lines(self._rest)
        if self._n_quotes % 2:
            raise IrregularError("a quote is left open")
