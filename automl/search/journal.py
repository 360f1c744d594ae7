"""An append-only file of JSON lines that survives being cut off anywhere."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from automl.files import explained_writing

__all__ = ["Journal", "read_records"]


def read_records(path: Path) -> list[dict[str, Any]]:
    """Return the whole records of a journal; none where there is no file."""
    return _whole_records(path)[0]


class Journal:
    """A journal opened for appending; what stands behind its last whole record is cut off.

    Parameters
    ----------
    path : Path
        Is made where it is missing.
    """

    def __init__(self, path: Path) -> None:
        _, length = _whole_records(path)
        self._path = path
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        os.truncate(self._descriptor, length)

    def append(self, record: Mapping[str, Any], *, sync: bool) -> None:
        """Add a record; with ``sync`` it is on the disk when this returns.

        Raises
        ------
        WriteError
            If it cannot be written; a part of it may stand at the end of the file, which the next reader cuts off.
        """
        line = json.dumps(record, default=_plain).encode() + b"\n"
        size = len(line)
        with explained_writing(self._path, lambda: size):
            while line:
                line = line[os.write(self._descriptor, line) :]
            if sync:
                os.fsync(self._descriptor)

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)


def _whole_records(path: Path) -> tuple[list[dict[str, Any]], int]:
    """Return the records before the first that is not whole, and how many bytes they take."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return [], 0
    records: list[dict[str, Any]] = []
    length = 0
    for line in content.splitlines(keepends=True):
        try:
            record = json.loads(line)
        except ValueError:
            break
        if not line.endswith(b"\n") or not isinstance(record, dict):
            break
        records.append(record)
        length += len(line)
    return records, length


def _plain(value: Any) -> Any:
    """Return a NumPy number as Python's own."""
    return value.item()
