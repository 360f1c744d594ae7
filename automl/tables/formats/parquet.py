"""Parquet files."""

from __future__ import annotations

from automl.tables.frames import read_parquet
from automl.tables.options import ReadOptions
from automl.tables.sources import ByteSource
from automl.tables.table import Table

__all__ = ["read"]


def read(opened: ByteSource, _options: ReadOptions) -> Table:
    """Read a whole Parquet file as text cells."""
    return read_parquet(opened)
