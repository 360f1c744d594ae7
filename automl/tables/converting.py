"""The values of a column's distinct texts, by the column's kind."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from automl.tables.datetimes import ISO, parse_datetimes
from automl.tables.glances import beginnings
from automl.tables.levels import level_key
from automl.tables.missing import is_any_marker, is_clear_marker
from automl.tables.numbers import parse_numbers
from automl.tables.schema import Column, ColumnKind, NumberFormat

__all__ = ["Converted", "convert", "marker_numbers"]

Mask = NDArray[np.bool_]

_VALUE_KINDS = (ColumnKind.NUMERIC, ColumnKind.BOOLEAN, ColumnKind.DATETIME)


@dataclass(frozen=True)
class Converted:
    """What became of a column's distinct texts.

    Attributes
    ----------
    values : sequence
        float64, datetime64[us] or str with NaN, one for each text.
    marked : ndarray of bool
        Missing by a marker (the empty text is not marked).
    unparsed : ndarray of bool
        Neither missing nor readable.
    unseen : ndarray of bool
        Levels that the schema does not know.
    rewritten : ndarray of bool
        Read as a value that is not what the text says character by character, such as ``$3``.
    respelled : ndarray of bool
        Given the spelling of their level.
    written : sequence of str
        The value as text, for the cleaning log.
    message : str
        What was rewritten, with a place for ``count``.
    """

    values: Sequence[object] | NDArray[np.float64] | NDArray[np.datetime64]
    marked: Mask
    unparsed: Mask
    unseen: Mask
    rewritten: Mask
    respelled: Mask
    written: Sequence[str]
    message: str = ""


def convert(column: Column, texts: Sequence[str]) -> Converted:
    """Read distinct trimmed texts as the column's kind says."""
    if column.kind in _VALUE_KINDS:
        texts = beginnings(texts)
    marked = _marked(column, texts)
    absent = marked | np.array([not text for text in texts], dtype=bool)
    if column.kind is ColumnKind.NUMERIC:
        return _numeric(column, texts, marked, absent)
    if column.kind is ColumnKind.BOOLEAN:
        return _boolean(column, texts, marked, absent)
    if column.kind is ColumnKind.DATETIME:
        return _datetime(column, texts, marked, absent)
    return _levels(column, texts, marked, absent)


def marker_numbers(column: Column) -> tuple[float, ...]:
    """Return those of a numeric column's markers that are numbers: -999 stands for a missing one as -999.0 does.

    Programs write whole numbers with a fraction as soon as one of their column is missing.
    """
    return _numbers_among(column.missing_markers, column.number or NumberFormat()) if column.missing_markers else ()


# A server asks for each column of each question.
@lru_cache(maxsize=1024)
def _numbers_among(markers: tuple[str, ...], number: NumberFormat) -> tuple[float, ...]:
    return tuple(value for value in parse_numbers(markers, number).tolist() if not math.isnan(value))


def _marked(column: Column, texts: Sequence[str]) -> Mask:
    """Find the markers: those of the training table, and those that mean "missing" in any column of the kind."""
    known = set(column.missing_markers)
    if column.kind in _VALUE_KINDS:
        words = {*column.true_values, *column.false_values}
        return np.array([t in known or (is_any_marker(t) and t.casefold() not in words) for t in texts], dtype=bool)
    return np.array([t in known or (is_clear_marker(t) and t not in column.level_set) for t in texts], dtype=bool)


def _numeric(column: Column, texts: Sequence[str], marked: Mask, absent: Mask) -> Converted:
    number = column.number or NumberFormat()
    values = parse_numbers(texts, number)
    if numbers := marker_numbers(column):
        marked = marked | np.isin(values, numbers)
        absent = absent | marked
    values[absent] = np.nan
    unparsed = np.isnan(values) & ~absent
    rewritten = np.zeros(len(texts), dtype=bool)
    written: Sequence[str] = texts
    if not number.is_default:
        plain = parse_numbers(texts, NumberFormat())
        rewritten = ~np.isnan(values) & (plain != values)
        written = [f"{value:g}" for value in values.tolist()]
    message = f"{{count:,}} cells were read as numbers ({_marks(number).replace('{', '{{').replace('}', '}}')})."
    return Converted(values, marked, unparsed, _none(texts), rewritten, _none(texts), written, message)


def _marks(number: NumberFormat) -> str:
    """Say in words how numbers are written."""
    if number.notation == "duration":
        return "spans of time, in seconds"
    units = ", ".join(f"'{unit}'" for unit, _ in number.units)
    marks = {"decimal": number.decimal, "thousands": number.thousands, "prefix": number.prefix, "suffix": number.suffix}
    return " ".join([f"{what} '{mark}'" for what, mark in marks.items() if mark] + [f"units {units}"] * bool(units))


def _boolean(column: Column, texts: Sequence[str], marked: Mask, absent: Mask) -> Converted:
    meaning = dict.fromkeys(column.false_values, 0.0) | dict.fromkeys(column.true_values, 1.0)
    values = np.array([meaning.get(text.casefold(), np.nan) for text in texts], dtype=np.float64)
    values[absent] = np.nan
    known = ~np.isnan(values)
    written = [f"{value:g}" for value in values.tolist()]
    message = "{count:,} cells were read as true (1) or false (0)."
    return Converted(values, marked, ~known & ~absent, _none(texts), known, _none(texts), written, message)


def _datetime(column: Column, texts: Sequence[str], marked: Mask, absent: Mask) -> Converted:
    datetime_format = column.datetime_format or ISO
    values = parse_datetimes(texts, datetime_format)
    values[absent] = np.datetime64("NaT")
    known = ~np.isnat(values)
    name = "ISO 8601" if datetime_format == ISO else datetime_format
    message = f"{{count:,}} cells were read as dates in the format {name}."
    written = np.datetime_as_string(values, unit="s").tolist()
    return Converted(values, marked, ~known & ~absent, _none(texts), known, _none(texts), written, message)


def _levels(column: Column, texts: Sequence[str], marked: Mask, absent: Mask) -> Converted:
    if column.kind is not ColumnKind.CATEGORY:
        values = [np.nan if gone else text for text, gone in zip(texts, absent, strict=True)]
        none = _none(texts)
        return Converted(values, marked, none, none, none, none, texts)
    by_key, exact = column.levels_by_key, column.level_set
    found = [text if text in exact else by_key.get(level_key(text)) for text in texts]
    unseen = np.array([level is None for level in found], dtype=bool) & ~absent
    written = [text if level is None else level for text, level in zip(texts, found, strict=True)]
    pairs = zip(texts, written, strict=True)
    respelled = np.array([text != level for text, level in pairs], dtype=bool) & ~absent
    values = [np.nan if gone else text for text, gone in zip(written, absent, strict=True)]
    return Converted(values, marked, _none(texts), unseen, _none(texts), respelled, written)


def _none(texts: Sequence[str]) -> Mask:
    return np.zeros(len(texts), dtype=bool)
