"""JSON lines: one object a line."""

from __future__ import annotations

import json
from typing import Any

from automl.errors import DataError
from automl.tables.encoding import decode, find_encoding
from automl.tables.formats.records import NumberText, table_of_records
from automl.tables.options import ReadOptions
from automl.tables.sources import ByteSource
from automl.tables.table import Table

__all__ = ["read", "read_lines"]


def read(opened: ByteSource, options: ReadOptions) -> Table:
    """Read one record a line; a file that is one JSON value over several lines is read as that.

    Raises
    ------
    DataError
        If a line is no JSON object.
    """
    content = opened.drain()
    return read_lines(decode(content, options.encoding or find_encoding(content), opened.name), opened)


def read_lines(text: str, opened: ByteSource) -> Table:
    """Read the lines of a text as records."""
    records: list[dict[str, Any]] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            records.append(_record(line, number, opened.name))
    return table_of_records(records, opened)


def _record(line: str, number: int, name: str) -> dict[str, Any]:
    try:
        value = json.loads(line, parse_float=NumberText, parse_int=NumberText)
    except (ValueError, RecursionError) as error:
        raise DataError(f"Line {number:,} of '{name}' is no JSON: {error}.", "Correct or remove that line.") from error
    if not isinstance(value, dict):
        raise DataError(f"Line {number:,} of '{name}' is no JSON object.", "Give one object a line.")
    return value
