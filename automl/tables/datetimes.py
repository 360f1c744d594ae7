"""Dates and times as people write them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["ISO", "are_compact_dates", "find_datetime_format", "other_day_order", "parse_datetimes"]

ISO = "iso"
_ISO_PATTERN = re.compile(r"\d{4}-\d{1,2}(-\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?\s*(Z|[+-]\d{2}(:?\d{2})?)?)?)?")
_COMPACT_NAME = re.compile(r"date|day|time|(^|_)dt($|_)", re.IGNORECASE)
_COMPACT = re.compile(r"(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")
# At least two groups of digits around a mark, or a month's name.
_DATE_LIKE = re.compile(
    r"\d{1,4}[-/.: ]+\d{1,2}|\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b", re.IGNORECASE
)
_DATES = (
    # Month first where slashes separate, day first elsewhere: the first of equally good ones wins.
    *("%m/%d/%Y", "%d/%m/%Y", "%m/%d/%y", "%d/%m/%y", "%d.%m.%Y", "%m.%d.%Y", "%d.%m.%y"),
    *("%d-%m-%Y", "%m-%d-%Y", "%d-%m-%y", "%m-%d-%y", "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d"),
    *("%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%d-%b-%y", "%d/%b/%Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%B %d %Y"),
    *("%a, %d %b %Y", "%a %b %d %Y", "%b %Y", "%B %Y", "%b-%Y"),
)
_TIMES = ("", " %H:%M:%S", " %H:%M", " %I:%M %p", " %I:%M:%S %p", " %H:%M:%S.%f", "T%H:%M:%S", " %H:%M:%S %z")
_LONE = ("%H:%M:%S", "%H:%M", "%I:%M %p", "%a %b %d %H:%M:%S %Y", "%d/%b/%Y:%H:%M:%S %z")
_COMPACT_FORMAT = "%Y%m%d"
_SAMPLE = 200
_ENOUGH = 0.95


def parse_datetimes(texts: Sequence[str], datetime_format: str) -> NDArray[np.datetime64]:
    """Read trimmed cell texts as points in time, in UTC.

    Parameters
    ----------
    texts : sequence of str
    datetime_format : str
        A strptime format, or ``"iso"`` for ISO 8601 in any precision.

    Returns
    -------
    ndarray of datetime64[us], same length
        NaT where a text is not a date in this format. Zones are converted to UTC.
    """
    if datetime_format == ISO:
        texts = [_padded_iso(text) for text in texts]
    written = "ISO8601" if datetime_format == ISO else datetime_format
    parsed = pd.to_datetime(pd.Series(list(texts), dtype="object"), format=written, errors="coerce", utc=True)
    return parsed.dt.tz_localize(None).to_numpy(dtype="datetime64[us]", copy=True)


def find_datetime_format(name: str, texts: Sequence[str], counts: NDArray[np.int64]) -> tuple[str | None, float]:
    """Find the one format in which most of a column's cells are dates.

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
    shares = {fmt: _share(texts, counts, fmt) for fmt in _candidates(name, texts, counts)}
    if not shares:
        return None, 0.0
    best = max(shares, key=lambda fmt: shares[fmt])
    return best, shares[best]


def are_compact_dates(name: str, texts: Sequence[str], counts: NDArray[np.int64]) -> bool:
    """Whether a column's numbers are dates such as ``20190131``, which only a name that speaks of dates can say."""
    sample, weights = texts[:_SAMPLE], counts[:_SAMPLE]
    return bool(
        _COMPACT_NAME.search(name) and _weight(sample, weights, _COMPACT.fullmatch) >= _ENOUGH * max(weights.sum(), 1)
    )


def other_day_order(datetime_format: str | None) -> str | None:
    """Return the format with day and month swapped; None where the format leaves no doubt."""
    if datetime_format is None or "%d" not in datetime_format or "%m" not in datetime_format:
        return None
    if datetime_format.startswith("%Y"):
        return None
    return datetime_format.replace("%d", "\0").replace("%m", "%d").replace("\0", "%m")


def _candidates(name: str, texts: Sequence[str], counts: NDArray[np.int64]) -> list[str]:
    sample, weights = texts[:_SAMPLE], counts[:_SAMPLE]
    total = max(weights.sum(), 1)
    if are_compact_dates(name, texts, counts):
        return [_COMPACT_FORMAT]
    if _weight(sample, weights, _DATE_LIKE.search) < 0.8 * total:
        return []
    if _weight(sample, weights, _ISO_PATTERN.match) >= 0.8 * total:
        return [ISO]
    few = sample[:20]
    formats = [date + time for date in _DATES for time in _TIMES] + list(_LONE)
    likely = [fmt for fmt in formats if (~np.isnat(parse_datetimes(few, fmt))).mean() >= 0.7]
    return [fmt for fmt in likely if _share(sample, weights, fmt) >= 0.8]


def _weight(texts: Sequence[str], counts: NDArray[np.int64], matches: Callable[[str], object]) -> int:
    return int(sum(count for text, count in zip(texts, counts, strict=True) if matches(text)))


def _share(texts: Sequence[str], counts: NDArray[np.int64], datetime_format: str) -> float:
    parsed = ~np.isnat(parse_datetimes(texts, datetime_format))
    return float(counts[parsed].sum() / max(int(counts.sum()), 1))


def _padded_iso(text: str) -> str:
    """Return a text that is no ISO 8601 date with a day as nothing, so that a lone year is not read as one."""
    return text.replace(",", ".") if _ISO_PATTERN.fullmatch(text) else ""
