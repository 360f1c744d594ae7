"""What was killed is tried once more: with half of the rows, and nearer to the least that its family's space allows."""

import numpy as np
import pytest

from automl.models.family import Integer
from automl.models.portfolio import PORTFOLIO, Candidate
from automl.models.registry import family
from automl.search.smaller import drawn_rows, smaller_candidate


def test_sizes_go_halfway_down_and_half_of_the_rows_are_left():
    candidate = Candidate("lightgbm", "native", {"num_leaves": 100, "learning_rate": 0.1})
    smaller = smaller_candidate(candidate, "out of memory")
    assert smaller == Candidate("lightgbm", "native", {"num_leaves": 52, "learning_rate": 0.1, "row_share": 0.5})


def test_a_size_that_was_left_to_the_family_is_made_smaller_too():
    smaller = smaller_candidate(Candidate("catboost", "native"), "its process died")
    assert smaller.hyperparameters == {"depth": 5, "row_share": 0.5}


@pytest.mark.parametrize("candidate", PORTFOLIO, ids=lambda candidate: candidate.family)
def test_every_candidate_of_the_portfolio_has_a_smaller_one_inside_its_space_or_none(candidate):
    smaller = smaller_candidate(candidate, "ended for using too much memory")
    space = family(candidate.family).space
    assert (smaller is None) == (not space)
    for name, parameter in space.items():
        if smaller is not None and isinstance(parameter, Integer) and name in smaller.hyperparameters:
            assert parameter.low <= smaller.hyperparameters[name] <= parameter.high


def test_a_smaller_candidate_is_given_up_when_it_is_killed_too():
    once = smaller_candidate(Candidate("xgboost", "native"), "out of memory")
    assert smaller_candidate(once, "out of memory") is None


@pytest.mark.parametrize("status", ["ok", "raced out", "stopped at its time limit", "ValueError: no"])
def test_another_end_is_no_reason_to_try_again(status):
    assert smaller_candidate(Candidate("xgboost", "native"), status) is None


def test_the_rows_are_drawn_once_each_in_their_order_and_the_same_for_the_same_seed():
    drawn = drawn_rows(101, {"row_share": 0.5}, 3)
    assert len(drawn) == 50
    assert (np.diff(drawn) > 0).all()
    assert (drawn == drawn_rows(101, {"row_share": 0.5}, 3)).all()
    assert drawn_rows(101, {}, 3) is None
