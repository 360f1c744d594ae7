"""One number as people write it: marks, signs, currencies and units around it. The standard library alone."""

from __future__ import annotations

import re
from functools import lru_cache

from automl.tables.schema import NumberFormat
from automl.tables.units import CURRENCIES

__all__ = ["QUALIFIER", "SPELLED_SPACES", "written_number"]

#: What stands before a number that is not exact.
QUALIFIER = re.compile(r"[<>≤≥~≈]=?\s*|ca\.\s*", re.IGNORECASE)
#: Spaces, signs and apostrophes of typesetters, and the plain ones.
SPELLED_SPACES = str.maketrans(
    {"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2212": "-", "\u2013": "-", "\u2019": "'"}
)


def written_number(text: str, number: NumberFormat) -> float:
    """Read a trimmed text as :func:`automl.tables.numbers.parse_numbers` does; NaN where it is no number."""
    sign, text = _without_sign(QUALIFIER.sub("", text.translate(SPELLED_SPACES), count=1))
    for currency in CURRENCIES if number.prefix else ():
        if text.startswith(currency):
            text = text.removeprefix(currency).strip()
            break
    factor, text = _without_unit(text.removesuffix("+").strip(), number)
    if text.endswith("-") and text[:1].isdigit():
        sign, text = -sign, text[:-1].strip()
    if not _pattern(number.decimal, number.thousands).fullmatch(text):
        return float("nan")
    if number.thousands:
        text = text.replace(number.thousands, "")
    return sign * factor * float(text.replace(number.decimal, "."))


@lru_cache(maxsize=64)
def _pattern(decimal: str, thousands: str) -> re.Pattern[str]:
    mark, group = re.escape(decimal), re.escape(thousands)
    whole = r"\d+"
    if thousands:
        whole = rf"[1-9]\d{{0,2}}(?:{group}\d{{3}})+|\d+"
    if thousands == ",":
        # The Indian way groups by two above the thousand.
        whole = rf"[1-9]\d?(?:,\d{{2}})+,\d{{3}}|{whole}"
    return re.compile(rf"[+-]?(?:(?:{whole})(?:{mark}\d*)?|{mark}\d+)(?:[eE][+-]?\d+)?", re.ASCII)


def _without_sign(text: str) -> tuple[float, str]:
    if text.startswith("(") and text.endswith(")"):
        return -1.0, text[1:-1].strip()
    if text.startswith("-"):
        return -1.0, text[1:].strip()
    return 1.0, text


def _without_unit(text: str, number: NumberFormat) -> tuple[float, str]:
    """Take off the longest unit that the text ends with; return its factor and what is left."""
    if not text or text[-1].isdecimal():
        return 1.0, text
    units = dict(number.units)
    if number.suffix:
        units[number.suffix] = 1.0
    fitting = [unit for unit in units if text.endswith(unit)]
    if not fitting:
        return 1.0, text
    longest = max(fitting, key=len)
    return units[longest], text.removesuffix(longest).strip()
