"""The schema: what each column of a table is, and how its cells are read. Stored in the model file."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

from automl.tables.levels import level_key

__all__ = ["Column", "ColumnKind", "NumberFormat", "Schema", "Task"]


class ColumnKind(StrEnum):
    """What a column holds."""

    NUMERIC = "numeric"
    BOOLEAN = "boolean"
    CATEGORY = "category"
    DATETIME = "datetime"
    TEXT = "text"
    IDENTIFIER = "identifier"
    CONSTANT = "constant"
    EMPTY = "empty"

    @property
    def is_feature(self) -> bool:
        """Whether models can learn from a column of this kind."""
        return self not in (ColumnKind.IDENTIFIER, ColumnKind.CONSTANT, ColumnKind.EMPTY)


class Task(StrEnum):
    """What is predicted."""

    BINARY = "binary"
    MULTICLASS = "multiclass"
    REGRESSION = "regression"

    @property
    def is_classification(self) -> bool:
        """Whether the target is a class label."""
        return self is not Task.REGRESSION


@dataclass(frozen=True)
class NumberFormat:
    """How a numeric column's cells are written.

    Attributes
    ----------
    decimal, thousands : str
        The marks; ``thousands`` is empty where none is used.
    prefix, suffix : str
        Currency or unit written around the number, such as ``"$"`` or ``"%"``.
    units : tuple of (str, float)
        Other units that stand behind some numbers, each with the factor that makes it one of ``suffix``: ``("g",
        0.001)`` beside ``"kg"``.
    notation : str
        ``"decimal"``, or ``"duration"`` for spans of time such as ``3h 14m``, read in seconds.
    """

    decimal: str = "."
    thousands: str = ""
    prefix: str = ""
    suffix: str = ""
    units: tuple[tuple[str, float], ...] = ()
    notation: str = "decimal"

    @property
    def is_default(self) -> bool:
        """Whether the numbers stand as programs write them: ``-1234.5``."""
        return self == NumberFormat()

    def to_dict(self) -> dict[str, Any]:
        """Return the format as JSON-ready values."""
        return {**asdict(self), "units": [list(unit) for unit in self.units]}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> NumberFormat:
        """Rebuild a format from what :meth:`to_dict` returned; TypeError or ValueError where that is not what it is."""
        texts = {name: _text(value) for name, value in values.items() if name != "units"}
        return cls(**texts, units=tuple((_text(unit), float(factor)) for unit, factor in values.get("units", ())))


@dataclass(frozen=True)
class Column:
    """One column of a schema.

    Attributes
    ----------
    name : str
        Unique name within the table, as in the header row (renamed only where the header repeats a name).
    kind : ColumnKind
    missing_markers : tuple of str
        Trimmed cell texts that mean "missing" in this column, beside the empty cell.
    number : NumberFormat or None
        For numeric columns.
    datetime_format : str or None
        For date-time columns, as :func:`automl.tables.datetimes.parse_datetimes` takes it.
    true_values, false_values : tuple of str
        For boolean columns: lower-case cell texts.
    levels : tuple of str
        For category columns: the levels of the training table, most frequent first. Empty elsewhere.
    order : tuple of str
        For categories that look ordered, such as low, medium, high: the levels from least to greatest.
    content : str
        What the texts are where that can be told: one of :data:`automl.tables.contents.CONTENTS`. Empty elsewhere.
    """

    name: str
    kind: ColumnKind
    missing_markers: tuple[str, ...] = ()
    number: NumberFormat | None = None
    datetime_format: str | None = None
    true_values: tuple[str, ...] = ()
    false_values: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    content: str = ""

    @cached_property
    def level_set(self) -> frozenset[str]:
        """The levels, to look one up in."""
        return frozenset(self.levels)

    @cached_property
    def meanings(self) -> dict[str, Any]:
        """What texts mean that need no second look: levels as they are spelled, and in lower case what is true."""
        known: dict[str, Any] = dict.fromkeys(self.false_values, 0.0) | dict.fromkeys(self.true_values, 1.0)
        known.update(zip(self.levels, self.levels, strict=True))
        return {text: value for text, value in known.items() if text and text not in self.missing_markers}

    @cached_property
    def levels_by_key(self) -> dict[str, str]:
        """The levels by what all their spellings share."""
        return {level_key(level): level for level in self.levels}

    def to_dict(self) -> dict[str, Any]:
        """Return the column as JSON-ready values; what is empty is left out."""
        values: dict[str, Any] = {"name": self.name, "kind": str(self.kind)}
        if self.missing_markers:
            values["missing_markers"] = list(self.missing_markers)
        if self.number is not None:
            values["number"] = self.number.to_dict()
        if self.datetime_format is not None:
            values["datetime_format"] = self.datetime_format
        for field in ("true_values", "false_values", "levels", "order"):
            if getattr(self, field):
                values[field] = list(getattr(self, field))
        if self.content:
            values["content"] = self.content
        return values

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Column:
        """Rebuild a column from what :meth:`to_dict` returned.

        Raises
        ------
        KeyError, TypeError, ValueError
            If that is not what it is.
        """
        return cls(
            name=_text(values["name"]),
            kind=ColumnKind(values["kind"]),
            number=NumberFormat.from_dict(values["number"]) if "number" in values else None,
            datetime_format=_text(values["datetime_format"]) if "datetime_format" in values else None,
            content=_text(values.get("content", "")),
            **{name: tuple(map(_text, values[name])) for name in _LISTS_OF_TEXTS if name in values},
        )


@dataclass(frozen=True)
class Schema:
    """What each column is; with a target, what is predicted.

    Attributes
    ----------
    columns : tuple of Column
        Every column of the table in file order, the target's included.
    target : str or None
    task : Task or None
        None without a target.
    labels : tuple of str
        For classification: the class labels as they stood in the training file. Class code ``i`` means ``labels[i]``;
        for a binary task ``labels[1]`` is the positive one.
    """

    columns: tuple[Column, ...]
    target: str | None = None
    task: Task | None = None
    labels: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The column names in file order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """Return the column called ``name``; KeyError where there is none."""
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {column.name: column for column in reversed(self.columns)}

    def with_target(self, target: str, task: Task, labels: tuple[str, ...]) -> Schema:
        """Return the same schema with a target decided."""
        return replace(self, target=target, task=task, labels=labels)

    def to_dict(self) -> dict[str, Any]:
        """Return the schema as JSON-ready values."""
        return {
            "columns": [column.to_dict() for column in self.columns],
            "target": self.target,
            "task": None if self.task is None else str(self.task),
            "labels": list(self.labels),
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Schema:
        """Rebuild a schema from what :meth:`to_dict` returned; errors as for :meth:`Column.from_dict`."""
        return cls(
            columns=tuple(Column.from_dict(column) for column in values["columns"]),
            target=None if values["target"] is None else _text(values["target"]),
            task=None if values["task"] is None else Task(values["task"]),
            labels=tuple(map(_text, values["labels"])),
        )


_LISTS_OF_TEXTS = ("missing_markers", "true_values", "false_values", "levels", "order")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"a text is expected, not {value!r}")
    return value
