"""Values that stand for a missing one: what the markers of a column, such as -999 or 1900-01-01, are worth."""

from __future__ import annotations

from dataclasses import replace

from automl.export.cellvalues import Value, cell_value
from automl.tables.schema import Column

__all__ = ["marked_values"]


def marked_values(column: Column) -> tuple[Value, ...]:
    """Return what else than nothing a column's markers would say if they were none, as cells hold it."""
    unmarked = replace(column, missing_markers=())
    values = (cell_value(unmarked, marker) for marker in column.missing_markers)
    return tuple(dict.fromkeys(value for value in values if value is not None))
