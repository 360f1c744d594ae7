"""The iteration count for a fold is chosen by the other folds' losses."""

from dataclasses import replace

import numpy as np
import pytest

from automl.models.family import STAGES, stages_up_to
from automl.models.portfolio import Candidate
from automl.search.board import Trial
from automl.search.stages import Curve, best_stage, mean_losses, stage_at
from automl.search.tasks import TaskResult


def test_the_stages_ascend_and_start_early():
    assert list(STAGES) == sorted(set(STAGES))
    assert STAGES[0] < 10
    assert STAGES[-1] > 4_000


@pytest.mark.parametrize("iterations", [1, 5, 6, 7, 100, 4_000])
def test_the_last_stage_is_all_that_was_fitted(iterations):
    stages = stages_up_to(iterations)
    assert stages[-1] == iterations
    assert list(stages) == sorted(set(stages))


def test_the_stage_with_the_lowest_loss_is_the_best():
    assert best_stage([Curve((6, 12, 20), (0.5, 0.3, 0.4))]) == 12


def test_the_mean_over_the_curves_decides():
    assert best_stage([Curve((6, 12, 20), (0.1, 0.5, 0.6)), Curve((6, 12, 20), (2.0, 0.9, 0.3))]) == 20


def test_a_curve_that_ended_keeps_its_last_value():
    short, long = Curve((6, 9), (0.5, 0.4)), Curve((6, 12, 20), (0.5, 0.4, 0.2))
    assert best_stage([short, long]) == 20


def test_of_equal_stages_the_earliest_is_taken():
    assert best_stage([Curve((6, 12), (0.5, 0.5))]) == 6


@pytest.mark.parametrize(("stage", "position"), [(6, 0), (11, 0), (12, 1), (19, 1), (20, 2), (500, 2), (2, 0)])
def test_the_largest_stage_that_is_not_beyond_is_used(stage, position):
    assert stage_at((6, 12, 20), stage) == position


def test_rows_count_by_their_weight_where_a_stage_is_chosen():
    losses = np.array([[0.1, 0.9, 0.9], [0.5, 0.5, 0.5]])
    assert mean_losses(losses, None) == pytest.approx((1.9 / 3, 0.5))
    assert mean_losses(losses, np.array([8.0, 1.0, 1.0])) == pytest.approx((0.26, 0.5))
    assert mean_losses(losses, np.zeros(3)) == mean_losses(losses, None)


@pytest.mark.parametrize("folds", [1, 2])
def test_a_candidate_is_kept_at_the_stage_that_is_best_by_the_weights(evidence, folds):
    """Row by row the first stage is better, but for the few rows that weigh most."""
    heavy = np.arange(len(evidence.target)) % 9 == 0
    if folds == 1:
        evidence = replace(evidence, splits=replace(evidence.splits, folds=evidence.splits.folds[:1]))
    trial = Trial(0, Candidate("lightgbm", "native", {}), None)
    for fold, (_, valid) in enumerate(evidence.splits.folds):
        right = np.where(heavy[valid], 0.1, 0.9)
        sure = [np.where(evidence.target[valid] == 1, each, 1 - each) for each in (right, 1 - right)]
        predictions = evidence.folder.predictions(0, fold)
        predictions.parent.mkdir(parents=True, exist_ok=True)
        np.save(predictions, np.array([np.column_stack([1 - each, each]) for each in sure]))
        trial.results[fold] = TaskResult(0, fold, "ok", 1.0, stages=(10, 20))
    for weight, stage in ((None, 10), (np.where(heavy, 100.0, 1.0), 20)):
        trial.complete(replace(evidence, weight=weight), 1.0)
        assert set(trial.iterations) == {stage}
