"""Cleaned cells as numbers, truth values and dates: no digit gets lost by that, or they stay texts."""

import pandas as pd
import pytest

from automl.preparation.typed_cells import typed_cells
from automl.tables.schema import Column, ColumnKind, Schema


def typed(kind, *texts, dates=True):
    """Return the type and the values of a column of these cells."""
    cells = pd.DataFrame({"a": pd.array([*texts], dtype="str")})
    column = typed_cells(cells, Schema((Column("a", ColumnKind(kind)),)), dates=dates)["a"]
    name = str(column.dtype.pyarrow_dtype)
    return name.removeprefix("large_"), column.astype(object).where(column.notna(), None).tolist()


@pytest.mark.parametrize(
    ("kind", "texts", "expected"),
    [
        ("numeric", ["1", "", "-20", "0"], ("int64", [1, None, -20, 0])),
        ("numeric", ["1.50", "", "2", "1e-07"], ("double", [1.5, None, 2.0, 1e-07])),
        ("numeric", ["0.30000000000000004"], ("double", [0.30000000000000004])),
        ("boolean", ["true", "", "FALSE"], ("bool", [True, None, False])),
        ("boolean", ["1", "", "0"], ("int64", [1, None, 0])),
        ("identifier", ["501", "502"], ("int64", [501, 502])),
        ("constant", ["2.5", "2.5"], ("double", [2.5, 2.5])),
    ],
)
def test_what_comes_back_as_it_was_has_a_type(kind, texts, expected):
    assert typed(kind, *texts) == expected


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        ("identifier", ["00501", "00502"]),
        ("identifier", ["1.10", "1.9"]),
        ("constant", ["1.10", "1.10"]),
        ("category", ["1", "2"]),
        ("numeric", ["1234567890123456", "1"]),
        ("numeric", ["0.1234567890123456789", "1"]),
        ("numeric", ["1e400", "1"]),
        ("numeric", ["12", "N/A"]),
        ("boolean", ["Yes", "No"]),
        ("boolean", ["1", "true"]),
        ("datetime", ["2024-03-01T10:00:00Z"]),
        ("datetime", ["10:30:00"]),
        ("text", ["1", "2"]),
    ],
)
def test_codes_levels_and_what_would_lose_a_digit_stay_texts(kind, texts):
    assert typed(kind, *texts) == ("string", texts)


def test_a_negative_zero_keeps_its_sign():
    name, values = typed("numeric", "-0", "1")
    assert (name, [str(value) for value in values]) == ("double", ["-0.0", "1.0"])


def test_dates_have_a_type_where_the_format_has_one():
    assert typed("datetime", "2024-03-01", "")[0] == "date32[day]"
    assert typed("datetime", "2024-03-01T10:00:00", "")[0] == "timestamp[us]"
    assert typed("datetime", "2024-03-01", dates=False) == ("string", ["2024-03-01"])


def test_an_empty_cell_of_a_text_is_missing_and_an_empty_column_is_text():
    assert typed("text", "some words", "") == ("string", ["some words", None])
    assert typed("empty", "", "") == ("string", [None, None])
    assert typed("numeric") == ("string", [])
