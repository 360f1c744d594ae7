"""Records of named values, as JSON and XML hold them, turned into a table of text cells."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from automl.errors import DataError
from automl.files import encodable
from automl.tables.frames import named_table
from automl.tables.sources import ByteSource
from automl.tables.table import Table

__all__ = ["NumberText", "flat_values", "table_of_records"]

_MAX_DEPTH = 20
_MAX_PATH_CHARACTERS = 256


class NumberText(str):
    """A number of a JSON file, every digit of it as it stands."""

    __slots__ = ()


def table_of_records(records: Sequence[Mapping[str, Any]], opened: ByteSource) -> Table:
    """Return a table with one row a record; what is nested gets names such as ``address.city``.

    Numbers keep their digits, lists stand as JSON, a name that a record lacks is an empty cell. Half of
    a pair, which JSON can write and no file can hold as text, stands as its escape.

    Raises
    ------
    DataError
        If there are no records.
    """
    rows = [{encodable(name): encodable(_text(value)) for name, value in flat_values(record)} for record in records]
    names = list(dict.fromkeys(name for row in rows for name in row))
    if not names:
        raise DataError(f"'{opened.name}' holds no records.", "Give a list of objects, or one object a line.")
    columns = [pd.array([row.get(name, "") for row in rows], dtype="str") for name in names]
    return named_table(pd.DataFrame(dict(zip(names, columns, strict=True))), opened)


def flat_values(record: Mapping[str, Any], prefix: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Yield the names and values of a record; what is nested gets names such as ``address.city``.

    What is nested too deeply, or behind names that are too long to be repeated for each value, is left as it stands.
    """
    for name, value in record.items():
        if (
            isinstance(value, Mapping)
            and value
            and depth < _MAX_DEPTH
            and len(prefix) + len(name) <= _MAX_PATH_CHARACTERS
        ):
            yield from flat_values(value, f"{prefix}{name}.", depth + 1)
        else:
            yield f"{prefix}{name}", value


def _text(value: object) -> str:
    return "" if value is None else value if isinstance(value, str) else _json(value)


def _json(value: object) -> str:
    """Write a value as JSON; numbers as they stood in the file."""
    if isinstance(value, NumberText):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_json, value))}]"
    if isinstance(value, Mapping):
        return (
            f"{{{', '.join(f'{json.dumps(name, ensure_ascii=False)}: {_json(each)}' for name, each in value.items())}}}"
        )
    return json.dumps(value, ensure_ascii=False)
