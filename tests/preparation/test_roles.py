"""Weights, groups, times and folds from columns of the table."""

import numpy as np
import pytest

from automl.errors import DataError

ROWS = 40


@pytest.fixture
def with_role(columns_of_noise, noisy_labels, prepare_columns):
    """Prepare a table whose column ``role`` plays the part that is named."""

    def run(part, values):
        columns = {**columns_of_noise(ROWS), "role": values, "y": noisy_labels(ROWS)}
        return prepare_columns(columns, **{part: "role"})

    return run


@pytest.mark.parametrize("part", ["weight", "group", "fold_column"])
def test_a_column_that_steers_is_no_feature(with_role, part):
    assert "role" not in with_role(part, [1, 2, 3, 4] * (ROWS // 4)).frame


def test_the_time_stays_a_feature_because_its_hour_and_weekday_may_matter(with_role):
    days = np.arange("2024-01-01", "2024-02-10", dtype="datetime64[D]").astype(str)
    assert "role" in with_role("time", days).frame


def test_weights_keep_their_ratios_and_have_a_mean_of_one(with_role):
    weight = with_role("weight", [1, 3] * (ROWS // 2)).weight
    assert weight[:2].tolist() == [0.5, 1.5]


def test_weights_may_be_constant(with_role):
    assert with_role("weight", [2.0] * ROWS).weight.tolist() == [1.0] * ROWS


@pytest.mark.parametrize("bad", ["-1", "", "heavy"])
def test_a_weight_that_is_none_is_refused_with_its_row(with_role, bad):
    with pytest.raises(DataError, match=r"no weight of zero or more in 'role'.*row 3"):
        with_role("weight", ["1.5", "2", bad, *["1"] * (ROWS - 3)])


def test_weights_that_are_all_zero_are_refused(with_role):
    with pytest.raises(DataError, match="Every weight"):
        with_role("weight", [0] * ROWS)


def test_rows_of_one_group_get_one_number(with_role):
    group = with_role("group", ["a", "b", "a", "A"] * (ROWS // 4)).group
    assert group[:4].tolist() == [0, 1, 0, 0]


def test_rows_without_a_group_are_groups_of_their_own(with_role):
    group = with_role("group", ["", "", *["a", "b"] * (ROWS // 2 - 1)]).group
    assert len(np.unique(group)) == 4


def test_one_group_for_all_is_refused(with_role):
    with pytest.raises(DataError, match="one group"):
        with_role("group", ["a"] * ROWS)


def test_times_are_dates_where_the_column_holds_dates(with_role):
    days = np.arange("2024-01-01", "2024-02-10", dtype="datetime64[D]")
    assert with_role("time", days.astype(str)).time.astype("datetime64[D]").tolist() == days.tolist()


def test_times_may_be_numbers(with_role):
    assert with_role("time", range(1990, 1990 + ROWS)).time.tolist() == list(range(1990, 1990 + ROWS))


@pytest.mark.parametrize("bad", ["", "soon"])
def test_a_row_without_a_time_is_refused(with_role, bad):
    days = np.arange("2024-01-01", "2024-02-10", dtype="datetime64[D]").astype(str).tolist()
    with pytest.raises(DataError, match="no date and no number"):
        with_role("time", [*days[:-1], bad])


def test_folds_are_numbered_in_the_order_of_their_names(with_role):
    assert with_role("fold_column", ["c", "a", "b", "a"] * (ROWS // 4)).fold[:4].tolist() == [2, 0, 1, 0]


def test_a_row_without_a_fold_is_refused(with_role):
    with pytest.raises(DataError, match=r"no fold in 'role'.*the first is empty, row 1"):
        with_role("fold_column", ["", *["a", "b"] * (ROWS // 2 - 1), "a"])
