"""A search ends early where nothing can be gained any more, and only there."""

import math
import time

import pytest

from automl.events import Silent
from automl.search.deadline import Deadline
from automl.search.executor import local_workers
from automl.search.loop import search
from automl.search.plan import SearchPlan
from automl.search.plateau import Plateau, default_patience
from automl.search.stop import StopToken
from automl.search.trial_log import History, TrialLog


def after(losses, patience, tuned=True):
    """Return the number of candidates after which the search ends, and why; None where it goes on."""
    plateau = Plateau(patience)
    for number, loss in enumerate(losses, start=1):
        plateau.tell(loss, tuned=tuned)
        if plateau.reason:
            return number, plateau.reason
    return None


def test_a_search_ends_once_so_many_tuned_candidates_in_a_row_brought_nothing():
    assert after([1.0, 0.5, *[0.5] * 50], patience=10) == (12, "patience")


def test_a_gain_begins_the_count_again():
    assert after([1.0, *[0.5] * 9, *[0.4] * 50], patience=10) == (21, "patience")


def test_small_gains_that_add_up_are_a_gain():
    assert after([0.5 * 0.9997**number for number in range(200)], patience=10) is None


def test_gains_below_what_can_be_told_apart_are_none():
    assert after([0.5 - 1e-7 * number for number in range(50)], patience=10) == (11, "patience")


def test_while_families_are_untried_nothing_counts():
    assert after([0.5] * 50, patience=10, tuned=False) is None


@pytest.mark.parametrize("patience", [100, math.inf])
def test_a_perfect_score_ends_the_search_after_the_first_tuned_candidate(patience):
    assert after([0.5, 0.0, 0.0], patience) == (2, "perfect")


def test_without_patience_nothing_ends_the_search():
    assert after([0.5, *[0.0] * 200], patience=None) is None


def test_an_undefined_loss_is_no_perfect_one():
    assert after([math.nan] * 5, patience=math.inf) is None


def test_a_candidate_that_fails_before_there_is_a_blend_makes_no_later_one_perfect():
    assert after([math.inf, 0.5, 0.5], patience=math.inf) is None


def test_by_default_only_small_tables_without_a_number_of_trials_have_patience():
    assert default_patience(500, counted=False) == 100
    assert default_patience(100_000, counted=False) == math.inf
    assert default_patience(500, counted=True) is None


def searched(evidence, nursery, seconds, patience):
    """Search with linear models alone, whose few settings soon have nothing to add."""
    deadline = Deadline(time.monotonic(), seconds)
    plan = SearchPlan(("constant", "linear"), None, deadline, 0.0, 2, 1, 0, patience=patience)
    log = TrialLog(evidence.folder, History())
    return search(plan, evidence, log, local_workers(nursery), Silent(), StopToken(), 2)


@pytest.mark.parametrize("seconds", [None, 300.0])
def test_a_search_out_of_patience_says_so_and_is_complete(evidence, nursery, seconds):
    outcome = searched(evidence, nursery, seconds, patience=5)
    assert (outcome.stopped_by, outcome.complete) == ("patience", True)
    assert sum(trial.study is not None for trial in outcome.trials) >= 5


def test_a_search_that_only_counts_ends_after_the_same_candidates_each_time(evidence, nursery):
    runs = [searched(evidence, nursery, None, patience=5) for _ in range(2)]
    assert [trial.candidate for trial in runs[0].trials] == [trial.candidate for trial in runs[1].trials]
    assert runs[0].blend == runs[1].blend
