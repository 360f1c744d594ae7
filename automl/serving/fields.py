"""The fields of a model's rows as people and programs are told of them: types, notation, examples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from automl.findings import WITHHELD_VALUES, withheld_columns
from automl.serving.hosting import Served
from automl.tables import Column, ColumnKind

__all__ = ["Field", "example_records", "fields_of"]

_MOST_LEVELS = 100
_EXAMPLES = 2
_TYPES = {
    ColumnKind.NUMERIC: ["number", "string", "null"],
    ColumnKind.BOOLEAN: ["boolean", "string", "number", "null"],
}
_OTHER_TYPES = ["string", "number", "boolean", "null"]


@dataclass(frozen=True)
class Field:
    """A column that the model uses.

    Attributes
    ----------
    name, kind : str
    says : str
        In words, what is to be sent.
    levels : tuple of str
        What can be chosen from; empty where anything can be written.
    example : object
        JSON-ready.
    types : tuple of str
        The types of JSON that are read.
    """

    name: str
    kind: str
    says: str
    levels: tuple[str, ...]
    example: Any
    types: tuple[str, ...]

    def to_schema(self) -> dict[str, Any]:
        """Return the field as a schema of OpenAPI 3.1."""
        schema: dict[str, Any] = {"type": list(self.types), "description": self.says}
        if self.example is not None:
            schema["examples"] = [self.example]
        return schema


def fields_of(served: Served) -> tuple[Field, ...]:
    """Return the fields of a model in the order of its columns; those of personal data without a value of theirs."""
    example = example_records(served)[0]
    schema, withheld = served.model.schema, withheld_columns(served.manifest)
    return tuple(
        _field(schema.column(name), example[name], is_withheld=name in withheld)
        for name in served.model.required_columns
    )


def example_records(served: Served) -> list[dict[str, Any]]:
    """Return rows to try the model with: golden rows, of which none is a row of the training table.

    Cells of personal data are missing in them.
    """
    columns = served.model.required_columns
    cells = served.golden.cells.reindex(columns=list(columns), fill_value="").head(_EXAMPLES)
    typed = served.model.read(served.golden).frame
    schema, withheld = served.model.schema, withheld_columns(served.manifest)
    return [
        {
            name: None
            if name in withheld
            else _value(schema.column(name), cells[name].iloc[row], typed[name].iloc[row])
            for name in columns
        }
        for row in range(len(cells))
    ] or [dict.fromkeys(columns)]


def _value(column: Column, cell: str, value: Any) -> Any:
    """Return what a client would send for a cell: numbers and truth values as such, all else as it is written."""
    if value is None or value != value:
        return None
    if column.kind is ColumnKind.NUMERIC:
        number = float(value)
        return int(number) if number.is_integer() and abs(number) < 2**53 else number
    return bool(value) if column.kind is ColumnKind.BOOLEAN else cell.strip()


def _field(column: Column, example: Any, *, is_withheld: bool) -> Field:
    return Field(
        name=column.name,
        kind=str(column.kind),
        says=f"A text ({WITHHELD_VALUES})." if is_withheld else _says(column),
        levels=() if is_withheld else _levels(column),
        example=example,
        types=tuple(_TYPES.get(column.kind, _OTHER_TYPES)),
    )


def _levels(column: Column) -> tuple[str, ...]:
    if column.kind is ColumnKind.BOOLEAN:
        return ("true", "false")
    few = column.kind is ColumnKind.CATEGORY and len(column.levels) <= _MOST_LEVELS
    return (column.order or column.levels) if few else ()


def _says(column: Column) -> str:
    match column.kind:
        case ColumnKind.NUMERIC:
            unit = "" if column.number is None else (column.number.suffix or column.number.prefix)
            if column.number is not None and column.number.notation == "duration":
                unit = "seconds"
            return f"A number, in {unit}." if unit else "A number."
        case ColumnKind.BOOLEAN:
            return f"True or false; as text {_some(column.true_values)} or {_some(column.false_values)}."
        case ColumnKind.CATEGORY:
            return f"One of {len(column.levels):,} levels, such as {_some(column.levels[:3])}; others count as new."
        case ColumnKind.DATETIME:
            written = column.datetime_format or "iso"
            return f"A date or time, written {'as in ISO 8601' if written == 'iso' else f'as {written}'}."
        case _:
            return "A text."


def _some(texts: tuple[str, ...]) -> str:
    return ", ".join(f"'{text}'" for text in texts) or "nothing"
