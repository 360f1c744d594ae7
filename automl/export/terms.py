"""Features of a formula: numbers that are made of cells, as models see them.

Exported scripts hold this module's text (see ``gathering``): it must not come to need a library.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from struct import pack, unpack

from automl.export.cellvalues import MICROSECONDS_A_DAY, SINCE, Value

__all__ = [
    "DatePart",
    "DaysBetween",
    "Feature",
    "Finish",
    "IsMissing",
    "Lookup",
    "Measured",
    "Number",
    "Numbers",
    "Row",
    "Source",
    "features_of",
    "on_curve",
    "single",
]

Row = Mapping[str, Value]

_LARGEST = 1e37
_PERIODS = {"month": 12.0, "weekday": 7.0, "minute of day": 1440.0}


def single(number: float) -> float:
    """Return the number in single precision, in which models see their features."""
    rounded: float = unpack("f", pack("f", number))[0]
    return rounded


def on_curve(number: float, places: Sequence[float], heights: Sequence[float]) -> float:
    """Return the height of straight lines between points, and of the outermost one beyond them."""
    at = bisect_right(places, number) - 1
    if at < 0:
        return heights[0]
    if at + 1 == len(places):
        return heights[-1]
    slope = (heights[at + 1] - heights[at]) / (places[at + 1] - places[at])
    return slope * (number - places[at]) + heights[at]


@dataclass(frozen=True)
class Number:
    """A numeric or boolean cell, counted from an origin."""

    column: str
    origin: float

    def value(self, row: Row) -> float | None:
        """Return it for one row."""
        cell = row[self.column]
        return None if cell is None else max(-_LARGEST, min(_LARGEST, float(cell))) - self.origin


@dataclass(frozen=True)
class DatePart:
    """A part of a date: ``"days"`` since 1970 less an origin, ``"year"``, ``"month, sine"`` and so on."""

    column: str
    part: str
    origin: float = 0.0

    def value(self, row: Row) -> float | None:
        """Return it for one row."""
        cell = row[self.column]
        if not isinstance(cell, int):
            return None
        if self.part == "days":
            return float(cell) / MICROSECONDS_A_DAY - self.origin
        name, _, wave = self.part.partition(", ")
        number = float(_calendar_part(cell, name))
        if not wave:
            return number
        angle = 2 * math.pi * number / _PERIODS[name]
        return math.sin(angle) if wave == "sine" else math.cos(angle)


def _calendar_part(microseconds: int, name: str) -> int:
    moment = SINCE + timedelta(microseconds=microseconds)
    match name:
        case "day of year":
            return moment.timetuple().tm_yday
        case "weekday":
            return moment.weekday()
        case "minute of day":
            return 60 * moment.hour + moment.minute
        case _:
            part: int = getattr(moment, name)
            return part


@dataclass(frozen=True)
class DaysBetween:
    """The days from one date to another."""

    first: str
    second: str

    def value(self, row: Row) -> float | None:
        """Return them for one row."""
        first, second = row[self.first], row[self.second]
        if not isinstance(first, int) or not isinstance(second, int):
            return None
        return float(second) / MICROSECONDS_A_DAY - float(first) / MICROSECONDS_A_DAY


Source = Number | DatePart | DaysBetween


@dataclass(frozen=True)
class Finish:
    """What becomes of a number before a model sees it; each step is left out where its field is empty.

    Attributes
    ----------
    fill : float or None
        Stands for a missing one.
    quantiles, scores : tuple of float
        A curve through which it passes.
    center, spread : float or None
        It is scaled with, and
    farthest : float
        cut off at.
    """

    fill: float | None = None
    quantiles: Sequence[float] = ()
    scores: Sequence[float] = ()
    center: float | None = None
    spread: float = 1.0
    farthest: float = math.inf

    def value(self, number: float | None) -> float | None:
        """Return the finished number."""
        if number is None:
            number = self.fill
        if number is None:
            return None
        if self.quantiles:
            number = on_curve(number, self.quantiles, self.scores)
        if self.center is None:
            return number
        return max(-self.farthest, min(self.farthest, (number - self.center) / self.spread))


@dataclass(frozen=True)
class Measured:
    """A number from a cell, finished."""

    source: Source
    finish: Finish

    def value(self, row: Row) -> float | None:
        """Return it for one row; None where it is missing."""
        return self.finish.value(self.source.value(row))


@dataclass(frozen=True)
class IsMissing:
    """1 where a number is missing, else 0."""

    source: Source

    def value(self, row: Row) -> float:
        """Return it for one row."""
        return float(self.source.value(row) is None)


@dataclass(frozen=True)
class Lookup:
    """A number for each level of a category, in single precision already."""

    column: str
    levels: Sequence[str]
    numbers: Sequence[float | None]
    missing: float | None
    unknown: float | None

    @cached_property
    def _by_level(self) -> dict[str, float | None]:
        return dict(zip(self.levels, self.numbers, strict=True))

    def value(self, row: Row) -> float | None:
        """Return it for one row; None where it is missing."""
        cell = row[self.column]
        return self.missing if cell is None else self._by_level.get(str(cell), self.unknown)


Feature = Measured | IsMissing | Lookup
Numbers = Sequence[float | None]


def features_of(features: Sequence[Feature], row: Row) -> list[float | None]:
    """Return a row's features in single precision; None where missing."""
    values = [feature.value(row) for feature in features]
    return [None if value is None else single(max(-_LARGEST, min(_LARGEST, value))) for value in values]
