"""How figures, durations and names from the data are written in a report."""

from __future__ import annotations

import math
import unicodedata
from datetime import UTC, datetime

__all__ = [
    "ABSENT",
    "MINUS",
    "NO_BREAK_SPACE",
    "TIMES",
    "aligned",
    "concise",
    "count",
    "date",
    "decimals_for",
    "duration",
    "measured",
    "number",
    "percent",
    "plural",
    "shorten",
    "visible",
]

ABSENT = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"
TIMES = "\N{MULTIPLICATION SIGN}"
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
# Joiners are part of the spelling of Persian, of Indic scripts and of emoji.
_HARMLESS_FORMAT_CHARACTERS = frozenset("\u200c\u200d")
_UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def number(value: float | None, digits: int = 4) -> str:
    """Write a number with about ``digits`` significant digits.

    Parameters
    ----------
    value : float or None
        None and NaN become a dash.
    digits : int
        Significant digits; integers keep all of theirs up to 10^15.

    Returns
    -------
    str
        With thousands separators, a true minus sign, and powers of ten where the value is very large or very small.
        A value below 1 is never rounded up to 1.
    """
    if value is None or math.isnan(value):
        return ABSENT
    if math.isinf(value):
        return _signed(value, "∞")
    magnitude = abs(float(value))
    if magnitude == 0:
        return "0"
    if magnitude >= 1e15 or magnitude < 1e-4:
        return _signed(value, _scientific(magnitude, digits))
    if magnitude.is_integer():
        return _signed(value, f"{magnitude:,.0f}")
    return fixed(value, max(0, digits - 1 - max(-1, math.floor(math.log10(magnitude)))))


def fixed(value: float, decimals: int) -> str:
    """Write a finite number with a fixed number of decimals; more of them where it would round up to 1 or to 0."""
    magnitude = abs(value)
    while magnitude not in (0, 1) and decimals < 8 and round(magnitude, decimals) in (0, 1):
        decimals += 1
    return _signed(value, f"{magnitude:,.{decimals}f}")


def measured(value: float | None, low: float | None, high: float | None) -> tuple[str, str]:
    """Write a measured value and its interval with the digits that the interval's width justifies.

    Returns
    -------
    (str, str)
        The value, and ``"low to high"``; two significant digits of the width are kept.
    """
    if value is None or low is None or high is None or not all(map(math.isfinite, (value, low, high))):
        return number(value), _between(number(low), number(high))
    width = high - low
    if max(abs(low), abs(high)) >= 1e15 or width < 1e-7:
        return number(value), _between(number(low), number(high))
    decimals = decimals_for(width)
    return fixed(value, decimals), _between(fixed(low, decimals), fixed(high, decimals))


def decimals_for(step: float, digits: int = 2) -> int:
    """Return how many decimals show ``digits`` significant digits of a positive ``step``; never more than 8."""
    return min(8, max(0, digits - 1 - math.floor(math.log10(step))))


def aligned(value: float | None, decimals: int) -> str:
    """Write a number for a table column in which all have the same number of decimals."""
    if value is None or not math.isfinite(value):
        return number(value)
    rounded = round(value, decimals)
    return _signed(rounded, f"{abs(rounded):,.{decimals}f}")


def concise(value: float, digits: int = 6) -> str:
    """Write a number without trailing zeros, as for the ticks of an axis."""
    written = number(value, digits)
    return written.rstrip("0").rstrip(".") if "." in written and TIMES not in written else written


def _between(low: str, high: str) -> str:
    return ABSENT if low == high == ABSENT else f"{low} to {high}"


def percent(share: float | None, decimals: int = 1) -> str:
    """Write a share of one as a percentage; what is there is never shown as 0 % and what is not all never as 100 %."""
    if share is None or not math.isfinite(share):
        return ABSENT
    smallest = 10.0**-decimals
    value = share * 100
    if 0 < value < smallest:
        return f"<{NO_BREAK_SPACE}{smallest:g}{NO_BREAK_SPACE}%"
    if 100 - smallest < value < 100:
        return f">{NO_BREAK_SPACE}{100 - smallest:g}{NO_BREAK_SPACE}%"
    text = f"{abs(value):,.{decimals}f}"
    if decimals and value >= 10 and text.endswith("." + "0" * decimals):
        text = text[: -decimals - 1]
    return f"{_signed(value, text if value else '0')}{NO_BREAK_SPACE}%"


def duration(seconds: float | None) -> str:
    """Write a length of time as people say it: ``0.42 s``, ``8.1 s``, ``1 min 12 s``, ``2 h 05 min``, ``1 d 3 h``."""
    if seconds is None or not math.isfinite(seconds):
        return ABSENT
    if seconds < 9.95:
        return _units(f"{seconds:.2f} s" if 0 < seconds < 0.995 else f"{seconds:.1f} s")
    whole = round(seconds)
    if whole < 60:
        return _units(f"{whole} s")
    minutes, left = divmod(whole, 60)
    if minutes < 60:
        return _units(f"{minutes} min {left:02d} s")
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return _units(f"{hours} h {minutes:02d} min")
    return _units(f"{hours // 24} d {hours % 24} h")


def count(value: int) -> str:
    """Write a whole number with thousands separators."""
    return f"{value:,}"


def plural(value: int, noun: str, nouns: str = "") -> str:
    """Write a count with its noun: ``1 row``, ``2,000 rows``."""
    return f"{count(value)} {noun if value == 1 else nouns or noun + 's'}"


def date(created: str) -> str:
    """Write an ISO 8601 time as ``24 November 2025, 13:05 UTC``; anything else comes back as it is."""
    try:
        moment = datetime.fromisoformat(created)
    except ValueError:
        return created
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"


def visible(text: str) -> str:
    r"""Make what cannot be seen visible, so that a name from the data cannot steer a terminal, a page or a reader.

    Control characters, direction overrides, line separators, lone surrogates and other unseen characters are written
    as Python writes them (``\n``, ``\x1b``, ``\u202e``). Everything else, a backslash included, stays as it is.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_visible_character, text))


def shorten(text: str, limit: int) -> str:
    """Return at most ``limit`` visible characters, the last one an ellipsis where something was left out."""
    seen = visible(text)
    return seen if len(seen) <= limit else seen[: limit - 1].rstrip() + "…"


def _visible_character(character: str) -> str:
    if unicodedata.category(character) in _UNSEEN_CATEGORIES and character not in _HARMLESS_FORMAT_CHARACTERS:
        return character.encode("unicode_escape").decode("ascii")
    return character


def _units(words: str) -> str:
    return words.replace(" ", NO_BREAK_SPACE)


def _signed(value: float, magnitude: str) -> str:
    return f"{MINUS}{magnitude}" if value < 0 else magnitude


def _scientific(magnitude: float, digits: int) -> str:
    mantissa, exponent = f"{magnitude:.{max(0, digits - 2)}e}".split("e")
    return f"{mantissa} {TIMES} 10{str(int(exponent)).translate(_SUPERSCRIPTS)}"
