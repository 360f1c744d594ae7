"""The target column: what it becomes, and what is said where it cannot be used."""

import numpy as np
import pandas as pd
import pytest

from automl.errors import DataError, UsageError
from automl.preparation import encode_target, read_target, require_column
from automl.tables import Task, infer_schema, read_table, table_from_frame


def read(values, task=None, positive=None):
    table = table_from_frame(pd.DataFrame({"x": range(len(values)), "y": values}))
    return read_target(table, infer_schema(table), "y", task, positive)


def test_a_binary_target_becomes_codes_with_the_positive_label_as_one():
    target = read(["Yes", "No", "No"] * 5)
    assert (target.task, target.labels) == (Task.BINARY, ("No", "Yes"))
    assert target.values.tolist() == [1, 0, 0] * 5
    assert target.values.dtype == np.int64


def test_numeric_class_labels_stand_as_in_the_file():
    assert read(["7", "5", "6"] * 20).labels == ("5", "6", "7")


def test_a_regression_target_becomes_numbers_as_the_column_writes_them():
    target = read(["$1,200.50", "$3", "$7.25", "$11"] * 5)
    assert (target.task, target.labels) == (Task.REGRESSION, ())
    assert target.values[:4].tolist() == [1200.5, 3.0, 7.25, 11.0]


def test_rows_without_a_target_are_left_out_counted_and_logged():
    target = read(["a", "b", ""] * 10 + ["a", "N/A"])
    assert len(target.rows) == 21
    assert target.rows[:4].tolist() == [0, 1, 3, 4]
    assert [finding.code for finding in target.findings] == ["missing_target_rows"]
    assert "11 rows of 32" in target.findings[0].message
    assert any(change.step == "target" and change.count == 11 for change in target.changes)


def test_an_unreadable_number_in_the_target_is_left_out_and_shown():
    target = read([*np.random.default_rng(0).normal(size=60).round(3).astype(str), "see note"])
    assert len(target.rows) == 60
    assert "'see note'" in target.findings[0].message


def test_a_complete_target_raises_no_finding_and_logs_no_change():
    target = read(["a", "b"] * 10)
    assert (target.findings, target.changes) == ((), ())


def test_merged_spellings_are_logged_with_examples():
    changes = read(["yes", "yes", "YES", "no"] * 5).changes
    assert [(change.step, change.count, change.examples) for change in changes] == [("target", 5, (("YES", "yes"),))]


def test_a_target_that_is_not_there_gets_the_nearest_name():
    table = table_from_frame(pd.DataFrame({"Churn": ["a"], "x": ["1"]}))
    with pytest.raises(DataError, match="Column 'Chrun' is not in the DataFrame") as raised:
        require_column(table, "Chrun")
    assert raised.value.hint == "Did you mean 'Churn'?"


def test_a_target_far_from_every_name_gets_the_list_of_names():
    table = table_from_frame(pd.DataFrame({"alpha": ["a"], "beta": ["1"]}))
    with pytest.raises(DataError) as raised:
        require_column(table, "price")
    assert "alpha, beta" in raised.value.hint


def test_the_message_names_the_file_without_its_folder(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("a,b\n1,2\n2,3\n")
    with pytest.raises(DataError, match=r"is not in data\.csv\."):
        require_column(read_table(path), "c")


def test_a_target_whose_name_stands_twice_is_refused(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("y,x,y\n" + "a,1,b\nb,2,a\n" * 10)
    with pytest.raises(DataError, match="stands more than once"):
        require_column(read_table(path), "y")


def test_another_name_that_stands_twice_is_no_hindrance(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("x,x,y\n" + "1,1,b\n2,2,a\n" * 10)
    require_column(read_table(path), "y")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["yes"] * 20, "constant: every row says 'yes'"),
        (["yes", "YES"] * 10, "constant"),
        ([""] * 20, "Every cell of the target 'y' is missing"),
        (["NA"] * 20, "missing"),
        (["a", "b"] * 4, "Only 8 rows have a value"),
        (["a", "b"] * 4 + [""] * 40, "Only 8 rows have a value"),
        (["a"], "holds one row"),
        ([], "a header and no rows"),
    ],
)
def test_a_target_that_cannot_be_used_says_why_and_what_to_do(values, message):
    with pytest.raises(DataError, match=message) as raised:
        read(values)
    assert raised.value.hint


def test_ten_usable_rows_are_enough():
    assert len(read(["a", "b"] * 5).rows) == 10


def test_a_class_with_one_row_is_kept():
    target = read(["a", "b"] * 20 + ["c"])
    assert target.labels == ("a", "b", "c")
    assert target.values[-1] == 2


def test_a_positive_label_for_a_regression_is_wrong_usage():
    with pytest.raises(UsageError, match="this is a regression"):
        read(np.random.default_rng(0).normal(size=50), positive="1")


def test_new_target_cells_are_encoded_with_missing_and_foreign_ones_told_apart():
    target = read(["1.5", "2.5", "n/a", "4"] * 20)
    cells = pd.Series(["3", "", "n/a", "x"], dtype="str")
    assert np.isnan(encode_target(cells, target.column, Task.REGRESSION, ())).tolist() == [False, True, True, True]
