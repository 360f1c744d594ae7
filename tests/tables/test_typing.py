"""Columns as people write them: each is read as a careful person would read it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automl.tables import ColumnKind, Dialect, NumberFormat, Table, apply_schema, infer_schema
from automl.tables.dateformats import find_datetime_format
from automl.tables.datetimes import parse_datetimes
from automl.tables.durations import parse_durations
from automl.tables.numbers import parse_numbers

ROWS = 120
DAYS = pd.date_range("2023-01-05", periods=ROWS)


def table(columns, delimiter=","):
    frame = pd.DataFrame(
        {name: pd.array([str(cell) for cell in cells], dtype="str") for name, cells in columns.items()}
    )
    return Table(frame, "test", "", Dialect(delimiter=delimiter))


def read(cells, name="value"):
    """Return what a column is found to be, and its values."""
    cells = table({name: cells})
    schema = infer_schema(cells)
    return schema.columns[0], apply_schema(cells, schema).frame[name]


def drawn(values, seed=0):
    return list(np.random.default_rng(seed).choice(values, ROWS))


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["12 kg", "500 g", "7.5 kg"], [12, 0.5, 7.5]),
        (["1 year", "3 years", "2 yrs"], [1, 3, 2]),
        (["90 min", "2 h", "30 min"], [90, 120, 30]),
        (["275 m²", "80 m²", "1,000 m²"], [275, 80, 1000]),
        (["$1.2M", "$350K", "$80K"], [1_200_000, 350_000, 80_000]),
        (["5.4k", "312", "8.1k"], [5_400, 312, 8_100]),
        (["1st", "2nd", "3rd", "11th"], [1, 2, 3, 11]),
        (["215.79-", "3.50", "1.00-"], [-215.79, 3.5, -1]),
        (["(1,234.50)", "3.00", "(0.10)"], [-1234.5, 3, -0.1]),
        (["1,23,456", "12,34,567", "999"], [123_456, 1_234_567, 999]),
        (["0,123", "0,456", "1,500"], [0.123, 0.456, 1.5]),
        (["76'737.73", "1'000", "12"], [76_737.73, 1_000, 12]),
        (["Rs. 500", "Rs.1,200", "Rs 90"], [500, 1_200, 90]),
        (["12 %", "7.5%", "100 %"], [12, 7.5, 100]),
        (["−3.5", "4.25", "−1"], [-3.5, 4.25, -1]),  # noqa: RUF001
    ],
)
def test_numbers_with_units_marks_and_signs_are_numbers(cells, values):
    column, found = read(cells)
    assert column.kind is ColumnKind.NUMERIC
    np.testing.assert_allclose(found, values)


def test_a_value_below_the_limit_of_detection_is_that_limit():
    cells = [f"{value:.3f}" for value in np.linspace(0.5, 2, ROWS)] + ["<0.5"] * 30
    column, values = read(cells)
    assert column.kind is ColumnKind.NUMERIC
    assert values.iloc[-1] == 0.5


def test_a_few_words_beside_many_numbers_are_missing_numbers():
    cells = [f"{value:.2f}" for value in np.linspace(1, 9, 100)] + ["never"] * 12
    column, values = read(cells)
    assert column.kind is ColumnKind.NUMERIC
    assert values.isna().sum() == 12


def test_many_words_beside_numbers_are_levels():
    assert read(drawn(["1", "2", "3", "red", "blue"]))[0].kind is ColumnKind.CATEGORY


@pytest.mark.parametrize("sentinel", ["-999", "-9999.0", "9999", "-99"])
def test_a_number_of_nines_far_from_all_others_is_missing(sentinel):
    cells = [f"{value:.1f}" for value in np.linspace(10, 40, ROWS)] + [sentinel] * 5
    column, values = read(cells)
    assert column.missing_markers == (sentinel,)
    assert values.isna().sum() == 5


@pytest.mark.parametrize("cells", [["999", "1001", "950", "1020"], ["-99", "12", "-55", "-140"]])
def test_nines_among_their_like_are_numbers(cells):
    spread = [str(value) for value in range(-400, 1400, 37)]
    assert read(cells * 5 + spread)[0].missing_markers == ()


def test_the_top_of_a_scale_is_no_missing_value():
    cells = [str(value) for value in range(0, 41_000, 500)] + ["99999"] * 5
    assert read(cells, name="gain")[0].missing_markers == ()


def test_a_stated_kind_keeps_a_sentinel_as_a_number():
    cells = table({"value": [*map(str, range(ROWS)), *["-999"] * 5]})
    schema = infer_schema(cells, kinds={"value": ColumnKind.NUMERIC})
    assert apply_schema(cells, schema).frame["value"].min() == -999


@pytest.mark.parametrize(
    ("cells", "datetime_format"),
    [
        (DAYS.strftime("%Y-%m-%d %H:%M:%S UTC"), "iso"),
        (DAYS.strftime("%d-%b-%y").str.upper(), "%d-%b-%y"),
        (DAYS.strftime("%b %d, %Y %I:%M %p"), "%b %d, %Y %I:%M %p"),
        (DAYS.strftime("%m/%d/%Y, %I:%M:%S %p"), "%m/%d/%Y, %I:%M:%S %p"),
        (DAYS.strftime("%Y%m%dT%H%M%S"), "%Y%m%dT%H%M%S"),
        (DAYS.strftime("%Y%m%d101500"), "%Y%m%d%H%M%S"),
        (DAYS.strftime("%b-%y"), "%b-%y"),
        (DAYS.strftime("%d.%m.%Y %H:%M"), "%d.%m.%Y %H:%M"),
        ([f"{day.year}-Q{day.quarter}" for day in DAYS], "quarter"),
        (DAYS.strftime("%G-W%V"), "week"),
    ],
)
def test_dates_are_found_in_many_formats(cells, datetime_format):
    column, values = read(list(cells))
    assert (column.kind, column.datetime_format) == (ColumnKind.DATETIME, datetime_format)
    assert values.notna().all()


def test_months_in_other_languages_are_months():
    months = ["5. März 2024", "17. Oktober 2024", "1er août 2023".replace("1er", "1"), "3. Dez. 2024"]
    column, values = read(months)
    assert column.kind is ColumnKind.DATETIME
    assert values.dt.month.tolist() == [3, 10, 8, 12]


def test_named_zones_are_brought_to_utc():
    column, values = read(["2024-01-31 10:00 EST", "2024-02-01 11:00 PST", "2024-02-02 12:00 UTC"])
    assert column.kind is ColumnKind.DATETIME
    assert values.dt.hour.tolist() == [15, 19, 12]


def test_two_formats_in_one_column_are_both_read():
    column, values = read([*DAYS.strftime("%Y-%m-%d"), *DAYS.strftime("%d.%m.%Y")])
    assert column.datetime_format == "iso|%d.%m.%Y"
    assert values[:ROWS].tolist() == values[ROWS:].tolist()


def test_seconds_since_1970_are_dates_under_a_name_that_speaks_of_time_only():
    seconds = [1_600_000_000 + 7_919 * step for step in range(ROWS)]
    column, values = read(seconds, name="created_at")
    assert column.datetime_format == "epoch_s"
    assert values[0] == pd.Timestamp("2020-09-13 12:26:40")
    assert read(seconds, name="amount")[0].kind is ColumnKind.NUMERIC


def test_a_spreadsheets_days_are_dates_under_a_name_that_says_date_only():
    serials = [44_000 + 3 * step for step in range(ROWS)]
    column, values = read(serials, name="order_date")
    assert column.datetime_format == "excel"
    assert values[0] == pd.Timestamp("2020-06-18")
    assert read(serials, name="income")[0].kind is ColumnKind.NUMERIC


def test_the_order_of_day_and_month_follows_an_unambiguous_column():
    ambiguous = [
        f"{day:02d}/{month:02d}/2024" for day, month in zip(drawn(range(1, 12)), drawn(range(1, 12), 1), strict=True)
    ]
    sure = [f"{day:02d}/06/2024" for day in range(1, 31)] * 4
    alone = infer_schema(table({"a": ambiguous})).column("a")
    beside = infer_schema(table({"a": ambiguous, "b": sure})).column("a")
    assert (alone.datetime_format, beside.datetime_format) == ("%m/%d/%Y", "%d/%m/%Y")


def test_a_doubtful_comma_follows_the_decimal_commas_of_the_table():
    doubtful, sure = ["1,234", "2,500", "7,125"] * 10, ["1,5", "22,75", "3,125"] * 10
    alone = infer_schema(table({"a": doubtful})).column("a")
    beside = infer_schema(table({"a": doubtful, "b": sure})).column("a")
    assert (alone.number, beside.number) == (NumberFormat(thousands=","), NumberFormat(decimal=","))


def test_a_doubtful_point_is_a_thousands_mark_among_decimal_commas():
    columns = {"a": ["1.234", "2.500", "7.125"] * 10, "b": ["1,5", "22,75", "3,12"] * 10}
    assert infer_schema(table(columns)).column("a").number == NumberFormat(decimal=",", thousands=".")


@pytest.mark.parametrize(
    ("cells", "seconds"),
    [
        (["52:29:42", "1:00:00", "0:00:05"], [188_982, 3_600, 5]),
        (["3h 14m", "45m 10s", "2 h"], [11_640, 2_710, 7_200]),
        (["PT1H30M", "P1DT2H", "PT5S"], [5_400, 93_600, 5]),
        (["8 days 17:10:00", "1 day 00:00:01", "0 days 01:00:00"], [753_000, 86_401, 3_600]),
    ],
)
def test_spans_of_time_are_seconds(cells, seconds):
    column, values = read(cells)
    assert (column.kind, column.number) == (ColumnKind.NUMERIC, NumberFormat(notation="duration"))
    assert values.tolist() == seconds


@pytest.mark.parametrize(
    "text", ["-1 day, 23:00:00", "-1 days +23:00:00", "-1:00:00", "-60 min", "-PT1H", "-2 Days, 47:00:00"]
)
def test_an_hour_less_than_nothing_is_so_in_each_notation(text):
    assert parse_durations([text]).tolist() == [-3600]


def test_the_sign_before_days_and_hours_is_that_of_both_where_no_program_wrote_them():
    assert parse_durations(["-1 day 01:00:00", "-1d 1h"]).tolist() == [-90_000, -90_000]


def test_numbers_with_fractions_are_no_spans():
    column, _ = read([f"{value}.25" for value in range(ROWS)])
    assert column.number == NumberFormat()


def test_times_of_day_are_no_spans():
    assert read(["08:15", "23:59", "12:00"])[0].kind is ColumnKind.DATETIME


@pytest.mark.parametrize(
    "pair", [("ja", "nein"), ("Oui", "Non"), ("sí", "no"), ("да", "нет"), ("WAHR", "FALSCH"), ("tak", "nie")]
)
def test_yes_and_no_are_understood_in_several_languages(pair):
    column, values = read([*drawn(pair), ""])
    assert column.kind is ColumnKind.BOOLEAN
    assert values.mean() == pytest.approx(drawn(pair).count(pair[0]) / ROWS)


def test_words_of_different_languages_are_levels():
    assert read(drawn(["oui", "nein"]))[0].kind is ColumnKind.CATEGORY


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("plz", [f"{1067 + 683 * step:05d}" for step in range(ROWS)]),
        ("zip_code", [str(10_001 + 683 * step) for step in range(ROWS)]),
        ("postcode", [f"SW{step % 9 + 1}A {step % 9}AA" for step in range(ROWS)]),
    ],
)
def test_postal_codes_stay_texts(name, cells):
    column, values = read(cells, name=name)
    assert (column.kind, column.content) == (ColumnKind.CATEGORY, "postal_code")
    assert values.tolist() == cells


@pytest.mark.parametrize(
    ("name", "cells", "content"),
    [
        ("contact", [f"user{step}@example.com" for step in range(ROWS)], "email"),
        ("contact", [f"+49 30 {901_234 + 37 * step}" for step in range(ROWS)], "phone"),
        ("phone", [f"555{1_234_567 + 91 * step}" for step in range(ROWS)], "phone"),
        ("key", [f"{(step * 2_654_435_761) % 2**64 * 7919 % 2**64:016x}" for step in range(1, ROWS)], "hash"),
    ],
)
def test_addresses_phone_numbers_and_hashes_that_never_repeat_are_identifiers(name, cells, content):
    column, _ = read(cells, name=name)
    assert (column.kind, column.content) == (ColumnKind.IDENTIFIER, content)


def test_a_hash_that_repeats_groups_rows():
    cells = drawn([f"{number:016x}" for number in range(2**60, 2**60 + 200, 10)])
    assert read(cells)[0].kind is ColumnKind.CATEGORY


def test_names_that_never_repeat_are_text_not_identifiers():
    makers, models = ["ford", "toyota", "audi", "fiat"], ["pinto", "corolla", "sport", "gl", "custom", "deluxe"]
    cells = [f"{makers[step % 4]} {models[step % 6]}{'x' * (step // 12)}" for step in range(ROWS)]
    assert read(cells)[0].kind is ColumnKind.TEXT


@pytest.mark.parametrize("pattern", ["{}|{}|{}", "{}, {}, {}", "['{}', '{}', '{}']"])
def test_lists_in_a_cell_are_text(pattern):
    words = ["wifi", "pool", "parking", "kitchen", "tv", "sauna"]
    cells = [pattern.format(*np.random.default_rng(step).choice(words, 3, replace=False)) for step in range(ROWS)]
    column, _ = read(cells)
    assert (column.kind, column.content) == (ColumnKind.TEXT, "list")


def test_pairs_of_coordinates_are_named():
    cells = [f"{52 + step / 991:.5f}, {13 + step / 777:.5f}" for step in range(ROWS)]
    assert read(cells)[0].content == "coordinates"


@pytest.mark.parametrize(
    "order",
    [
        ("low", "medium", "high"),
        ("< 1 year", "1 year", "2 years", "10+ years"),
        ("18-25", "26-35", "36-50", "51+"),
        ("S", "M", "L", "XL"),
        ("Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree"),
        ("Po", "Fa", "TA", "Gd", "Ex"),
        ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
        ("under 20k", "20k-50k", "50k-100k", "over 100k"),
    ],
)
def test_levels_that_look_ordered_are_ordered(order):
    column, _ = read(drawn(order))
    assert (column.kind, column.order) == (ColumnKind.CATEGORY, order)


@pytest.mark.parametrize("levels", [("red", "green", "blue"), ("A1", "B2", "C3"), ("high", "low", "purple")])
def test_other_levels_have_no_order(levels):
    assert read(drawn(levels))[0].order == ()


@pytest.mark.parametrize(
    "codes",
    [
        ["NA", "DE", "FR", "US"],
        ["na", "de", "fr", "us"],
        ["NA", "DE", "FR", "unknown", "US", "GB", "IT", "ES", "ZA", "BW"],
    ],
)
def test_na_is_a_country_among_codes(codes):
    assert read(drawn(codes))[1].isna().sum() == 0


def test_a_schema_of_every_notation_goes_through_json():
    cells = table(
        {
            "weight": ["12 kg", "500 g"] * 9,
            "span": ["3h 14m", "2h 1m"] * 9,
            "level": drawn(["low", "medium", "high"])[:18],
        }
    )
    schema = infer_schema(cells)
    assert type(schema).from_dict(schema.to_dict()) == schema


FORMATS = st.builds(
    NumberFormat,
    decimal=st.just(","),
    thousands=st.sampled_from(["", ".", " ", "'"]),
    prefix=st.sampled_from(["", "€", "$"]),
    suffix=st.sampled_from(["", "kg", "%"]),
)


@settings(max_examples=60, deadline=None)
@given(FORMATS, st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=20))
def test_numbers_written_in_a_format_are_read_back(number, hundredths):
    def written(value):
        whole = f"{abs(value) // 100:,}".replace(",", number.thousands)
        return f"{'-' * (value < 0)}{number.prefix}{whole},{abs(value) % 100:02d} {number.suffix}".strip()

    found = parse_numbers([written(value) for value in hundredths], number)
    np.testing.assert_allclose(found, np.array(hundredths) / 100)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=12), max_size=20))
def test_no_text_breaks_a_parser(texts):
    for parse in (
        lambda: parse_numbers(texts, NumberFormat()),
        lambda: parse_numbers(texts, NumberFormat(",", ".", "$", "kg", (("g", 0.001),))),
        lambda: parse_durations(texts),
        *(
            lambda fmt=fmt: parse_datetimes(texts, fmt)
            for fmt in ("iso|%d.%m.%Y", "epoch_s", "excel", "quarter", "week")
        ),
    ):
        assert len(parse()) == len(texts)


def test_no_date_is_found_among_names():
    texts = ["Smith, Mar 3 boxes", "Jones, 14 pens", "May we", "April"]
    assert find_datetime_format("x", texts, np.ones(4, dtype=np.int64))[1] < 0.95


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-29",
        "2023-02-29",
        "2024-01-05 10:20",
        "2024-01-05T10:20:59",
        "2024-01-05T24:00",
        "1000-01-01",
        "9999-12-31",
    ],
)
def test_a_few_dates_are_read_as_many_are(text):
    few, many = parse_datetimes([text], "iso"), parse_datetimes([text] * 100, "iso")
    assert few.dtype == many.dtype
    assert np.array_equal(few[:1], many[:1], equal_nan=True)
