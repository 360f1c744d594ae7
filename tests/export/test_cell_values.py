"""A cell is worth in an exported script what it is worth to automl."""

import math

import numpy as np
import pytest

from automl.export.cellvalues import cell_value
from automl.tables.converting import convert
from automl.tables.schema import Column, ColumnKind, NumberFormat

NUMBERS = (
    *(
        "12",
        " 12 ",
        "-3.5",
        "+4.",
        ".5",
        "1e3",
        "1E-400",
        "1e400",
        "(7)",
        "7-",
        "<5",
        "≥ 5",
        "5+",
        "ca. 3",
        "12 %",
        "3,4%",
    ),
    *(
        "1.234,5",
        "1,234.5",
        "12,34,567",
        "$3",
        "-$3",
        "($1,234.50)",
        "3 kg",
        "250 g",
        "4 lb",
        "\u22125",
        "1\u202f234",
        "١٢",
    ),
    *(
        "",
        "-",
        "n/a",
        "NA",
        "unknown",
        "nan",
        "inf",
        "abc",
        "1 2",
        "-999",
        "-999.0",
        "-9.99e2",
        "(999)",
        "-90.25",
        "2514.25",
        "-1 day, 23:00:00",
        "0x10",
        "1_000",
        "3h 14m",
        "36:20:05",
        "PT1H30M",
    ),
    *("2 days 04:00:00", "9" * 12_000, "1" * 400),
)
MOMENTS = (
    *(
        "2024-01-05",
        "2024-1-5",
        "2024-01",
        "2024",
        "2024-02-30",
        "2024-01-05T06:07",
        "2024-01-05 6:07:08",
        "1066-10-14",
    ),
    *("2024-01-05 06:07:08.123456789", "2024-01-05 06:07:08,5", "2024-01-05T06:07:08Z", "2024-01-05 06:07:08 UTC"),
    *("2024-01-05T06:07:08+02:00", "2024-01-05T06:07:08-0530", "2024-01-05T06:07:08+02", "2024-13-01", "9999-12-31"),
    *("31.12.2024 21:00", "1.2.2024 3:04", "31.12.24", "12/31/2024", "31/12/2024", "5. März 2024", "5 mars 2024"),
    *("March 5th, 2024", "Mar 5, 2024", "Tue, 05 Mar 2024", "2024-03-05 10:11:12.5 +01:00", "2024-03-05 10:11:12 CET"),
    *(
        "10:15 PM",
        "22:15",
        "2024-Q3",
        "Q3/2024",
        "2024-W05",
        "2024W53",
        "2023-W53",
        "20240305",
        "1709633472",
        "1709633472000",
    ),
    *("45356", "45356.75", "0", "300000", "", "n/a", "soon", "1e9", "-1e3"),
)
FORMATS = (
    *("iso", "%d.%m.%Y %H:%M", "%d.%m.%y", "%m/%d/%Y", "%d/%m/%Y|%m/%d/%Y", "%d. %B %Y", "%d %b %Y", "%B %d, %Y"),
    *("%a, %d %b %Y", "%Y-%m-%d %H:%M:%S.%f %z", "%Y-%m-%d %H:%M:%S %z", "%I:%M %p", "%H:%M", "%Y%m%d", "quarter"),
    *("week", "epoch_s", "epoch_ms", "excel", "%Y-%m-%d", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%dT%H:%M"),
)
LEVELS = (
    "New York",
    "ny",
    "N.Y.",
    "NEW  YORK",
    "New-York",
    "",
    "n/a",
    "?",
    "NA",
    "Zürich",
    "ZÜRICH",
    "A+",
    "a+",
    "A-",
    "none",
)


def expected(column: Column, text: str):
    (value,) = convert(column, [text.strip()]).values
    if isinstance(value, np.datetime64):
        return None if np.isnat(value) else int(value.astype("datetime64[us]").astype(np.int64))
    # Numbers that are infinite are missing to every encoder.
    return None if isinstance(value, float) and not math.isfinite(value) else value


@pytest.mark.parametrize(
    "number",
    [
        *(
            NumberFormat(),
            NumberFormat(",", "."),
            NumberFormat(".", ","),
            NumberFormat(",", " "),
            NumberFormat(suffix="%"),
        ),
        *(NumberFormat(prefix="$", thousands=","), NumberFormat(suffix="kg", units=(("g", 0.001), ("lb", 0.45359237)))),
        NumberFormat(notation="duration"),
    ],
)
def test_numbers_are_read_as_the_schema_says(number):
    column = Column("x", ColumnKind.NUMERIC, ("-999",), number)
    assert [cell_value(column, text) for text in NUMBERS] == [expected(column, text) for text in NUMBERS]


@pytest.mark.parametrize("datetime_format", FORMATS)
def test_dates_are_read_as_the_schema_says(datetime_format):
    column = Column("x", ColumnKind.DATETIME, datetime_format=datetime_format)
    read = {text: cell_value(column, text) for text in MOMENTS}
    assert read == {text: expected(column, text) for text in MOMENTS}


def test_words_for_yes_and_no_are_read_as_the_schema_says():
    column = Column("x", ColumnKind.BOOLEAN, true_values=("yes", "none"), false_values=("no",))
    texts = ("Yes", "YES ", "no", "None", "maybe", "", "n/a", "-")
    assert [cell_value(column, text) for text in texts] == [expected(column, text) for text in texts]


def test_levels_are_given_their_spelling():
    column = Column("x", ColumnKind.CATEGORY, ("none",), levels=("New York", "N.Y.", "Zürich", "A+", "?"))
    assert [cell_value(column, text) for text in LEVELS] == [expected(column, text) for text in LEVELS]
