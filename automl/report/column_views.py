"""A column's figures as written text: its range or most frequent values, and how much of it is missing."""

from __future__ import annotations

import math

from automl.findings import WITHHELD_VALUES
from automl.report.facts import ColumnFact
from automl.report.formatting import concise, count, number, percent

__all__ = ["column_range", "missing_text"]


def column_range(column: ColumnFact) -> str:
    """Write the range, the top values or the examples of a column, whichever it has; of personal data nothing."""
    if column.personal:
        return WITHHELD_VALUES
    if column.minimum is not None and column.maximum is not None:
        middle = f", mean {number(column.mean)}" if column.mean is not None else ""
        return f"{_bound(column.minimum)} to {_bound(column.maximum)}{middle}"
    if column.top_values:
        return ", ".join(f"{value} ({count(rows)})" for value, rows in column.top_values[:4])
    return ", ".join(column.examples[:3])


def missing_text(column: ColumnFact, rows: int) -> str:
    """Write how many cells of a column are missing, with their share."""
    return f"{count(column.missing)} ({percent(column.missing / rows)})" if column.missing and rows else "0"


def _bound(text: str) -> str:
    if text.endswith("T00:00:00"):
        return text.removesuffix("T00:00:00")
    try:
        value = float(text)
    except ValueError:
        return text
    return concise(value) if math.isfinite(value) else text
