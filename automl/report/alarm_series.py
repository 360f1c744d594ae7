"""The alarms of several batches by what they are about: an alarm that lasts is told once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from automl.report.formatting import count, plural
from automl.report.monitoring_facts import AlarmFact
from automl.report.sections import Section

__all__ = ["TEST_TITLES", "AlarmSeries", "alarm_section", "series_of"]

#: What each test of a column, of the rows or of the whole batch is called.
TEST_TITLES = {
    "wasserstein": "Wasserstein distance",
    "jensen_shannon": "Jensen-Shannon distance",
    "missing": "missing values",
    "outside": "outside the training range",
    "new_levels": "new levels",
    "unparsed": "unreadable cells",
    "schema": "column not there",
    "duplicates": "repeated rows",
    "volume": "number of rows",
    "prediction": "predictions",
    "domain_classifier": "classifier",
    "performance": "score",
}
_MOST_SERIES = 60


@dataclass(frozen=True)
class AlarmSeries:
    """One test's alarms of one column: the first of them, the last batch with one, and how many batches have one."""

    first: AlarmFact
    last: str
    batches: int

    @property
    def told(self) -> str:
        """Where it is, and what is wrong, as the first of the alarms says it."""
        later = self.batches - 1
        more = f" and {plural(later, 'later batch', 'later batches')}" if later else ""
        return f"{self.first.kind.capitalize()} ({self.first.batch}{more}): {self.first.message}"


def series_of(alarms: Iterable[AlarmFact]) -> tuple[AlarmSeries, ...]:
    """Return alarms put together by kind, column and test, in the order in which they first come up.

    Parameters
    ----------
    alarms : iterable of AlarmFact
        In the order of the batches.
    """
    together: dict[tuple[str, str, str], list[AlarmFact]] = {}
    for alarm in alarms:
        together.setdefault((alarm.kind, alarm.column, alarm.test), []).append(alarm)
    return tuple(AlarmSeries(each[0], each[-1].batch, len(each)) for each in together.values())


def alarm_section(series: tuple[AlarmSeries, ...]) -> Section:
    """Return the table of what is in alarm, and from when to when."""
    header = ("Kind", "Column", "By", "Batches", "First in", "Last in")
    rows = tuple(
        (
            each.first.kind,
            each.first.column,
            TEST_TITLES[each.first.test],
            count(each.batches),
            each.first.batch,
            each.last,
        )
        for each in series[:_MOST_SERIES]
    )
    return Section("alarms", "Alarms", "In the order in which they first came up.", header, rows, (3,))
