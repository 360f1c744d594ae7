"""Records that have to be put together before they are laid out: their cells were cut, or their lines broken."""

from __future__ import annotations

from collections.abc import Sequence

from automl.tables.brokenrecords import BrokenRecords, find_broken_records
from automl.tables.cutcells import CutCells, find_cut_cells
from automl.tables.cutnumbers import CutNumbers, find_cut_numbers
from automl.tables.records import Record

__all__ = ["Mending", "find_mending"]

Mending = BrokenRecords | CutCells | CutNumbers


def find_mending(records: Sequence[Record], delimiter: str) -> Mending | None:
    """Find out how the cells below the names become as many as those; None where nothing has to be done.

    Parameters
    ----------
    records : sequence of Record
        The file, or its beginning.
    delimiter : str
    """
    return (
        find_cut_cells(records, delimiter)
        or find_cut_numbers(records, delimiter)
        or find_broken_records(records, delimiter)
    )
