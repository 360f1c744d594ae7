"""JSON files: a list of objects, an object that holds one, or an object of columns."""

from __future__ import annotations

import json
from typing import Any

from automl.errors import DataError
from automl.tables.encoding import decode, find_encoding
from automl.tables.formats.jsonlines import read_lines
from automl.tables.formats.records import NumberText, table_of_records
from automl.tables.options import ReadOptions
from automl.tables.sources import ByteSource
from automl.tables.table import Table

__all__ = ["read"]


def read(opened: ByteSource, options: ReadOptions) -> Table:
    """Read the records of a JSON file.

    Raises
    ------
    DataError
        If it is no JSON, or holds no records.
    """
    content = opened.drain()
    text = decode(content, options.encoding or find_encoding(content), opened.name)
    try:
        value = json.loads(text, parse_float=NumberText, parse_int=NumberText)
    except (ValueError, RecursionError) as error:
        if text.lstrip().startswith("{") and "\n" in text.strip():
            return read_lines(text, opened)
        raise DataError(f"'{opened.name}' is no JSON: {error}.", "Write it again, or give a .csv file.") from error
    return table_of_records(_records(value, opened.name), opened)


def _records(value: Any, name: str) -> list[dict[str, Any]]:
    if isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
        return value
    if isinstance(value, list) and value and all(isinstance(each, list) for each in value):
        return [{f"col_{position}": cell for position, cell in enumerate(row)} for row in value]
    if isinstance(value, dict):
        lists = [each for each in value.values() if isinstance(each, list)]
        if lists and len(lists) == len(value) and not any(isinstance(each, dict) for each in lists[0]):
            longest = max(map(len, lists))
            return [{key: column[row] for key, column in value.items() if row < len(column)} for row in range(longest)]
        found = max(lists, key=len, default=None)
        return _records(found, name) if found else [value]
    raise DataError(f"'{name}' holds no records.", "Give a list of objects, or one object a line.")
