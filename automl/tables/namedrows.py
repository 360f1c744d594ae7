"""A row of names and the rows below it, while it is not known yet how many cells those should have."""

from __future__ import annotations

from collections.abc import Sequence

from automl.tables.celltypes import is_typed
from automl.tables.records import Record

__all__ = ["find_names", "joined_record"]

_MAX_ABOVE = 50
_MIN_NAMES = 3


def find_names(records: Sequence[Record]) -> int | None:
    """Return the position of the first record that can hold the names of three columns or more; None without one.

    All its cells are filled, different texts; none begins with a space, as the second half of a text does.
    """
    above = enumerate(records[:_MAX_ABOVE])
    return next((at for at, record in above if _are_names(record.cells)), None)


def _are_names(cells: Sequence[str]) -> bool:
    are_filled = len(cells) >= _MIN_NAMES and all(cell.strip() and cell[0] != " " for cell in cells)
    return are_filled and len(set(cells)) == len(cells) and not any(map(is_typed, cells))


def joined_record(record: Record, groups: Sequence[tuple[int, int]], joiner: str) -> Record:
    """Return a record with groups of its cells, each a first position and the one behind the last, joined."""
    cells = [joiner.join(record.cells[start:stop]) for start, stop in groups]
    return record._replace(cells=cells)
