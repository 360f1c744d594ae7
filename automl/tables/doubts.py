"""What was hard to decide about the columns: guesses that the user should confirm."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from automl.findings import Finding, Severity, without_rare_cells
from automl.tables.conventions import has_two_day_orders
from automl.tables.converting import convert
from automl.tables.dateformats import other_day_order
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
        ``ambiguous_date_order``, ``mixed_types`` and ``unparsed_cells``.
    """
    findings: list[Finding] = []
    for column in schema.columns:
        finders = _FINDERS.get(column.kind, ())
        if finders and column.name in table.columns:
            uniques = unique_texts(_doubtful(column, table.columns[column.name]))
            findings.extend(finding for find in finders if (finding := find(column, uniques)) is not None)
    return tuple(findings)


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
    if not has_two_day_orders(column, [text for text in uniques.by_trimmed() if text]):
        return None
    swapped = other_day_order(column.datetime_format)
    return Finding(
        code="ambiguous_date_order",
        severity=Severity.WARNING,
        columns=(column.name,),
        message=f"The dates in '{column.name}' can be read as {column.datetime_format} and as {swapped}.",
        action=f"They are read as {column.datetime_format}; write them as year-month-day to leave no doubt.",
    )


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
