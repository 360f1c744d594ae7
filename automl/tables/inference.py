"""What each column of a table holds, decided from its distinct texts and their counts."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from automl.errors import UsageError
from automl.tables.datetimes import ISO, are_compact_dates, find_datetime_format
from automl.tables.levels import find_levels
from automl.tables.missing import find_level_markers, find_value_markers
from automl.tables.numbers import find_number_format, has_leading_zero, parse_numbers
from automl.tables.schema import Column, ColumnKind, NumberFormat, Schema
from automl.tables.table import Table
from automl.tables.uniques import UniqueTexts, unique_texts

__all__ = ["infer_schema"]

TRUE_WORDS = ("yes", "true", "y", "t", "on")
FALSE_WORDS = ("no", "false", "n", "f", "off")
_ENOUGH = 0.95
_DISTINCT = 0.99
_MIN_IDENTIFIER_ROWS = 20
_MIN_TEXT_LEVELS = 10
_ID_NAME = re.compile(r"(?:^|[_\-\s.])(?:id|ids|uuid|guid)$|[a-z0-9](?:I[dD])$", re.ASCII)
_ID_WORD = re.compile(r"id|uuid|guid", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class _Candidate:
    """A column while its kind is being decided.

    ``texts`` and ``counts`` cover the distinct trimmed texts that are not missing under ``markers``.
    """

    name: str
    texts: list[str]
    counts: NDArray[np.int64]
    markers: tuple[str, ...]
    n_rows: int

    @property
    def n_present(self) -> int:
        return int(self.counts.sum())

    @property
    def unique_share(self) -> float:
        return len(self.texts) / max(self.n_present, 1)


def infer_schema(table: Table, target: str | None = None, kinds: Mapping[str, ColumnKind] | None = None) -> Schema:
    """Decide what each column holds.

    Parameters
    ----------
    table : Table
    target : str, optional
        The column to predict. Its column is typed like any other; the task is decided elsewhere.
    kinds : mapping of str to ColumnKind, optional
        Columns whose kind the user states.

    Returns
    -------
    Schema

    Raises
    ------
    UsageError
        If ``kinds`` or ``target`` names a column that the table does not have.
    """
    stated = dict(kinds or {})
    names = [str(name) for name in table.cells.columns]
    for name in (*stated, *((target,) if target is not None else ())):
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1)
            hint = f"Did you mean '{near[0]}'?" if near else f"The columns are: {', '.join(names[:20])}."
            raise UsageError(f"The table has no column '{name}'.", hint)
    columns = tuple(_infer_column(name, unique_texts(table.cells[name]), stated.get(name)) for name in names)
    return Schema(columns=columns, target=target)


def _infer_column(name: str, uniques: UniqueTexts, stated: ColumnKind | None) -> Column:
    totals = uniques.by_trimmed()
    texts = list(totals)
    values = _candidate(name, totals, find_value_markers(texts), len(uniques.codes))
    levels = _candidate(name, totals, find_level_markers(texts), len(uniques.codes))
    if stated is not None:
        return _stated_column(values, levels, stated)
    if not levels.texts:
        return Column(name, ColumnKind.EMPTY, levels.markers)
    return _value_column(values, uniques) or _level_column(levels)


def _candidate(name: str, totals: Mapping[str, int], markers: tuple[str, ...], n_rows: int) -> _Candidate:
    texts = [text for text in totals if text and text not in markers]
    return _Candidate(name, texts, np.array([totals[text] for text in texts], dtype=np.int64), markers, n_rows)


def _value_column(values: _Candidate, uniques: UniqueTexts) -> Column | None:
    """Return the column where its cells are booleans, dates or numbers; None where they are levels or text."""
    if not values.texts or _is_constant(values):
        return None
    boolean = _boolean_column(values)
    if boolean:
        return boolean
    number, share = find_number_format(values.texts, values.counts)
    if share < _ENOUGH or are_compact_dates(values.name, values.texts, values.counts):
        return _datetime_column(values)
    if _are_codes(values):
        return None
    if _is_integer_identifier(values, number, uniques):
        return Column(values.name, ColumnKind.IDENTIFIER, values.markers)
    return Column(values.name, ColumnKind.NUMERIC, values.markers, number=number)


def _datetime_column(values: _Candidate) -> Column | None:
    datetime_format, share = find_datetime_format(values.name, values.texts, values.counts)
    if datetime_format is None or share < _ENOUGH:
        return None
    return Column(values.name, ColumnKind.DATETIME, values.markers, datetime_format=datetime_format)


def _level_column(levels: _Candidate) -> Column:
    if _is_constant(levels):
        return Column(levels.name, ColumnKind.CONSTANT, levels.markers)
    words = float(np.average([len(text.split()) for text in levels.texts], weights=levels.counts))
    if words >= 3 and levels.unique_share > 0.01 and len(levels.texts) >= _MIN_TEXT_LEVELS:
        return Column(levels.name, ColumnKind.TEXT, levels.markers)
    if _is_text_identifier(levels, words):
        return Column(levels.name, ColumnKind.IDENTIFIER, levels.markers)
    return _category_column(levels)


def _category_column(levels: _Candidate) -> Column:
    counts = dict(zip(levels.texts, levels.counts.tolist(), strict=True))
    return Column(levels.name, ColumnKind.CATEGORY, levels.markers, levels=find_levels(counts))


def _is_constant(candidate: _Candidate) -> bool:
    return len(candidate.texts) == 1 and candidate.n_present == candidate.n_rows


def _boolean_column(values: _Candidate) -> Column | None:
    words = {text.casefold() for text in values.texts}
    true_values = tuple(word for word in TRUE_WORDS if word in words)
    false_values = tuple(word for word in FALSE_WORDS if word in words)
    if not (true_values and false_values) or len(words) > len(true_values) + len(false_values):
        return None
    return Column(values.name, ColumnKind.BOOLEAN, values.markers, true_values=true_values, false_values=false_values)


def _are_codes(values: _Candidate) -> bool:
    """Whether digits are codes, as postal codes are: zeros lead, and all have one length or many begin so."""
    leading = int(sum(count for text, count in zip(values.texts, values.counts, strict=True) if has_leading_zero(text)))
    if not leading:
        return False
    lengths = np.bincount([len(text) for text in values.texts], weights=values.counts)
    return bool(lengths.max() >= _ENOUGH * values.n_present or leading >= 0.1 * values.n_present)


def _is_integer_identifier(values: _Candidate, number: NumberFormat, uniques: UniqueTexts) -> bool:
    if values.n_present < 2 or values.n_present != values.n_rows or len(values.texts) != values.n_rows:
        return False
    if not all(text.isdigit() for text in values.texts):
        return False
    if has_id_name(values.name):
        return True
    steps = np.diff(parse_numbers(uniques.trimmed, number))
    return values.n_rows >= _MIN_IDENTIFIER_ROWS and bool((steps == 1).all())


def _is_text_identifier(levels: _Candidate, words: float) -> bool:
    if levels.unique_share < _DISTINCT or levels.n_present < 2:
        return False
    return has_id_name(levels.name) or (levels.n_present >= _MIN_IDENTIFIER_ROWS and words < 3)


def has_id_name(name: str) -> bool:
    """Whether a column's name says that it is an identifier: it is ``id`` or ends so."""
    return bool(_ID_WORD.fullmatch(name.strip()) or _ID_NAME.search(name.strip()))


def _stated_column(values: _Candidate, levels: _Candidate, kind: ColumnKind) -> Column:
    if kind is ColumnKind.NUMERIC:
        number, _ = find_number_format(values.texts, values.counts)
        return Column(values.name, kind, values.markers, number=number)
    if kind is ColumnKind.DATETIME:
        datetime_format, _ = find_datetime_format(values.name, values.texts, values.counts)
        return Column(values.name, kind, values.markers, datetime_format=datetime_format or ISO)
    if kind is ColumnKind.BOOLEAN:
        return _boolean_column(values) or _two_valued_column(values)
    if kind is ColumnKind.CATEGORY:
        return _category_column(levels)
    return Column(levels.name, kind, levels.markers)


def _two_valued_column(values: _Candidate) -> Column:
    """Return a boolean column for two texts of any sort: the one that sorts last (1 of 0 and 1) is true."""
    words = sorted({text.casefold() for text in values.texts})
    return Column(
        values.name,
        ColumnKind.BOOLEAN,
        values.markers,
        true_values=tuple(words[-1:]) if len(words) > 1 else (),
        false_values=tuple(words[:1]),
    )
