"""Spans of time as people write them, in seconds: ``36:20:05``, ``3h 14m``, ``2 days 04:00:00``, ``PT1H30M``."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from automl.tables.plainnumbers import PLAIN_NUMBER

__all__ = ["are_durations", "duration_seconds", "parse_durations"]

_CLOCK = r"(?P<hours>\d{1,5}):(?P<minutes>[0-5]\d)(?::(?P<seconds>[0-5]\d(?:[.,]\d+)?))?"
# Python and pandas write an hour less than nothing as ``-1 day, 23:00:00`` and ``-1 days +23:00:00``: a day back, and
# the clock on from there.
_DAYS_AND_CLOCK = re.compile(
    rf"(?P<sign>-)?(?:(?P<days>\d+)\s*(?:days?(?P<onward>,|\s*\+)|(?:d|days?|Tage?),?)\s*)?{_CLOCK}", re.IGNORECASE
)
_NUMBER = r"\d+(?:[.,]\d+)?"
_NAMED = re.compile(
    rf"(?P<sign>-)?(?:(?P<days>{_NUMBER})\s*(?:d|days?|Tage?)[\s,]*)?"
    rf"(?:(?P<hours>{_NUMBER})\s*(?:h|hrs?|hours?|Std\.?|Stunden?)[\s,]*)?"
    rf"(?:(?P<minutes>{_NUMBER})\s*(?:m|mins?|minutes?|Min\.?|Minuten?)[\s,]*)?"
    rf"(?:(?P<seconds>{_NUMBER})\s*(?:s|secs?|seconds?|Sek\.?|Sekunden?))?",
    re.IGNORECASE,
)
_ISO = re.compile(
    rf"(?P<sign>-)?P(?:(?P<days>{_NUMBER})D)?(?:T(?:(?P<hours>{_NUMBER})H)?(?:(?P<minutes>{_NUMBER})M)?"
    rf"(?:(?P<seconds>{_NUMBER})S)?)?"
)
_SIZES = {"days": 86_400.0, "hours": 3_600.0, "minutes": 60.0, "seconds": 1.0}
_DIGIT = re.compile(r"\d")
_SAMPLE = 200
_ENOUGH = 0.95


def parse_durations(texts: Sequence[str]) -> NDArray[np.float64]:
    """Read trimmed cell texts as spans of time.

    Returns
    -------
    ndarray of float64, same length
        Seconds; NaN where a text is no duration. ``a:b`` is hours and minutes, a plain number is seconds: so does
        ``automl clean`` write what it has read.
    """
    seconds = np.array([duration_seconds(text) for text in texts], dtype=np.float64)
    seconds[np.isinf(seconds)] = np.nan
    return seconds


def are_durations(texts: Sequence[str], counts: NDArray[np.int64]) -> bool:
    """Whether a column holds durations; plain numbers are none.

    Parameters
    ----------
    texts : sequence of str
        Distinct trimmed texts that are not missing.
    counts : ndarray of int64, same length
    """
    sample, weights = texts[:_SAMPLE], counts[:_SAMPLE]
    if not any(map(_DIGIT.search, sample)) or not _reaches(sample, weights):
        return False
    return len(texts) <= _SAMPLE or _reaches(texts, counts)


def _reaches(texts: Sequence[str], counts: NDArray[np.int64]) -> bool:
    written = np.array([PLAIN_NUMBER.fullmatch(text) is None for text in texts], dtype=bool)
    read = ~np.isnan(parse_durations(texts)) & written
    return bool(counts[read].sum() >= _ENOUGH * max(counts.sum(), 1))


def duration_seconds(text: str) -> float:
    """Read one trimmed text as :func:`parse_durations` does."""
    for pattern in (_DAYS_AND_CLOCK, _NAMED, _ISO):
        match = pattern.fullmatch(text)
        parts = {} if match is None else match.groupdict()
        if any(parts.get(name) for name in _SIZES):
            days, *others = (float((parts[name] or "0").replace(",", ".")) * size for name, size in _SIZES.items())
            sign = -1 if parts["sign"] else 1
            return sign * days + (1 if parts.get("onward") else sign) * sum(others)
    return float(text) if PLAIN_NUMBER.fullmatch(text) else float("nan")
