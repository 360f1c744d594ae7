"""Rows are parted by the values of a column, and each part has a name that people can read."""

import numpy as np
import pandas as pd
import pytest

from automl.evaluation.breakdown import column_levels


def test_fifths_of_dates_are_named_by_their_days():
    days = pd.Series(pd.date_range("2024-01-01", periods=100, freq="D"))
    names = list(column_levels(days))
    assert names[0] == "2024-01-01 to 2024-01-20"
    assert names[-1].endswith(" to 2024-04-09")


def test_fifths_within_one_day_are_told_apart_by_the_time():
    minutes = pd.Series(pd.date_range("2024-01-01 08:00", periods=100, freq="min"))
    parts = column_levels(minutes)
    assert len(parts) == 5
    assert np.sum([rows.sum() for rows in parts.values()]) == 100


def test_few_levels_are_parts_of_their_own_and_missing_ones_come_last():
    parts = column_levels(pd.Series(["a", "b", "a", None]))
    assert [(name, int(rows.sum())) for name, rows in parts.items()] == [("a", 2), ("b", 1), ("(missing)", 1)]


@pytest.mark.parametrize(
    "values",
    [
        pd.Series(1_000_000_000 + np.arange(100)),
        pd.Series(1.0 + 1e-9 * np.arange(100)),
        pd.Series(pd.date_range("2024-01-01 08:00", periods=100, freq="ms")),
        pd.Series(np.repeat([0.1, 0.1 + 1e-9, 0.1 + 2e-9, 0.2], 25)),
        pd.Series(np.repeat([1_234_567.0, 1_234_568.0], 50)),
    ],
    ids=["large whole numbers", "close numbers", "milliseconds", "close levels", "large levels"],
)
def test_no_row_is_lost_where_values_look_alike(values):
    parts = column_levels(values)
    assert len(parts) == min(5, values.nunique())
    assert (np.sum(list(parts.values()), axis=0) == 1).all()


def test_numbers_are_told_apart_by_no_more_digits_than_that_takes():
    assert list(column_levels(pd.Series([1_234_567.0, 1_234_568.0, 0.1]))) == ["0.1", "1234567", "1234568"]


def test_a_level_that_is_called_like_missing_values_stands_beside_them_in_one_part():
    parts = column_levels(pd.Series(["(missing)", "a", None]))
    assert {name: rows.tolist() for name, rows in parts.items()} == {
        "(missing)": [True, False, True],
        "a": [False, True, False],
    }


def test_a_value_that_most_rows_have_is_a_part_of_its_own():
    numbers = pd.Series([0.0] * 250 + list(range(250, 300)))
    parts = column_levels(numbers)
    assert parts["0"].sum() == 250
    assert len(parts) == 6
    assert sum(rows.sum() for rows in parts.values()) == 300
    assert next(name for name in parts if name != "0").startswith("250 to")


def test_the_first_range_begins_with_the_lowest_value():
    assert next(iter(column_levels(pd.Series(np.arange(100.0))))).startswith("0 to")
