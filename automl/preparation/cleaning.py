"""The cleaned table as text, and the log of every change: ``automl clean``."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray

from automl.arguments import did_you_mean
from automl.errors import UsageError
from automl.findings import Change
from automl.preparation.checks.hashing import duplicate_groups
from automl.preparation.checks.personal import what_identifies
from automl.preparation.outliers import empty_outliers
from automl.preparation.withholding import changes_without_cells
from automl.preparation.wording import counted, verb
from automl.tables.applying import apply_schema
from automl.tables.converting import convert
from automl.tables.datetimes import ISO
from automl.tables.schema import Column, ColumnKind, Schema
from automl.tables.table import Table
from automl.tables.uniques import UniqueTexts, unique_texts

__all__ = ["CLEANING_STEPS", "DEFAULT_STEPS", "CleanedTable", "clean"]

CLEANING_STEPS = ("parse", "trim", "missing", "types", "spelling", "outliers", "target", "duplicates")
DEFAULT_STEPS = ("parse", "trim", "missing", "types", "spelling")

_MAX_EXAMPLES = 3
_PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?", re.ASCII)
_ZONE = re.compile(r"(?:Z|[+-]\d{2}:?\d{2}|\s[A-Z]{3,4})$", re.ASCII)
_DAY_PARTS = re.compile(r"%[dmYybBjGu]")

TextStep = Callable[[Column, Sequence[str], NDArray[np.int64]], list[str]]


@dataclass(frozen=True)
class CleanedTable:
    """A cleaned table.

    Attributes
    ----------
    cells : DataFrame of str
        Under a RangeIndex; a missing cell is ``""``.
    changes : tuple of Change
        One for each step and column in which something changed.
    """

    cells: pd.DataFrame
    changes: tuple[Change, ...]


def clean(table: Table, schema: Schema, steps: Sequence[str] = DEFAULT_STEPS) -> CleanedTable:
    """Clean a table step by step. Cleaning what came out again changes nothing.

    Parameters
    ----------
    table : Table
    schema : Schema
        As :func:`automl.tables.infer_schema` returns it for ``table``.
    steps : sequence of str
        Names of :data:`CLEANING_STEPS`; they run in that order, whatever the order here. By default those that keep
        every row.

        - ``parse``: the cells as they stood in the file.
        - ``trim``: no white space around a cell.
        - ``missing``: a cell that says "missing" is empty.
        - ``types``: numbers like ``1234.5``, dates in ISO 8601; what the column's kind cannot read is empty.
        - ``spelling``: the levels of a category have one spelling, the most frequent.
        - ``outliers``: a number farther from the middle half of its column than twenty times that half's width is
          empty.
        - ``target``: no rows without a target (``schema.target``).
        - ``duplicates``: of equal rows only the first.

    Raises
    ------
    UsageError
        If a step is unknown, or ``target`` is asked for without a target.
    """
    _check_steps(steps, schema)
    text_steps = [name for name in _TEXT_STEPS if name in steps]
    changes: list[Change] = []
    cleaned: dict[str, ExtensionArray] = {}
    for column in schema.columns:
        if column.name in table.columns and text_steps:
            uniques = unique_texts(table.columns[column.name])
            after, logged = _clean_texts(column, uniques, text_steps)
            if logged:
                personal = (column.name,) if what_identifies(column, table.columns[column.name]) else ()
                changes.extend(changes_without_cells(logged, personal))
                cleaned[column.name] = pd.array(after, dtype="str").take(uniques.codes)
    cells = table.cells
    if cleaned:
        columns = {str(name): cleaned.get(str(name), before) for name, before in cells.items()}
        cells = pd.DataFrame(columns, index=cells.index)
    if "target" in steps:
        cells = _keep_rows(cells, _has_target(table, schema), "target", "without a target", changes)
    if "duplicates" in steps:
        cells = _keep_rows(cells, _is_first(cells), "duplicates", "equal to an earlier one", changes)
    return CleanedTable(cells=cells.reset_index(drop=True), changes=tuple(changes))


def _check_steps(steps: Sequence[str], schema: Schema) -> None:
    for step in steps:
        if step not in CLEANING_STEPS:
            hint = did_you_mean(step, CLEANING_STEPS) or f"The steps are: {', '.join(CLEANING_STEPS)}."
            raise UsageError(f"There is no cleaning step '{step}'.", hint)
    if "target" in steps and schema.target is None:
        raise UsageError(
            "The step 'target' needs to know the target column.", "Leave it out; fit leaves out such rows by itself."
        )


def _clean_texts(column: Column, uniques: UniqueTexts, steps: Sequence[str]) -> tuple[list[str], list[Change]]:
    texts = list(uniques.raw)
    changes = []
    for step in steps:
        after = _TEXT_STEPS[step](column, texts, uniques.counts)
        change = _change(step, column, uniques, texts, after)
        if change is not None:
            changes.append(change)
        texts = after
    return texts, changes


def _change(step: str, column: Column, uniques: UniqueTexts, before: list[str], after: list[str]) -> Change | None:
    changed = [at for at, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
    if not changed:
        return None
    count = int(uniques.counts[changed].sum())
    examples = tuple((before[at], after[at]) for at in changed[:_MAX_EXAMPLES])
    message = f"{counted(count, 'cell')} {verb(count, 'was', 'were')} {_what_was_done(step, column)}."
    return Change(step, column.name, count, message, examples)


def _what_was_done(step: str, column: Column) -> str:
    number = column.number
    unit = f" in {number.suffix}" if number is not None and number.suffix else ""
    if number is not None and number.notation == "duration":
        unit = " in seconds"
    return _MESSAGES[step].format(kind=column.kind, unit=unit)


def _trim(_column: Column, texts: Sequence[str], _counts: NDArray[np.int64]) -> list[str]:
    return [text.strip() for text in texts]


def _empty_missing(column: Column, texts: Sequence[str], _counts: NDArray[np.int64]) -> list[str]:
    trimmed = [text.strip() for text in texts]
    marked = convert(column, trimmed).marked
    return ["" if gone or not bare else text for text, bare, gone in zip(texts, trimmed, marked, strict=True)]


def _write_types(column: Column, texts: Sequence[str], _counts: NDArray[np.int64]) -> list[str]:
    if column.kind not in (ColumnKind.NUMERIC, ColumnKind.BOOLEAN, ColumnKind.DATETIME):
        return list(texts)
    trimmed = [text.strip() for text in texts]
    converted = convert(column, trimmed)
    readable = ~pd.isna(np.asarray(converted.values))
    written = _written(column, trimmed, np.asarray(converted.values))
    return [
        new if fine else "" if bad else text
        for text, new, fine, bad in zip(texts, written, readable, converted.unparsed, strict=True)
    ]


def _written(column: Column, texts: Sequence[str], values: NDArray[np.float64]) -> Sequence[str]:
    if column.kind is ColumnKind.NUMERIC:
        return [_plain_number(text, value) for text, value in zip(texts, values.tolist(), strict=True)]
    if column.kind is ColumnKind.DATETIME:
        return _iso_texts(column, texts, values.astype("datetime64[us]"))
    return texts


def _plain_number(text: str, value: float) -> str:
    """Keep a text that is a plain number of this value, every digit of it; write any other from the value."""
    if _PLAIN_NUMBER.fullmatch(text) and float(text) == value:
        return text
    if value == 0 or 1e-6 <= abs(value) < 1e16:
        return np.format_float_positional(value, trim="-")
    return repr(value)


def _iso_texts(column: Column, texts: Sequence[str], values: NDArray[np.datetime64]) -> Sequence[str]:
    """Write a column's dates in one precision: days, seconds or microseconds; times of no day as times."""
    present = values[~np.isnat(values)]
    if _is_time_of_day(column.datetime_format or ISO):
        return [text.split("T")[-1] for text in np.datetime_as_string(values, unit="s").tolist()]
    has_zone = any(_ZONE.search(text) and ":" in text for text in texts)
    if not has_zone and (present == present.astype("datetime64[D]")).all():
        written = np.datetime_as_string(values, unit="D").tolist()
    elif (present == present.astype("datetime64[s]")).all():
        written = np.datetime_as_string(values, unit="s").tolist()
    else:
        written = np.datetime_as_string(values, unit="us").tolist()
    return [f"{text}Z" for text in written] if has_zone else written


