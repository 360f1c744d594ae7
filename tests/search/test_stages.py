"""The iteration count for a fold is chosen by the other folds' losses."""

import pytest

from automl.models.family import STAGES, stages_up_to
from automl.search.stages import Curve, best_stage, stage_at


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
