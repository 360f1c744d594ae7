"""The values of a request as the text cells that the model's schema reads.

A text stands for itself, as in a file. A number or truth value of JSON means what it says, whatever notation the
training table used: it is written as the column's schema reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from automl.serving.refusals import UNPROCESSABLE, RefusedError
from automl.tables import Column, ColumnKind
from automl.tables.formats.records import NumberText

__all__ = ["CellWriter"]

_WHOLE = ".0"


class CellWriter:
    """Writes the values of one column as cells.

    Parameters
    ----------
    column : Column
    """

    def __init__(self, column: Column) -> None:
        self.column = column
        self._number = _number_writer(column)
        self._true, self._false = _truth_texts(column)

    def texts(self, values: Sequence[Any], place: Callable[[int], str]) -> list[str]:
        """Return one cell for each value.

        Parameters
        ----------
        values : sequence
            str, bool, None or :class:`NumberText`.
        place : callable
            Returns the name of the field in the request that a value stands in.

        Raises
        ------
        RefusedError
            If a value is none of these, or a text holds half of a character.
        """
        texts = [value if type(value) is str else self._text(value) for value in values]
        for row, text in enumerate(texts):
            if text is None:
                raise self._refused(values[row], place(row))
            if not text.isascii():
                _check_characters(text, place(row))
        return texts

    def _text(self, value: Any) -> Any:
        if value is None:
            return ""
        if isinstance(value, NumberText):
            return self._number(value)
        if value is True:
            return self._true
        return self._false if value is False else None

    def _refused(self, value: Any, field: str) -> RefusedError:
        found = "a list" if isinstance(value, list) else "an object"
        return RefusedError(
            UNPROCESSABLE,
            f"'{field}' must be a number, a text, true, false or null. Got {found} instead.",
            f"The column is {self.column.kind}; /docs shows an example.",
            field,
        )


def _check_characters(text: str, field: str) -> None:
    """Refuse a text with a half of a surrogate pair, which JSON can write and no encoding can."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise RefusedError(
            UNPROCESSABLE, f"'{field}' holds half of a character.", "Write it in UTF-8, or as a whole pair.", field
        ) from error


def _number_writer(column: Column) -> Callable[[str], str]:
    """Return what writes a number of JSON as the column's schema reads it."""
    if column.kind is ColumnKind.NUMERIC:
        mark = "." if column.number is None else column.number.decimal
        return str if mark == "." else lambda text: text.replace(".", mark)
    if column.kind is ColumnKind.BOOLEAN:
        return _whole_number_writer((*column.true_values, *column.false_values))
    return _whole_number_writer(column.levels) if column.kind is ColumnKind.CATEGORY else str


def _whole_number_writer(known: Sequence[str]) -> Callable[[str], str]:
    """Return what writes ``1.0`` as ``1`` and ``1`` as ``1.0`` where that is known: programs make one of the other."""
    texts = frozenset(known)

    def write(text: str) -> str:
        if text in texts:
            return str(text)
        whole = text.removesuffix(_WHOLE)
        if not whole.removeprefix("-").isdecimal():
            return str(text)
        return next((each for each in (whole, f"{whole}{_WHOLE}") if each in texts), str(text))

    return write


def _truth_texts(column: Column) -> tuple[str, str]:
    """Return how true and false are written where the column is read."""
    true, false = "true", "false"
    if column.kind is not ColumnKind.BOOLEAN:
        return true, false
    return (
        true if true in column.true_values or not column.true_values else column.true_values[0],
        false if false in column.false_values or not column.false_values else column.false_values[0],
    )


def writers(columns: Sequence[Column]) -> Mapping[str, CellWriter]:
    """Return a writer for each column, by its name."""
    return {column.name: CellWriter(column) for column in columns}
