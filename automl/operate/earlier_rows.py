"""The rows that the champion was fitted on, given anew: checked against its manifest, and joined with the new ones."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.bundle import read_reference
from automl.operate.champion import Champion
from automl.preparation.columns import check_column
from automl.report.formatting import percent
from automl.report.lineage_facts import DataFact
from automl.tables import Table
from automl.tables.table import Draw

__all__ = ["EarlierRows", "check_earlier_rows", "copies_note", "data_of", "joined", "stand_among"]


_MANY_COPIES = 0.1
_NEARLY_ALL = 0.9
_UNKNOWN_COPIES = "Whether rows that the champion was fitted on are among these is not known without --train-data."
_DRAWN = (
    "The earlier table has {:,} rows, more than there is memory for: {:,} of them were drawn at random. Which of the "
    "new rows stand among the others is not known."
)


@dataclass(frozen=True)
class EarlierRows:
    """The earlier rows, and what is to be said of them: how they differ from those that the champion was fitted on."""

    tables: tuple[Table, ...]
    notes: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """Their number."""
        return sum(len(table.cells) for table in self.tables)


def check_earlier_rows(tables: tuple[Table, ...], champion: Champion) -> EarlierRows:
    """Hold the tables that are said to be the earlier ones against what the champion's manifest says of them.

    Raises
    ------
    DataError
        If one lacks the target.
    """
    for table in tables:
        check_column(table, champion.facts.target)
    expected, given = champion.data, data_of(tables)
    digests = {each.sha256 for each in given}
    missing = [each for each in expected if each.sha256 not in digests]
    drawn = tuple(_DRAWN.format(table.draw.rows, len(table.cells)) for table in tables if table.draw is not None)
    if not missing:
        return EarlierRows(tables, drawn)
    rows, before = sum(each.rows for each in given), sum(each.rows for each in expected)
    size = f"{rows:,} rows instead of {before:,}" if rows != before else "as many rows, but another content"
    gone = [name for name in champion.model.required_columns if any(name not in each.cells for each in tables)]
    columns = f"; without the column '{gone[0]}' that the champion uses" if gone else ""
    note = (
        f"The earlier rows are not those that the champion was fitted on ({missing[0].name}, SHA-256 "
        f"{missing[0].sha256[:12]}…): {size}{columns}. Which of the new rows it has seen is not known for sure."
    )
    return EarlierRows(tables, (note, *drawn))


def copies_note(champion: Champion, new: Table) -> str:
    """Say what is known of copies of training rows among the new ones where the earlier rows are not given.

    The model file remembers some of its training rows. Where these are nearly all different, and many of them stand in
    the new file too, that file holds the earlier rows.
    """
    share = _remembered_share(champion, new)
    if share < _MANY_COPIES:
        return _UNKNOWN_COPIES
    return (
        f"{percent(share)} of the training rows that the champion remembers stand in the new rows too: it is compared "
        "on rows that it was fitted on, and looks better than it is. Give --train-data, or the rows that came later."
    )


def _remembered_share(champion: Champion, new: Table) -> float:
    reference = read_reference(champion.path)
    if reference is None or reference.sample is None:
        return 0.0
    shared = [name for name in reference.sample.cells if name in new.cells.columns]
    if not shared:
        return 0.0
    sample = pd.DataFrame({name: reference.sample.cells[name] for name in shared}, dtype="str")
    before = pd.util.hash_pandas_object(sample, index=False).to_numpy()
    now = pd.util.hash_pandas_object(new.cells[shared], index=False).to_numpy()
    different, found = len(np.unique(before)) / len(before), float(np.isin(before, now).mean())
    return found if different > _NEARLY_ALL else 0.0


def data_of(tables: tuple[Table, ...]) -> tuple[DataFact, ...]:
    """Return what each table is told by."""
    return tuple(DataFact(table.source.rpartition("/")[2], table.sha256, len(table.cells)) for table in tables)


def joined(earlier: tuple[Table, ...], new: Table) -> tuple[Table, tuple[str, ...]]:
    """Return the earlier rows and the new ones as one table of the columns that all have, and the names of the others.

    The digest is one over the digests of all; where rows of one were drawn, those of all are.
    """
    tables = (*earlier, new)
    shared = [name for name in new.cells.columns if all(name in table.cells.columns for table in tables)]
    others = dict.fromkeys(name for table in tables for name in table.cells.columns if name not in shared)
    cells = pd.concat([table.cells[shared] for table in tables], ignore_index=True)
    digest = hashlib.sha256("\n".join(table.sha256 for table in tables).encode()).hexdigest()
    draw = None
    if any(table.draw is not None for table in tables):
        rows = sum(len(table.cells) if table.draw is None else table.draw.rows for table in tables)
        draw = Draw(rows, None, quick=False, seconds=0.0)
    return replace(new, cells=cells, sha256=digest, draw=draw), tuple(others)


def stand_among(new: Table, earlier: tuple[Table, ...]) -> NDArray[np.bool_]:
    """Return which of the new rows stand among the earlier ones, cell by cell in the columns that both have."""
    found = np.zeros(len(new.cells), dtype=bool)
    for table in earlier:
        shared = [name for name in new.cells.columns if name in table.cells.columns]
        before = pd.util.hash_pandas_object(table.cells[shared], index=False).to_numpy()
        now = pd.util.hash_pandas_object(new.cells[shared], index=False).to_numpy()
        found |= np.isin(now, before)
    return found
