"""What each column is found to hold."""

import pandas as pd
import pytest

from automl.errors import UsageError
from automl.tables import ColumnKind, NumberFormat, Table, infer_schema, inference


def infer(cells, name="value", **options):
    frame = pd.DataFrame({name: pd.array(cells, dtype="str")})
    return infer_schema(Table(frame, "test", ""), **options).columns[0]


@pytest.mark.parametrize(
    ("cells", "number"),
    [
        (["1", "2.5", "-3e-2", "+4"], NumberFormat()),
        (["1,234.5", "12", "7,000"], NumberFormat(thousands=",")),
        (["1.234,5", "12", "3,5"], NumberFormat(decimal=",", thousands=".")),
        (["3,5", "4,25", "17"], NumberFormat(decimal=",")),
        (["1 234,5", "12 000", "3,5"], NumberFormat(decimal=",", thousands=" ")),
        (["$3", "$4.50", "-$2"], NumberFormat(prefix="$")),
        (["3 €", "4 €", "12 €"], NumberFormat(suffix="€")),
        (["45 %", "50%", "1 %"], NumberFormat(suffix="%")),
        (["(3.5)", "4", "5"], NumberFormat()),
    ],
)
def test_numbers_are_recognised_as_people_write_them(cells, number):
    column = infer(cells)
    assert column.kind is ColumnKind.NUMERIC
    assert column.number == number


def test_leading_zeros_make_a_code_not_a_number():
    assert infer(["00501", "10001", "90210", "00501", "10001"]).kind is ColumnKind.CATEGORY


def test_one_bad_cell_in_a_hundred_leaves_a_column_numeric():
    assert infer([str(i * 7 % 50) for i in range(99)] + ["oops"]).kind is ColumnKind.NUMERIC


def test_one_bad_cell_in_ten_does_not():
    assert infer([str(i % 5) for i in range(9)] + ["oops"]).kind is ColumnKind.CATEGORY


def test_zero_and_one_stay_numeric():
    assert infer(["0", "1", "1", "0"]).kind is ColumnKind.NUMERIC


@pytest.mark.parametrize(("yes", "no"), [("Yes", "no"), ("TRUE", "FALSE"), ("y", "n"), ("T", "F"), ("on", "off")])
def test_booleans_are_recognised_in_any_case(yes, no):
    column = infer([yes, no, yes, "", "NA"])
    assert column.kind is ColumnKind.BOOLEAN
    assert (column.true_values, column.false_values) == ((yes.lower(),), (no.lower(),))
    assert column.missing_markers == ("NA",)


def test_a_third_level_makes_a_category_of_a_boolean():
    assert infer(["yes", "no", "no phone service"]).kind is ColumnKind.CATEGORY


@pytest.mark.parametrize(
    ("cells", "datetime_format"),
    [
        (["2024-01-31", "2024-02-01"], "iso"),
        (["2024-01-31 10:00:00", "2024-02-01T11:30:00Z"], "iso"),
        (["31/01/2024", "01/02/2024"], "%d/%m/%Y"),
        (["01/31/2024", "02/01/2024"], "%m/%d/%Y"),
        (["31.01.2024", "01.02.2024"], "%d.%m.%Y"),
        (["1/31/2024 10:30 PM", "2/1/2024 9:05 AM"], "%m/%d/%Y %I:%M %p"),
        (["31 Jan 2024", "1 Feb 2024"], "%d %b %Y"),
        (["January 31, 2024", "February 1, 2024"], "%B %d, %Y"),
        (["2024/01/31", "2024/02/01"], "%Y/%m/%d"),
        (["10:30", "23:59"], "%H:%M"),
    ],
)
def test_dates_are_recognised_and_their_order_decided_over_the_column(cells, datetime_format):
    column = infer(cells)
    assert column.kind is ColumnKind.DATETIME
    assert column.datetime_format == datetime_format


def test_eight_digits_are_a_date_only_under_a_name_that_says_so():
    cells = ["20240131", "20240201", "20231224"]
    assert infer(cells, name="order_date").datetime_format == "%Y%m%d"
    assert infer(cells, name="price").kind is ColumnKind.NUMERIC


def test_years_are_numbers():
    assert infer(["1999", "2004", "2010", "2004"]).kind is ColumnKind.NUMERIC


