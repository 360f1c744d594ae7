"""Rows are looked at file by file, or by stretches of time."""

import pandas as pd
import pytest

from automl.errors import DataError, UsageError
from automl.operate.batches import batches_of, parse_window
from automl.tables import Schema, infer_schema, read_table, table_from_frame

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


def feed(times, days="1d", known=NOTHING):
    """Return the batches of rows with these times, and what is told of them."""
    table = table_from_frame(pd.DataFrame({"at": [str(time) for time in times]}))
    return batches_of([table], known, "at", parse_window(days))


def hours(first, last):
    return pd.date_range(first, last, freq="h")


def test_days_are_batches_and_rows_without_a_time_are_in_none():
    found, notes = batches_of([visits()], NOTHING, "at", 86_400)
    assert [(batch.name, list(batch.table.cells["pages"])) for batch in found if len(batch.table.cells)] == [
        ("2024-05-06", ["1"]),
        ("2024-05-07", ["2", "3"]),
        ("2024-05-20", ["4"]),
    ]
    assert notes == ("1 row without a time in 'at' is in no batch.",)


def test_days_without_rows_between_others_are_batches_too():
    found, notes = feed(time for time in hours("2023-01-01", "2023-01-31 23:00") if not 9 <= time.day <= 11)
    assert [batch.name for batch in found] == [f"2023-01-{day:02}" for day in range(1, 32)]
    empty = [batch for batch in found if batch.table.cells.empty]
    assert [(batch.name, batch.rows_judged) for batch in empty] == [(f"2023-01-{day:02}", True) for day in (9, 10, 11)]
    assert notes == ()


def test_days_that_have_no_rows_every_week_are_not_judged_for_it():
    found, _ = feed(time for time in hours("2023-01-02", "2023-01-29 23:00") if time.day_of_week < 5 and time.day != 11)
    empty = {batch.name: batch.rows_judged for batch in found if batch.table.cells.empty}
    assert [name for name, judged in empty.items() if judged] == ["2023-01-11"]
    assert len(empty) == 7


def test_few_rows_leave_days_empty_by_chance():
    found, _ = feed(pd.Timestamp("2023-01-01") + pd.Timedelta(hours=31) * row for row in range(100))
    empty = [batch for batch in found if batch.table.cells.empty]
    assert len(empty) > 10
    assert not any(batch.rows_judged for batch in empty)


def test_of_a_long_stretch_without_rows_the_first_window_is_told():
    found, notes = feed(["1970-01-01 00:00:30", *hours("2024-05-06", "2024-05-09 23:00")])
    assert [batch.name for batch in found] == ["1970-01-01", "1970-01-02", *(f"2024-05-0{day}" for day in range(6, 10))]
    assert notes == ("Of long stretches without rows only the first window is told; left out: 19,847.",)


def test_gaps_never_make_more_windows_than_anybody_looks_at():
    found, notes = feed([pd.Timestamp("2024-01-01") + pd.Timedelta(seconds=50) * row for row in range(900)], "1s")
    assert len(found) == 1_799
    assert "only the first window is told" in notes[0]


def test_weeks_begin_on_monday():
    found, _ = batches_of([visits()], NOTHING, "at", 7 * 86_400)
    assert [batch.name for batch in found] == ["2024-05-06", "2024-05-13", "2024-05-20"]


def test_the_first_and_the_last_week_are_not_judged_by_their_rows_where_the_data_cover_a_part_of_them():
    found, _ = feed(hours("2023-01-01", "2023-02-07 23:00"), "1w")
    assert [(batch.name, batch.rows_judged) for batch in found] == [
        ("2023-01-01", False),
        *((f"2023-01-{day:02}", True) for day in (2, 9, 16, 23, 30)),
        ("2023-02-06", False),
    ]


@pytest.mark.parametrize("opens", [0, 8])
def test_days_from_the_usual_first_hour_to_the_last_are_judged(opens):
    found, _ = feed(time for time in hours("2023-01-02", "2023-01-06 23:00") if time.hour >= opens)
    assert all(batch.rows_judged for batch in found)


def test_shorter_windows_are_named_by_the_minute():
    found, _ = batches_of([visits()], NOTHING, "at", 3_600)
    assert [batch.name for batch in found][:2] == ["2024-05-06T01:00", "2024-05-06T02:00"]


def dated(folder, name, dates):
    (folder / name).write_text("at,pages\n" + "".join(f"{date},1\n" for date in dates))
    return read_table(folder / name)


def test_dates_are_read_alike_in_all_files(tmp_path):
    doubtful = dated(tmp_path, "a.csv", [f"{day:02}/02/2023" for day in range(1, 13)])
    clear = dated(tmp_path, "b.csv", [f"{day:02}/02/2023" for day in range(13, 29)])
    found, notes = batches_of([doubtful, clear], NOTHING, "at", 86_400)
    assert [batch.name for batch in found] == [f"2023-02-{day:02}" for day in range(1, 29)]
    assert notes == ()


def test_dates_whose_day_may_be_the_month_are_told(tmp_path):
    doubtful = dated(tmp_path, "a.csv", [f"{day:02}/02/2023" for day in range(1, 13)])
    _, notes = batches_of([doubtful], NOTHING, "at", 86_400)
    assert any("can be read as %m/%d/%Y and as %d/%m/%Y" in note for note in notes)


def test_files_of_opposite_day_orders_are_told(tmp_path):
    days = dated(tmp_path, "a.csv", [f"{day:02}/02/2023" for day in range(1, 29)])
    months = dated(tmp_path, "b.csv", [f"03/{day:02}/2023" for day in range(1, 29)])
    _, notes = batches_of([days, months], NOTHING, "at", 86_400)
    assert any("the day first in 'at' (such as '13/02/2023') and with the month first" in note for note in notes)


def test_a_file_that_writes_its_dates_otherwise_is_read_by_itself(tmp_path):
    many = dated(tmp_path, "a.csv", [f"{day:02}/02/2023" for day in range(1, 29)] * 50)
    few = dated(tmp_path, "b.csv", ["2023-03-01", "2023-03-02", "2023-03-03"])
    found, notes = batches_of([many, few], NOTHING, "at", 86_400)
    assert [batch.name for batch in found[-3:]] == ["2023-03-01", "2023-03-02", "2023-03-03"]
    assert notes == ()


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
    found, notes = batches_of([visits(), visits()], NOTHING, None, 1)
    assert [len(batch.table.cells) for batch in found] == [5, 5]
    assert notes == ()


def test_files_of_one_name_are_called_by_as_many_folders_as_tell_them_apart(tmp_path):
    names = ["x/a/s.csv", "y/a/s.csv", "y/b/s.csv", "t.csv"]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    tables = [dated(tmp_path, name, ["2023-03-01"]) for name in names]
    found, _ = batches_of(tables, NOTHING, None, 1)
    assert [batch.name for batch in found] == ["x/a/s.csv", "y/a/s.csv", "b/s.csv", "t.csv"]
