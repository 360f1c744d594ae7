"""Cleaning step by step, with a log, and nothing left to do afterwards."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from automl.errors import UsageError
from automl.preparation import CLEANING_STEPS, DEFAULT_STEPS, clean
from automl.tables import infer_schema, table_from_frame

DIRTY = {
    "price": ["$1,234.50", " $3 ", "$0.75", "N/A", "$12,000"] * 5,
    "share": ["45 %", "7 %", "-", "0.5 %", "12 %"] * 5,
    "day": ["31.12.2024", "01.02.2024", "?", "15.06.2023", "02.03.2022"] * 5,
    "seen": ["12/31/2024 08:15", "01/02/2024 23:59", "06/15/2023 00:00", "", "03/02/2022 12:00"] * 5,
    "plan": ["Basic", "basic ", "Pro", "BASIC", "Basic"] * 5,
    "code": ["00501", "01234", "99999", "00777", "10000"] * 5,
    "country": ["NA", "DE", "FR", "US", "NA"] * 5,
    "member": ["yes", " no", "yes", "Yes", "NULL"] * 5,
    "note": ["  kept, as it is ", "a\nb", "x", "", "null"] * 5,
}
DECIMAL_COMMAS = {
    "wert": ["1.234,5", "0,75", "-3,25", "1.000.000,00", "-"] * 10,
    "zeit": ["2024-01-31T10:00:00Z", "2024-02-01T11:30:00+02:00", "2024-02-03T00:00:00Z", "", "2024-03-01T09:00:00Z"]
    * 10,
    "uhr": ["08:15", "23:59", "00:00", "12:30", "07:45"] * 10,
    "monat": ["Jan 2024", "Feb 2024", "Mar 2023", "Apr 2022", "May 2021"] * 10,
    "gross": ["12345678901234567890", "3", "7", "+8", "1e3"] * 10,
}
MOSTLY_NUMBERS = {
    "size": [*(f"{n}.50" for n in range(60)), "large", "n/a"],
    "y": ["a", "b"] * 31,
}
TABLES = {"dirty": DIRTY, "decimal commas": DECIMAL_COMMAS, "mostly numbers": MOSTLY_NUMBERS}


def cleaned(columns, steps=DEFAULT_STEPS):
    table = table_from_frame(pd.DataFrame(columns))
    return clean(table, infer_schema(table), steps)


@pytest.mark.parametrize("columns", TABLES.values(), ids=TABLES)
@pytest.mark.parametrize("steps", [DEFAULT_STEPS, tuple(step for step in CLEANING_STEPS if step != "target")])
def test_cleaning_what_is_clean_changes_nothing(columns, steps):
    once = cleaned(columns, steps)
    twice = cleaned(once.cells, steps)
    assert twice.cells.equals(once.cells)
    assert twice.changes == ()


def test_parse_alone_returns_the_cells_as_they_stood():
    result = cleaned(DIRTY, ("parse",))
    assert result.cells.to_dict("list") == DIRTY
    assert result.changes == ()


def test_numbers_are_written_plainly():
    assert cleaned(DIRTY).cells["price"][:5].tolist() == ["1234.5", "3", "0.75", "", "12000"]
    assert cleaned(DIRTY).cells["share"][:5].tolist() == ["45", "7", "", "0.5", "12"]
    assert cleaned(DECIMAL_COMMAS).cells["wert"][:4].tolist() == ["1234.5", "0.75", "-3.25", "1000000"]


def test_a_plain_number_keeps_every_digit():
    assert cleaned(DECIMAL_COMMAS).cells["gross"][:5].tolist() == ["12345678901234567890", "3", "7", "8", "1000"]


def test_dates_are_written_in_iso_8601():
    cells = cleaned(DIRTY).cells
    assert cells["day"][:3].tolist() == ["2024-12-31", "2024-02-01", ""]
    assert cells["seen"][:3].tolist() == ["2024-12-31T08:15:00", "2024-01-02T23:59:00", "2023-06-15T00:00:00"]


def test_times_with_a_zone_are_written_in_utc():
    assert cleaned(DECIMAL_COMMAS).cells["zeit"][:2].tolist() == ["2024-01-31T10:00:00Z", "2024-02-01T09:30:00Z"]


def test_times_of_no_day_stay_times():
    assert cleaned(DECIMAL_COMMAS).cells["uhr"][:2].tolist() == ["08:15:00", "23:59:00"]


def test_codes_and_countries_stay_what_they_are():
    cells = cleaned(DIRTY).cells
    assert cells["code"].tolist() == DIRTY["code"]
    assert cells["country"].tolist() == DIRTY["country"]


def test_booleans_stay_as_they_stand():
    assert cleaned(DIRTY).cells["member"][:5].tolist() == ["yes", "no", "yes", "Yes", ""]


def test_levels_get_their_most_frequent_spelling():
    assert set(cleaned(DIRTY).cells["plan"]) == {"Basic", "Pro"}


def test_a_cell_that_is_no_number_becomes_missing_and_is_logged():
    result = cleaned(MOSTLY_NUMBERS)
    assert result.cells["size"].tolist()[-3:] == ["59.50", "", ""]
    assert [(change.step, change.column, change.examples) for change in result.changes] == [
        ("missing", "size", (("n/a", ""),)),
        ("types", "size", (("large", ""),)),
    ]


def test_the_log_counts_every_changed_cell_of_a_step():
    only = {"plan": DIRTY["plan"]}
    steps = {change.step: change.count for change in cleaned(only).changes}
    assert steps == {"trim": 5, "spelling": 10}


def test_by_default_no_row_is_lost():
    assert len(cleaned(DIRTY).cells) == 25


def test_equal_rows_are_dropped_on_request():
    result = cleaned(DIRTY, ("parse", "duplicates"))
    assert len(result.cells) == 5
    assert [(change.step, change.count) for change in result.changes] == [("duplicates", 20)]


def test_rows_that_become_equal_by_cleaning_are_equal():
    columns = {"plan": ["Pro ", "pro", "Pro", "Basic"], "size": ["1.0", "2", "1.0", "3"]}
    assert len(cleaned(columns, ("trim", "spelling", "duplicates")).cells) == 3


def test_rows_without_a_target_are_dropped_on_request():
    table = table_from_frame(pd.DataFrame({"x": range(40), "y": ["a", "b", "", "N/A"] * 10}))
    result = clean(table, infer_schema(table, target="y"), ("target",))
    assert len(result.cells) == 20
    assert result.cells.index.tolist() == list(range(20))


def test_the_target_step_needs_a_target():
    with pytest.raises(UsageError, match="needs to know the target"):
        cleaned(DIRTY, ("target",))


def test_an_unknown_step_gets_the_nearest_one():
    with pytest.raises(UsageError, match="no cleaning step 'mising'") as raised:
        cleaned(DIRTY, ("mising",))
    assert raised.value.hint == "Did you mean 'missing'?"


def test_a_step_alone_does_only_its_part():
    assert cleaned(DIRTY, ("trim",)).cells["price"][:2].tolist() == ["$1,234.50", "$3"]
    assert cleaned(DIRTY, ("types",)).cells["price"][3] == "N/A"


def test_numbers_far_out_of_range_are_emptied_on_request():
    columns = {"size": [*map(str, range(100)), "99000", "-5000"], "kind": ["a", "b"] * 51}
    result = cleaned(columns, ("outliers",))
    assert result.cells["size"].tolist()[-2:] == ["", ""]
    assert [(change.step, change.count) for change in result.changes] == [("outliers", 2)]


def test_a_long_tail_is_no_outlier():
    columns = {"income": [f"{value:.2f}" for value in np.random.default_rng(0).lognormal(8, 1, 500)]}
    assert cleaned(columns, ("outliers",)).changes == ()


def test_units_and_spans_are_written_as_numbers_and_the_log_says_in_what():
    columns = {"weight": ["12 kg", "500 g", "3 kg"] * 9, "span": ["1h 30m", "45m 10s", "2h 5m"] * 9}
    result = cleaned(columns)
    assert result.cells.iloc[1].tolist() == ["0.5", "2710"]
    messages = {change.column: change.message for change in result.changes}
    assert "in kg" in messages["weight"]
    assert "in seconds" in messages["span"]


def test_times_with_am_and_pm_stay_times():
    assert cleaned({"at": ["8:15 AM", "11:59 PM", "12:00 AM"] * 9}).cells["at"][:3].tolist() == [
        "08:15:00",
        "23:59:00",
        "00:00:00",
    ]


CELLS = st.one_of(
    st.integers(-2000, 2000).map(str),
    st.floats(-1e4, 1e4).map(lambda value: f"{value:,.2f}"),
    st.sampled_from(
        ["N/A", "", "-", "-999", "9999", " x", "yes", "No", "0012", "1,5", "3.250", "12 kg", "7 g", "<5", "4+"]
    ),
    st.dates().map(str),
    st.dates().map(lambda day: day.strftime("%d.%m.%Y")),
    st.sampled_from(
        ["1h 5m", "10:20", "9:15 PM", "30:00:01", "Q1 2020", "2020-W05", "$1.2M", "45 %", "A.B.", "ab", "a-b"]
    ),
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(range(6)), min_size=1, max_size=3), st.data())
def test_whatever_the_cells_cleaning_twice_changes_nothing_more(kinds, data):
    pools = CELLS.original_strategies
    columns = {
        f"c{at}": data.draw(st.lists(st.one_of(pools[kind], pools[kind], CELLS), min_size=30, max_size=30))
        for at, kind in enumerate(kinds)
    }
    steps = tuple(step for step in CLEANING_STEPS if step not in ("target", "duplicates"))
    once = cleaned(columns, steps)
    twice = cleaned(once.cells, steps)
    assert twice.changes == ()
    assert twice.cells.equals(once.cells)


@settings(max_examples=60, deadline=None)
@given(st.lists(CELLS, min_size=12, max_size=40))
def test_every_changed_cell_is_in_the_log(cells):
    result = cleaned({"c": cells, "other": [str(at) for at in range(len(cells))]})
    changed = sum(before != after for before, after in zip(cells, result.cells["c"], strict=True))
    assert sum(change.count for change in result.changes if change.column == "c") >= changed
    assert result.cells["other"].tolist() == [str(at) for at in range(len(cells))]
