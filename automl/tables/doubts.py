"""What was hard to decide about the columns: guesses that the user should confirm."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from automl.findings import Finding, Severity, without_rare_cells
from automl.tables.converting import convert
from automl.tables.dateformats import other_day_order
from automl.tables.dayorders import DayOrder, has_both_orders, is_day_first, orders_of, parts_of, with_swapped
from automl.tables.glances import shortened
from automl.tables.missing import find_value_markers
from automl.tables.numbers import find_number_format
from automl.tables.personal_cells import identifies_someone
from automl.tables.plainnumbers import read_plain
from automl.tables.schema import Column, ColumnKind, NumberFormat, Schema
from automl.tables.table import Table
from automl.tables.uniques import CellColumn, UniqueTexts, unique_texts

__all__ = ["typing_findings"]

_MIXED_SHARE = 0.5
_MOST_TOLD = 5


def typing_findings(table: Table, schema: Schema) -> tuple[Finding, ...]:
    """Report the columns whose kind or format is a guess.

    Parameters
    ----------
    table : Table
        The table that ``schema`` was inferred from.
    schema : Schema

    Returns
    -------
    tuple of Finding
        ``ambiguous_date_order``, ``mixed_date_orders``, ``mixed_types`` and ``unparsed_cells``.
    """
    findings: list[Finding] = []
    for column in schema.columns:
        finders = _FINDERS.get(column.kind, ())
        if finders and column.name in table.columns:
            uniques = unique_texts(_doubtful(column, table.columns[column.name]))
            findings.extend(finding for find in finders if (finding := find(column, uniques)) is not None)
    mixed = _mixed_date_orders(table, schema)
    return tuple(findings) if mixed is None else (*findings, mixed)


def _doubtful(column: Column, cells: CellColumn) -> CellColumn:
    """Return the cells to look at: of plain numbers only those that are none."""
    if (
        isinstance(cells, pd.Series)
        and column.kind is ColumnKind.NUMERIC
        and (column.number or NumberFormat()).is_default
    ):
        return cells[read_plain(cells)[1]]
    return cells


def _ambiguous_date_order(column: Column, uniques: UniqueTexts) -> Finding | None:
    totals = uniques.by_trimmed()
    doubtful = [order for order in orders_of(column, [text for text in totals if text]) if order.is_doubtful]
    if not doubtful:
        return None
    read, swapped = column.datetime_format, with_swapped(column, doubtful)
    example = _shown(doubtful[0])
    told = f", such as '{example}'," if example else ""
    message = f"The dates in '{column.name}'{told} can be read as {read} and as {swapped}."
    return Finding(
        code="ambiguous_date_order",
        severity=Severity.WARNING,
        columns=(column.name,),
        message=message,
        action=f"They are read as {read}; write them as year-month-day to leave no doubt.",
        kept_message=without_rare_cells(message, {example: totals[example]} if example else {}, (column.name,)),
    )


def _mixed_date_orders(table: Table, schema: Schema) -> Finding | None:
    """Report that some dates of the table are read with the day first and others with the month first."""
    dated = [each for each in schema.columns if each.kind is ColumnKind.DATETIME and each.name in table.columns]
    if len({is_day_first(part) for column in dated for part in parts_of(column) if other_day_order(part)}) < 2:
        return None
    places: dict[bool, list[str]] = {True: [], False: []}
    cited: dict[str, int] = {}
    columns: dict[str, Column] = {}
    for column in dated:
        totals = unique_texts(table.columns[column.name]).by_trimmed()
        for order in orders_of(column, [text for text in totals if text]):
            example = _shown(order)
            places[order.is_day_first].append(f"'{column.name}'" + (f" (such as '{example}')" if example else ""))
            cited[example] = max(totals.get(example, 0), cited.get(example, 0))
            columns[column.name] = column
    if not all(places.values()):
        return None
    told = [_listed("Dates are read with the day first in", places[True])]
    told.append(_listed("and with the month first in", places[False]) + ".")
    both = {
        name: "day" if is_day_first(parts_of(each)[0]) else "month"
        for name, each in columns.items()
        if has_both_orders(each)
    }
    told += [f"Cells of '{name}' that fit both are read {first} first." for name, first in both.items()]
    message = " ".join(told)
    return Finding(
        code="mixed_date_orders",
        severity=Severity.WARNING,
        columns=tuple(columns),
        message=message,
        action="Check that both orders are meant; write dates as year-month-day to leave no doubt.",
        kept_message=without_rare_cells(message, cited, columns),
    )


def _shown(order: DayOrder) -> str:
    """Return a cell that shows an order; nothing where it looks personal."""
    return "" if identifies_someone(order.example) else order.example


def _listed(what: str, places: Sequence[str]) -> str:
    more = f" and {len(places) - _MOST_TOLD:,} more" if len(places) > _MOST_TOLD else ""
    return f"{what} {', '.join(places[:_MOST_TOLD])}{more}"


def _mixed_types(column: Column, uniques: UniqueTexts) -> Finding | None:
    totals = uniques.by_beginning()
    markers = find_value_markers(list(totals))
    absent = {"", *markers}
    texts = [text for text in totals if text not in absent]
    counts = np.array([totals[text] for text in texts], dtype=np.int64)
    _, share = find_number_format(texts, counts)
    if not _MIXED_SHARE <= share < 1:
        return None
    return Finding(
        code="mixed_types",
        severity=Severity.WARNING,
        columns=(column.name,),
        message=f"{share:.0%} of the cells in '{column.name}' are numbers, the others are not.",
        action=f"It is read as a {column.kind} column; state its kind if it should be numeric.",
    )


def _unparsed_cells(column: Column, uniques: UniqueTexts) -> Finding | None:
    unparsed = convert(column, uniques.trimmed).unparsed
    if not unparsed.any():
        return None
    count = int(uniques.counts[unparsed].sum())
    places = (at for at in np.flatnonzero(unparsed).tolist() if not identifies_someone(uniques.raw[at]))
    place = next(places, None)
    example = None if place is None else shortened(uniques.raw[place])
    told = f", such as '{example}'" if example is not None else "; they look personal and are not shown"
    message = f"{count:,} cells in '{column.name}' are no {column.kind} value{told}."
    cited = {} if place is None or example is None else {example: int(uniques.counts[place])}
    return Finding(
        code="unparsed_cells",
        severity=Severity.WARNING,
        columns=(column.name,),
        message=message,
        action="They count as missing; state the column's kind if they should be levels.",
        kept_message=without_rare_cells(message, cited, (column.name,)),
    )


_FINDERS: dict[ColumnKind, tuple[Callable[[Column, UniqueTexts], Finding | None], ...]] = {
    ColumnKind.DATETIME: (_ambiguous_date_order, _unparsed_cells),
    ColumnKind.NUMERIC: (_unparsed_cells,),
    ColumnKind.CATEGORY: (_mixed_types,),
    ColumnKind.IDENTIFIER: (_mixed_types,),
}
