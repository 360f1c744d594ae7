"""Feather and Arrow files: the Arrow IPC format, as a file or as a stream."""

from __future__ import annotations

import pandas as pd

from automl.errors import DataError
from automl.tables.frames import named_table
from automl.tables.options import ReadOptions
from automl.tables.sources import ByteSource
from automl.tables.table import Table

__all__ = ["arrow_frame", "read"]

_FILE_MAGIC = b"ARROW1"


def read(opened: ByteSource, _options: ReadOptions) -> Table:
    """Read a whole Arrow file as text cells.

    Raises
    ------
    DataError
        If it is damaged.
    """
    return named_table(arrow_frame(opened.drain(), opened.name), opened)


def arrow_frame(content: bytes, name: str) -> pd.DataFrame:
    """Return the rows of an Arrow file or stream; DataError where it is damaged."""
    import pyarrow as pa

    try:
        opener = pa.ipc.open_file if content.startswith(_FILE_MAGIC) else pa.ipc.open_stream
        frame: pd.DataFrame = opener(pa.BufferReader(content)).read_all().to_pandas(ignore_metadata=True)
    except (pa.ArrowException, OSError) as error:
        raise DataError(
            f"'{name}' is a damaged Arrow file: {error}.", "Write it again, or give a .csv file."
        ) from error
    return frame
