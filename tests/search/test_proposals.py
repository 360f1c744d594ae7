"""The portfolio comes first and in order; then families by what they bring; a family that only fails is dropped."""

import numpy as np
import pytest

from automl.features import ENCODING_NAMES
from automl.models.objectives import Objective
from automl.models.portfolio import LOG_TARGET_FAMILIES, PORTFOLIO
from automl.models.registry import FAMILY_NAMES, family
from automl.preparation.splits import SplitPlan
from automl.search.board import Trial
from automl.search.proposals import Proposals, is_skewed, log_choices
from automl.search.tasks import TaskResult


def splits(rows=100):
    return SplitPlan("holdout", ((np.arange(rows), np.arange(rows, rows + 10)),), 1, 0, "")


def trial_of(number, candidate, study, loss=0.5, status="ok", seconds=1.0, iterations=(0,), columns=None):
    """Return a finished trial."""
    done = status == "ok"
    return Trial(
        number,
        candidate,
        columns,
        results={0: TaskResult(number, 0, status, seconds)},
        status=status,
        prediction=np.zeros(1, dtype=np.float32) if done else None,
        iterations=iterations,
        loss=loss if done else float("nan"),
        study=study,
    )


def proposed(proposals, count, affordable=None, tell=lambda number, candidate, study: None):
    """Ask for candidates, tell what became of each, and return them."""
    found = []
    for number in range(count):
        candidate, study = proposals.next(affordable)
        found.append(candidate)
        if (trial := tell(number, candidate, study)) is not None:
            proposals.tell(trial, {})
    return found


# -- the portfolio


@pytest.mark.parametrize("candidate", PORTFOLIO, ids=lambda each: each.family)
def test_a_candidate_of_the_portfolio_names_what_exists(candidate):
    described = family(candidate.family)
    assert candidate.encoding in described.encodings
    assert set(candidate.hyperparameters) <= set(described.space)


def test_every_family_is_in_the_portfolio_and_no_candidate_twice():
    assert {candidate.family for candidate in PORTFOLIO} == set(FAMILY_NAMES)
    assert len({repr(candidate) for candidate in PORTFOLIO}) == len(PORTFOLIO)


def test_a_baseline_and_a_linear_model_come_first():
    assert [candidate.family for candidate in PORTFOLIO[:2]] == ["constant", "linear"]


def test_the_portfolio_is_proposed_in_its_order():
    assert tuple(proposed(Proposals(FAMILY_NAMES, 0, splits()), len(PORTFOLIO))) == PORTFOLIO


def test_without_categories_no_candidate_learns_from_codes_and_none_comes_twice():
    encodings = tuple(name for name in ENCODING_NAMES if name != "native")
    found = proposed(Proposals(FAMILY_NAMES, 0, splits(), encodings=encodings), len(PORTFOLIO) + 30)
    assert "native" not in {candidate.encoding for candidate in found}
    assert not {"cat_smooth", "cat_l2", "one_hot_max_size"} & {name for each in found for name in each.hyperparameters}
    assert len({repr(candidate) for candidate in found}) == len(found)


@pytest.mark.parametrize("classes", [True, False])
def test_what_matters_for_classes_alone_is_chosen_for_classes_alone(classes):
    proposals = Proposals(("random_forest", "extra_trees"), 0, splits(), classes=classes)
    found = proposed(proposals, 12, tell=lambda number, candidate, study: trial_of(number, candidate, study))
    assert ("criterion" in {name for each in found for name in each.hyperparameters}) == classes


def test_with_one_encoding_left_a_study_proposes_that_one():
    found = proposed(Proposals(("lightgbm",), 0, splits(), encodings=("native_target",)), 12)
    assert {candidate.encoding for candidate in found} == {"native_target"}


def test_only_the_chosen_families_are_proposed():
    found = proposed(Proposals(("constant", "linear", "xgboost"), 0, splits()), 20)
    assert {candidate.family for candidate in found} == {"constant", "linear", "xgboost"}


def test_a_family_that_is_too_slow_for_the_rows_is_left_out():
    rows = family("nearest_neighbors").max_rows + 1
    found = proposed(Proposals(("constant", "nearest_neighbors", "linear"), 0, splits(rows)), 10)
    assert "nearest_neighbors" not in {candidate.family for candidate in found}


def test_without_a_family_that_can_be_tuned_the_proposals_end():
    proposals = Proposals(("constant",), 0, splits())
    assert proposals.next(None) is not None
    assert proposals.next(None) is None


# -- after the portfolio


def test_a_proposal_of_a_study_can_be_fitted():
    found = proposed(Proposals(FAMILY_NAMES, 0, splits()), len(PORTFOLIO) + 20)[len(PORTFOLIO) :]
    for candidate in found:
        described = family(candidate.family)
        assert candidate.encoding in described.encodings
        assert set(candidate.hyperparameters) == set(described.space)


def test_the_same_seed_proposes_the_same():
    def told(number, candidate, study):
        return trial_of(number, candidate, study, loss=1 / (number + 1))

    runs = [proposed(Proposals(FAMILY_NAMES, 5, splits()), 40, tell=told) for _ in range(2)]
    assert runs[0] == runs[1]
    assert runs[0] != proposed(Proposals(FAMILY_NAMES, 6, splits()), 40, tell=told)


def test_the_family_that_carries_the_blend_is_tried_most():
    proposals = Proposals(FAMILY_NAMES, 0, splits())
    for number in range(len(PORTFOLIO)):
        candidate, study = proposals.next(None)
        proposals.tell(trial_of(number, candidate, study), {"catboost": 0.9, "linear": 0.1})
    found = [candidate.family for candidate in proposed(proposals, 60)]
    assert found.count("catboost") > len(found) / 3
    assert len(set(found)) > 3


