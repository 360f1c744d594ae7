"""SQLite files: one table or view, read only."""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path

import pandas as pd

from automl.arguments import did_you_mean
from automl.errors import DataError
from automl.inputs import part_name
from automl.tables.formats.cells import database_text
from automl.tables.frames import named_table
from automl.tables.options import ReadOptions
from automl.tables.sources import ByteSource
from automl.tables.table import Table

__all__ = ["read"]

_NAMES = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY name"


def read(opened: ByteSource, _options: ReadOptions) -> Table:
    """Read the table that is named behind ``::``, or the only one.

    Raises
    ------
    DataError
        If there is no such table, several and none named, or the file is damaged.
    """
    content = opened.drain()
    with tempfile.TemporaryDirectory(prefix="automl-") as folder:
        path = Path(folder) / "copy.sqlite"
        path.write_bytes(content)
        try:
            connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
            try:
                frame = _frame(connection, opened)
            finally:
                connection.close()
        except sqlite3.Error as error:
            raise DataError(
                f"'{opened.name}' cannot be read as an SQLite file: {error}.", "Check it, or export the table as .csv."
            ) from error
    return named_table(frame, opened)


def _frame(connection: sqlite3.Connection, opened: ByteSource) -> pd.DataFrame:
    names = [str(name) for (name,) in connection.execute(_NAMES)]
    table = _chosen(names, opened)
    quoted = table.replace('"', '""')
    cursor = connection.execute(f'SELECT * FROM "{quoted}"')  # noqa: S608 - the name is one of the file's own, quoted
    header = [str(column[0]) for column in cursor.description]
    columns = list(zip(*cursor, strict=True)) or [()] * len(header)
    frame = pd.DataFrame(
        dict(enumerate([pd.array([database_text(v) for v in column], dtype="str") for column in columns]))
    )
    frame.columns = pd.Index(header)
    return frame


def _chosen(names: list[str], opened: ByteSource) -> str:
    if opened.part is not None:
        if opened.part not in names:
            hint = did_you_mean(opened.part, names) or f"Its tables: {', '.join(names[:20])}."
            raise DataError(f"'{opened.name}' has no table '{opened.part}'.", hint)
        return opened.part
    if not names:
        raise DataError(f"'{opened.name}' holds no tables.", "Give a file with a table in it.")
    if len(names) > 1:
        raise DataError(
            f"'{opened.name}' holds {len(names)} tables: {', '.join(names[:20])}.",
            f"Name one, as in '{part_name(opened.name, names[0])}'.",
        )
    return names[0]
