"""Cleaned cells as numbers, truth values and dates, for formats that know such types: ``automl clean``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

import pandas as pd
from pandas.api.extensions import ExtensionArray

from automl.tables.plainnumbers import arrow_texts
from automl.tables.schema import ColumnKind, Schema

if TYPE_CHECKING:
    import pyarrow as pa

    Typing = Callable[[pa.ChunkedArray], pa.ChunkedArray | None]

__all__ = ["typed_cells"]

# A double holds every number of so many digits.
_SURE_DIGITS = 15
# No sign before a zero, which whole numbers have only one of; no zero before other digits, which would be a code.
_WHOLE = r"^(?:0|-?[1-9][0-9]{0,14})$"
_NUMBER = r"^-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]+)?(?:e[+-]?[0-9]{1,3})?$"
_TRUTH = r"^(?i:true|false)$"
_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{6})?$"


def typed_cells(cells: pd.DataFrame, schema: Schema, *, dates: bool) -> pd.DataFrame:
    """Return cleaned cells in the types of what they say, the empty ones missing.

    A column has a type where every filled cell of it comes back as what it was: as the same number in a numeric column,
    as the same text but for the case of true and false in any other. All others stay texts, and so do categories, whose
    levels may be codes, and times with a zone, which databases would show in the zone of whoever asks.

    Parameters
    ----------
    cells : DataFrame of str
        As :func:`automl.preparation.cleaning.clean` returns them, its step ``types`` among those taken.
    schema : Schema
        By which they were cleaned.
    dates : bool
        Whether the format has a type for dates.

    Returns
    -------
    DataFrame
        In Arrow's types: int64, double, bool, date32 and timestamp[us]; all else as texts.
    """
    ways = _WAYS | (_WAYS_OF_DATES if dates else {})
    columns = {str(name): _typed(column, ways.get(schema.column(str(name)).kind, ())) for name, column in cells.items()}
    return pd.DataFrame(columns, index=cells.index)


def _typed(column: pd.Series, ways: Sequence[Typing]) -> ExtensionArray:
    """Return a column in the first type that it goes into without loss."""
    import pyarrow.compute as pc

    texts = arrow_texts(column)
    texts = pc.if_else(pc.equal(texts, ""), None, texts)
    typed = (values for way in ways if (values := way(texts)) is not None)
    return pd.arrays.ArrowExtensionArray(next(typed, texts))


def _whole_numbers(texts: pa.ChunkedArray) -> pa.ChunkedArray | None:
    import pyarrow as pa

    return texts.cast(pa.int64()) if _all_match(texts, _WHOLE) else None


def _numbers(texts: pa.ChunkedArray) -> pa.ChunkedArray | None:
    import pyarrow as pa

    return texts.cast(pa.float64()) if _all_match(texts, _NUMBER) and all(map(_is_sure, _doubtful(texts))) else None


def _numbers_in_their_spelling(texts: pa.ChunkedArray) -> pa.ChunkedArray | None:
    values = _numbers(texts)
    is_same = values is not None and all(repr(float(text)) == text for text in texts.unique().drop_null().to_pylist())
    return values if is_same else None


def _doubtful(texts: pa.ChunkedArray) -> list[str]:
    """Return the numbers that a double may not hold: those of many digits, or with an exponent."""
    import pyarrow.compute as pc

    doubtful = pc.or_(pc.greater(pc.utf8_length(texts), _SURE_DIGITS), pc.match_substring(texts, "e"))
    found: list[str] = texts.filter(doubtful).unique().to_pylist()
    return found


def _is_sure(text: str) -> bool:
    """Whether a number comes back from a double with every digit."""
    return Decimal(repr(float(text))) == Decimal(text)


def _truth_values(texts: pa.ChunkedArray) -> pa.ChunkedArray | None:
    import pyarrow.compute as pc

    return pc.equal(pc.utf8_lower(texts), "true") if _all_match(texts, _TRUTH) else None


def _days(texts: pa.ChunkedArray) -> pa.ChunkedArray | None:
    import pyarrow as pa

    return texts.cast(pa.date32()) if _all_match(texts, _DAY) else None


def _moments(texts: pa.ChunkedArray) -> pa.ChunkedArray | None:
    import pyarrow as pa

    return texts.cast(pa.timestamp("us")) if _all_match(texts, _MOMENT) else None


def _all_match(texts: pa.ChunkedArray, pattern: str) -> bool:
    """Whether every filled cell matches, and one is filled."""
    import pyarrow.compute as pc

    return pc.all(pc.match_substring_regex(texts, pattern)).as_py() is True


_WAYS: dict[ColumnKind, Sequence[Typing]] = {
    ColumnKind.NUMERIC: (_whole_numbers, _numbers),
    ColumnKind.BOOLEAN: (_truth_values, _whole_numbers),
    ColumnKind.IDENTIFIER: (_whole_numbers,),
    ColumnKind.CONSTANT: (_whole_numbers, _numbers_in_their_spelling),
}
_WAYS_OF_DATES: dict[ColumnKind, Sequence[Typing]] = {ColumnKind.DATETIME: (_days, _moments)}
