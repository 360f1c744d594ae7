"""What each column of a table holds, decided from its distinct texts and their counts."""

from __future__ import annotations

from collections.abc import Mapping

from automl.arguments import did_you_mean
from automl.errors import UsageError
from automl.memory import give_back_memory
from automl.tables.candidates import make_candidate
from automl.tables.conventions import settle_conventions
from automl.tables.levelkinds import category_column, level_column
from automl.tables.missing import find_level_markers, find_value_markers
from automl.tables.quickkinds import plain_number_column
from automl.tables.schema import Column, ColumnKind, Schema
from automl.tables.statedmarks import state_marks
from automl.tables.table import Table
from automl.tables.uniques import CellColumn, UniqueTexts, unique_texts
from automl.tables.valuekinds import stated_value_column, value_column

__all__ = ["infer_schema"]

_VALUE_KINDS = (ColumnKind.NUMERIC, ColumnKind.DATETIME, ColumnKind.BOOLEAN)


def infer_schema(table: Table, target: str | None = None, kinds: Mapping[str, ColumnKind] | None = None) -> Schema:
    """Decide what each column holds.

    Parameters
    ----------
    table : Table
    target : str, optional
        The column to predict. Its column is typed like any other; the task is decided elsewhere.
    kinds : mapping of str to ColumnKind, optional
        Columns whose kind the user states.

    Returns
    -------
    Schema

    Raises
    ------
    UsageError
        If ``kinds`` or ``target`` names a column that the table does not have.
    """
    stated = dict(kinds or {})
    names = [str(name) for name in table.cells.columns]
    for name in (*stated, *((target,) if target is not None else ())):
        if name not in names:
            hint = did_you_mean(name, names) or f"The columns are: {', '.join(names[:20])}."
            raise UsageError(f"The table has no column '{name}'.", hint)
    columns = []
    for name in names:
        columns.append(_infer_column(name, table.columns[name], stated.get(name)))
        if table.is_long:
            give_back_memory()
    return Schema(columns=state_marks(settle_conventions(columns, table), table), target=target)


def _infer_column(name: str, cells: CellColumn, stated: ColumnKind | None) -> Column:
    quick = plain_number_column(name, cells) if stated is None else None
    return quick or _infer_from_texts(name, unique_texts(cells), stated)


def _infer_from_texts(name: str, uniques: UniqueTexts, stated: ColumnKind | None) -> Column:
    totals = uniques.by_trimmed() if stated is ColumnKind.CATEGORY else uniques.by_beginning()
    texts = list(totals)
    values = make_candidate(name, totals, find_value_markers(texts), uniques)
    if stated in _VALUE_KINDS:
        return stated_value_column(values, stated)
    found = None if stated is not None else value_column(values)
    if found is not None:
        return found
    levels = make_candidate(name, totals, find_level_markers(texts), uniques)
    if stated is ColumnKind.CATEGORY:
        return category_column(levels)
    if stated is not None or not levels.texts:
        return Column(name, stated or ColumnKind.EMPTY, levels.markers)
    return level_column(levels)
