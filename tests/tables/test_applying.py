"""Reading cells by a schema."""

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from automl.tables import (
    Column,
    ColumnKind,
    NumberFormat,
    Schema,
    Table,
    apply_schema,
    as_text_table,
    infer_schema,
    read_table,
)
from automl.tables.applying import apply_to_texts


def table(**columns):
    return Table(pd.DataFrame({name: pd.array(cells, dtype="str") for name, cells in columns.items()}), "test", "")


def schema(*columns):
    return Schema(tuple(columns))


def category(*levels, name="colour"):
    return Column(name, ColumnKind.CATEGORY, levels=levels)


def change(typed, step):
    return next(change for change in typed.changes if change.step == step)


def test_the_training_table_reads_without_surprise():
    cells = table(
        price=["$1,000", "$2", "?", "(3)"],
        colour=["red", " Red", "blue", ""],
        when=["31/01/2024", "01/02/2024", "", "03/02/2024"],
        paid=["yes", "No", "yes", "NA"],
    )
    typed = apply_schema(cells, infer_schema(cells))
    assert not typed.unseen
    assert not typed.unparsed
    assert [str(dtype) for dtype in typed.frame.dtypes] == ["float64", "str", "datetime64[us]", "float64"]
    np.testing.assert_array_equal(typed.frame["price"], [1000, 2, np.nan, -3])
    assert typed.frame["colour"].fillna("").tolist() == ["red", "red", "blue", ""]
    assert typed.frame["when"][1] == pd.Timestamp("2024-02-01")
    np.testing.assert_array_equal(typed.frame["paid"], [1, 0, 1, np.nan])


@pytest.mark.parametrize(
    ("column", "cells", "expected"),
    [
        (Column("x", ColumnKind.NUMERIC, number=NumberFormat(",", ".")), "1.234,5", 1234.5),
        (Column("x", ColumnKind.NUMERIC, number=NumberFormat(suffix="%")), "45 %", 45.0),
        (Column("x", ColumnKind.NUMERIC), "1e3", 1000.0),
        (
            Column("x", ColumnKind.DATETIME, datetime_format="iso"),
            "2024-01-01T02:00:00+02:00",
            pd.Timestamp("2024-01-01"),
        ),
    ],
)
def test_a_cell_is_read_in_the_format_of_the_schema(column, cells, expected):
    assert apply_schema(table(x=[cells]), schema(column)).frame["x"][0] == expected


def test_cells_that_cannot_be_read_become_missing_and_are_counted():
    columns = (
        Column("n", ColumnKind.NUMERIC),
        Column("d", ColumnKind.DATETIME, datetime_format="iso"),
        Column("b", ColumnKind.BOOLEAN, true_values=("yes",), false_values=("no",)),
    )
    cells = table(n=["1", "x", "inf"], d=["2024-13-45", "2024-01-01", "soon"], b=["yes", "maybe", "no"])
    typed = apply_schema(cells, schema(*columns))
    assert typed.unparsed == {"n": 2, "d": 2, "b": 1}
    assert typed.frame.isna().sum().tolist() == [2, 2, 1]


def test_a_missing_marker_not_met_at_training_is_missing_not_unparsed():
    typed = apply_schema(table(n=["1", "N/A"]), schema(Column("n", ColumnKind.NUMERIC)))
    assert not typed.unparsed
    assert change(typed, "missing").count == 1


def test_an_unseen_level_is_kept_and_counted():
    typed = apply_schema(table(colour=["red", "green", "green"]), schema(category("red")))
    assert typed.unseen == {"colour": 2}
    assert typed.frame["colour"].tolist() == ["red", "green", "green"]


def test_a_level_in_another_case_is_still_that_level():
    typed = apply_schema(table(colour=["RED", "light  blue"]), schema(category("red", "light blue")))
    assert typed.frame["colour"].tolist() == ["red", "light blue"]
    assert change(typed, "spelling").count == 2


def test_columns_match_without_regard_to_order_and_case():
    typed = apply_schema(table(B=["x"], extra=["1"], A=["y"]), schema(category("x", name="b"), category("y", name="A")))
    assert list(typed.frame.columns) == ["b", "A"]
    assert typed.extra_columns == ("extra",)
    assert not typed.missing_columns


def test_an_ambiguous_column_name_matches_nothing():
    typed = apply_schema(table(Age=["1"], AGE=["2"]), schema(Column("age", ColumnKind.NUMERIC)))
    assert typed.missing_columns == ("age",)
    assert typed.extra_columns == ("Age", "AGE")


def test_a_wanted_column_that_is_not_there_comes_back_missing():
    columns = schema(Column("n", ColumnKind.NUMERIC), category("red"), Column("d", ColumnKind.DATETIME))
    typed = apply_schema(table(other=["1", "2"]), columns, columns=["colour", "d", "n"])
    assert typed.missing_columns == ("n", "colour", "d")
    assert typed.frame.isna().all(axis=None)
    assert [str(dtype) for dtype in typed.frame.dtypes] == ["str", "datetime64[us]", "float64"]


def test_a_column_that_is_not_wanted_is_not_read_and_still_said_to_be_missing():
    columns = schema(Column("n", ColumnKind.NUMERIC), category("red"))
    typed = apply_schema(table(n=["1", "x"]), columns, columns=["n"])
    assert list(typed.frame.columns) == ["n"]
    assert typed.missing_columns == ("colour",)


