"""The value of one cell's text by the schema: as automl reads it, by the standard library alone.

Exported scripts hold this module's text, and that of everything it takes from others (see ``gathering``): it must not
come to need a library.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta

from automl.tables.datetexts import EXCEL, ISO, iso_text, plain_date_text, quarter_start, week_text
from automl.tables.durations import duration_seconds
from automl.tables.glances import beginnings
from automl.tables.levels import level_key
from automl.tables.missing import is_any_marker, is_clear_marker
from automl.tables.plainnumbers import PLAIN_NUMBER
from automl.tables.schema import Column, ColumnKind, NumberFormat
from automl.tables.writtennumbers import written_number

__all__ = ["MICROSECONDS_A_DAY", "SINCE", "Value", "cell_value"]

#: A number or truth value, microseconds since 1970, a level, or nothing.
Value = float | int | str | None

SINCE = datetime(1970, 1, 1, tzinfo=UTC)
_EXCEL_START = datetime(1899, 12, 30, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
MICROSECONDS_A_DAY = 86_400_000_000
_MICROSECONDS_OF = {"epoch_s": 1_000_000, "epoch_ms": 1_000}
_LARGEST_EPOCH = 4e15
_EXCEL_DAYS = (1, 200_000)
_VALUE_KINDS = (ColumnKind.NUMERIC, ColumnKind.BOOLEAN, ColumnKind.DATETIME)
_ISO_PARTS = re.compile(
    r"(\d{4})-(\d{1,2})(?:-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?"
    r"\s*(?:Z|([+-])(\d{2}):?(\d{2})?)?)?)?",
    re.ASCII,
)
_NANOSECONDS = re.compile(r"(?<=\.\d{6})\d{1,3}(?!\d)", re.ASCII)


def cell_value(column: Column, text: str) -> Value:
    """Return what a cell says; None where it is missing or cannot be read.

    Parameters
    ----------
    column : Column
    text : str
        The cell as it stands in the file.
    """
    text = text.strip()
    if column.kind in _VALUE_KINDS:
        (text,) = beginnings([text])
    if not text or _is_marked(column, text):
        return None
    match column.kind:
        case ColumnKind.NUMERIC:
            return _unmarked_number(column, text)
        case ColumnKind.BOOLEAN:
            word = text.casefold()
            return 1.0 if word in column.true_values else 0.0 if word in column.false_values else None
        case ColumnKind.DATETIME:
            return _moment(text, column.datetime_format or ISO)
        case _:
            return text if text in column.level_set else column.levels_by_key.get(level_key(text), text)


def _is_marked(column: Column, text: str) -> bool:
    if text in column.missing_markers:
        return True
    if column.kind in _VALUE_KINDS:
        return is_any_marker(text) and text.casefold() not in (*column.true_values, *column.false_values)
    return is_clear_marker(text) and text not in column.level_set


def _unmarked_number(column: Column, text: str) -> float | None:
    """Return what a cell is worth unless that is what a marker is worth: -999.0 is missing where -999 is."""
    number = column.number or NumberFormat()
    value = _number(number, text)
    return None if value in (_number(number, marker) for marker in column.missing_markers) else value


def _number(number: NumberFormat, text: str) -> float | None:
    if number.notation == "duration":
        value = duration_seconds(text)
    elif number.is_default and PLAIN_NUMBER.fullmatch(text):
        value = float(text)
    else:
        value = written_number(text, number)
    return value if math.isfinite(value) else None


def _moment(text: str, datetime_format: str) -> int | None:
    """Return microseconds since 1970, by the first of the formats that fits."""
    for one in datetime_format.split("|"):
        try:
            found = _read_moment(text, one)
        except (OverflowError, ValueError):
            continue
        if found is not None:
            return (found - SINCE) // _MICROSECOND
    return None


def _read_moment(text: str, datetime_format: str) -> datetime | None:
    if datetime_format in _MICROSECONDS_OF or datetime_format == EXCEL:
        return _counted(float(text), datetime_format) if PLAIN_NUMBER.fullmatch(text) else None
    match datetime_format:
        case "iso":
            return _iso(iso_text(text))
        case "quarter":
            return _iso(quarter_start(text))
        case "week":
            year, week, day = map(int, week_text(text).split())
            return datetime.fromisocalendar(year, week, day).replace(tzinfo=UTC)
        case _:
            return _by_pattern(plain_date_text(text, datetime_format), datetime_format)


def _counted(number: float, datetime_format: str) -> datetime | None:
    if datetime_format == EXCEL:
        low, high = _EXCEL_DAYS
        if not low <= number <= high:
            return None
        return _EXCEL_START + timedelta(microseconds=round(number * MICROSECONDS_A_DAY))
    microseconds = number * _MICROSECONDS_OF[datetime_format]
    return SINCE + timedelta(microseconds=round(microseconds)) if abs(microseconds) <= _LARGEST_EPOCH else None


def _by_pattern(text: str, pattern: str) -> datetime:
    found = datetime.strptime(_NANOSECONDS.sub("", text) if "%f" in pattern else text, pattern)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _iso(text: str) -> datetime | None:
    match = _ISO_PARTS.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, sign, zone_hours, zone_minutes = match.groups()
    found = datetime(
        *(int(year), int(month), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0)),
        int((fraction or "0")[:6].ljust(6, "0")),
        tzinfo=UTC,
    )
    if sign is None:
        return found
    zone = timedelta(hours=int(zone_hours), minutes=int(zone_minutes or 0))
    return found - zone if sign == "+" else found + zone
