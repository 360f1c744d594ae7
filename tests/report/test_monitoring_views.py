"""How monitoring writes its figures."""

import pytest

from automl.report.alarm_series import TEST_TITLES
from automl.report.monitoring_facts import AlarmFact, BatchFact, MonitoringFacts
from automl.report.monitoring_views import told_monitoring


def days(*alarms):
    """Return the facts of four days, of which each has the alarms (column and test) that are given for it."""
    batches = []
    for day, given in enumerate(alarms, 1):
        own = tuple(AlarmFact("drift", f"day {day}", column, test, f"{column} on day {day}") for column, test in given)
        batches.append(BatchFact(f"day {day}", 100, alarm=bool(own), alarms=own))
    return MonitoringFacts(
        "m.automl", "2025-01-01T00:00:00", "y", "binary", "roc_auc", True, "any", tuple(batches), 500
    )


@pytest.fixture
def lasting():
    """Return what is told of an age that stays in alarm, and of a column that is not there on one day."""
    age = ("age", "wasserstein")
    return told_monitoring(days([], [age], [age, ("visits", "schema")], [age]))


def test_an_alarm_that_lasts_is_told_once(lasting):
    assert [line for line in lasting.sentences if "on day" in line] == [
        "Drift (day 2 and 2 later batches): age on day 2",
        "Drift (day 3): visits on day 3",
    ]


def test_the_table_of_alarms_says_from_when_to_when(lasting):
    (table,) = (section for section in lasting.sections if section.identifier == "alarms")
    assert table.rows == (
        ("drift", "age", TEST_TITLES["wasserstein"], "3", "day 2", "day 4"),
        ("drift", "visits", TEST_TITLES["schema"], "1", "day 3", "day 3"),
    )


def test_a_column_that_is_not_there_counts_among_those_in_alarm(lasting):
    (table,) = (section for section in lasting.sections if section.identifier == "batches")
    assert [row[3] for row in table.rows] == ["0", "1", "2", "1"]


def test_one_batch_needs_no_table_of_alarms_unless_there_are_more_than_are_said():
    few, many = (told_monitoring(days([(f"x{place}", "missing") for place in range(count)])) for count in (2, 9))
    assert [any(section.identifier == "alarms" for section in told.sections) for told in (few, many)] == [False, True]