def test_a_family_that_failed_twice_and_never_worked_is_not_tried_again():
    def told(number, candidate, study):
        status = "its process died" if candidate.family == "catboost" else "ok"
        return trial_of(number, candidate, study, status=status)

    found = proposed(Proposals(FAMILY_NAMES, 0, splits()), 60, tell=told)
    assert [candidate.family for candidate in found].count("catboost") == 2


def test_a_family_that_worked_once_is_given_more_chances():
    def told(number, candidate, study):
        failed = candidate.family == "linear" and number > 1
        return trial_of(number, candidate, study, status="out of memory" if failed else "ok")

    found = proposed(Proposals(("constant", "linear"), 0, splits()), 12, tell=told)
    assert [candidate.family for candidate in found].count("linear") == 11


def test_being_raced_out_is_no_failure():
    def told(number, candidate, study):
        return trial_of(number, candidate, study, status="raced out" if candidate.family == "linear" else "ok")

    found = proposed(Proposals(("constant", "linear"), 0, splits()), 12, tell=told)
    assert [candidate.family for candidate in found].count("linear") == 11


def test_what_takes_longer_than_there_is_left_is_not_proposed():
    proposals = Proposals(("constant", "linear", "catboost"), 0, splits())
    for number in range(5):
        candidate, study = proposals.next(100.0)
        seconds = 50.0 if candidate.family == "catboost" else 0.1
        proposals.tell(trial_of(number, candidate, study, seconds=seconds), {"catboost": 1.0})
    found = [proposals.next(10.0)[0].family for _ in range(15)]
    assert "catboost" not in found


# -- the choice of columns


def test_a_selection_of_columns_is_tried_on_a_candidate_that_is_known_with_all_of_them():
    proposals = Proposals(("constant", "linear", "lightgbm"), 0, splits())
    first = boosted(proposals)
    proposals.offer_selection(("b", "a"), 5)
    assert proposals.columns_for_next() == ("a", "b")
    assert proposals.next(None) == (first.candidate, None)


def test_a_selection_that_helps_is_kept_and_one_that_does_not_is_dropped():
    for loss, kept in ((0.4, ("a", "b")), (0.6, None)):
        proposals = Proposals(("constant", "linear", "lightgbm"), 0, splits())
        first = boosted(proposals)
        proposals.offer_selection(("a", "b"), 5)
        candidate, study = proposals.next(None)
        proposals.tell(trial_of(9, candidate, study, loss, iterations=(20,), columns=("a", "b")), {})
        assert (candidate, proposals.columns_for_next()) == (first.candidate, kept)


@pytest.mark.parametrize("useful", [(), ("a", "b", "c")])
def test_all_columns_or_none_are_no_selection(useful):
    proposals = Proposals(("constant", "linear", "lightgbm"), 0, splits())
    boosted(proposals)
    proposals.offer_selection(useful, 3)
    assert proposals.columns_for_next() is None


def boosted(proposals):
    """Propose up to the first boosted candidate, tell what became of each, and return its trial."""
    for number in range(3):
        candidate, study = proposals.next(None)
        trial = trial_of(number, candidate, study, iterations=(20,) if candidate.family == "lightgbm" else (0,))
        proposals.tell(trial, {})
    return trial


def test_a_skewed_target_is_learned_as_its_logarithm_too():
    found = proposed(Proposals(FAMILY_NAMES, 0, splits(), (False, True)), 8)
    logarithms = [candidate.family for candidate in found if candidate.hyperparameters.get("log_target")]
    assert logarithms[:2] == ["lightgbm", "catboost"]


@pytest.mark.parametrize(
    ("target", "skewed"),
    [([1.0, 2, 3, 4, 5], False), ([1.0, 1, 1, 2, 100], True), ([-1.0, 1, 1, 2, 100], False)],
)
def test_only_targets_with_a_long_tail_and_no_negative_value_are_skewed(target, skewed):
    assert is_skewed(np.array(target), 0) is skewed


def test_a_candidate_whose_loss_is_known_is_not_proposed_again():
    first = proposed(Proposals(("linear",), 3, splits()), 6)
    again = Proposals(("linear",), 3, splits())
    for number, candidate in enumerate(first):
        trial = Trial(number, candidate, None, status="raced out", loss=0.5 + number / 100)
        again.repeat(trial)
        again.tell(trial, {})
    assert not [candidate for candidate in proposed(again, 6) if candidate in first]


LONG_TAIL = np.array([1.0] * 50 + [100.0])


def test_squared_errors_of_logarithms_are_learned_from_logarithms_alone():
    logs = log_choices(np.arange(50.0), 0, Objective("squared_log_error"))
    found = proposed(Proposals(FAMILY_NAMES, 0, splits(), logs), 40)
    assert all(each.hyperparameters.get("log_target") is (each.family in LOG_TARGET_FAMILIES or None) for each in found)


@pytest.mark.parametrize("name", ["poisson", "gamma", "tweedie"])
def test_a_model_of_the_means_logarithm_takes_no_logarithm_before(name):
    assert log_choices(LONG_TAIL, 0, Objective(name, 1.5)) == (False,)
    assert log_choices(LONG_TAIL, 0, Objective("absolute_error")) == (False, True)


def test_a_candidate_whose_loss_is_not_defined_is_passed_over():
    def told(number, candidate, study):
        return trial_of(number, candidate, study, loss=float("nan"))

    assert len(proposed(Proposals(("linear", "lightgbm"), 0, splits()), 30, tell=told)) == 30