def test_code_like_strings_that_never_repeat_are_an_identifier():
    assert infer([f"{i * 37 % 1000:04d}-AB{i}" for i in range(50)]).kind is ColumnKind.IDENTIFIER


def test_integers_that_count_up_are_an_identifier():
    assert infer([str(i) for i in range(101, 201)]).kind is ColumnKind.IDENTIFIER


@pytest.mark.parametrize("name", ["id", "ID", "customer_id", "customerId", "PassengerId", "user id"])
def test_unique_integers_under_an_id_name_are_an_identifier(name):
    assert infer(["9", "4", "7", "1"], name=name).kind is ColumnKind.IDENTIFIER


@pytest.mark.parametrize("name", ["paid", "humid", "value"])
def test_unique_integers_under_another_name_are_numbers(name):
    assert infer(["9", "4", "7", "1"], name=name).kind is ColumnKind.NUMERIC


def test_unique_measurements_are_numeric():
    assert infer([f"{i * 0.37:.3f}" for i in range(100)]).kind is ColumnKind.NUMERIC


def test_sentences_are_text():
    assert infer([f"this is remark number {i}" for i in range(30)]).kind is ColumnKind.TEXT


def test_a_few_long_levels_are_a_category():
    assert infer(["bank transfer by hand", "credit card on file"] * 20).kind is ColumnKind.CATEGORY


def test_one_value_everywhere_is_constant():
    assert infer(["x", "x ", "x"]).kind is ColumnKind.CONSTANT


def test_one_value_with_gaps_still_tells_something():
    assert infer(["x", "", "x"]).kind is ColumnKind.CATEGORY


def test_nothing_but_missing_cells_is_empty():
    assert infer(["", " ", "NaN"]).kind is ColumnKind.EMPTY


def test_any_marker_counts_among_numbers():
    column = infer(["1", "?", "-", "NA", "None", "2", "", "4"])
    assert column.kind is ColumnKind.NUMERIC
    assert set(column.missing_markers) == {"?", "-", "NA", "None"}


def test_only_clear_markers_count_among_levels():
    column = infer(["red", "None", "-", "?", "n/a", "NA", "blue", "red"])
    assert set(column.missing_markers) == {"?", "n/a", "NA"}
    assert set(column.levels) == {"red", "blue", "None", "-"}


def test_na_is_a_level_among_country_codes():
    column = infer(["DE", "NA", "US", "DE", "ZA"])
    assert "NA" in column.levels
    assert not column.missing_markers


def test_levels_that_differ_in_case_and_space_only_are_one_and_the_most_frequent_comes_first():
    cells = ["red", "Blue", "blue", " blue", "BLUE", "light  red", "light red", "red", "red"]
    assert infer(cells).levels == ("blue", "red", "light red")


def test_a_stated_kind_wins():
    assert infer(["1", "2", "1"], kinds={"value": ColumnKind.CATEGORY}).levels == ("1", "2")
    assert infer(["0", "1", "1"], kinds={"value": ColumnKind.BOOLEAN}).true_values == ("1",)


def test_a_stated_kind_for_no_column_is_wrong_usage():
    with pytest.raises(UsageError, match="valeu") as caught:
        infer(["1"], kinds={"valeu": ColumnKind.TEXT})
    assert "value" in caught.value.hint


def test_a_table_of_no_rows_has_a_schema():
    assert infer([]).kind is ColumnKind.EMPTY


@pytest.mark.parametrize(
    "cells",
    [
        [str(number) for number in range(12_000)],
        [str(number) for number in range(1, 12_001)],
        [str(number) for number in range(20_000, 32_000)],
        [f"{number:06d}" for number in range(12_000)],
        [f"{number}.0" for number in range(12_000)],
        [str(number) for number in range(20_240_101, 20_252_101)],
        [str(2 * number) for number in range(12_000)],
        ["", *(str(number) for number in range(1, 12_000))],
    ],
    ids=[
        "from 0",
        "from 1",
        "from 20,000",
        "leading zeros",
        "decimals",
        "as long as dates",
        "every other",
        "one empty",
    ],
)
def test_rows_of_a_long_table_are_numbered_the_same_with_and_without_a_look_at_each_text(monkeypatch, cells):
    quick = infer(cells, name="position")
    monkeypatch.setattr(inference, "plain_number_column", lambda *_: None)
    assert quick == infer(cells, name="position")
