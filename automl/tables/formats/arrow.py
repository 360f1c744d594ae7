"""Feather and Arrow files: the Arrow IPC format, as a file or as a stream."""

from __future__ import annotations

from typing import Any

import pandas as pd

from automl.errors import DataError
from automl.tables.frames import named_table
from automl.tables.options import ReadOptions
from automl.tables.sources import ByteSource
from automl.tables.table import Table

__all__ = ["FILE_MAGIC", "arrow_table", "frame_of_arrow", "read"]

FILE_MAGIC = b"ARROW1"


def read(opened: ByteSource, _options: ReadOptions) -> Table:
    """Read a whole Arrow file as text cells.

    Raises
    ------
    DataError
        If it is damaged.
    """
    return named_table(frame_of_arrow(arrow_table(opened.drain(), opened.name), opened.name), opened)


def arrow_table(content: bytes, name: str) -> Any:
    """Return the table of an Arrow file or stream, checked so that none of it points outside of the content.

    Returns
    -------
    pyarrow.Table

    Raises
    ------
    DataError
        If it is damaged.
    """
    import pyarrow as pa

    try:
        opener = pa.ipc.open_file if content.startswith(FILE_MAGIC) else pa.ipc.open_stream
        table = opener(pa.BufferReader(content)).read_all()
        table.validate(full=True)
        _ = table.schema.names  # Decodes them.
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _damaged(name, error) from error
    return table


def frame_of_arrow(table: Any, name: str) -> pd.DataFrame:
    """Return the rows of an Arrow table; DataError where it holds a value that is none."""
    import pyarrow as pa

    try:
        frame: pd.DataFrame = table.to_pandas(ignore_metadata=True)
    except (pa.ArrowException, OverflowError, ValueError) as error:
        raise _damaged(name, error) from error
    return frame


def _damaged(name: str, error: Exception) -> DataError:
    return DataError(f"'{name}' is a damaged Arrow file: {error}.", "Write it again, or give a .csv file.")
