"""Feather and Arrow files: the Arrow IPC format, as a file or as a stream."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pandas as pd

from automl.errors import DataError
from automl.tables.frames import frame_of_rows, named_table
from automl.tables.options import ReadOptions
from automl.tables.sources import ByteSource
from automl.tables.table import Table

__all__ = ["FILE_MAGIC", "damage_told", "frame_of_arrow", "read"]

FILE_MAGIC = b"ARROW1"


def read(opened: ByteSource, _options: ReadOptions) -> Table:
    """Read a whole Arrow file as text cells.

    Raises
    ------
    DataError
        If it is damaged.
    """
    import pyarrow as pa

    content, name = opened.drain(), opened.name
    with damage_told(name):
        opener = pa.ipc.open_file if content.startswith(FILE_MAGIC) else pa.ipc.open_stream
        table = opener(pa.BufferReader(content)).read_all()
    return named_table(frame_of_arrow(table, name), opened)


@contextmanager
def damage_told(name: str) -> Iterator[None]:
    """Raise what Arrow raises at bytes that it cannot read as a DataError that names them."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError, OverflowError, ValueError) as error:
        message = f"'{name}' is a damaged Arrow file: {error}."
        raise DataError(message, "Write it again, or give a .csv file.") from error


def frame_of_arrow(table: Any, name: str) -> pd.DataFrame:
    """Return the rows of an Arrow table, checked so that none of it points outside of the content.

    Raises
    ------
    DataError
        If it is damaged, or holds a value that is none.
    """
    with damage_told(name):
        table.validate(full=True)
        _ = table.schema.names  # Decodes them.
        return frame_of_rows(table)
