"""What --monotone states is read, and refused where it cannot be kept."""

import pytest

from automl.errors import UsageError
from automl.preparation.monotone import check_monotone, parse_monotone
from automl.tables.schema import Column, ColumnKind, Task

COLUMNS = (Column("income", ColumnKind.NUMERIC), Column("city", ColumnKind.CATEGORY))


def test_each_column_gets_its_sign():
    assert parse_monotone(["income = +", "a=b=-"]) == {"income": 1, "a=b": -1}


@pytest.mark.parametrize("text", ["income", "income=", "=+", "income=up", "income=1", "+"])
def test_what_is_no_column_and_sign_is_refused(text):
    with pytest.raises(UsageError, match="COLUMN=\\+ or COLUMN=-"):
        parse_monotone([text])


def test_a_column_cannot_rise_and_fall():
    with pytest.raises(UsageError, match="both ways"):
        parse_monotone(["income=+", "income=-"])


def test_a_misspelled_column_is_refused_with_the_nearest():
    with pytest.raises(UsageError, match="'incme' is not among") as caught:
        check_monotone({"incme": 1}, COLUMNS, Task.REGRESSION)
    assert "income" in caught.value.hint


def test_levels_have_no_order():
    with pytest.raises(UsageError, match="'city' is a category column"):
        check_monotone({"city": 1}, COLUMNS, Task.BINARY)


def test_several_classes_have_no_order():
    with pytest.raises(UsageError, match="two classes or a number"):
        check_monotone({"income": 1}, COLUMNS, Task.MULTICLASS)
    check_monotone({}, COLUMNS, Task.MULTICLASS)
