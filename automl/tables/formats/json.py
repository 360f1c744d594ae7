"""JSON files: a list of objects, an object that holds one, an object of columns, or any layout of pandas."""

from __future__ import annotations

import json
from collections.abc import Iterable
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
    if isinstance(value, dict) and (of_pandas := _split_records(value) or _indexed_records(value)):
        return of_pandas
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


def _split_records(value: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the records of names and rows that stand apart, as pandas' ``orient="split"`` writes them."""
    if not {"columns", "data"} <= value.keys() <= {"columns", "index", "data"}:
        return []
    names, rows = value["columns"], value["data"]
    if not isinstance(names, list) or not isinstance(rows, list) or not all(isinstance(name, str) for name in names):
        return []
    if len(set(names)) < len(names) or not all(isinstance(row, list) and len(row) == len(names) for row in rows):
        return []
    return [dict(zip(names, row, strict=True)) for row in rows]


def _indexed_records(value: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the records of objects by name that all have the same keys.

    By default pandas writes an object for each column, whose keys number the rows; with ``orient="index"`` an object
    for each row. What the rows are called is no column, as it is none in a Parquet file.
    """
    parts = list(value.values())
    if not parts or not all(isinstance(part, dict) and part and part.keys() == parts[0].keys() for part in parts):
        return []
    if _are_row_numbers(parts[0]):
        return [{name: part[row] for name, part in value.items()} for row in parts[0]]
    # An object in an object is a record with one nested value, but two of one shape are two records.
    return parts if len(parts) > 1 or _are_row_numbers(value) else []


def _are_row_numbers(names: Iterable[str]) -> bool:
    """Whether names are whole numbers; rows that were picked from a table keep theirs."""
    return all(name.isascii() and name.isdigit() for name in names)
