"""Which columns play which part: the request's names checked against the table, and how a column's cells are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.arguments import did_you_mean
from automl.errors import DataError, UsageError
from automl.preparation.wording import source_name
from automl.tables.converting import convert
from automl.tables.numbers import parse_numbers
from automl.tables.schema import Column, ColumnKind, NumberFormat, Task
from automl.tables.table import Table
from automl.tables.uniques import unique_texts

__all__ = ["PrepareRequest", "WantedMetric", "check_column", "check_request", "read_numbers", "require_column"]


@dataclass(frozen=True)
class WantedMetric:
    """The metric that the user asks for, as far as the target has to fit it.

    Attributes
    ----------
    name : str
    tasks : tuple of Task
        Those that it fits: numbers are no regression where it is a metric of classes.
    instead : mapping of Task to str
        The metric to ask for where the target makes this task.
    """

    name: str
    tasks: tuple[Task, ...]
    instead: Mapping[Task, str]


@dataclass(frozen=True)
class PrepareRequest:
    """What the user says about the columns.

    Attributes
    ----------
    target : str
        The column to predict.
    task : Task or None
        None lets the target's cells decide.
    metric : WantedMetric or None
        None for the task's own.
    positive : str or None
        For a binary task: the label whose probability is asked for.
    drop, identifiers : tuple of str
        Columns that are not features.
    weight, group, time, fold_column : str or None
        Columns that steer the training; none of them but the time is a feature.
    interval_by : str or None
        The column whose values get bounds of their own; it stays what it is otherwise.
    drop_duplicates : bool
        Whether only the first of each set of equal rows is kept.
    """

    target: str
    task: Task | None = None
    metric: WantedMetric | None = None
    positive: str | None = None
    drop: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    weight: str | None = None
    group: str | None = None
    time: str | None = None
    fold_column: str | None = None
    interval_by: str | None = None
    drop_duplicates: bool = False

    @property
    def roles(self) -> dict[str, str]:
        """The option that names each steering column, by column name."""
        options = {"--weight": self.weight, "--group": self.group, "--time": self.time}
        options["--fold-column"] = self.fold_column
        return {name: option for option, name in options.items() if name is not None}


def check_column(table: Table, name: str, option: str = "--target") -> None:
    """Check that the table has a column.

    Raises
    ------
    DataError
        If it has none of this name, with the nearest names.
    """
    names = [str(column) for column in table.cells.columns]
    if name in names:
        return
    shown = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
    hint = did_you_mean(name, names) or f"{option} must be one of its columns: {shown}."
    raise DataError(f"Column '{name}' is not in {source_name(table.source)}.", hint)


def require_column(table: Table, target: str) -> None:
    """Check that the table has the target column, once.

    Raises
    ------
    DataError
        If it is not there, or its name stands more than once in the header.
    """
    check_column(table, target)
    repeated = {name for found in table.findings if found.code == "duplicate_column_name" for name in found.columns}
    if target in repeated:
        raise DataError(
            f"The target's name '{target}' stands more than once in the header of {source_name(table.source)}.",
            "Rename one of these columns in the file.",
        )


def check_request(table: Table, request: PrepareRequest) -> None:
    """Check every name of a request against the table.

    Raises
    ------
    DataError
        If a named column is not in the table, or the target's name stands twice in the header.
    UsageError
        If the target is also given another part.
    """
    require_column(table, request.target)
    named = [(name, "--drop") for name in request.drop] + [(name, "--id") for name in request.identifiers]
    if request.interval_by is not None:
        named.append((request.interval_by, "--interval-by"))
    for name, option in (*named, *request.roles.items()):
        check_column(table, name, option)
        if name == request.target:
            raise UsageError(f"The target '{name}' is also named by {option}.", f"Take it out of {option}.")


def read_numbers(cells: pd.Series, column: Column) -> NDArray[np.float64]:
    """Read text cells as numbers, whatever the column's kind.

    Parameters
    ----------
    cells : Series of str, shape (n_rows,)
    column : Column
        Says how numbers are written and what means "missing".

    Returns
    -------
    ndarray of float64, shape (n_rows,)
        NaN where a cell is missing or not a finite number.
    """
    uniques = unique_texts(cells)
    if column.kind is ColumnKind.NUMERIC:
        values = np.asarray(convert(column, uniques.trimmed).values, dtype=np.float64)
    else:
        values = parse_numbers(uniques.trimmed, column.number or NumberFormat())
        values[np.isin(uniques.trimmed, column.missing_markers)] = np.nan
    return np.asarray(values[uniques.codes], dtype=np.float64)
