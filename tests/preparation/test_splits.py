"""Folds that train on the past and score what follows."""

import numpy as np
import pytest

from automl.errors import DataError, UsageError
from automl.preparation import splits_by_time
from automl.preparation.time_gap import TimeGap

ROWS = 400


def chained(time, blocks=None, columns=3, folds=None, holdout=None, gap=None):
    time, gap = np.asarray(time), None if gap is None else TimeGap(gap)
    blocks = np.arange(len(time)) if blocks is None else blocks
    return splits_by_time(time, blocks, columns, folds, holdout, seed=0, gap=gap)


@pytest.fixture
def shuffled_times():
    return np.random.default_rng(0).permutation(ROWS)


def test_every_fold_trains_on_the_past_alone(shuffled_times):
    for train, valid in chained(shuffled_times).folds:
        assert shuffled_times[train].max() < shuffled_times[valid].min()


def test_the_folds_score_each_row_of_the_latest_half_once(shuffled_times):
    scored = np.concatenate([valid for _, valid in chained(shuffled_times).folds])
    assert sorted(shuffled_times[scored].tolist()) == list(range(ROWS // 2, ROWS))


def test_dates_are_times_too():
    days = np.datetime64("2024-01-01") + np.arange(ROWS)
    plan = chained(days, folds=3)
    assert (len(plan.folds), plan.strategy) == (3, "forward_chaining")


def test_rows_of_one_time_are_never_parted():
    months = np.arange(ROWS) // 30
    for train, valid in chained(months).folds:
        assert not set(months[train]) & set(months[valid])


def test_a_group_never_stands_on_both_sides(shuffled_times):
    customers = np.random.default_rng(1).integers(0, 60, ROWS)
    for train, valid in chained(shuffled_times, customers).folds:
        assert len(train)
        assert not set(customers[train]) & set(customers[valid])


def test_a_holdout_is_the_latest_share(shuffled_times):
    ((train, valid),) = chained(shuffled_times, holdout=0.1).folds
    assert sorted(shuffled_times[valid].tolist()) == list(range(360, ROWS))
    assert len(train) == 360


def test_a_large_table_gets_one_holdout():
    assert len(chained(np.arange(70_000)).folds) == 1


def test_too_few_times_are_refused():
    with pytest.raises(DataError, match="too few different times") as caught:
        chained(np.arange(ROWS) % 2)
    assert "--folds" in caught.value.hint


def test_groups_that_go_on_for_ever_are_refused(shuffled_times):
    with pytest.raises(DataError, match="goes on") as caught:
        chained(shuffled_times, np.zeros(ROWS, dtype=np.int64))
    assert "--group" in caught.value.hint


@pytest.mark.parametrize("days_apart", [7, 30])
def test_no_fold_learns_from_rows_inside_the_gap_and_from_all_before_it(days_apart):
    days = np.random.default_rng(2).permutation(np.datetime64("2024-01-01") + np.arange(ROWS))
    for train, valid in chained(days, gap=f"{days_apart}d").folds:
        assert days[train].max() == days[valid].min() - np.timedelta64(days_apart, "D")
        assert len(train) == (days <= days[train].max()).sum()


def test_a_gap_leaves_the_rows_that_are_scored_as_they_are(shuffled_times):
    for (_, valid), (_, apart) in zip(
        chained(shuffled_times).folds, chained(shuffled_times, gap="20").folds, strict=True
    ):
        assert valid.tolist() == apart.tolist()


def test_of_numbers_the_gap_is_a_number(shuffled_times):
    for train, valid in chained(shuffled_times, gap="12.5").folds:
        assert shuffled_times[train].max() == shuffled_times[valid].min() - 13


def test_the_gap_is_said():
    plan = chained(np.datetime64("2024-01-01") + np.arange(ROWS), gap="2w")
    assert "with a gap of 2w between both" in plan.description


@pytest.mark.parametrize(
    ("time", "gap", "said"),
    [
        (np.datetime64("2024-01-01") + np.arange(ROWS), "7", "a stretch of time, because the times are dates. Got '7'"),
        (np.arange(ROWS), "7d", "a number, because the times are numbers. Got '7d'"),
    ],
    ids=["a number for dates", "a stretch of time for numbers"],
)
def test_a_gap_of_another_kind_than_the_times_is_wrong_usage(time, gap, said):
    with pytest.raises(UsageError, match=said):
        chained(time, gap=gap)


def test_a_gap_that_leaves_no_past_is_refused(shuffled_times):
    with pytest.raises(DataError, match="No row comes 201 or more before") as caught:
        chained(shuffled_times, gap="201")
    assert "--time-gap" in caught.value.hint
