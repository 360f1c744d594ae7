"""Whether new rows may teach a successor: what the champion relies on must still be in them.

Drift is why models are fitted again, and no fault: values move, and as many are new as are gone. A column that went
silent, that cannot be read any more, that is written in another unit, or of which a part is gone and nothing is new, is
another thing: a challenger learns to live with it, looks better than the champion on rows with the same fault, and is
worse as soon as the fault is repaired.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from automl.bundle import read_reference
from automl.bundle.reference import ColumnReference, Grid
from automl.evaluation.arrays import FloatArray
from automl.operate.champion import Champion
from automl.preparation.checks.column_values import ColumnValues, values_of
from automl.remembering import column_numbers
from automl.report.facts import ReportFacts
from automl.report.formatting import percent
from automl.tables import ColumnKind, Schema, Table, apply_schema

__all__ = ["faults_of"]

#: Columns of less than this share of the champion's importance decide little.
_RELIED_ON = 0.05
_MORE_MISSING = 0.2
_MORE_UNREADABLE = 0.1
_GONE = 0.2
_ELSEWHERE = 0.9
_WIDER = 2.0
_OUTERMOST = (0.01, 0.99)
_OUTER = (0.1, 0.9)
_FEWEST_EXPECTED = 5


def faults_of(champion: Champion, table: Table, *, beside_earlier_rows: bool) -> tuple[str, ...] | None:
    """Return what is wrong with the columns that the champion uses, a sentence each.

    Values that are gone are a fault only of columns that matter much: of many columns, some lose a few by themselves.

    Parameters
    ----------
    champion : Champion
    table : Table
        The new rows.
    beside_earlier_rows : bool
        Whether the challenger learns from the earlier rows, too, and so from what the new ones do not cover.

    Returns
    -------
    tuple of str or None
        None where the model file does not say what its training rows were like.
    """
    reference = read_reference(champion.path)
    if reference is None:
        return None
    schema = Schema(tuple(champion.model.schema.column(each.name) for each in reference.columns))
    typed = apply_schema(table, schema)
    rows, watched = len(table.cells), _relied_on(champion.facts) - {champion.facts.settings.get("time")}
    return tuple(
        sentence
        for each in reference.columns
        for sentence in _faults(
            each,
            values_of(typed.frame[each.name]),
            typed.unparsed.get(each.name, 0) / rows,
            may_lose=beside_earlier_rows or each.name not in watched,
        )
    )


def _relied_on(facts: ReportFacts) -> set[str]:
    """Return the columns that matter to the champion: all that it uses where its search was too short to rank them."""
    importances = {each.name: max(each.importance, 0.0) for each in facts.features if each.selected}
    least = _RELIED_ON * sum(importances.values())
    return {name for name, importance in importances.items() if importance >= least and (importance > 0 or not least)}


def _faults(before: ColumnReference, values: ColumnValues, unreadable: float, *, may_lose: bool) -> Iterator[str]:
    """Yield at most one fault: the first explains the others."""
    missing, was_missing = values.n_missing / len(values), before.missing / before.rows
    more_unreadable = unreadable - before.unparsed / max(before.read, 1)
    spread = _overlap(before, values)
    if more_unreadable > _MORE_UNREADABLE:
        yield f"{percent(more_unreadable)} more cells of '{before.name}' than before do not read as {before.kind}."
    elif missing - was_missing > _MORE_MISSING:
        yield (
            f"'{before.name}' is missing in {percent(missing)} of the new rows; it was in {percent(was_missing)} of "
            "the champion's."
        )
    elif spread.gone > _GONE and len(np.unique(values.present)) == 1:
        yield f"'{before.name}' has the same value in all new rows."
    elif spread.new > _ELSEWHERE or spread.wider > _WIDER:
        yield f"'{before.name}' is nowhere near where it was, or spread far wider, as in another unit."
    elif spread.gone > _GONE and spread.new < spread.gone / 2 and not may_lose:
        yield (
            f"{percent(spread.gone)} of the champion's rows have a '{before.name}' that no new row comes near: the new "
            "rows are only a part of that world. (--add with the earlier rows learns from both.)"
        )


@dataclass(frozen=True)
class _Overlap:
    """How far the new values and the champion's lie apart.

    Attributes
    ----------
    gone : float
        Share of the champion's rows whose value is outside what the new rows hold.
    new : float
        Share of the new rows whose value is outside what the champion's rows held. Where values have moved both are
        alike; where some are missing from the new rows, only the first is large.
    wider : float
        How many times as far apart the outer tenths of the new numbers are.
    """

    gone: float = 0.0
    new: float = 0.0
    wider: float = 1.0


def _overlap(before: ColumnReference, values: ColumnValues) -> _Overlap:
    if not len(values.present):
        return _Overlap()
    if before.levels:
        return _of_levels(before, values)
    if before.grid is None or before.kind in (ColumnKind.DATETIME, ColumnKind.TEXT):
        return _Overlap()  # Times are new in every table by their nature.
    return _of_numbers(before.grid, column_numbers(values))


def _of_levels(before: ColumnReference, values: ColumnValues) -> _Overlap:
    """Return the shares of rows of levels that should be in so many new rows and are in none, and of unknown levels."""
    known = sum(before.levels.values()) + before.others
    counts = values.level_counts()
    present = sum(counts.values())
    gone = [
        rows
        for level, rows in before.levels.items()
        if level not in counts and rows / known * present >= _FEWEST_EXPECTED
    ]
    unknown = sum(rows for level, rows in counts.items() if level not in before.levels)
    return _Overlap(sum(gone) / known, max(0.0, unknown / present - before.others / known))


def _of_numbers(grid: Grid, numbers: FloatArray) -> _Overlap:
    """Return the shares beyond the outermost hundredths of the other side's numbers."""
    low, high = np.quantile(numbers, _OUTERMOST)
    # How many values are below or at each knot; none are below the first.
    counts = np.array([0, *grid.below])
    below = counts[np.searchsorted(grid.knots, low, side="left")]
    up_to_high = counts[np.searchsorted(grid.knots, high, side="right")]
    first, last = (grid.knots[np.searchsorted(grid.below, share * grid.rows)] for share in _OUTERMOST)
    new = float(((numbers < first) | (numbers > last)).mean())
    return _Overlap(float(below + grid.rows - up_to_high) / grid.rows, new, _wider(grid, numbers))


def _wider(grid: Grid, numbers: FloatArray) -> float:
    low, high = (grid.knots[np.searchsorted(grid.below, share * grid.rows)] for share in _OUTER)
    now_low, now_high = np.quantile(numbers, _OUTER)
    return float((now_high - now_low) / (high - low)) if high > low else 1.0
