"""The parts of dates as nodes of a graph, from microseconds since 1970.

Source of the way from days to years and months: Howard Hinnant, "chrono-compatible low-level date algorithms", 2013.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import numpy as np

from automl.export.onnx.graph import Graph
from automl.export.terms import DatePart

__all__ = ["MISSING", "Calendar"]

#: Stands for a missing date, as in NumPy.
MISSING = -(2**63)

_DAY, _MINUTE = 86_400_000_000, 60_000_000
_PERIODS = {"month": 12.0, "weekday": 7.0, "minute of day": 1440.0}
#: From the first of March of the year 0, with which a cycle of 400 years begins, to 1970.
_DAYS_BEFORE = 719_468
_DAYS_A_CYCLE = 146_097


class Calendar:
    """Computes each part of a date once, however many models ask for it.

    Parameters
    ----------
    graph : Graph
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._done: dict[tuple[str, str], str] = {}

    def part(self, source: DatePart, column: str) -> str:
        """Return a part of a date in double precision, NaN where it is missing."""
        if source.part == "days":
            return self._graph.node("Sub", [self._days_since_1970(column), self._graph.double(source.origin)])
        name, _, wave = source.part.partition(", ")
        number = self._known(column, self._graph.as_double(self._whole(column, name)))
        if not wave:
            return number
        turned = self._graph.node("Mul", [number, self._graph.double(2 * math.pi)])
        return self._graph.node(
            "Sin" if wave == "sine" else "Cos", [self._graph.node("Div", [turned, self._graph.double(_PERIODS[name])])]
        )

    def between(self, first: str, second: str) -> str:
        """Return the days from one date to another, NaN where either is missing."""
        return self._graph.node("Sub", [self._days_since_1970(second), self._days_since_1970(first)])

    def _days_since_1970(self, column: str) -> str:
        days = self._graph.node("Div", [self._graph.as_double(column), self._graph.double(float(_DAY))])
        return self._known(column, days)

    def _known(self, column: str, number: str) -> str:
        missing = self._graph.node("Equal", [column, self._number(MISSING)])
        return self._graph.node("Where", [missing, self._graph.double(math.nan), number])

    def _whole(self, column: str, part: str) -> str:
        """Return a part as a whole number; any number where the date is missing."""
        if (column, part) not in self._done:
            made: Callable[[], str] = partial(getattr(self, f"_{part.replace(' ', '_')}"), column)
            self._done[column, part] = made()
        return self._done[column, part]

    def _number(self, value: int) -> str:
        return self._graph.constant(np.array([[value]], dtype=np.int64))

    def _of(self, operator: str, left: str | int, right: str | int) -> str:
        operands = (self._number(each) if isinstance(each, int) else each for each in (left, right))
        return self._graph.node(operator, list(operands))

    def _since(self, column: str) -> str:
        """Return microseconds since the cycle's beginning, which are never negative; 0 where the date is missing."""
        moved = self._of("Add", column, _DAYS_BEFORE * _DAY)
        return self._of("Max", moved, 0)

    def _day_number(self, column: str) -> str:
        return self._of("Div", self._whole(column, "since"), _DAY)

    def _minute_of_day(self, column: str) -> str:
        inside = self._of("Sub", self._whole(column, "since"), self._of("Mul", self._whole(column, "day number"), _DAY))
        return self._of("Div", inside, _MINUTE)

    def _hour(self, column: str) -> str:
        return self._of("Div", self._whole(column, "minute of day"), 60)

    def _weekday(self, column: str) -> str:
        # The first of March of the year 0 was a Wednesday.
        return self._rest(self._of("Add", self._whole(column, "day number"), 2), 7)

    def _rest(self, number: str, size: int) -> str:
        return self._of("Sub", number, self._of("Mul", self._of("Div", number, size), size))

    def _day_of_cycle(self, column: str) -> str:
        return self._rest(self._whole(column, "day number"), _DAYS_A_CYCLE)

    def _year_of_cycle(self, column: str) -> str:
        day = self._whole(column, "day of cycle")
        leaps = self._of("Sub", day, self._of("Div", day, 1460))
        leaps = self._of("Add", leaps, self._of("Div", day, 36_524))
        leaps = self._of("Sub", leaps, self._of("Div", day, 146_096))
        return self._of("Div", leaps, 365)

    def _first_day(self, year: str) -> str:
        """Return the day in the cycle on which a year of the cycle begins, in March."""
        days = self._of("Add", self._of("Mul", year, 365), self._of("Div", year, 4))
        return self._of("Sub", days, self._of("Div", year, 100))

    def _day_since_march(self, column: str) -> str:
        return self._of(
            "Sub", self._whole(column, "day of cycle"), self._first_day(self._whole(column, "year of cycle"))
        )

    def _month_since_march(self, column: str) -> str:
        days = self._of("Mul", self._whole(column, "day since march"), 5)
        return self._of("Div", self._of("Add", days, 2), 153)

    def _day(self, column: str) -> str:
        month = self._of("Add", self._of("Mul", self._whole(column, "month since march"), 153), 2)
        return self._of("Add", self._of("Sub", self._whole(column, "day since march"), self._of("Div", month, 5)), 1)

    def _month(self, column: str) -> str:
        return self._of("Add", self._rest(self._of("Add", self._whole(column, "month since march"), 2), 12), 1)

    def _is_new_year(self, column: str) -> str:
        """Return 1 in January and February, which end the year that began in March."""
        return self._of("Div", self._whole(column, "month since march"), 10)

    def _year(self, column: str) -> str:
        cycles = self._of("Mul", self._of("Div", self._whole(column, "day number"), _DAYS_A_CYCLE), 400)
        year = self._of("Add", cycles, self._whole(column, "year of cycle"))
        return self._of("Add", year, self._whole(column, "is new year"))

    def _day_of_year(self, column: str) -> str:
        """Return the days since January, from those since March: January and February are the last 59 or 60."""
        year, day = self._whole(column, "year"), self._whole(column, "day since march")
        is_leap = self._of("Sub", self._leaps(year), self._leaps(self._of("Sub", year, 1)))
        spring = self._of("Add", self._of("Add", day, 60), is_leap)
        winter = self._of("Sub", day, 305)
        return self._graph.node("Where", [self._of("Equal", self._whole(column, "is new year"), 1), winter, spring])

    def _leaps(self, year: str) -> str:
        leaps = self._of("Sub", self._of("Div", year, 4), self._of("Div", year, 100))
        return self._of("Add", leaps, self._of("Div", year, 400))
