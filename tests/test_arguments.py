"""Understanding durations, lists of names and names that nearly exist."""

import pytest

from automl.arguments import (
    checked_positions,
    data_stem,
    did_you_mean,
    parse_duration,
    parse_patience,
    parse_positions,
    parse_size,
    parse_stretch,
    split_names,
)
from automl.errors import UsageError


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("60", 60), ("90s", 90), ("10m", 600), ("2h", 7200), ("1.5h", 5400), ("1h30m", 5400), (" 2 H ", 7200), (45, 45)],
)
def test_a_time_budget_is_understood(text, seconds):
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "ten", "5 parsecs", "1m1h", "-5", "nan", "1e3", "10min"])
def test_a_time_budget_that_is_not_understood_shows_an_example(text):
    with pytest.raises(UsageError) as caught:
        parse_duration(text)
    assert "10m" in caught.value.hint


def test_a_time_budget_of_nothing_is_refused():
    with pytest.raises(UsageError, match="more than zero"):
        parse_duration("0s")


def test_amounts_that_no_float_holds_are_refused():
    with pytest.raises(UsageError, match="--max-body must be a size"):
        parse_size("9" * 400, "--max-body")
    assert parse_stretch("9" * 400 + "d") is None


@pytest.mark.parametrize(
    ("data", "stem"),
    [
        ("train.csv", "train"),
        ("a/b/train.csv.gz", "train"),
        ("-", "model"),
        ("no_ending", "no_ending"),
        ("v1.2.tsv", "v1.2"),
        ("parts/*.csv", "parts"),
        ("parts/sales_*.csv.gz", "sales"),
        ("*.csv", "model"),
        ("https://ann:pw@example.org/train.csv?token=a.b", "train"),
        ("postgresql://ann:pw@example.org/shop", "shop"),
    ],
)
def test_the_output_takes_its_name_from_the_data(data, stem):
    assert data_stem(data) == stem


def test_names_are_split_at_commas_outside_quotes():
    assert split_names('id, "last, first",id') == ("id", "last, first")


@pytest.mark.parametrize(
    ("name", "there_are"),
    [("churn", ["price", "rooms"]), ("churn", ["currency"]), ("sex", ["set"]), ("label", ["table"])],
)
def test_names_that_are_not_near_are_not_suggested(name, there_are):
    assert did_you_mean(name, there_are) == ""


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("contrat", "contract"),
        ("Targt", "target"),
        ("price", "price_eur"),
        ("lgbm", "lightgbm"),
        ("xgb", "xgboost"),
        ("fti", "fit"),
    ],
)
def test_a_name_is_near_that_is_misspelt_abbreviated_or_turned_about(name, meant):
    assert did_you_mean(name, ["currency", "wine", meant]) == f"Did you mean '{meant}'?"


def test_a_near_name_is_found_whatever_its_case():
    assert did_you_mean("chrun", ["Churn", "price"]) == "Did you mean 'Churn'?"


@pytest.mark.parametrize(
    ("text", "positions"),
    [("3", [3]), ("0:3", [0, 1, 2]), (":2", [0, 1]), ("8:", [8, 9]), ("9,0:2,1", [9, 0, 1]), ("8:99", [8, 9])],
)
def test_positions_are_read_as_ranges(text, positions):
    assert parse_positions(text, 10) == positions


@pytest.mark.parametrize("text", ["10", "3,10", "10:20", "0:2,10:"])
def test_a_position_or_a_range_that_is_not_there_is_refused(text):
    with pytest.raises(UsageError, match="The row 10 is not in the data") as caught:
        parse_positions(text, 10)
    assert "the last one is 9" in caught.value.hint


@pytest.mark.parametrize("text", ["3:3", "10:9"])
def test_a_range_that_holds_nothing_is_refused(text):
    with pytest.raises(UsageError, match="are none"):
        parse_positions(text, 10)


@pytest.mark.parametrize("text", ["3", "0:9", "5:"])
def test_where_there_are_no_rows_none_is_refused(text):
    assert parse_positions(text, 0) == []


@pytest.mark.parametrize(
    ("wanted", "positions"), [(3, [3]), ([7, 0, 7], [7, 0]), (range(8, 99), [8, 9]), (range(3, 0, -1), [3, 2, 1])]
)
def test_positions_of_a_program_are_told_once(wanted, positions):
    assert checked_positions(wanted, 10) == positions


@pytest.mark.parametrize("wanted", [[10], [-1, 5, 5], -1, range(-3, 2)])
def test_positions_of_a_program_that_are_not_there_are_refused(wanted):
    with pytest.raises(UsageError, match="is not in the data"):
        checked_positions(wanted, 10)


@pytest.mark.parametrize("wanted", ["5", None, [1.5]])
def test_positions_that_are_no_whole_numbers_are_refused(wanted):
    with pytest.raises(UsageError, match="whole numbers"):
        checked_positions(wanted, 10)


@pytest.mark.parametrize(("given", "candidates"), [("50", 50), (7, 7), ("off", 0), (" OFF ", 0), ("0", 0)])
def test_patience_is_a_number_of_candidates_or_off(given, candidates):
    assert parse_patience(given) == candidates


@pytest.mark.parametrize("given", ["", "-1", "1.5", "never", "²"])
def test_patience_that_is_neither_is_refused(given):
    with pytest.raises(UsageError, match="whole number"):
        parse_patience(given)
