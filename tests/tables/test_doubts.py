"""Guesses about columns that are reported."""

import pandas as pd

from automl.tables import Table, infer_schema, typing_findings

DAY_FIRST = [f"{day:02}/03/2024" for day in range(1, 29)]
MONTH_FIRST = [f"03/{day:02}/2024" for day in range(1, 29)]
EITHER = [f"{day % 12 + 1:02}/{day % 5 + 1:02}/2024" for day in range(28)]


def read(**columns):
    """Return the formats of columns of dates, and what is found, by its code."""
    table = Table(pd.DataFrame({name: pd.array(cells, dtype="str") for name, cells in columns.items()}), "test", "")
    schema = infer_schema(table)
    found = {finding.code: finding for finding in typing_findings(table, schema)}
    return {column.name: column.datetime_format for column in schema.columns}, found


def findings(cells):
    return read(value=cells)[1]


def test_dates_that_fit_both_orders_are_reported():
    assert findings(["01/02/2024", "03/04/2024"])["ambiguous_date_order"].columns == ("value",)


def test_dates_that_fit_one_order_are_not():
    assert not findings(["01/02/2024", "31/03/2024", "30/04/2024"])


def test_the_first_cell_that_fits_both_orders_is_shown():
    message = findings(["01/01/2024", "01/02/2024", "03/04/2024"])["ambiguous_date_order"].message
    assert message == "The dates in 'value', such as '01/02/2024', can be read as %m/%d/%Y and as %d/%m/%Y."


def test_columns_of_opposite_day_orders_are_told_with_a_cell_of_each():
    found = read(sent=DAY_FIRST, paid=MONTH_FIRST)[1]
    assert set(found) == {"mixed_date_orders"}
    assert found["mixed_date_orders"].columns == ("sent", "paid")
    assert found["mixed_date_orders"].message == (
        "Dates are read with the day first in 'sent' (such as '13/03/2024') "
        "and with the month first in 'paid' (such as '03/13/2024')."
    )


def test_both_day_orders_in_one_column_are_told_and_which_one_cells_that_fit_both_are_read_in():
    message = findings(["13/02/2024", "02/13/2024", "05/06/2024"] * 9)["mixed_date_orders"].message
    assert "the day first in 'value' (such as '13/02/2024')" in message
    assert "the month first in 'value' (such as '02/13/2024')" in message
    assert message.endswith("Cells of 'value' that fit both are read month first.")


def test_a_model_file_keeps_no_date_that_few_rows_have():
    kept = read(sent=DAY_FIRST, paid=MONTH_FIRST)[1]["mixed_date_orders"].as_kept().message
    assert "2024" not in kept
    assert "'sent' (such as (not shown))" in kept


def test_dates_of_one_order_beside_dates_that_leave_no_doubt_are_not_reported():
    assert not read(a=DAY_FIRST, b=[day.replace("/", ".") for day in DAY_FIRST], c=["2024-03-13"] * 28)[1]
    assert not read(a=MONTH_FIRST, b=["13 Mar 2024"] * 28)[1]
    assert not read(a=DAY_FIRST, b=[f"{month % 12 + 1:02}/{month % 12 + 1:02}/2024" for month in range(28)])[1]


def test_a_doubtful_column_follows_those_of_one_order_and_not_those_of_two():
    formats, _ = read(doubtful=EITHER, sure=DAY_FIRST)
    assert formats == {"doubtful": "%d/%m/%Y", "sure": "%d/%m/%Y"}
    formats, found = read(doubtful=EITHER, sure=DAY_FIRST, other=MONTH_FIRST)
    assert formats["doubtful"] == "%m/%d/%Y"
    assert found["mixed_date_orders"].columns == ("doubtful", "sure", "other")


def test_dates_that_are_the_same_in_either_order_decide_nothing_for_others():
    same = [f"{month % 12 + 1:02}/{month % 12 + 1:02}/2024" for month in range(28)]
    dots = [day.replace("/", ".") for day in EITHER]
    formats, found = read(same=same, doubtful=dots)
    assert formats["doubtful"] == "%d.%m.%Y"
    assert set(found) == {"ambiguous_date_order"}


def test_doubtful_dates_follow_clear_ones_of_another_notation_in_their_own_column():
    formats, found = read(day=EITHER + [day.replace("/", "-") for day in DAY_FIRST])
    assert set(formats["day"].split("|")) == {"%d/%m/%Y", "%d-%m-%Y"}
    assert set(found) == {"ambiguous_date_order"}


def test_dates_with_the_year_first_beside_doubtful_ones_hide_no_doubt():
    assert "ambiguous_date_order" in findings(["2024/03/13"] * 14 + EITHER[:14])


def test_numbers_among_words_are_reported():
    assert "70%" in findings(["1", "2", "3", "4", "5", "6", "7", "few", "some", "many"])["mixed_types"].message


def test_a_stray_word_among_numbers_is_reported():
    finding = findings([str(i % 50) for i in range(99)] + ["oops"])["unparsed_cells"]
    assert finding.message.startswith("1 cells")
    assert "oops" in finding.message


def test_a_clean_column_raises_no_doubt():
    assert not findings(["1", "2", "2"])
    assert not findings(["a", "b", "a"])
