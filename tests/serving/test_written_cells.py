"""Numbers and truth values of JSON as cells: programs write 1 for 1.0 and the other way round."""

import pytest

from automl.serving.cells import CellWriter
from automl.tables import Column, ColumnKind
from automl.tables.formats.records import NumberText

SIZES = ("1", "2.0", "-3.0", "4", "4.0", "1.5.0")


def written(column, *texts):
    return CellWriter(column).texts([NumberText(text) for text in texts], lambda row: f"records[{row}]")


@pytest.mark.parametrize(
    ("number", "cell"),
    [
        ("1", "1"),
        ("1.0", "1"),
        ("2", "2.0"),
        ("2.0", "2.0"),
        ("-3", "-3.0"),
        ("4", "4"),
        ("4.0", "4.0"),
        ("1.5", "1.5"),
        ("5", "5"),
        ("5.0", "5.0"),
        ("1e2", "1e2"),
    ],
)
def test_a_number_is_the_level_that_says_the_same(number, cell):
    assert written(Column("size", ColumnKind.CATEGORY, levels=SIZES), number) == [cell]


def test_a_number_is_the_truth_value_that_says_the_same():
    truths = Column("is_new", ColumnKind.BOOLEAN, true_values=("1.0",), false_values=("0.0",))
    assert written(truths, "1", "0", "1.0", "2") == ["1.0", "0.0", "1.0", "2"]


def test_a_text_stands_for_itself():
    column = Column("size", ColumnKind.CATEGORY, levels=SIZES)
    assert CellWriter(column).texts(["2", "1.0"], lambda row: "") == ["2", "1.0"]
