"""What keeps a challenger from the champion's place, and what lets it there; rows with known distributions."""

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from automl.bundle.reference import ColumnReference, Grid
from automl.evaluation.association import chance_of_score
from automl.evaluation.metrics import METRICS
from automl.evaluation.paired import PairedScores
from automl.models.family import Choice, Integer, Real, contains
from automl.models.portfolio import PORTFOLIO, Candidate, with_first
from automl.operate.champion import Champion
from automl.operate.earlier_rows import check_earlier_rows
from automl.operate.promotion import Contest, verdict_of
from automl.operate.sound_rows import _faults
from automl.preparation.checks.column_values import values_of
from automl.remembering import grid_of
from automl.report.comparison_facts import ComparisonFacts, ModelFact, PairedFact
from automl.report.facts import EstimateFact, ReportFacts
from automl.report.lineage_facts import DataFact, GenerationFact
from automl.tables import table_from_frame


def reference(values, **changes):
    return replace(ColumnReference("age", "numeric", len(values), 0, read=len(values), grid=grid_of(values)), **changes)


def faults(before, values, unreadable=0.0, may_lose=False):
    return list(_faults(before, values_of(pd.Series(values)), unreadable, may_lose=may_lose))


@pytest.fixture(scope="module")
def ages():
    return np.random.default_rng(0).normal(45, 12, 2_000).round(3)


@pytest.mark.parametrize("shift", [0.0, 6.0, 12.0, 30.0])
def test_a_shift_of_up_to_two_and_a_half_standard_deviations_is_drift_and_no_fault(ages, shift):
    assert not faults(reference(ages), ages[::2] + shift)


def test_half_of_the_range_is_a_fault_where_the_earlier_rows_are_not_learned_from(ages):
    half = ages[ages > 45]
    assert "comes near" in faults(reference(ages), half)[0]
    assert not faults(reference(ages), half, may_lose=True)


@pytest.mark.parametrize("factor", [2.54, 365])
def test_another_unit_is_a_fault_also_where_values_lie_around_zero(ages, factor):
    assert "another unit" in faults(reference(ages), ages * factor)[0]
    assert "another unit" in faults(reference(ages - 45), (ages - 45) * factor)[0]


def test_levels_that_others_took_the_place_of_are_drift():
    before = ColumnReference("city", "category", 1_000, 0, levels={"Bern": 600, "Rom": 390}, others=10)
    assert not faults(before, pd.Series(["Bern"] * 60 + ["Oslo"] * 40, dtype="str"))


def test_one_value_in_all_rows_is_a_fault_with_the_earlier_rows_too(ages):
    assert faults(reference(ages), np.full(100, 45.0), may_lose=True) == ["'age' has the same value in all new rows."]


def test_missing_and_unreadable_cells_are_faults(ages):
    assert "missing" in faults(reference(ages), np.where(np.arange(2_000) % 2, ages, np.nan))[0]
    assert "do not read" in faults(reference(ages), ages, unreadable=0.5)[0]


def test_levels_that_should_be_there_and_are_not_are_a_fault():
    before = ColumnReference("city", "category", 1_000, 0, levels={"Bern": 600, "Rom": 390}, others=10)
    some = pd.Series(["Bern"] * 60 + ["Oslo"] * 3, dtype="str")
    assert "39" in faults(before, some)[0]
    assert not faults(before, some.head(10).mask(lambda each: each.index == 0, "Oslo"))


def test_a_column_that_was_nearly_constant_may_be_constant():
    values = np.r_[np.zeros(950), np.ones(50)]
    assert not faults(reference(values), np.zeros(200))


def test_predictions_that_are_too_low_throughout_still_tell_rows_apart():
    generator = np.random.default_rng(1)
    target = generator.normal(100, 10, 300)
    low = target / 2 + generator.normal(0, 10, 300)
    assert METRICS["r2"].score(target, low) < 0
    assert chance_of_score(target, low, METRICS["rmse"]) == pytest.approx(1 / 200)


def test_predictions_of_shuffled_rows_tell_nothing():
    generator = np.random.default_rng(2)
    chances = []
    for seed in range(40):
        share = generator.random(200)
        target = generator.permutation((share > 0.5).astype(np.int64))
        prediction = np.column_stack([1 - share, share])
        chances.append(chance_of_score(target, prediction, METRICS["roc_auc"], seed=seed))
    assert sum(chance <= 0.05 for chance in chances) <= 6


def test_candidates_known_to_be_good_come_right_after_the_baseline_and_once():
    known = Candidate("linear", "onehot_scaled", {"penalty": 0.5})
    ordered = with_first(PORTFOLIO, (PORTFOLIO[4], known, PORTFOLIO[0]))
    assert ordered[:4] == (PORTFOLIO[0], PORTFOLIO[4], known, PORTFOLIO[1])
    assert len(ordered) == len(PORTFOLIO) + 1


# -- the verdict

