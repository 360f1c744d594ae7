"""Rows are looked at file by file, or by stretches of time."""

import pandas as pd
import pytest

from automl.errors import DataError, UsageError
from automl.operate.batches import batches_of, parse_window
from automl.tables import Schema, infer_schema, table_from_frame

NOTHING = Schema(())


def visits():
    times = ["2024-05-06 01:00:00", "2024-05-07 02:00:00", "2024-05-07 23:59:59", "2024-05-20 00:00:00", ""]
    return table_from_frame(pd.DataFrame({"at": times, "pages": ["1", "2", "3", "4", "5"]}))


@pytest.mark.parametrize(("text", "seconds"), [("12h", 43_200), ("1d", 86_400), ("2w", 1_209_600), ("90s", 90)])
def test_a_window_is_a_number_with_a_unit(text, seconds):
    assert parse_window(text) == seconds


@pytest.mark.parametrize("text", ["", "1", "d", "0d", "-1d", "1y", "1d12h"])
def test_another_window_is_refused(text):
    with pytest.raises(UsageError):
        parse_window(text)


def test_days_are_batches_and_days_without_rows_are_none():
    found, left_out = batches_of([visits()], NOTHING, "at", 86_400)
    assert [(batch.name, list(batch.table.cells["pages"])) for batch in found] == [
        ("2024-05-06", ["1"]),
        ("2024-05-07", ["2", "3"]),
        ("2024-05-20", ["4"]),
    ]
    assert left_out == 1


def test_weeks_begin_on_monday():
    found, _ = batches_of([visits()], NOTHING, "at", 7 * 86_400)
    assert [batch.name for batch in found] == ["2024-05-06", "2024-05-20"]


def test_shorter_windows_are_named_by_the_minute():
    found, _ = batches_of([visits()], NOTHING, "at", 3_600)
    assert [batch.name for batch in found][:2] == ["2024-05-06T01:00", "2024-05-07T02:00"]


def test_a_day_may_come_from_several_files():
    later = table_from_frame(pd.DataFrame({"at": ["2024-05-07 12:00:00", "2024-05-07 13:00:00"], "shop": ["a", "b"]}))
    found, _ = batches_of([visits(), later], NOTHING, "at", 86_400)
    assert list(found[1].table.cells["pages"]) == ["2", "3", "", ""]


def test_a_column_without_times_is_refused():
    with pytest.raises(DataError, match="no dates"):
        batches_of([visits()], NOTHING, "pages", 86_400)


def test_rows_of_which_none_has_a_time_are_refused():
    dated = table_from_frame(pd.DataFrame({"at": ["2024-05-06", "2024-05-07", "2024-05-08"]}))
    schema = infer_schema(dated)
    with pytest.raises(DataError, match="No row"):
        batches_of([table_from_frame(pd.DataFrame({"at": ["", ""]}))], schema, "at", 86_400)


def test_more_windows_than_anybody_looks_at_are_refused():
    every = pd.date_range("2024-01-01", periods=2_500, freq="s").astype(str)
    with pytest.raises(UsageError, match="windows"):
        batches_of([table_from_frame(pd.DataFrame({"at": every}))], NOTHING, "at", 1)


def test_without_a_column_of_times_each_file_is_a_batch():
    found, left_out = batches_of([visits(), visits()], NOTHING, None, 1)
    assert [len(batch.table.cells) for batch in found] == [5, 5]
    assert left_out == 0
