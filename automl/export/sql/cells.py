"""Columns of a database as the model reads them: numbers, truth values, levels, and the parts of dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from automl.errors import UsageError
from automl.export.cellvalues import SINCE
from automl.export.marked import marked_values
from automl.export.sql.writing import listed, literal, name
from automl.export.terms import DatePart, DaysBetween, Number, Source
from automl.tables.missing import CLEAR_MARKERS
from automl.tables.schema import Column, ColumnKind

__all__ = ["cell", "days_of", "source_value"]

_SECONDS_A_DAY = "86400e0"
_GREATEST = literal(1.7976931348623157e308)
_PERIODS = {"month": 12, "weekday": 7, "minute of day": 1440}
_PI = "3.141592653589793e0"


def cell(column: Column, table: str) -> str:
    """Return the value of a column of ``table``; NULL where it is missing or none of its kind.

    Numbers are expected in a numeric type, levels as texts, dates as a time stamp or as ISO 8601 texts in UTC.
    """
    place = f"{table}.{name(column.name)}"
    match column.kind:
        case ColumnKind.NUMERIC:
            return _number(column, place)
        case ColumnKind.BOOLEAN:
            return _truth(column, f"lower({_trimmed(place)})")
        case ColumnKind.DATETIME:
            return _moment(column, _trimmed(place))
        case _:
            return _level(column, _trimmed(place))


def _trimmed(place: str) -> str:
    return f"trim(CAST({place} AS VARCHAR))"


def _number(column: Column, place: str) -> str:
    value = f"CAST({place} AS DOUBLE PRECISION)"
    known = f"{place} = {place} + 0 AND {value} BETWEEN (-{_GREATEST}) AND {_GREATEST}"
    if marked := [float(each) for each in marked_values(column) if each is not None]:
        known += f" AND {value} NOT IN ({', '.join(map(literal, marked))})"
    return f"CASE WHEN {known} THEN {value} END"


def _moment(column: Column, found: str) -> str:
    """Return the text of a date or time stamp, of which a date alone is the midnight."""
    known = f"{found} LIKE '____-__-__%'"
    marked = [SINCE + timedelta(microseconds=int(each)) for each in marked_values(column) if each is not None]
    if marked:
        texts = listed(sorted(f"{moment:%Y-%m-%d %H:%M:%S}" for moment in marked))
        known += f" AND substr({found}, 1, 10) || ' ' || substr({found} || ' 00:00:00', 12, 8) NOT IN {texts}"
    return f"CASE WHEN {known} THEN {found} END"


def _truth(column: Column, word: str) -> str:
    true, false = set(column.true_values), set(column.false_values)
    # Beside the words of the training file, what databases write for their own truth values.
    true |= {"true", "1", "1.0"} - false
    false |= {"false", "0", "0.0"} - true
    return f"CASE WHEN {word} IN {listed(sorted(true))} THEN 1e0 WHEN {word} IN {listed(sorted(false))} THEN 0e0 END"


def _level(column: Column, found: str) -> str:
    markers = sorted({"", *column.missing_markers})
    clear = sorted(CLEAR_MARKERS - {level.casefold() for level in column.levels})
    return f"CASE WHEN {found} NOT IN {listed(markers)} AND lower({found}) NOT IN {listed(clear)} THEN {found} END"


def source_value(source: Source, values: Mapping[str, str]) -> str:
    """Return a source's number.

    Parameters
    ----------
    source : Source
    values : mapping of str to str
        What the value of each column is called, that of a date being its text.
    """
    match source:
        case Number(column, origin):
            return f"({values[column]} - {literal(origin)})" if origin else values[column]
        case DaysBetween(first, second):
            return f"({days_of(values[second])} - {days_of(values[first])})"
        case DatePart(column, "days", origin):
            return f"({days_of(values[column])} - {literal(origin)})"
        case DatePart(column, part):
            return _part(values[column], part)


def days_of(found: str) -> str:
    """Return the days since 1970 of a date's text, with fractions."""
    return f"(({_whole_days(found)} * 86400 + {_minutes(found)} * 60 + {_seconds(found)}) / {_SECONDS_A_DAY})"


def _part(found: str, part: str) -> str:
    named, _, wave = part.partition(", ")
    number = f"CAST({_calendar_part(found, named)} AS DOUBLE PRECISION)"
    if not wave:
        return number
    return f"{'sin' if wave == 'sine' else 'cos'}(2e0 * {_PI} * {number} / {_PERIODS[named]}e0)"


def _calendar_part(found: str, part: str) -> str:
    match part:
        case "year":
            return _integer(found, 1, 4)
        case "month":
            return _integer(found, 6, 2)
        case "day":
            return _integer(found, 9, 2)
        case "day of year":
            return f"({_whole_days(found)} - {_first_of_year(found)} + 1)"
        case "weekday":
            return f"((({_whole_days(found)} + 3) % 7 + 7) % 7)"
        case "hour":
            return _hours(found)
        case "minute of day":
            return _minutes(found)
        case _:
            raise UsageError(f"A date's {part} cannot be said in SQL.", "Export the model in another format.")


def _integer(found: str, start: int, length: int) -> str:
    return f"CAST(substr({found}, {start}, {length}) AS INTEGER)"


def _hours(found: str) -> str:
    return f"CASE WHEN length({found}) > 12 THEN {_integer(found, 12, 2)} WHEN {found} IS NOT NULL THEN 0 END"


def _minutes(found: str) -> str:
    """Return the minutes since midnight."""
    minutes = f"CASE WHEN length({found}) > 15 THEN {_integer(found, 15, 2)} ELSE 0 END"
    return f"(60 * {_hours(found)} + {minutes})"


def _seconds(found: str) -> str:
    return f"CASE WHEN length({found}) > 18 THEN CAST(substr({found}, 18, 9) AS DOUBLE PRECISION) ELSE 0e0 END"


def _whole_days(found: str) -> str:
    """Return the days since 1970 by the civil calendar: years begin in March, so that a leap day is a year's last."""
    year, month, day = (_integer(found, *place) for place in ((1, 4), (6, 2), (9, 2)))
    year = f"({year} - CASE WHEN {month} < 3 THEN 1 ELSE 0 END)"
    return _days(year, f"(({month} + 9) % 12)", day)


def _first_of_year(found: str) -> str:
    return _days(f"({_integer(found, 1, 4)} - 1)", "10", "1")


def _days(year: str, month: str, day: str) -> str:
    """Return the days since 1970 of a day in a month counted from March, 0."""
    leaps = " ".join(f"{sign} {_divided(year, size)}" for sign, size in (("+", 4), ("-", 100), ("+", 400)))
    return f"(365 * {year} {leaps} + {_divided(f'(153 * {month} + 2)', 5)} + {day} - 719469)"


def _divided(number: str, size: int) -> str:
    """Return a whole number divided without rest, which databases write in different ways."""
    return f"CAST(({number} - {number} % {size}) / {size} AS INTEGER)"
