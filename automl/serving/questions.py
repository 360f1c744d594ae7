"""What a request asks: its rows as text cells, and what is wanted beside the predictions."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd
from numpy.typing import NDArray

from automl.arguments import did_you_mean
from automl.bundle.model import Model
from automl.serving.cells import CellWriter, writers
from automl.serving.refusals import BAD_REQUEST, TOO_LARGE, UNPROCESSABLE, RefusedError
from automl.tables import Table, TypedTable
from automl.tables.applying import apply_to_texts, match_names
from automl.tables.formats.records import NumberText, flat_values
from automl.tables.plainnumbers import FEW

__all__ = ["SOURCE", "Asker", "Given", "Question", "parse_level", "read_json"]

SOURCE = "the request"
_FIELDS = ("records", "columns", "interval", "contributions")
_MOST_COMPARED = 200


@dataclass(frozen=True)
class Question:
    """Rows to predict.

    Attributes
    ----------
    typed : TypedTable
        The columns that the model uses.
    group : ndarray of str, shape (n_rows,), or None
        What bounds tell the rows apart by.
    level : float or None
        Of the bounds wanted.
    contributions : bool
        Whether the reasons are wanted.
    extra_columns, missing_columns : tuple of str
        Columns of the request that the model does not know, and columns that it knows and does not need.
    """

    typed: TypedTable
    level: float | None = None
    contributions: bool = False
    extra_columns: tuple[str, ...] = ()
    missing_columns: tuple[str, ...] = ()
    group: NDArray[Any] | None = None


class Asker:
    """Reads the JSON requests for one model.

    Parameters
    ----------
    model : Model
    most_rows : int
        That one request may bring.
    """

    def __init__(self, model: Model, most_rows: int) -> None:
        features = model.feature_schema
        self._model = model
        self._names = features.names
        self._known = frozenset(model.schema.names)
        self._required = model.required_columns
        self._writers: Mapping[str, CellWriter] = writers([features.column(name) for name in self._required])
        self._most_rows = most_rows

    def question(self, body: bytes) -> Question:
        """Return what a JSON body asks.

        Raises
        ------
        RefusedError
            If it is no JSON, or not of the form that the documentation shows.
        """
        document = read_json(body)
        if not isinstance(document, dict):
            raise RefusedError(
                UNPROCESSABLE, "The body must be a JSON object.", 'Send {"records": [{"column": value}]}.'
            )
        for name in document:
            if name not in _FIELDS:
                near = did_you_mean(name, _FIELDS) or f"The fields are {', '.join(_FIELDS)}."
                raise RefusedError(UNPROCESSABLE, f"There is no field '{name[:100]}' in a request.", near, name[:100])
        level = _level(document.get("interval"))
        contributions = _switch(document.get("contributions"))
        if ("records" in document) == ("columns" in document):
            raise RefusedError(
                UNPROCESSABLE,
                "The body must hold either 'records' or 'columns'.",
                'Send {"records": [{"column": value}]} or {"columns": {"column": [value]}}.',
                "records",
            )
        given = _of_records(document["records"]) if "records" in document else _of_columns(document["columns"])
        return self.ask(given, level, contributions=contributions)

    def ask(self, given: Given, level: float | None = None, *, contributions: bool = False) -> Question:
        """Return the question that some columns of values ask.

        Raises
        ------
        RefusedError
            If there are too many rows, a column is missing that the model uses, or a value cannot be a cell.
        """
        self.check_rows(given.rows)
        found = match_names(self._names, given.names)
        cells: dict[str, list[str]] = {}
        for name in self._required:
            if not given.rows:
                cells[name] = []
                continue
            if name not in found:
                raise _missing(name, given)
            cells[name] = self._writers[name].texts(given.values(found[name]), partial(given.place, found[name]))
        group = None if level is None else self._group(given)
        strangers = self._strangers(given.names, found)
        return Question(self._read(cells, given.rows), level, contributions, *strangers, group)

    def ask_table(
        self, table: Table, level: float | None, *, contributions: bool, others: Sequence[str] = ()
    ) -> Question:
        """Return the question that a table of text cells asks.

        Parameters
        ----------
        table : Table
        level : float or None
        contributions : bool
        others : sequence of str
            Columns of the request that :meth:`known` left out.

        Raises
        ------
        RefusedError
            If it has too many rows.
        SchemaMismatchError
            If a column is missing that the model uses.
        """
        self.check_rows(len(table.cells))
        names = [*map(str, table.cells.columns), *others]
        typed = self._model.read(table)
        strangers = self._strangers(names, match_names(self._names, names))
        return Question(typed, level, contributions, *strangers, self._model.groups_of(table))

    def known(self, names: Sequence[str]) -> Collection[str]:
        """Return those of a table's columns that the model may look at."""
        schema = self._model.schema.names
        # Where two of the model's names differ in nothing but case, only all of the table's tell which is which.
        is_clear = len({name.strip().casefold() for name in schema}) == len(schema)
        return match_names(schema, names).values() if is_clear else names

    def check_rows(self, rows: int) -> None:
        """Refuse a request of too many rows."""
        if rows > self._most_rows:
            raise RefusedError(
                TOO_LARGE,
                f"A request may bring {self._most_rows:,} rows; this one brings {rows:,}.",
                "Send them in several requests, or use 'automl predict'.",
            )

    def _group(self, given: Given) -> NDArray[Any] | None:
        """Return what bounds tell the rows apart by, which need not be a column that the model uses."""
        by = self._model.postprocessing.interval_by
        found = {} if by is None else match_names(self._model.schema.names, given.names)
        if by is None or by not in found:
            return None
        texts = CellWriter(self._model.schema.column(by)).texts(
            given.values(found[by]), partial(given.place, found[by])
        )
        return self._model.groups_of(_text_table({by: texts}))

    def _read(self, cells: Mapping[str, list[str]], rows: int) -> TypedTable:
        """Read cells of the model's columns; those of a few rows in the quick way."""
        if not cells:
            # Without a column only an index says how many rows there are.
            return TypedTable(pd.DataFrame(index=pd.RangeIndex(rows)))
        if rows <= FEW:
            return apply_to_texts(cells, self._model.feature_schema)
        return self._model.read(_text_table(cells))

    def _strangers(self, names: list[str], found: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the columns that the model does not know, and those that it knows and that are not there."""
        used = {*found.values(), *self._known}
        return tuple(name for name in names if name not in used), tuple(
            name for name in self._names if name not in found
        )


@dataclass(frozen=True)
class Given:
    """Values by row and column, as a request brought them.

    Attributes
    ----------
    names : list of str
    rows : int
    values : callable
        Returns the values of a column.
    place : callable
        Returns the name of the field of a column and a row.
    """

    names: list[str]
    rows: int
    values: Callable[[str], Sequence[Any]]
    place: Callable[[str, int], str]


def _text_table(cells: Mapping[str, list[str]]) -> Table:
    return Table(pd.DataFrame({name: pd.array(texts, dtype="str") for name, texts in cells.items()}), SOURCE, "")


def read_json(body: bytes) -> Any:
    """Return the value that a body writes; every number is its text, and NaN is null.

    Raises
    ------
    RefusedError
        If it is no JSON.
    """
    if not body.strip():
        raise RefusedError(BAD_REQUEST, "The body is empty.", 'Send {"records": [{"column": value}]}.')
    try:
        return json.loads(body, parse_float=NumberText, parse_int=NumberText, parse_constant=_constant)
    except RecursionError as error:
        raise RefusedError(BAD_REQUEST, "The body is nested too deeply.", "Send a list of flat records.") from error
    except ValueError as error:
        raise RefusedError(BAD_REQUEST, f"The body is no JSON: {error}.", "Send UTF-8, with finite numbers.") from error


def _constant(text: str) -> None:
    if text != "NaN":
        raise ValueError(f"{text} is no number")


def _of_records(records: Any) -> Given:
    if not isinstance(records, list):
        raise RefusedError(
            UNPROCESSABLE, "'records' must be a list of objects.", 'Send {"records": [{"column": value}]}.', "records"
        )
    for row, record in enumerate(records):
        if not isinstance(record, dict):
            raise RefusedError(
                UNPROCESSABLE,
                f"'records[{row}]' must be an object of columns and values.",
                'Send {"records": [{"column": value}]}.',
                f"records[{row}]",
            )
    if any(isinstance(value, dict) for record in records for value in record.values()):
        records = [dict(flat_values(record)) for record in records]
    names = list(dict.fromkeys(name for record in records for name in record))
    return Given(
        names,
        len(records),
        lambda name: [record.get(name) for record in records],
        lambda name, row: f"records[{row}].{name}",
    )


def _of_columns(columns: Any) -> Given:
    if not isinstance(columns, dict) or not all(isinstance(values, list) for values in columns.values()):
        raise RefusedError(
            UNPROCESSABLE,
            "'columns' must be an object of columns and lists of values.",
            'Send {"columns": {"column": [value]}}.',
            "columns",
        )
    counts = {name: len(values) for name, values in columns.items()}
    rows = max(counts.values(), default=0)
    for name, count in counts.items():
        if count != rows:
            raise RefusedError(
                UNPROCESSABLE,
                f"'columns.{name[:100]}' has {count:,} values, another column has {rows:,}.",
                "Give every column one value a row; null is a missing one.",
                f"columns.{name[:100]}",
            )
    return Given(list(columns), rows, columns.__getitem__, lambda name, row: f"columns.{name}[{row}]")


def _missing(name: str, given: Given) -> RefusedError:
    near = did_you_mean(name, given.names[:_MOST_COMPARED]) or "Add it with the value null where it is not known."
    return RefusedError(
        UNPROCESSABLE,
        f"The column '{name}' that the model uses is missing.",
        near.replace("Did you mean", "Is it called"),
        given.place(name, 0),
    )


def parse_level(text: str) -> float:
    """Return the level of bounds that a text states; RefusedError where it states none."""
    try:
        level = float(text)
    except ValueError:
        level = 0.0
    if not 0 < level < 1:
        raise RefusedError(UNPROCESSABLE, "'interval' must be a number between 0 and 1.", "Such as 0.9.", "interval")
    return level


def _level(value: Any) -> float | None:
    return None if value is None else parse_level(value if isinstance(value, NumberText) else "")


def _switch(value: Any) -> bool:
    if value is None or isinstance(value, bool):
        return bool(value)
    raise RefusedError(UNPROCESSABLE, "'contributions' must be true or false.", "", "contributions")
