"""Numbers as people write them: which marks a column uses, and what each cell is worth."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from automl.tables.schema import NumberFormat

__all__ = ["find_number_format", "has_leading_zero", "parse_numbers"]

CURRENCIES = ("$", "€", "£", "¥", "₹", "₽", "₩", "USD", "EUR", "GBP", "CHF", "JPY", "US$", "kr", "zł", "R$")
UNITS = (
    "%",
    "‰",
    "°",
    "°C",
    "°F",
    "kg",
    "g",
    "mg",
    "km",
    "m",
    "cm",
    "mm",
    "mi",
    "ft",
    "lb",
    "lbs",
    "kW",
    "kWh",
    "km/h",
    "mph",
)
# (decimal mark, thousands mark), the likeliest first: of equally good ones the first wins.
_MARKS = ((".", ""), (".", ","), (",", ""), (",", "."), (",", " "), (".", " "), (".", "'"))
_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_LEADING_ZERO = re.compile(r"0\d+", re.ASCII)
_AFFIXES = re.compile(
    r"[(+\-\s]*([^\d\s.,()+\-]{0,4})\s*[+\-]?[\d.,' ]*\d[\d.,]*(?:[eE][+-]?\d+)?\s*([^\d.,()+\-]{0,4})\)?"
)
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2212": "-", "\u2019": "'"})
_SAMPLE = 2000


def parse_numbers(texts: Sequence[str], number: NumberFormat) -> NDArray[np.float64]:
    """Read trimmed cell texts as numbers.

    Parameters
    ----------
    texts : sequence of str
    number : NumberFormat
        A cell may leave out the prefix, the suffix and the thousands marks; parentheses mean a negative number.

    Returns
    -------
    ndarray of float64, same length
        NaN where a text is not a (finite) number in this format.
    """
    plain = _PLAIN.fullmatch
    if number == NumberFormat():
        values = [float(text) if plain(text) else _parse_written(text, number) for text in texts]
    else:
        values = [_parse_written(text, number) for text in texts]
    result = np.asarray(values, dtype=np.float64)
    result[np.isinf(result)] = np.nan
    return result


def find_number_format(texts: Sequence[str], counts: NDArray[np.int64]) -> tuple[NumberFormat, float]:
    """Find the format that reads most of a column's cells.

    Parameters
    ----------
    texts : sequence of str
        Distinct trimmed texts that are not missing.
    counts : ndarray of int64, same length
        How many cells hold each.

    Returns
    -------
    (NumberFormat, float)
        The format and the share of cells that it reads, in [0, 1].
    """
    if all(map(_PLAIN.fullmatch, texts)):
        return NumberFormat(), float(bool(texts))
    sample, weights = texts[:_SAMPLE], counts[:_SAMPLE]
    if not any(character.isdigit() for text in sample[:100] for character in text):
        return NumberFormat(), 0.0
    prefix, suffix = _common_affixes(sample)
    formats = [NumberFormat(decimal, thousands, prefix, suffix) for decimal, thousands in _MARKS]
    shares = [_share(sample, weights, number) for number in formats]
    best = int(np.argmax(shares))
    if not shares[best] or len(texts) <= _SAMPLE:
        return formats[best], shares[best]
    return formats[best], _share(texts, counts, formats[best])


def has_leading_zero(text: str) -> bool:
    """Whether a text is a digit code such as ``00501``, which a number would shorten."""
    return _LEADING_ZERO.fullmatch(text) is not None


def _share(texts: Sequence[str], counts: NDArray[np.int64], number: NumberFormat) -> float:
    parsed = ~np.isnan(parse_numbers(texts, number))
    return float(counts[parsed].sum() / max(counts.sum(), 1))


def _common_affixes(texts: Sequence[str]) -> tuple[str, str]:
    prefixes: Counter[str] = Counter()
    suffixes: Counter[str] = Counter()
    for text in texts:
        match = _AFFIXES.fullmatch(text.translate(_SPACES))
        if match:
            prefixes[match[1]] += match[1] in CURRENCIES
            suffixes[match[2]] += match[2] in CURRENCIES + UNITS
    return _most_common(prefixes), _most_common(suffixes)


def _most_common(affixes: Counter[str]) -> str:
    affix, count = max(affixes.items(), key=lambda item: item[1], default=("", 0))
    return affix if count else ""


@lru_cache(maxsize=32)
def _pattern(decimal: str, thousands: str) -> re.Pattern[str]:
    mark, group = re.escape(decimal), re.escape(thousands)
    whole = rf"\d{{1,3}}(?:{group}\d{{3}})+|\d+" if thousands else r"\d+"
    return re.compile(rf"[+-]?(?:(?:{whole})(?:{mark}\d*)?|{mark}\d+)(?:[eE][+-]?\d+)?", re.ASCII)


def _parse_written(text: str, number: NumberFormat) -> float:
    text = text.translate(_SPACES)
    sign = 1.0
    if text.startswith("(") and text.endswith(")"):
        sign, text = -1.0, text[1:-1].strip()
    if text.startswith("-") and number.prefix:
        sign, text = -sign, text[1:].strip()
    if number.prefix:
        text = text.removeprefix(number.prefix).strip()
    if number.suffix:
        text = text.removesuffix(number.suffix).strip()
    if not _pattern(number.decimal, number.thousands).fullmatch(text):
        return float("nan")
    if number.thousands:
        text = text.replace(number.thousands, "")
    return sign * float(text.replace(number.decimal, "."))
