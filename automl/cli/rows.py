"""Rows out of a command: streamed block by block to a file or to standard output, in one of four formats."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol

from automl.errors import UsageError
from automl.files import atomic_writer
from automl.outputs import check_place

if TYPE_CHECKING:
    import pandas as pd

    from automl.cli.options import Common

__all__ = ["OUTPUT_FORMATS", "RowWriter", "check_output", "has_dates", "has_types", "open_rows", "rows_place"]

OUTPUT_FORMATS = (".csv", ".tsv", ".parquet", ".jsonl")


class RowWriter(Protocol):
    """Takes the rows of an output block by block; the first block decides the columns and may be empty."""

    def write(self, block: pd.DataFrame) -> None:
        """Write the rows of one block."""


class _DelimitedWriter:
    """CSV or TSV with a header; floats with as many digits as it takes to read them back unchanged."""

    def __init__(self, stream: IO[str], delimiter: str) -> None:
        self._stream = stream
        self._delimiter = delimiter
        self._started = False

    def write(self, block: pd.DataFrame) -> None:
        """Write the rows of one block."""
        writer = csv.writer(self._stream, delimiter=self._delimiter, lineterminator="\n")
        if not self._started:
            writer.writerow(block.columns)
            self._started = True
        writer.writerows(zip(*_text_columns(block), strict=True))


class _JsonLinesWriter:
    """One JSON object a row; a missing value is null."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, block: pd.DataFrame) -> None:
        """Write the rows of one block."""
        names = list(block.columns)
        for row in zip(*(_values(block[name]) for name in names), strict=True):
            self._stream.write(f"{json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False)}\n")


class _ParquetWriter:
    """One Parquet row group a block; the first block decides the types."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._writer: Any = None

    def write(self, block: pd.DataFrame) -> None:
        """Write the rows of one block."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        if self._writer is None:
            self._writer = pq.ParquetWriter(self._stream, _arrow_schema(block))
        table = pa.Table.from_pandas(block, schema=self._writer.schema, preserve_index=False)
        self._writer.write_table(table)

    def close(self) -> None:
        """Write the footer."""
        if self._writer is not None:
            self._writer.close()


def check_output(path: str, inputs: Mapping[str, str]) -> Path:
    """Return the output's path, or refuse it before any work.

    Parameters
    ----------
    path : str
    inputs : mapping of str to str
        What the command reads, by what it is called; none of them may be the output.

    Raises
    ------
    UsageError
        If the ending is not known, or the path is a folder or one of the inputs.
    WriteError
        If its folder is missing or no file can be made there.
    """
    output = Path(path)
    if output.suffix.lower() not in OUTPUT_FORMATS:
        raise UsageError(f"The ending of '{path}' is not known.", f"End it with {', '.join(OUTPUT_FORMATS)}.")
    check_place(output, "--output", inputs, overwrite=True)
    return output


def rows_place(output: str | None, inputs: Mapping[str, str], common: Common) -> Path | None:
    """Return where a command's rows go; None stands for standard output.

    Raises
    ------
    UsageError
        As for :func:`check_output`; and if ``--json`` wants standard output for itself.
    """
    if output is not None and output != "-":
        return check_output(output, inputs)
    if common.json:
        raise UsageError("--json needs --output: the rows have to go somewhere.", "Add --output FILE.csv.")
    return None


def has_types(output: Path | None) -> bool:
    """Whether an output tells numbers and truth values from texts; None stands for standard output."""
    return output is not None and output.suffix.lower() in (".parquet", ".jsonl")


def has_dates(output: Path | None) -> bool:
    """Whether an output tells dates from texts, too."""
    return output is not None and output.suffix.lower() == ".parquet"


@contextmanager
def open_rows(output: Path | None) -> Iterator[RowWriter]:
    """Yield a writer to a file, which appears whole or not at all, or to standard output as CSV (None).

    Raises
    ------
    WriteError
        If the file cannot be written.
    """
    if output is None:
        yield _DelimitedWriter(sys.stdout, ",")
        return
    with atomic_writer(output) as stream:
        if output.suffix.lower() == ".parquet":
            parquet = _ParquetWriter(stream)
            try:
                yield parquet
            finally:
                parquet.close()
            return
        text = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=False)
        yield _JsonLinesWriter(text) if output.suffix.lower() == ".jsonl" else _delimited(text, output)
        text.flush()
        text.detach()


def _delimited(text: IO[str], output: Path) -> RowWriter:
    return _DelimitedWriter(text, "\t" if output.suffix.lower() == ".tsv" else ",")


def _values(column: pd.Series[Any]) -> list[Any]:
    """Return Python values; None where a cell is missing."""
    return column.astype(object).where(column.notna(), None).tolist()


def _text_columns(block: pd.DataFrame) -> Iterator[list[str]]:
    """Yield each column's cells as text; empty where a cell is missing."""
    # All at once: for thousands of columns, pandas' work for each takes longer than the cells do.
    for column in block.to_numpy(dtype=object).T:
        yield [value if isinstance(value, str) else "" if _is_missing(value) else repr(value) for value in column]


def _is_missing(value: object) -> bool:
    return value is None or value != value


def _arrow_schema(block: pd.DataFrame) -> Any:
    """Return the Arrow schema of a block: Arrow's types are kept, floats are float64, everything else is text."""
    import pyarrow as pa

    return pa.schema([(name, _arrow_type(block[name])) for name in block.columns])


def _arrow_type(column: pd.Series[Any]) -> Any:
    import pandas as pd
    import pyarrow as pa
    from pandas.api.types import is_float_dtype

    if isinstance(column.dtype, pd.ArrowDtype):
        return column.dtype.pyarrow_dtype
    return pa.float64() if is_float_dtype(column) else pa.string()
