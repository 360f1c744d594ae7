"""Rows are parted by the values of a column, and each part has a name that people can read."""

import numpy as np
import pandas as pd

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
