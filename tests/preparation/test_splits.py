"""Folds that train on the past and score what follows."""

import numpy as np
import pytest

from automl.errors import DataError
from automl.preparation import splits_by_time

ROWS = 400


def chained(time, blocks=None, columns=3, folds=None, holdout=None):
    time = np.asarray(time)
    return splits_by_time(time, np.arange(len(time)) if blocks is None else blocks, columns, folds, holdout, seed=0)


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
