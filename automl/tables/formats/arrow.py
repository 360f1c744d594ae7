"""Feather and Arrow files: the Arrow IPC format, as a file or as a stream."""

from __future__ import annotations

from automl.errors import DataError
from automl.tables.frames import named_table
from automl.tables.options import ReadOptions
from automl.tables.sources import ByteSource
from automl.tables.table import Table

__all__ = ["read"]

_FILE_MAGIC = b"ARROW1"


def read(opened: ByteSource, _options: ReadOptions) -> Table:
    """Read a whole Arrow file as text cells.

    Raises
    ------
    DataError
        If it is damaged.
    """
    import pyarrow as pa

    content = opened.drain()
    try:
        opener = pa.ipc.open_file if content.startswith(_FILE_MAGIC) else pa.ipc.open_stream
        frame = opener(pa.BufferReader(content)).read_all().to_pandas(ignore_metadata=True)
    except (pa.ArrowException, OSError) as error:
        raise DataError(
            f"'{opened.name}' is a damaged Arrow file: {error}.", "Write it again, or give a .csv file."
        ) from error
    return named_table(frame, opened)
