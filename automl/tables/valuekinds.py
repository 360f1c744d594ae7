"""Columns whose cells are values: booleans, numbers, spans of time, points in time."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from automl.tables.booleans import find_boolean_words
from automl.tables.candidates import Candidate
from automl.tables.contents import are_code_numbers
from automl.tables.dateformats import find_datetime_format, find_number_date_format
from automl.tables.datetimes import ISO, parse_datetimes
from automl.tables.durations import are_durations
from automl.tables.levels import find_levels
from automl.tables.numbers import find_number_format, has_leading_zero, parse_numbers
from automl.tables.schema import Column, ColumnKind, NumberFormat
from automl.tables.sentinels import find_sentinel_dates, find_sentinels

__all__ = ["boolean_column", "has_id_name", "stated_value_column", "value_column"]

_ENOUGH = 0.95
_ENOUGH_OF_MANY = 0.8
_MIN_NUMBERS = 30
_MAX_JUNK_LEVELS = 5
_MIN_IDENTIFIER_ROWS = 20
_MIN_NUMBERED_ROWS = 50
_ID_NAME = re.compile(r"(?:^|[_\-\s.])(?:id|ids|uuid|guid|uid|pk|rowid)$|[a-z0-9](?:I[dD])$", re.ASCII)
_ID_WORD = re.compile(r"id|uuid|guid|uid|rowid|index|unnamed: 0", re.IGNORECASE | re.ASCII)
_NUMBER_NAME = re.compile(r"(?:^|[_\-\s.])(?:no|nr|number|num|key|serial)\.?$", re.IGNORECASE)


def has_id_name(name: str) -> bool:
    """Whether a column's name says that it is an identifier: it is ``id`` or ends so."""
    return bool(_ID_WORD.fullmatch(name.strip()) or _ID_NAME.search(name.strip()))


def value_column(values: Candidate) -> Column | None:
    """Return the column where its cells are booleans, dates or numbers; None where they are levels or text."""
    if not values.texts or values.is_constant:
        return None
    boolean = boolean_column(values)
    if boolean:
        return boolean
    content = are_code_numbers(values.name, values.texts)
    if content:
        return _code_column(values, content)
    number, share = find_number_format(values.texts, values.counts)
    if find_number_date_format(values.name, values.texts, values.counts) is not None:
        return _datetime_column(values)
    if share < _ENOUGH and not _are_mostly_numbers(values, number, share):
        return _datetime_column(values) or _duration_column(values)
    if _are_codes(values):
        return None
    if _is_integer_identifier(values, number):
        return Column(values.name, ColumnKind.IDENTIFIER, values.markers)
    return _numeric_column(values, number)


def boolean_column(values: Candidate) -> Column | None:
    """Return the column where its cells say yes and no."""
    yes, no = find_boolean_words(values.texts)
    if not yes:
        return None
    return Column(values.name, ColumnKind.BOOLEAN, values.markers, true_values=yes, false_values=no)


def stated_value_column(values: Candidate, kind: ColumnKind) -> Column:
    """Return a column of numbers, dates or booleans whose kind the user states; no number is taken for missing."""
    if kind is ColumnKind.NUMERIC:
        if are_durations(values.texts, values.counts):
            return Column(values.name, kind, values.markers, number=NumberFormat(notation="duration"))
        number, _ = find_number_format(values.texts, values.counts)
        return Column(values.name, kind, values.markers, number=number)
    if kind is ColumnKind.DATETIME:
        datetime_format, _ = find_datetime_format(values.name, values.texts, values.counts)
        if datetime_format is None:
            datetime_format, _ = find_datetime_format("date", values.texts, values.counts)
        return Column(values.name, kind, values.markers, datetime_format=datetime_format or ISO)
    return boolean_column(values) or _two_valued_column(values)


def _code_column(values: Candidate, content: str) -> Column:
    if content == "phone" and values.unique_share >= _ENOUGH:
        return Column(values.name, ColumnKind.IDENTIFIER, values.markers, content=content)
    levels = find_levels(dict(zip(values.texts, values.counts.tolist(), strict=True)))
    return Column(values.name, ColumnKind.CATEGORY, values.markers, levels=levels, content=content)


def _numeric_column(values: Candidate, number: NumberFormat) -> Column:
    column = Column(values.name, ColumnKind.NUMERIC, values.markers, number=number)
    sentinels = find_sentinels(values.texts, parse_numbers(values.texts, number), values.counts)
    return replace(column, missing_markers=(*values.markers, *sentinels)) if sentinels else column


def _datetime_column(values: Candidate) -> Column | None:
    datetime_format, share = find_datetime_format(values.name, values.texts, values.counts)
    if datetime_format is None or share < _ENOUGH:
        return None
    sentinels = find_sentinel_dates(values.texts, parse_datetimes(values.texts, datetime_format), values.counts)
    markers = (*values.markers, *sentinels)
    return Column(values.name, ColumnKind.DATETIME, markers, datetime_format=datetime_format)


def _duration_column(values: Candidate) -> Column | None:
    if not are_durations(values.texts, values.counts):
        return None
    return Column(values.name, ColumnKind.NUMERIC, values.markers, number=NumberFormat(notation="duration"))


def _are_mostly_numbers(values: Candidate, number: NumberFormat, share: float) -> bool:
    """Whether many different numbers stand beside a few words, which then say why there is no number."""
    if share < _ENOUGH_OF_MANY:
        return False
    read = ~np.isnan(parse_numbers(values.texts, number))
    return bool(read.sum() >= _MIN_NUMBERS and (~read).sum() <= _MAX_JUNK_LEVELS)


def _are_codes(values: Candidate) -> bool:
    """Whether digits are codes, as postal codes are: zeros lead, and all have one length or many begin so."""
    leading_zeros = np.array([has_leading_zero(text) for text in values.texts], dtype=bool)
    leading = int(values.counts[leading_zeros].sum())
    if not leading:
        return False
    lengths = np.bincount([len(text) for text in values.texts], weights=values.counts)
    return bool(lengths.max() >= _ENOUGH * values.n_present or leading >= 0.1 * values.n_present)


def _is_integer_identifier(values: Candidate, number: NumberFormat) -> bool:
    if values.n_present < 2 or values.n_present != values.n_rows or len(values.texts) != values.n_rows:
        return False
    if not all(text.isdecimal() for text in values.texts):
        return False
    if has_id_name(values.name):
        return True
    if values.n_rows >= _MIN_NUMBERED_ROWS and _NUMBER_NAME.search(values.name.strip()):
        return True
    return values.n_rows >= _MIN_IDENTIFIER_ROWS and _counts_up(values, number)


def _counts_up(values: Candidate, number: NumberFormat) -> bool:
    numbers: NDArray[np.float64] = parse_numbers(values.uniques.trimmed, number)
    return bool((np.diff(numbers) == 1).all())


def _two_valued_column(values: Candidate) -> Column:
    """Return a boolean column for two texts of any sort: the one that sorts last (1 of 0 and 1) is true."""
    words = sorted({text.casefold() for text in values.texts})
    return Column(
        values.name,
        ColumnKind.BOOLEAN,
        values.markers,
        true_values=tuple(words[-1:]) if len(words) > 1 else (),
        false_values=tuple(words[:1]),
    )
