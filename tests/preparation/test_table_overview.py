"""The overview: what shows between the columns of a table and along its rows."""

import numpy as np
import pytest

from automl.preparation import profile

ROWS = 600


@pytest.fixture
def overview_of(make_table):
    """Return the overview of columns beside the columns of noise."""

    def run(columns):
        return profile(*make_table(columns)).overview

    return run


def test_columns_missing_in_the_same_rows_are_one_pattern_with_its_rows(overview_of, columns_of_noise):
    columns = columns_of_noise(ROWS)
    gone = np.arange(ROWS) % 3 == 0
    columns["height"] = np.where(gone, np.nan, columns["height"])
    columns["width"] = np.where(gone, np.nan, columns["width"])
    patterns = overview_of(columns).missing_together
    assert [(pattern.columns, pattern.rows) for pattern in patterns] == [((), 400), (("height", "width"), 200)]


def test_columns_missing_apart_are_patterns_of_their_own(overview_of, columns_of_noise):
    columns = columns_of_noise(ROWS)
    columns["height"] = np.where(np.arange(ROWS) < 50, np.nan, columns["height"])
    columns["width"] = np.where(np.arange(ROWS) >= 590, np.nan, columns["width"])
    patterns = overview_of(columns).missing_together
    assert {(pattern.columns, pattern.rows) for pattern in patterns[1:]} == {(("height",), 50), (("width",), 10)}


def test_a_table_without_gaps_has_no_pattern(overview_of, columns_of_noise):
    assert overview_of(columns_of_noise(ROWS)).missing_together == ()


def test_numbers_beyond_the_outer_fences_are_counted_on_either_side(overview_of, columns_of_noise):
    columns = columns_of_noise(ROWS)
    columns["height"][:3] = [9.5, 8.5, -9.25]
    (found,) = overview_of(columns).outliers
    assert (found.column, found.below, found.above) == ("height", 1, 2)
    assert (found.minimum, found.maximum) == (-9.25, 9.5)
    assert found.low < -3 < 3 < found.high


def test_a_column_and_its_reverse_are_related_with_a_correlation_of_minus_one(overview_of, columns_of_noise):
    columns = columns_of_noise(ROWS)
    columns["depth"] = np.exp(-columns["height"]).round(6)
    (pair,) = overview_of(columns).related_columns
    assert (pair.first, pair.second, pair.measure) == ("height", "depth", "rank correlation")
    assert pair.strength == pytest.approx(-1, abs=1e-3)


def test_levels_that_name_the_same_are_related_and_independent_ones_are_not(overview_of, columns_of_noise):
    columns = columns_of_noise(ROWS)
    columns["tint"] = [f"{colour[0]}-tint" for colour in columns["colour"]]
    columns["region"] = np.random.default_rng(5).choice([f"region {each}" for each in "abcdefghij"], ROWS)
    (pair,) = overview_of(columns).related_columns
    assert (pair.first, pair.second, pair.measure) == ("colour", "tint", "Cramer's V")
    assert pair.strength == pytest.approx(1, abs=0.02)


def test_the_column_that_moves_along_the_rows_leads_and_is_the_only_notable_one(overview_of, columns_of_noise):
    columns = columns_of_noise(ROWS)
    columns["width"] = columns["width"] + np.linspace(0, 1, ROWS)
    drift = overview_of(columns).drift
    assert drift[0].column == "width"
    assert [each.column for each in drift if each.notable] == ["width"]


def test_too_few_rows_say_nothing_of_drift_outliers_or_relations(overview_of, columns_of_noise):
    found = overview_of(columns_of_noise(20))
    assert (found.drift, found.outliers, found.related_columns) == ((), (), ())
