"""Where the time is too short for all rows, models learn from some, and every row that scores still does."""

import numpy as np

from automl.preparation.fewer_rows import affordable_rows, drawn_rows, with_fewer_rows
from automl.preparation.splits import plan_splits

ROWS = 5_000


def plan(seed=0):
    target = np.random.default_rng(seed).integers(0, 2, ROWS)
    return plan_splits(target, np.arange(ROWS), 3, True, None, 0.2, seed)


def test_at_most_so_many_rows_are_learned_from_and_all_others_still_score():
    whole, fewer = plan(), with_fewer_rows(plan(), 1_000)
    (train, valid), (all_train, all_valid) = fewer.folds[0], whole.folds[0]
    assert len(train) == 1_000
    assert set(train) <= set(all_train)
    assert np.array_equal(valid, all_valid)
    assert "1,000 of 4,000 rows" in fewer.description


def test_the_same_number_draws_the_same_rows():
    assert np.array_equal(with_fewer_rows(plan(), 700).folds[0][0], with_fewer_rows(plan(), 700).folds[0][0])


def test_a_plan_of_few_rows_stays_as_it_is():
    whole = plan()
    assert with_fewer_rows(whole, 4_000) is whole
    assert np.array_equal(drawn_rows(np.arange(9), None, 0), np.arange(9))


def test_more_time_and_fewer_columns_afford_more_rows():
    assert affordable_rows(60, 30) < affordable_rows(60, 10)
    assert affordable_rows(60, 30) < affordable_rows(300, 30)
    assert affordable_rows(1, 5_000) == affordable_rows(1, 4_000)
