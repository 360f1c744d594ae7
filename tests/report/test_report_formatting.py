from __future__ import annotations

import math

import pytest

from automl.report.formatting import (
    ABSENT,
    MINUS,
    TIMES,
    aligned,
    concise,
    date,
    duration,
    measured,
    number,
    percent,
    shorten,
    visible,
)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, ABSENT),
        (math.nan, ABSENT),
        (-math.inf, f"{MINUS}∞"),
        (0.0, "0"),
        (0.84631, "0.8463"),
        (-0.5, f"{MINUS}0.5000"),
        (12.345678, "12.35"),
        (1234.5, "1,234"),
        (7043, "7,043"),
        (1.5e-7, f"1.50 {TIMES} 10⁻⁷"),
        (6.02e23, f"6.02 {TIMES} 10²³"),
    ],
)
def test_a_number_is_written_with_sensible_digits(value: float | None, written: str) -> None:
    assert number(value) == written


def test_a_score_just_below_one_is_not_rounded_up_to_one() -> None:
    assert number(0.999962) == "0.99996"


def test_the_width_of_the_interval_decides_the_digits_of_the_value() -> None:
    assert measured(0.846312, 0.825141, 0.867021) == ("0.846", "0.825 to 0.867")
    assert measured(41.8213, 39.2, 44.9) == ("41.8", "39.2 to 44.9")


def test_an_interval_without_width_or_without_bounds_is_still_written() -> None:
    assert measured(1.0, 1.0, 1.0) == ("1", "1 to 1")
    assert measured(0.5, None, math.nan) == ("0.5000", ABSENT)


def test_numbers_of_one_table_column_share_their_decimals_and_zero_has_no_sign() -> None:
    assert [aligned(value, 3) for value in (0.0521, -0.0001, -1.5, None)] == ["0.052", "0.000", f"{MINUS}1.500", ABSENT]


def test_a_tick_has_no_trailing_zeros() -> None:
    assert [concise(value) for value in (0.8, 1500.0, -2.5)] == ["0.8", "1,500", f"{MINUS}2.5"]


@pytest.mark.parametrize(
    ("share", "written"),
    [
        (0.0, "0 %"),
        (0.0003, "< 0.1 %"),
        (0.123, "12.3 %"),
        (0.48, "48 %"),
        (0.9999, "> 99.9 %"),
        (1.0, "100 %"),
        (None, ABSENT),
    ],
)
def test_a_share_is_written_as_a_percentage_that_never_hides_a_rest(share: float | None, written: str) -> None:
    assert percent(share).replace("\u00a0", " ") == written


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0.42, "0.42 s"),
        (8.06, "8.1 s"),
        (59.6, "1 min 00 s"),
        (72.0, "1 min 12 s"),
        (7500.0, "2 h 05 min"),
        (97200.0, "1 d 3 h"),
        (None, ABSENT),
    ],
)
def test_a_duration_is_written_as_people_say_it(seconds: float | None, written: str) -> None:
    assert duration(seconds).replace("\u00a0", " ") == written


def test_a_date_is_written_in_utc_and_an_unreadable_one_as_it_is() -> None:
    assert date("2025-11-24T14:05:09+01:00") == "24 November 2025, 13:05 UTC"
    assert date("yesterday") == "yesterday"


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain", "plain"),
        ("\x1b[31m", r"\x1b[31m"),
        ("a\r\nb", r"a\r\nb"),
        ("\u202eexe", r"\u202eexe"),
        ("\ud800", r"\ud800"),
        ("naïve 名前 שם", "naïve 名前 שם"),
        ("می‌خواهم", "می‌خواهم"),
    ],
)
def test_unseen_characters_are_made_visible_and_seen_ones_are_left_alone(raw: str, shown: str) -> None:
    assert visible(raw) == shown


def test_a_long_name_ends_in_an_ellipsis() -> None:
    assert shorten("x" * 400, 10) == "x" * 9 + "…"
    assert shorten("short", 10) == "short"