def _is_time_of_day(datetime_format: str) -> bool:
    return all("%" in part and not _DAY_PARTS.search(part) for part in datetime_format.split("|"))


def _unify_spelling(column: Column, texts: Sequence[str], _counts: NDArray[np.int64]) -> list[str]:
    if column.kind is not ColumnKind.CATEGORY:
        return list(texts)
    converted = convert(column, [text.strip() for text in texts])
    return [
        level if respelled else text
        for text, level, respelled in zip(texts, converted.written, converted.respelled, strict=True)
    ]


_TEXT_STEPS: dict[str, TextStep] = {
    "trim": _trim,
    "missing": _empty_missing,
    "types": _write_types,
    "spelling": _unify_spelling,
    "outliers": empty_outliers,
}
_MESSAGES = {
    "trim": "freed of white space around it",
    "missing": "marked as missing",
    "types": "written as plain {kind} values{unit}; what is no such value was made missing",
    "spelling": "given the most frequent spelling of the level",
    "outliers": "made missing, far out of the range of the others",
}


def _has_target(table: Table, schema: Schema) -> NDArray[np.bool_]:
    name = str(schema.target)
    return apply_schema(table, schema, [name]).frame[name].notna().to_numpy()


def _is_first(cells: pd.DataFrame) -> NDArray[np.bool_]:
    groups = duplicate_groups([cells[name] for name in cells.columns], len(cells))
    first = np.zeros(len(cells), dtype=bool)
    first[np.unique(groups, return_index=True)[1]] = True
    return first


def _keep_rows(
    cells: pd.DataFrame, keep: NDArray[np.bool_], step: str, what: str, changes: list[Change]
) -> pd.DataFrame:
    count = int((~keep).sum())
    if not count:
        return cells
    changes.append(Change(step, None, count, f"{counted(count, 'row')} {what} {verb(count, 'was', 'were')} left out."))
    return cells[keep]
