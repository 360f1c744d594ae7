"""Differences of scores on the same rows."""

import numpy as np
import pytest

from automl.evaluation.metrics import METRICS
from automl.evaluation.paired import compare_scores


@pytest.fixture(scope="module")
def truth():
    return np.random.default_rng(0).normal(size=400)


def test_the_difference_is_the_second_score_less_the_first(truth):
    first, second = truth + 1.0, truth + 0.5
    found = compare_scores(truth, first, second, METRICS["mae"])
    assert (found.first, found.second) == pytest.approx((1.0, 0.5))
    assert found.difference == pytest.approx(-0.5)
    assert found.better(greater_is_better=False) == "b"


def test_what_is_hard_for_both_does_not_widen_the_interval(truth):
    hard = np.random.default_rng(1).normal(size=400) * 10
    alone = compare_scores(truth, truth + hard, truth + hard + 0.01 * hard, METRICS["rmse"])
    apart = compare_scores(
        truth, truth + hard, truth + 1.01 * np.random.default_rng(2).permutation(hard), METRICS["rmse"]
    )
    assert alone.high - alone.low < 0.1 * (apart.high - apart.low)


def test_equal_predictions_are_not_told_apart(truth):
    found = compare_scores(truth, truth + 1, truth + 1, METRICS["rmse"])
    assert (found.low, found.high, found.better(greater_is_better=False)) == (0, 0, "undecided")


def test_a_metric_that_is_not_defined_decides_nothing():
    certain = np.tile([0.2, 0.8], (30, 1))
    found = compare_scores(np.ones(30, dtype=int), certain, certain, METRICS["roc_auc"])
    assert np.isnan(found.difference)
    assert found.better(greater_is_better=True) == "undecided"


def test_rows_of_one_group_are_drawn_together(truth):
    groups = np.arange(400) // 20
    better = np.where(groups % 2, 0.1, 1.0)
    by_row = compare_scores(truth, truth + 0.5, truth + better, METRICS["mae"])
    by_group = compare_scores(truth, truth + 0.5, truth + better, METRICS["mae"], groups=groups)
    assert by_group.high - by_group.low > 2 * (by_row.high - by_row.low)


def test_a_few_rows_of_the_rarer_class_tell_no_models_apart():
    target = (np.arange(300) < 3).astype(int)
    worse, best = np.full(300, 0.5), 0.9 * target
    worse[:3] = 0.1
    predictions = [np.column_stack([1 - each, each]) for each in (worse, best)]
    found = compare_scores(target, *predictions, METRICS["roc_auc"])
    assert (found.first, found.second) == (0.0, 1.0)
    assert found.better(greater_is_better=True) == "undecided"
    by_loss = compare_scores(target, *predictions, METRICS["log_loss"])
    assert by_loss.better(greater_is_better=False) == "b"