FITTED = ReportFacts(
    model="a.automl",
    source="train.csv",
    created="2025-01-01T00:00:00+00:00",
    rows=500,
    columns_count=4,
    target="churn",
    task="binary",
    labels=("No", "Yes"),
    target_counts=(),
    metric="roc_auc",
    greater_is_better=True,
    estimate=EstimateFact("roc_auc", 0.8, (0.76, 0.84), "bootstrap_bias_corrected_cv", 500),
    selection_score=0.8,
    baseline_score=0.5,
    metrics={},
    findings=(),
    changes=(),
    columns=(),
    features=(),
    candidates=(),
    split="",
    progress=(),
    data_sha256="ab" * 32,
)
CHAMPION = Champion(Path("a.automl"), "", SimpleNamespace(required_columns=("age",)), FITTED, signed=False)


def held(difference, low, high, *, gain=0.3, challenger_gain=0.3, chance=0.005):
    """Return a contest with a difference and its interval; gains are the lower ends of theirs."""
    better = "b" if low > 0 else "a" if high < 0 else "undecided"
    paired = PairedFact("roc_auc", 300, 0.8, 0.8 + difference, difference, (low, high), better)
    model = ModelFact("a.automl", 1, 1, (), 0.1, 1.0)
    facts = ComparisonFacts(
        model, model, "", "", "churn", "binary", "roc_auc", True, 300, 0, better, difference, (low, high), (paired,)
    )
    gains = tuple(PairedScores(0.5, 0.52 + each, each + 0.02, each, each + 0.04) for each in (gain, challenger_gain))
    return Contest(facts, 0.5, gains, chance)


def verdict(contest, rule="better", faults=(), *, trusted=False, champion=CHAMPION):
    found, _ = verdict_of(contest, rule, champion, faults, trusted=trusted)
    return found


def test_better_asks_for_an_interval_above_zero():
    assert verdict(held(0.02, 0.001, 0.04)).promoted
    assert not verdict(held(0.02, -0.001, 0.04)).promoted


def test_not_worse_asks_for_an_interval_above_a_twentieth_of_the_proven_gain():
    assert verdict(held(0.0, -0.014, 0.014), "not-worse").promoted
    assert not verdict(held(0.0, -0.016, 0.016), "not-worse").promoted
    assert not verdict(held(-0.01, -0.014, -0.001), "not-worse").promoted


def test_where_the_champion_gains_nothing_for_sure_not_worse_asks_for_better():
    assert not verdict(held(0.01, -0.0001, 0.02, gain=-0.01), "not-worse").promoted


def test_a_champion_at_chance_a_fault_and_a_challenger_at_chance_keep_the_champion():
    good = (0.1, 0.05, 0.15)
    assert "no better than chance" in verdict(held(*good, chance=0.4)).why
    assert verdict(held(*good), faults=("'age' is silent.",)).why == "'age' is silent."
    assert "constant answer" in verdict(held(*good, challenger_gain=-0.01)).why


def test_rows_that_not_even_the_challenger_predicts_keep_the_champion():
    noisy = held(0.05, 0.01, 0.09, challenger_gain=0.05)
    assert "Not even the challenger" in verdict(noisy).why
    assert verdict(noisy, trusted=True).promoted
    assert verdict(held(0.05, 0.01, 0.09, challenger_gain=0.15)).promoted


def test_who_vouches_for_the_rows_is_believed_about_them_but_not_about_the_challenger():
    good = (0.1, 0.05, 0.15)
    assert verdict(held(*good, chance=0.4), faults=("'age' is silent.",), trusted=True).promoted
    assert not verdict(held(*good, challenger_gain=-0.01), trusted=True).promoted


def test_a_champion_that_never_knew_anything_may_be_replaced():
    weak = replace(CHAMPION, facts=replace(FITTED, estimate=replace(FITTED.estimate, interval=(0.45, 0.6))))
    assert verdict(held(0.1, 0.05, 0.15, chance=0.4), champion=weak).promoted


def test_other_earlier_rows_than_the_champion_s_are_said_to_be_others():
    other = table_from_frame(pd.DataFrame({"age": [1, 2], "churn": ["No", "Yes"]}))
    (note,) = check_earlier_rows((other,), CHAMPION).notes
    assert "2 rows instead of 500" in note


# -- the line of models


def test_the_lineage_survives_the_trip_through_json():
    verdict_fact = verdict(held(0.02, 0.001, 0.04))
    own = GenerationFact("2025-02-01", "", (DataFact("new.csv", "cd" * 32, 900),), 600, "roc_auc", 0.82, verdict_fact)
    facts = replace(FITTED, lineage=(own, CHAMPION.generation))
    assert ReportFacts.from_dict(json.loads(json.dumps(facts.to_dict()))).lineage == facts.lineage


def test_a_grid_of_one_value_is_covered_by_it():
    before = ColumnReference("age", "numeric", 10, 0, read=10, grid=Grid((5.0,), (10,), 5.0, 0.0))
    assert not faults(before, np.full(50, 5.0))


@pytest.mark.parametrize(
    ("parameter", "value", "inside"),
    [
        (Real(0.1, 1.0), 0.5, True),
        (Real(0.1, 1.0), 7, False),
        (Integer(2, 8), 8, True),
        (Integer(2, 8), 3.5, False),
        (Integer(0, 8), True, False),
        (Choice(("a", "b")), "c", False),
    ],
)
def test_a_hyperparameter_from_a_file_is_held_against_its_bounds(parameter, value, inside):
    assert contains(parameter, value) is inside
