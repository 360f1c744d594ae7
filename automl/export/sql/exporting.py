"""A model as one SELECT, tried in SQLite before it is handed out."""

from __future__ import annotations

import math
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from automl.errors import ModelFileError, UsageError
from automl.export.checking import check, trial_rows
from automl.export.deriving import derive
from automl.export.sql.statement import statement_of
from automl.export.sql.writing import name, table_name

if TYPE_CHECKING:
    from automl.bundle.model import Model
    from automl.export.formula import Formula
    from automl.tables import Table

__all__ = ["TOLERANCE", "database_cells", "sql_of"]

#: Largest difference, of numbers beyond 1 as a share of them. Models see numbers in single precision, databases do not:
#: for trees the borders account for that, sums of a linear model differ in the seventh digit of each number.
TOLERANCE = 1e-5

_TABLE = "rows"
#: The statement of as many takes a database half a minute to read.
_MOST_NUMBERS = 100_000
#: Some builds of SQLite lack them.
_FUNCTIONS = {"exp": math.exp, "ln": math.log, "sin": math.sin, "cos": math.cos}


def sql_of(model: Model, golden: Table, table: str, keep: Sequence[str] = ()) -> str:
    """Return a statement that predicts what the model does for every row of a table.

    Parameters
    ----------
    model : Model
    golden : Table
        The rows that the model file was tried on.
    table : str
        The table's name, with its schema's and a point before it where it has one.
    keep : sequence of str
        Columns that are copied.

    Raises
    ------
    UsageError
        If a part of the model cannot be written so, or a kept column has the name of a predicted one.
    """
    names = ["prediction", *(f"proba_{label}" for label in model.labels)]
    if taken := [each for each in keep if each in names]:
        raise UsageError(f"The kept column '{taken[0]}' has the name of an output column.", "Rename it in the data.")
    formula = derive(model, "SQL", _MOST_NUMBERS)
    _check_names(formula, model)
    statement = statement_of(formula, table_name(table), keep)
    check(formula, model, golden)
    _try_out(formula, model, trial_rows(formula, golden))
    return statement


def database_cells(frame: pd.DataFrame) -> list[tuple[object, ...]]:
    """Return the rows of a typed frame as a database holds them: numbers, texts, ISO 8601 dates and NULL."""
    columns = [[_database_cell(value) for value in frame[each].tolist()] for each in frame.columns]
    return list(zip(*columns, strict=True)) if columns else [()] * len(frame)


def _check_names(formula: Formula, model: Model) -> None:
    """Refuse a column for which a database could take another one: in quotes too, case makes no difference."""
    alike = Counter(map(_in_one_case, model.schema.names))
    for column in formula.columns:
        if alike[_in_one_case(str(column["name"]))] > 1:
            raise UsageError(
                f"This model cannot be written as SQL: the name of the column '{column['name']}' differs only in case "
                "from another's, and databases take both for one.",
                "Rename one of them in the data and fit again, or export the model in another format.",
            )


def _in_one_case(column: str) -> bytes:
    """Return what SQLite and DuckDB tell names apart by: the case of letters beyond ASCII makes a difference."""
    return column.encode().lower()


def _unless_null(compute: Callable[[float], float], number: float | None) -> float | None:
    return None if number is None else compute(number)


def _database_cell(value: object) -> object:
    if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return None
    return str(value) if isinstance(value, pd.Timestamp) else value


def _try_out(formula: Formula, model: Model, rows: Table) -> None:
    """Hold what SQLite answers against the model; ModelFileError where they differ."""
    typed = model.read(rows).frame[[str(column["name"]) for column in formula.columns]]
    if not formula.columns:
        # A table has a column at least, whatever a model uses.
        typed = pd.DataFrame({"row": range(len(rows.cells))})
    try:
        answers = _answers(formula, typed)
    except sqlite3.Error as error:
        raise UsageError(
            f"This model cannot be written as SQL: SQLite says '{error}'.", "Export it in another format."
        ) from error
    expected = model.predict_table(rows)
    theirs = expected.values[:, None] if expected.probabilities is None else expected.probabilities
    ours = np.array([answer[1:] if formula.labels else answer for answer in answers], dtype=np.float64)
    if not np.allclose(ours, theirs.astype(np.float64), rtol=TOLERANCE, atol=TOLERANCE):
        raise ModelFileError(
            "What was to be exported predicts something else in SQLite than the model does.",
            "This is a bug of ours; nothing was written.",
        )


def _answers(formula: Formula, typed: pd.DataFrame) -> list[tuple[object, ...]]:
    """Return what SQLite answers for each of the rows."""
    with closing(sqlite3.connect(":memory:")) as connection:
        for function, compute in _FUNCTIONS.items():
            connection.create_function(function, 1, partial(_unless_null, compute), deterministic=True)
        columns = ", ".join(map(name, map(str, typed.columns)))
        connection.execute(f"CREATE TABLE {_TABLE} ({columns})")
        places = ", ".join("?" * len(typed.columns))
        connection.executemany(f"INSERT INTO {_TABLE} VALUES ({places})", database_cells(typed))  # noqa: S608
        return connection.execute(statement_of(formula, _TABLE)).fetchall()
