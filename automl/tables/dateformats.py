"""Finding the format in which a column's cells are dates, decided over the whole column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from automl.tables.calendar import MONTH_NAME, english_months
from automl.tables.datetimes import COMPACT, EXCEL, ISO, ISO_PATTERN, parse_datetimes

__all__ = ["find_datetime_format", "find_number_date_format", "names_dates", "other_day_order"]

Counts = NDArray[np.int64]

_DATE_NAME = re.compile(r"date|day|time|(^|_)dt($|_)", re.IGNORECASE)
_POINT_IN_TIME_NAME = re.compile(
    r"date|time|epoch|unix|stamp|created|updated|modified|(?:^|[_\s.])(?:ts|at)(?:$|[_\s.])|(?<=[a-z])At$",
    re.IGNORECASE,
)
_EXCEL_NAME = re.compile(r"(?:^|[^a-z])(?:date|datum|fecha|dob)(?:$|[^a-z])|(?<=[a-z])Date(?:$|[A-Z])", re.ASCII)
_COMPACT = re.compile(r"(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")
_COMPACT_TIME = re.compile(_COMPACT.pattern + r"([01]\d|2[0-3])[0-5]\d[0-5]\d")
_DATE_LIKE = re.compile(
    rf"\d{{1,4}}[-/.: ]+\d{{1,2}}|{MONTH_NAME.pattern}|\d{{4}}-?[QW]\d|Q\d.\d{{4}}|\d{{8}}T\d{{4}}", re.IGNORECASE
)
_DATES = (
    # Month first where slashes separate, day first elsewhere: the first of equally good ones wins.
    *("%m/%d/%Y", "%d/%m/%Y", "%m/%d/%y", "%d/%m/%y", "%d.%m.%Y", "%m.%d.%Y", "%d.%m.%y"),
    *("%d-%m-%Y", "%m-%d-%Y", "%d-%m-%y", "%m-%d-%y", "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d %m %Y"),
    *("%d %b %Y", "%d %B %Y", "%d. %b %Y", "%d. %B %Y", "%d %b, %Y", "%d %B, %Y", "%d %b %y", "%d de %b de %Y"),
    *("%d-%b-%Y", "%d-%b-%y", "%d/%b/%Y", "%d.%b.%Y", "%d%b%Y", "%Y-%b-%d", "%Y %b %d"),
    *("%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%B %d %Y", "%a, %d %b %Y", "%A, %d %B %Y", "%A, %B %d, %Y"),
    *("%a %b %d %Y", "%a, %b %d, %Y", "%a %d %b %Y"),
)
_MONTHS = ("%b %Y", "%B %Y", "%b-%Y", "%B-%Y", "%b-%y", "%b %y", "%b/%Y", "%Y %b", "%Y-%b", "%m/%Y", "%Y/%m")
_TIMES = (
    *("", " %H:%M:%S", " %H:%M", " %I:%M %p", " %I:%M:%S %p", " %I:%M%p", " %H:%M:%S.%f", "T%H:%M:%S", "T%H:%M"),
    *(", %H:%M", ", %H:%M:%S", ", %I:%M %p", ", %I:%M:%S %p", " %H:%M:%S %z", " %H:%M %z", " %H:%M:%S.%f %z"),
)
_LONE = (
    *("%H:%M:%S", "%H:%M", "%I:%M %p", "%I:%M:%S %p", "%I:%M%p", "%H:%M:%S.%f", "%a %b %d %H:%M:%S %Y"),
    *("%a %b %d %H:%M:%S %z %Y", "%d/%b/%Y:%H:%M:%S %z", "%Y%m%dT%H%M%S", "quarter", "week"),
)
_DIGIT = re.compile(r"\d")
_PARTS = {"%d": r"\d{1,2}", "%m": r"\d{1,2}", "%H": r"\d{1,2}", "%I": r"\d{1,2}", "%M": r"\d{1,2}", "%S": r"\d{1,2}"}
_PARTS |= {"%Y": r"\d{4}", "%y": r"\d{2}", "%p": "[ap]m", "%f": r"\d{1,9}", "%z": r"(?:[+-]\d\d:?\d\d|[a-z]{3,4}|z)"}
_PARTS |= {"%b": "[a-z]{3}", "%B": "[a-z]{3,9}", "%a": "[a-z]{3}", "%A": "[a-z]{6,9}"}
_SPECIAL_SHAPES = {"quarter": r"(?:\d{4}[- /]?q[1-4]|q[1-4][- /]?\d{4})", "week": r"\d{4}-?w\d{1,2}"}
_SAMPLE = 200
_FEW = 20
_LIKELY = 0.8
_ENOUGH = 0.95
_MIN_SECOND = 0.02
_EPOCH_RANGE = (473_385_600, 2_240_524_800)  # 1985 to 2040, in seconds
_EXCEL_RANGE = (18_264, 62_093)  # 1950 to 2069, in days
_MOST_DIGITS = 100


def find_datetime_format(name: str, texts: Sequence[str], counts: Counts) -> tuple[str | None, float]:
    """Find the format in which most of a column's cells are dates, or the two formats that are mixed in it.

    Parameters
    ----------
    name : str
        The column's name: eight digits are a date only where it speaks of one.
    texts : sequence of str
        Distinct trimmed texts that are not missing.
    counts : ndarray of int64, same length
        How many cells hold each.

    Returns
    -------
    (str or None, float)
        The format (None where no candidate reads anything) and the share of cells that it reads, in [0, 1].
    """
    of_numbers = find_number_date_format(name, texts, counts)
    if of_numbers is not None:
        return of_numbers, _share(texts, counts, of_numbers)
    sample, weights = _spread(texts, _SAMPLE), counts[:: max(1, len(texts) // _SAMPLE)]
    if _weight(sample, weights, _DATE_LIKE.search) < _LIKELY * max(weights.sum(), 1):
        return None, 0.0
    best, share = _best(texts, counts, _likely_formats(sample))
    if best is None or share >= 1 - _MIN_SECOND:
        return best, share
    left = np.isnat(parse_datetimes(texts, best))
    others = [text for text, is_left in zip(texts, left, strict=True) if is_left]
    second, _ = _best(others, counts[left], [fmt for fmt in _likely_formats(others) if fmt != best])
    both = best if second is None else f"{best}|{second}"
    return both, _share(texts, counts, both)


def find_number_date_format(name: str, texts: Sequence[str], counts: Counts) -> str | None:
    """Find what sort of dates a column's numbers are: which only a name that speaks of dates can say.

    Returns
    -------
    str or None
        The format of ``20190131``, of seconds or milliseconds since 1970, or of a spreadsheet's days; None where the
        numbers are numbers.
    """
    sample, weights = _spread(texts, _SAMPLE), counts[:: max(1, len(texts) // _SAMPLE)]
    if not any(map(_DIGIT.search, sample)):
        return None
    total = max(weights.sum(), 1)

    def most(matches: Callable[[str], object]) -> bool:
        return bool(_weight(sample, weights, matches) >= _ENOUGH * total)

    if most(_COMPACT_TIME.fullmatch):
        return "%Y%m%d%H%M%S"
    if _DATE_NAME.search(name) and most(_COMPACT.fullmatch):
        return COMPACT
    if _POINT_IN_TIME_NAME.search(name):
        if most(lambda text: _is_between(text, *_EPOCH_RANGE)):
            return "epoch_s"
        if most(lambda text: _is_between(text, *(1_000 * bound for bound in _EPOCH_RANGE))):
            return "epoch_ms"
    if _EXCEL_NAME.search(name) and most(lambda text: _is_between(text, *_EXCEL_RANGE)):
        return EXCEL
    return None


def names_dates(name: str) -> bool:
    """Whether a column's name says that its digits may be dates."""
    return bool(_DATE_NAME.search(name) or _POINT_IN_TIME_NAME.search(name) or _EXCEL_NAME.search(name))


