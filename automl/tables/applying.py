"""Reading text cells by a schema: the same at training and at predict time, and never failing on a bad cell."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from automl.findings import FEWEST_OF_LEVEL, Change
from automl.memory import give_back_memory
from automl.tables.converting import Converted, convert, marker_numbers
from automl.tables.glances import shortened
from automl.tables.notations import as_written
from automl.tables.numbers import parse_numbers
from automl.tables.plainnumbers import FEW, read_few
from automl.tables.quickkinds import read_plain_column
from automl.tables.schema import Column, ColumnKind, NumberFormat, Schema
from automl.tables.table import Table, TypedTable
from automl.tables.uniques import CellColumn, UniqueTexts, few_unique_texts, unique_texts

__all__ = ["apply_schema", "apply_to_texts", "match_names"]

_MAX_EXAMPLES = 3
#: Of longer ones only the beginning is looked at.
_LONGEST_NUMBER = 100
_TEXTS = pd.StringDtype(na_value=np.nan)
_VALUE_KINDS = (ColumnKind.NUMERIC, ColumnKind.BOOLEAN)


@dataclass
class _Reading:
    """What has been read so far."""

    columns: dict[str, Any] = field(default_factory=dict)
    unparsed: dict[str, int] = field(default_factory=dict)
    unseen: dict[str, int] = field(default_factory=dict)
    other_notation: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)


def apply_schema(table: Table, schema: Schema, columns: Sequence[str] | None = None) -> TypedTable:
    """Read a table's cells by a schema.

    A column is found by its exact name, or else by its name without regard to case and outer spaces where only one
    matches. A cell that the schema cannot read becomes missing and is counted; a level that it does not know is kept.

    Parameters
    ----------
    table : Table
    schema : Schema
    columns : sequence of str, optional
        Names of the schema columns wanted; those that the table lacks come back all-missing. By default every column
        of the schema that the table has.

    Returns
    -------
    TypedTable
    """
    names = [str(name) for name in table.cells.columns]
    found = match_names(schema.names, names)
    wanted = [name for name in schema.names if name in found] if columns is None else list(columns)
    reading = _Reading()
    for name in wanted:
        column = schema.column(name)
        if name in found:
            _read_column(reading, column, table.columns[found[name]])
            if table.is_long:
                give_back_memory()
        else:
            reading.columns[name] = _all_missing(column, len(table.cells))
    used = set(found.values())
    return TypedTable(
        frame=_frame_of(reading.columns, table.cells.index),
        unparsed=reading.unparsed,
        unseen=reading.unseen,
        missing_columns=tuple(name for name in schema.names if name not in found),
        extra_columns=tuple(name for name in names if name not in used),
        other_notation=tuple(reading.other_notation),
        changes=tuple(reading.changes),
    )


def apply_to_texts(texts: Mapping[str, Sequence[str]], schema: Schema) -> TypedTable:
    """Read a few cells by a schema, to the same values as :func:`apply_schema` in a fraction of its time.

    That of one row goes into handling objects made for many. No log of changes is kept.

    Parameters
    ----------
    texts : mapping of str to sequence of str
        The cells of each column, by its name in the schema, of at most :data:`~automl.tables.plainnumbers.FEW` rows.
    schema : Schema
    """
    arrays: dict[str, Any] = {}
    unparsed: dict[str, int] = {}
    unseen: dict[str, int] = {}
    for name, cells in texts.items():
        arrays[name], n_unparsed, n_unseen = _few_values(schema.column(name), cells)
        if n_unparsed:
            unparsed[name] = n_unparsed
        if n_unseen:
            unseen[name] = n_unseen
    return TypedTable(pd.DataFrame(arrays, copy=False), unparsed, unseen)


def _few_values(column: Column, cells: Sequence[str]) -> tuple[Any, int, int]:
    """Return the values of a few cells, how many of them cannot be read, and how many have a level that is new."""
    is_plain = column.kind is ColumnKind.NUMERIC and (column.number or NumberFormat()).is_default
    known = None if is_plain or not cells else _known_values(column, cells)
    if known is not None:
        return known, 0, 0
    if is_plain:
        values, others = read_few(cells, marker_numbers(column))
        if not others.any():
            return values, 0, 0
        uniques = few_unique_texts([cell for cell, is_other in zip(cells, others.tolist(), strict=True) if is_other])
        converted = convert(column, uniques.trimmed)
        values[others] = np.asarray(converted.values)[uniques.codes]
    else:
        uniques = few_unique_texts(cells)
        column = as_written(column, uniques.trimmed)
        converted = convert(column, uniques.trimmed)
        values = _spread_values(column, converted, uniques)
    return values, *_counts(converted, uniques)


def _known_values(column: Column, cells: Sequence[str]) -> Any:
    """Return the values of a few cells that all say what the schema reads at a glance, None where they do not."""
    texts = [cell.strip() for cell in cells]
    if column.kind is ColumnKind.CATEGORY:
        return _text_array(texts) if column.meanings.keys() >= set(texts) else None
    if not set(texts).isdisjoint(column.missing_markers):
        return None
    if column.kind is ColumnKind.BOOLEAN:
        meanings = [column.meanings.get(text.casefold()) for text in texts]
        return None if None in meanings else np.array(meanings, dtype=np.float64)
    if column.kind is not ColumnKind.NUMERIC or column.number is None or max(map(len, texts)) > _LONGEST_NUMBER:
        return None
    numbers = parse_numbers(texts, column.number)
    return None if np.isnan(numbers).any() or np.isin(numbers, marker_numbers(column)).any() else numbers


def match_names(wanted: Sequence[str], present: Sequence[str]) -> dict[str, str]:
    """Map schema names to table names: exact ones first, then those equal but for case and outer spaces."""
    known = set(present)
    found = {name: name for name in wanted if name in known}
    free_wanted = [name for name in wanted if name not in found]
    free_present = [name for name in present if name not in found]
    by_key: dict[str, list[str]] = {}
    for name in free_present:
        by_key.setdefault(name.strip().casefold(), []).append(name)
    keys = [name.strip().casefold() for name in free_wanted]
    counts = Counter(keys)
    for name, key in zip(free_wanted, keys, strict=True):
        if len(by_key.get(key, ())) == 1 and counts[key] == 1:
            found[name] = by_key[key][0]
    return found


def _frame_of(columns: Mapping[str, Any], index: pd.Index) -> pd.DataFrame:
    """Put columns together: those of a long table as they are, for a copy of each would take as much memory again."""
    return pd.DataFrame(columns, index=index, copy=len(index) <= len(columns))


def _all_missing(column: Column, n_rows: int) -> Any:
    if column.kind in _VALUE_KINDS:
        return np.full(n_rows, np.nan)
    if column.kind is ColumnKind.DATETIME:
        return np.full(n_rows, np.datetime64("NaT", "us"))
    return pd.array([np.nan] * n_rows, dtype=_TEXTS)


def _read_column(reading: _Reading, column: Column, cells: CellColumn) -> None:
    if column.kind is ColumnKind.NUMERIC and (column.number or NumberFormat()).is_default:
        values, others = read_plain_column(cells, marker_numbers(column))
        reading.columns[column.name] = values
        if not others.any():
            return
        uniques = unique_texts(list(itertools.compress(cells, others)) if isinstance(cells, list) else cells[others])
        converted = convert(column, uniques.trimmed)
        values[others] = np.asarray(converted.values)[uniques.codes]
    else:
        uniques = unique_texts(cells)
        written = as_written(column, uniques.trimmed)
        if written is not column:
            reading.other_notation.append(column.name)
            column = written
        converted = convert(column, uniques.trimmed)
        if isinstance(cells, pd.Series) and isinstance(converted.values, list) and uniques.raw == converted.values:
            # Arrow's arrays never change: two that say the same are one in memory.
            reading.columns[column.name] = cells.array.copy()
        else:
            reading.columns[column.name] = _spread_values(column, converted, uniques)
    _log(reading, column, converted, uniques)


def _log(reading: _Reading, column: Column, converted: Converted, uniques: UniqueTexts) -> None:
    unparsed, unseen = _counts(converted, uniques)
    if unparsed:
        reading.unparsed[column.name] = unparsed
    if unseen:
        reading.unseen[column.name] = unseen
    reading.changes.extend(_changes(column, converted, uniques))


def _counts(converted: Converted, uniques: UniqueTexts) -> tuple[int, int]:
    """Return how many cells could not be read, and how many have a level that is new."""
    return int(uniques.counts[converted.unparsed].sum()), int(uniques.counts[converted.unseen].sum())


def _spread_values(column: Column, converted: Converted, uniques: UniqueTexts) -> Any:
    """Return the value of every cell as an array."""
    if column.kind in _VALUE_KINDS or column.kind is ColumnKind.DATETIME:
        return np.asarray(converted.values)[uniques.codes]
    if len(uniques.codes) <= FEW:
        return _text_array([converted.values[code] for code in uniques.codes.tolist()])
    texts = pd.array([*converted.values], dtype=_TEXTS)
    return texts if len(texts) == len(uniques.codes) else texts.take(uniques.codes)


def _text_array(texts: Sequence[Any]) -> Any:
    """Return a few texts, NaN where missing, as pandas holds them; by its general way one takes twice as long."""
    return _TEXTS.__from_arrow__(pa.array(texts, pa.large_string(), from_pandas=True))  # type: ignore[attr-defined]


def _changes(column: Column, converted: Converted, uniques: UniqueTexts) -> list[Change]:
    pairs = zip(uniques.raw, uniques.trimmed, strict=True)
    trimmed = np.array([bool(text) and raw != text for raw, text in pairs], dtype=bool)
    name = column.name
    changes = (
        _change("trim", name, trimmed, uniques.trimmed, uniques, "White space around {count:,} cells was removed."),
        _change(
            "missing", name, converted.marked, "", uniques, "{count:,} cells that say 'missing' were marked as missing."
        ),
        _change(
            "types",
            name,
            converted.unparsed,
            "",
            uniques,
            f"{{count:,}} cells that are no {column.kind} value became missing.",
        ),
        _change("types", name, converted.rewritten, converted.written, uniques, converted.message),
        _change(
            "spelling",
            name,
            converted.respelled,
            converted.written,
            uniques,
            "{count:,} cells were given the spelling of their level.",
        ),
    )
    return [change for change in changes if change is not None]


def _change(
    step: str, name: str, mask: np.ndarray, after: Sequence[str] | str, uniques: UniqueTexts, message: str
) -> Change | None:
    count = int(uniques.counts[mask].sum()) if mask.any() else 0
    if not count:
        return None
    positions = np.flatnonzero(mask)[:_MAX_EXAMPLES].tolist()
    pairs = ((uniques.raw[at], after if isinstance(after, str) else after[at]) for at in positions)
    examples = tuple((shortened(before), shortened(written)) for before, written in pairs)
    is_kept = (uniques.counts[positions] >= FEWEST_OF_LEVEL).tolist()
    kept = tuple(itertools.compress(examples, is_kept))
    return Change(step, name, count, message.format(count=count), examples, kept)
