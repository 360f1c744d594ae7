"""What a Python program hands in as DATA: a DataFrame, or what names a file."""

from __future__ import annotations

import os
from os import PathLike

import pandas as pd

from automl.errors import UsageError
from automl.tables.collecting import read_table
from automl.tables.frames import as_text_table, table_from_frame
from automl.tables.options import ReadOptions
from automl.tables.table import Table

__all__ = ["Data", "check_data", "given_table"]

#: What may be handed in.
Data = pd.DataFrame | str | PathLike[str]


def given_table(data: Data, columns: tuple[str, ...] = (), *, hashed: bool = True) -> Table:
    """Return what was handed in as a table of text cells.

    Parameters
    ----------
    data : DataFrame or path
        Or whatever else DATA may be on the command line.
    columns : tuple of str, optional
        Names that the header of a file is known to hold.
    hashed : bool, optional
        Whether the digest of a DataFrame is taken, which costs a third of the time.

    Raises
    ------
    UsageError
        If it is neither a DataFrame nor a path.
    DataError
        As for :func:`~automl.tables.read_table`, or if a DataFrame has no columns.
    """
    check_data(data)
    if isinstance(data, pd.DataFrame):
        return table_from_frame(data) if hashed else as_text_table(data)
    return read_table(os.fspath(data), ReadOptions(columns=columns))


def check_data(data: object) -> None:
    """Refuse what is neither a DataFrame nor a path, with UsageError."""
    if isinstance(data, pd.DataFrame) or (isinstance(data, str | PathLike) and isinstance(os.fspath(data), str)):
        return
    raise UsageError(
        f"The data must be a DataFrame or a path. Got {None if data is None else type(data).__name__} instead.",
        "Give a pandas DataFrame with named columns, or the path of a file.",
    )