def test_the_cleaning_log_counts_and_shows_what_was_done():
    cells = table(price=["$1", " $2", "-", "$1"], colour=["red", "Red", "red", "red "])
    typed = apply_schema(cells, infer_schema(cells))
    log = {(change.step, change.column): change for change in typed.changes}
    assert log["trim", "price"].examples == ((" $2", "$2"),)
    assert log["missing", "price"].count == 1
    assert log["types", "price"].count == 3
    assert log["types", "price"].examples[0] == ("$1", "1")
    assert log["spelling", "colour"].examples == (("Red", "red"),)


def test_a_clean_table_has_an_empty_log():
    cells = table(n=["1", "2.5"], colour=["red", "blue"])
    assert apply_schema(cells, infer_schema(cells)).changes == ()


def test_a_table_of_no_rows_reads():
    typed = apply_schema(table(n=[], colour=[]), schema(Column("n", ColumnKind.NUMERIC), category("red")))
    assert typed.frame.shape == (0, 2)


def test_a_schema_that_went_through_json_reads_the_same():
    cells = table(price=["$1", "?"], when=["2024-01-01", ""], colour=["a", "b"])
    found = infer_schema(cells)
    again = apply_schema(cells, Schema.from_dict(found.to_dict()))
    assert again.frame.equals(apply_schema(cells, found).frame)


@pytest.mark.parametrize("n_rows", [4, 400])
@pytest.mark.parametrize(
    ("number", "marker"), [(NumberFormat(), "-999"), (NumberFormat(), "-999.0"), (NumberFormat(prefix="$"), "$-999")]
)
def test_a_number_that_stands_for_a_missing_one_does_so_however_it_is_written(number, marker, n_rows):
    known = schema(Column("n", ColumnKind.NUMERIC, (marker, "?"), number))
    cells = ["-999", "-999.0", "-9.99e2", "1.5"] * (n_rows // 4)
    typed = apply_schema(table(n=cells), known)
    np.testing.assert_array_equal(typed.frame["n"], [np.nan, np.nan, np.nan, 1.5] * (n_rows // 4))
    assert not typed.unparsed
    assert change(typed, "missing").count == n_rows // 4 * 3
    pd.testing.assert_frame_equal(apply_to_texts({"n": cells[:4]}, known).frame, typed.frame.iloc[:4])


def test_numbers_that_a_program_wrote_anew_still_have_the_one_that_is_missing():
    known = schema(Column("n", ColumnKind.NUMERIC, ("-999,0",), NumberFormat(",", ".")))
    np.testing.assert_array_equal(apply_schema(table(n=["-999.0", "1.5"]), known).frame["n"], [np.nan, 1.5])


def test_a_frame_reads_as_the_file_with_whole_numbers_that_it_came_from():
    values = [*range(10, 40), *[-999] * 5]
    cells = table(n=[str(value) for value in values])
    found = infer_schema(cells)
    again = as_text_table(pd.DataFrame({"n": [*values, None]}))
    assert apply_schema(again, found).frame["n"].iloc[:-1].equals(apply_schema(cells, found).frame["n"])


def test_spans_of_time_that_were_written_as_seconds_are_read_as_seconds():
    spans = ["0:41:54.25", "1:00:00", "-1 day, 23:58:30", "2 days, 04:00:00"]
    found = infer_schema(table(span=spans))
    seconds = apply_schema(table(span=spans), found).frame["span"]
    assert seconds.tolist() == [2514.25, 3600, -90, 187200]
    typed = apply_schema(table(span=["2514.25", "3600.0", "-90", "187200"]), found)
    assert typed.frame["span"].equals(seconds)
    assert not typed.unparsed


STRANGE_CELLS = [
    "",
    " ",
    "?",
    "NA",
    "-",
    "unknown",
    "n/a",
    "-999",
    "$5",
    "1.500",
    "1,5",
    "yes ",
    "TRUE",
    "0",
    "x" * 200,
]


@pytest.mark.parametrize("name", ["telecom_churn", "bike_demand", "card_fraud", "message_spam", "breast_cancer"])
def test_the_quick_way_reads_a_row_to_the_same_values(name):
    cells = read_table(Path(__file__).parents[2] / "sample_data" / f"{name}.csv").cells
    known = infer_schema(Table(cells, name, ""))
    rows = cells.head(60).astype(object)
    for row in range(20, 60):
        # Every column meets every strange cell, in rows that are otherwise whole.
        for place, column in enumerate(rows.columns):
            if (row + place) % 3 == 0:
                rows.loc[row, column] = STRANGE_CELLS[(row + place) // 3 % len(STRANGE_CELLS)]
    rows = rows.astype("str")
    counts = Counter()
    for row in range(60):
        texts = {column: [rows.loc[row, column]] for column in known.names}
        alone = apply_to_texts(texts, known)
        expected = apply_schema(Table(rows.iloc[[row]].reset_index(drop=True), name, ""), known)
        pd.testing.assert_frame_equal(alone.frame, expected.frame)
        assert (alone.unparsed, alone.unseen) == (expected.unparsed, expected.unseen)
        counts.update(["unparsed"] * bool(alone.unparsed) + ["unseen"] * bool(alone.unseen))
    assert counts
