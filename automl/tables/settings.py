"""Blocks of settings above a table, a key and its value on each line: they are no table, however many they are."""

from __future__ import annotations

from collections.abc import Sequence

from automl.tables.celltypes import is_typed
from automl.tables.records import Record
from automl.tables.rows import filled_width

__all__ = ["are_settings"]

_MAX_SETTINGS = 40
_PAIR = 2
_MOST = 0.8


def are_settings(records: Sequence[Record]) -> bool:
    """Whether records are pairs of a key and a value, the keys different texts and the values of several kinds.

    A table of two columns, such as dates and amounts, has values of one kind.
    """
    rows = [record.cells for record in records if not record.is_empty]
    if not 1 < len(rows) <= _MAX_SETTINGS:
        return False
    if sum(filled_width(cells) <= _PAIR for cells in rows) < _MOST * len(rows):
        return False
    keys = [cells[0].strip() for cells in rows]
    values = [cells[1:] for cells in rows if any(cell.strip() for cell in cells[1:])]
    n_texts = sum(bool(key) and not is_typed(key) for key in keys)
    n_typed = sum(any(map(is_typed, value)) for value in values)
    are_keys = n_texts >= _MOST * len(keys) and len(set(keys)) >= _MOST * len(keys)
    return are_keys and 0 < n_typed < _MOST * len(values)