def other_day_order(datetime_format: str) -> str | None:
    """Return a single format with day and month swapped; None where it leaves no doubt."""
    if "%d" not in datetime_format or "%m" not in datetime_format or datetime_format.startswith("%Y"):
        return None
    return datetime_format.replace("%d", "\0").replace("%m", "%d").replace("\0", "%m")


def _is_between(text: str, low: float, high: float) -> bool:
    head, _, tail = text.partition(".")
    # Python refuses to make a number of thousands of digits.
    is_number = len(head) <= _MOST_DIGITS and head.isdecimal() and (not tail or tail.isdecimal())
    return is_number and low <= int(head) <= high


def _likely_formats(texts: Sequence[str]) -> list[str]:
    """Return the formats whose shape some of the first texts have, in order of preference."""
    few = [english_months(text).casefold() for text in _spread(texts, _FEW)]
    likely = [ISO] if any(ISO_PATTERN.fullmatch(text) for text in _spread(texts, _FEW)) else []
    least = max(1, 0.3 * len(few))
    return likely + [fmt for fmt, shape in _shapes() if sum(map(bool, map(shape.fullmatch, few))) >= least]


@lru_cache(maxsize=1)
def _shapes() -> tuple[tuple[str, re.Pattern[str]], ...]:
    formats = [date + time for date in _DATES for time in _TIMES] + [*_MONTHS, *_LONE]
    return tuple((fmt, re.compile(_SPECIAL_SHAPES.get(fmt) or _shape(fmt))) for fmt in formats)


def _shape(fmt: str) -> str:
    pieces = re.split(r"(%[A-Za-z])", fmt)
    return "".join(_PARTS.get(piece) or _mark(piece) for piece in pieces)


def _mark(piece: str) -> str:
    return re.sub(r"(?:\\ )+", r"\\s+", re.escape(piece.casefold()))


def _best(texts: Sequence[str], counts: Counts, formats: Iterable[str]) -> tuple[str | None, float]:
    """Return the format that reads most cells: by a sample first, for there may be millions."""
    sample, weights = _spread(texts, _SAMPLE), counts[:: max(1, len(texts) // _SAMPLE)]
    sampled = {fmt: _share(sample, weights, fmt) for fmt in formats}
    good = [fmt for fmt, share in sampled.items() if share > 0 and share >= max(sampled.values()) - _MIN_SECOND]
    if not good:
        return None, 0.0
    shares = {fmt: _share(texts, counts, fmt) for fmt in good}
    best = max(shares, key=lambda fmt: shares[fmt])
    return best, shares[best]


def _spread(texts: Sequence[str], most: int) -> Sequence[str]:
    """Return about so many texts, from all over the sequence."""
    return texts[:: max(1, len(texts) // most)]


def _weight(texts: Sequence[str], counts: Counts, matches: Callable[[str], object]) -> int:
    return sum(compress(counts.tolist(), map(matches, texts)))


def _share(texts: Sequence[str], counts: Counts, datetime_format: str) -> float:
    parsed = ~np.isnat(parse_datetimes(texts, datetime_format))
    return float(counts[parsed].sum() / max(int(counts.sum()), 1))
