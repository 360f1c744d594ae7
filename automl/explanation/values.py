"""Typed values as text: cells, a few of one column, and bounds between two of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["bound_text", "numbers_of", "value_text", "value_texts"]

_DIGITS = 6
_LEAST_DIGITS, _ALL_DIGITS = 4, 17
_MICROSECONDS_A_DAY = 86_400_000_000


def value_text(value: Any) -> str:
    """Write a typed cell; of a number every digit, so that it is read as the same number again."""
    if pd.isna(value):
        return "(missing)"
    if isinstance(value, pd.Timestamp):
        return value.isoformat(sep=" ").removesuffix(" 00:00:00").removesuffix(":00")
    return repr(float(value) + 0.0).removesuffix(".0") if isinstance(value, float) else str(value)


def value_texts(values: Sequence[Any]) -> tuple[str, ...]:
    """Write several values of a column: numbers with six digits where that tells all of them apart."""
    short = tuple(value_text(_shortened(value) if isinstance(value, float) else value) for value in values)
    return short if len(set(short)) == len(short) else tuple(map(value_text, values))


def bound_text(below: Any, above: Any) -> str:
    """Write a bound that holds one value and not the next greater one, in as few digits as tell the two apart."""
    if isinstance(below, pd.Timestamp):
        return value_text(below)
    middle = below + (above - below) / 2
    if below.is_integer() and above.is_integer():
        middle = float(math.floor(middle))
    rounded = (float(f"{middle:.{digits}g}") for digits in range(_LEAST_DIGITS, _ALL_DIGITS + 1))
    return value_text(next((bound for bound in rounded if below <= bound < above), below))


def numbers_of(values: pd.Series) -> NDArray[np.float64]:
    """Return numbers as they are, and dates as days since 1970, however far from it."""
    if values.dtype.kind == "M":
        return values.to_numpy().astype("datetime64[us]").astype(np.int64) / _MICROSECONDS_A_DAY
    return values.to_numpy(dtype=np.float64)


def _shortened(value: float) -> float:
    return value if value.is_integer() else float(f"{value:.{_DIGITS}g}")
