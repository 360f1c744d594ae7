"""Which of day and month comes first in a column's dates, and whether the column's cells say so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from automl.tables.dateformats import other_day_order
from automl.tables.datetimes import parse_datetimes
from automl.tables.schema import Column

__all__ = ["DayOrder", "has_both_orders", "is_day_first", "orders_of", "parts_of", "with_swapped"]


@dataclass(frozen=True)
class DayOrder:
    """The order of day and month in one of a column's formats.

    Attributes
    ----------
    written : str
        The format, in which both are digits.
    is_doubtful : bool
        Whether all cells that it reads could be read with day and month swapped.
    example : str
        A cell that is another date with day and month swapped, or none where there is such a cell.
    """

    written: str
    is_doubtful: bool
    example: str

    @property
    def is_day_first(self) -> bool:
        """Whether the day comes before the month."""
        return is_day_first(self.written)


def parts_of(column: Column) -> list[str]:
    """Return the formats of a column, in the order in which they are tried for each cell."""
    return (column.datetime_format or "").split("|")


def is_day_first(datetime_format: str) -> bool:
    """Whether a single format with day and month in digits has the day before the month."""
    return datetime_format.index("%d") < datetime_format.index("%m")


def has_both_orders(column: Column) -> bool:
    """Whether a column's two formats are the same but for the order of day and month."""
    first, *others = parts_of(column)
    return other_day_order(first) in others


def orders_of(column: Column, texts: Sequence[str]) -> Iterator[DayOrder]:
    """Yield the order of each format in digits; formats whose cells are the same dates in either order have none.

    Parameters
    ----------
    column : Column
    texts : sequence of str
        Its distinct trimmed texts.
    """
    parts = parts_of(column)
    if not any(map(other_day_order, parts)):
        return
    left = np.array(texts, dtype=object)
    for written in parts:
        swapped = other_day_order(written)
        chosen = parse_datetimes(left.tolist(), written)
        is_read = ~np.isnat(chosen)
        if swapped is not None:
            other = parse_datetimes(left[is_read].tolist(), swapped)
            # Not a time equals nothing, so a cell that only one order reads differs too.
            differs, clear = other != chosen[is_read], np.isnat(other)
            if differs.any():
                telling = clear if clear.any() else differs
                yield DayOrder(written, not clear.any(), str(left[is_read][telling][0]))
        left = left[~is_read]


def with_swapped(column: Column, orders: Sequence[DayOrder]) -> str:
    """Return a column's format with day and month swapped in some of its parts."""
    swapped = {each.written for each in orders}
    return "|".join((other_day_order(part) or part) if part in swapped else part for part in parts_of(column))
