"""Dates and times as people write them: reading texts in a format that was found."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from automl.tables.datetexts import (
    COMPACT,
    EXCEL,
    ISO,
    ISO_PATTERN,
    iso_text,
    plain_date_text,
    quarter_start,
    week_text,
)

__all__ = ["COMPACT", "EPOCH", "EXCEL", "ISO", "ISO_PATTERN", "parse_datetimes"]

Datetimes = NDArray[np.datetime64]

EPOCH = {"epoch_s": 1_000_000, "epoch_ms": 1_000}
_PLAIN_ISO = r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?"
# Of so few texts, a look at each takes a tenth of the time that a library's call takes to begin.
_FEW = 64
_WHOLE_SECONDS = re.compile(r"[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?")
# Excel counts days from here (its day 60, 29 February 1900, never was).
_EXCEL_START = np.datetime64("1899-12-30", "us")
_MICROSECONDS_A_DAY = 86_400_000_000


def parse_datetimes(texts: Sequence[str], datetime_format: str) -> Datetimes:
    """Read trimmed cell texts as points in time, in UTC.

    Parameters
    ----------
    texts : sequence of str
    datetime_format : str
        A strptime format; ``"iso"`` for ISO 8601 in any precision; ``"epoch_s"`` or ``"epoch_ms"`` for time since
        1970; ``"excel"`` for a spreadsheet's count of days; ``"quarter"`` for ``2024-Q1``; ``"week"`` for
        ``2024-W05``. Several, with ``|`` between them, are tried in turn for each cell.

    Returns
    -------
    ndarray of datetime64[us], same length
        NaT where a text is not a date in this format. Zones are converted to UTC.
    """
    first, *others = datetime_format.split("|")
    values = _parse(texts, first)
    for other in others:
        left = np.flatnonzero(np.isnat(values))
        values[left] = _parse([texts[at] for at in left.tolist()], other)
    return values


def _parse(texts: Sequence[str], datetime_format: str) -> Datetimes:
    if datetime_format in _SPECIAL:
        return _SPECIAL[datetime_format](texts)
    if datetime_format == ISO:
        few = _few_plain(texts)
        return _to_datetimes(_iso_texts(texts), "ISO8601") if few is None else few
    return _to_datetimes([plain_date_text(text, datetime_format) for text in texts], datetime_format)


def _few_plain(texts: Sequence[str]) -> Datetimes | None:
    """Read a few dates with or without a time in whole seconds; None where there are many or one is no such date."""
    if not 0 < len(texts) <= _FEW or not all(map(_WHOLE_SECONDS.fullmatch, texts)):
        return None
    try:
        return np.array(texts, dtype="datetime64[us]")
    except ValueError:
        return None


def _to_datetimes(texts: Sequence[str], written: str) -> Datetimes:
    parsed = pd.to_datetime(pd.Series(list(texts), dtype="object"), format=written, errors="coerce", utc=True)
    return parsed.dt.tz_localize(None).to_numpy(dtype="datetime64[us]", copy=True)


def _iso_texts(texts: Sequence[str]) -> Sequence[str]:
    """Return texts that are no ISO 8601 dates with a day as nothing, so that a lone year is not read as one."""
    plain = pc.match_substring_regex(pa.array(texts, pa.large_string()), f"^(?:{_PLAIN_ISO})$").to_numpy(False)
    if plain.all():
        return texts
    return [text if fine else iso_text(text) for text, fine in zip(texts, plain.tolist(), strict=True)]


def _parse_epoch(texts: Sequence[str], microseconds: int) -> Datetimes:
    numbers = _floats(texts)
    numbers[np.abs(numbers * microseconds) > 4e15] = np.nan
    return _from_microseconds(numbers * microseconds, np.datetime64("1970-01-01", "us"))


def _parse_excel(texts: Sequence[str]) -> Datetimes:
    numbers = _floats(texts)
    numbers[(numbers < 1) | (numbers > 200_000)] = np.nan
    return _from_microseconds(numbers * _MICROSECONDS_A_DAY, _EXCEL_START)


def _floats(texts: Sequence[str]) -> NDArray[np.float64]:
    return np.array(pd.to_numeric(pd.Series(list(texts), dtype="object"), errors="coerce"), dtype=np.float64)


def _from_microseconds(microseconds: NDArray[np.float64], start: np.datetime64) -> Datetimes:
    values = np.full(len(microseconds), np.datetime64("NaT", "us"))
    fine = ~np.isnan(microseconds)
    values[fine] = start + np.round(microseconds[fine]).astype(np.int64).astype("timedelta64[us]")
    return values


def _parse_quarters(texts: Sequence[str]) -> Datetimes:
    return _to_datetimes([quarter_start(text) for text in texts], "ISO8601")


def _parse_weeks(texts: Sequence[str]) -> Datetimes:
    return _to_datetimes([week_text(text) for text in texts], "%G %V %u")


_SPECIAL: dict[str, Callable[[Sequence[str]], Datetimes]] = {
    "epoch_s": lambda texts: _parse_epoch(texts, EPOCH["epoch_s"]),
    "epoch_ms": lambda texts: _parse_epoch(texts, EPOCH["epoch_ms"]),
    EXCEL: _parse_excel,
    "quarter": _parse_quarters,
    "week": _parse_weeks,
}
