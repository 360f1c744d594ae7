"""Tables that come typed already: DataFrames and Parquet files, turned into text cells."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from automl.errors import DataError
from automl.tables.formats.cells import database_text
from automl.tables.rows import unique_names
from automl.tables.sources import ByteSource
from automl.tables.table import Table

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "as_text_table",
    "frame_of_rows",
    "named_table",
    "read_parquet",
    "read_parquet_blocks",
    "table_from_frame",
]


def table_from_frame(frame: pd.DataFrame) -> Table:
    """Turn a DataFrame into a table of text cells with the hash of its content.

    Raises
    ------
    DataError
        If the frame has no columns.
    """
    table = as_text_table(frame)
    digest = hashlib.sha256("\x1f".join(table.cells.columns).encode())
    digest.update(pd.util.hash_pandas_object(table.cells, index=False).to_numpy().tobytes())
    return replace(table, sha256=digest.hexdigest())


def as_text_table(frame: pd.DataFrame) -> Table:
    """Turn a DataFrame into a table of text cells; missing values become empty cells, the index is left out.

    Raises
    ------
    DataError
        If the frame has no columns.
    """
    if not frame.shape[1]:
        raise DataError("The DataFrame has no columns.", "Give one with features and a target.")
    names, findings = unique_names([str(name) for name in frame.columns])
    cells = pd.DataFrame({name: _as_text(frame.iloc[:, position]) for position, name in enumerate(names)})
    return Table(cells, "DataFrame", "", findings=findings)


def named_table(frame: pd.DataFrame, opened: ByteSource) -> Table:
    """Turn a DataFrame that was read from a file into a table that says so."""
    return replace(as_text_table(frame), source=opened.name, sha256=opened.sha256)


def read_parquet(opened: ByteSource) -> Table:
    """Read a whole Parquet file as text cells."""
    import pyarrow as pa
    from pyarrow import parquet

    content = opened.drain()
    try:
        # Another function of pyarrow's reads a table in one line, but none where two columns have one name.
        frame = frame_of_rows(parquet.ParquetFile(io.BytesIO(content)).read())
    except (pa.ArrowException, OSError) as error:
        raise _damaged(opened.name, error) from error
    return named_table(frame, opened)


def read_parquet_blocks(opened: ByteSource, rows: int) -> Iterator[Table]:
    """Read a Parquet file block by block as text cells; the packed file is held in memory."""
    import pyarrow as pa
    from pyarrow import parquet

    content = opened.drain()
    try:
        file = parquet.ParquetFile(io.BytesIO(content))
        empty = frame_of_rows(file.schema_arrow.empty_table())
        is_first = True
        for batch in file.iter_batches(batch_size=rows):
            is_first = False
            yield named_table(frame_of_rows(pa.Table.from_batches([batch])), opened)
    except (pa.ArrowException, OSError) as error:
        raise _damaged(opened.name, error) from error
    if is_first:
        yield named_table(empty, opened)


def frame_of_rows(rows: pa.Table) -> pd.DataFrame:
    """Return rows of a Parquet or Arrow file; whole numbers stay whole where some are missing, 3 and not 3.0."""
    frame: pd.DataFrame = rows.to_pandas(ignore_metadata=True, integer_object_nulls=True)
    return frame


def _damaged(name: str, error: Exception) -> DataError:
    return DataError(f"'{name}' is a damaged Parquet file: {error}.", "Write it again, or give a .csv file.")


def _as_text(column: pd.Series) -> pd.Series:
    values = column.reset_index(drop=True)
    return _loose_text(values) if _is_loose(values) else _plain_text(values)


def _is_loose(values: pd.Series) -> bool:
    return isinstance(values.dtype, pd.CategoricalDtype) or values.dtype == object


def _loose_text(values: pd.Series) -> pd.Series:
    present = values.astype("object").where(values.notna(), "")
    try:
        return present.astype("str")
    except UnicodeDecodeError:  # From bytes that are no text, such as those of pictures and digests.
        return present.map(_replaced).astype("str")


def _replaced(value: object) -> object:
    return database_text(value) if isinstance(value, bytes) else value


def _plain_text(values: pd.Series) -> pd.Series:
    return values.astype("str").where(values.notna(), "")
