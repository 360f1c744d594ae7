"""Greedy selection finds blends that beat their members, and the same ones each time."""

from __future__ import annotations

import numpy as np
import pytest

from automl.ensemble.greedy import bagged_selection, blend_predictions, greedy_selection, select_blend
from automl.errors import NothingTrainedError
from automl.evaluation.metrics import METRICS

CLASSIFICATION = ["roc_auc", "log_loss", "accuracy", "f1", "brier_score"]
REGRESSION = ["rmse", "r2", "mae", "rmsle"]


def regression_candidates(rows=300, candidates=8, seed=0):
    rng = np.random.default_rng(seed)
    target = np.exp(rng.normal(size=rows))
    return [target + rng.normal(size=rows) for _ in range(candidates)], target


def binary_candidates(rows=300, candidates=8, seed=0):
    rng = np.random.default_rng(seed)
    signal = rng.normal(size=rows)
    target = (rng.random(rows) < 1 / (1 + np.exp(-2 * signal))).astype(int)
    positive = [1 / (1 + np.exp(-(signal + rng.normal(size=rows)))) for _ in range(candidates)]
    return [np.column_stack([1 - each, each]) for each in positive], target


def multiclass_candidates(rows=300, candidates=8, seed=0):
    rng = np.random.default_rng(seed)
    target = rng.integers(0, 4, rows)
    raw = [np.exp(1.5 * np.eye(4)[target] + rng.normal(size=(rows, 4))) for _ in range(candidates)]
    return [each / each.sum(axis=1, keepdims=True) for each in raw], target


@pytest.mark.parametrize(
    ("name", "make"),
    [
        *((name, binary_candidates) for name in CLASSIFICATION),
        *((name, regression_candidates) for name in REGRESSION),
        ("log_loss", multiclass_candidates),
        ("f1_macro", multiclass_candidates),
    ],
)
def test_a_blend_of_complementary_candidates_beats_the_best_of_them(name, make):
    predictions, target = make()
    metric = METRICS[name]
    blend = greedy_selection(predictions, target, metric)
    assert blend.loss < min(metric.loss(target, prediction) for prediction in predictions)
    assert len(blend.members) > 1


@pytest.mark.parametrize(
    ("name", "make"), [("roc_auc", binary_candidates), ("log_loss", binary_candidates), ("rmse", regression_candidates)]
)
def test_each_round_adds_the_candidate_that_a_plain_search_would_add(name, make):
    predictions, target = make(candidates=5)
    metric = METRICS[name]
    members: list[int] = []
    for _ in range(6):
        losses = [
            metric.loss(target, np.mean([predictions[index] for index in [*members, new]], axis=0)) for new in range(5)
        ]
        members.append(int(np.argmin(losses)))
    blend = greedy_selection(predictions, target, metric, rounds=6, tie_tolerance=0)
    prefixes = [
        metric.loss(target, np.mean([predictions[index] for index in members[:size]], axis=0)) for size in range(1, 7)
    ]
    assert blend.loss == pytest.approx(min(prefixes), rel=1e-5)


def test_weights_are_positive_sum_to_one_and_fall():
    predictions, target = regression_candidates()
    blend = greedy_selection(predictions, target, METRICS["rmse"])
    assert sum(blend.weights) == pytest.approx(1)
    assert min(blend.weights) > 0
    assert list(blend.weights) == sorted(blend.weights, reverse=True)


def test_the_loss_is_that_of_the_blended_predictions():
    predictions, target = binary_candidates()
    weight = np.random.default_rng(1).random(len(target))
    blend = greedy_selection(predictions, target, METRICS["log_loss"], weight)
    blended = blend_predictions([predictions[member] for member in blend.members], blend.weights)
    assert blend.loss == METRICS["log_loss"].loss(target, blended, weight)


def test_the_best_prefix_is_kept_where_more_members_only_harm():
    target = np.linspace(-1, 1, 50)
    blend = greedy_selection([target, target + 1, target + 2], target, METRICS["rmse"])
    assert blend.members == (0,)
    assert blend.weights == (1.0,)


def test_a_tie_goes_to_the_candidate_that_is_in_the_blend_already():
    predictions, target = regression_candidates(candidates=1)
    blend = greedy_selection([predictions[0]] * 5, target, METRICS["rmse"])
    assert blend.members == (0,)


def test_the_scale_of_the_target_does_not_change_the_choice():
    predictions, target = regression_candidates()
    small = greedy_selection([each * 1e-6 for each in predictions], target * 1e-6, METRICS["rmse"])
    assert small.weights == pytest.approx(greedy_selection(predictions, target, METRICS["rmse"]).weights)


@pytest.mark.parametrize("select", [greedy_selection, bagged_selection, select_blend])
def test_the_same_predictions_give_the_same_blend(select):
    predictions, target = binary_candidates()
    assert select(predictions, target, METRICS["roc_auc"]) == select(predictions, target, METRICS["roc_auc"])


def test_a_candidate_that_is_not_finite_is_passed_over():
    predictions, target = regression_candidates(candidates=3)
    predictions[1][5] = np.inf
    assert 1 not in greedy_selection(predictions, target, METRICS["rmse"]).members


def test_no_finite_candidate_is_an_error():
    with pytest.raises(NothingTrainedError):
        greedy_selection([np.full(5, np.nan)], np.arange(5.0), METRICS["rmse"])


def test_a_metric_that_is_not_defined_gives_the_first_candidate():
    predictions, _ = binary_candidates(rows=20)
    blend = greedy_selection(predictions, np.zeros(20, dtype=int), METRICS["roc_auc"])
    assert blend.members == (0,)
    assert np.isnan(blend.loss)


def test_rows_without_weight_do_not_count():
    predictions, target = regression_candidates()
    spoiled = [np.concatenate([each, np.full(50, 1e6 * (index + 1))]) for index, each in enumerate(predictions)]
    weight = np.concatenate([np.ones(len(target)), np.zeros(50)])
    longer = greedy_selection(spoiled, np.concatenate([target, np.zeros(50)]), METRICS["rmse"], weight)
    assert longer.members == greedy_selection(predictions, target, METRICS["rmse"]).members


def test_a_start_is_built_upon():
    predictions, target = regression_candidates()
    worst = int(np.argmax([METRICS["rmse"].loss(target, each) for each in predictions]))
    assert worst in greedy_selection(predictions, target, METRICS["rmse"], rounds=3, start=[worst]).members


def test_a_start_that_nothing_improves_is_kept():
    target = np.linspace(-1, 1, 50)
    predictions = [target + 0.1, target - 0.1, target + 3]
    assert greedy_selection(predictions, target, METRICS["rmse"], start=[0, 1]).members == (0, 1)


@pytest.mark.parametrize("name", ["rmse", "mae"])
def test_among_many_candidates_one_that_complements_the_best_is_not_lost(name):
    rng = np.random.default_rng(3)
    target, error = rng.normal(size=200), rng.normal(size=200)
    alike = [target + error * scale for scale in np.linspace(1, 1.2, 60)]
    blend = greedy_selection([*alike, target - 1.5 * error], target, METRICS[name])
    assert 60 in blend.members
    assert blend.loss < 0.1


def test_on_many_rows_a_rare_class_is_not_lost(monkeypatch):
    monkeypatch.setattr("automl.ensemble.pools.GENERAL_ROWS", 500)
    rng = np.random.default_rng(4)
    target = np.zeros(20_000, dtype=int)
    target[:40] = 1
    positive = [np.clip(0.2 * target * (index == 3) + 0.7 * rng.random(20_000), 0, 1) for index in range(6)]
    predictions = [np.column_stack([1 - each, each]) for each in positive]
    blend = greedy_selection(predictions, target, METRICS["average_precision"])
    assert blend.members[0] == 3


def test_on_few_rows_bags_generalise_better_than_one_selection():
    plain, bagged = [], []
    metric = METRICS["roc_auc"]
    for seed in range(12):
        predictions, target = binary_candidates(rows=5_100, candidates=25, seed=seed)
        known, fresh = [each[:100] for each in predictions], [each[100:] for each in predictions]
        for losses, select in ((plain, greedy_selection), (bagged, select_blend)):
            blend = select(known, target[:100], metric)
            chosen = blend_predictions([fresh[member] for member in blend.members], blend.weights)
            losses.append(metric.loss(target[100:], chosen))
    assert np.mean(bagged) < np.mean(plain)


def test_bags_draw_the_rows_of_a_group_together():
    predictions, target = binary_candidates(rows=40)
    groups = np.repeat(np.arange(4), 10)
    blend = bagged_selection(predictions, target, METRICS["log_loss"], groups=groups)
    assert blend != bagged_selection(predictions, target, METRICS["log_loss"])
    assert sum(blend.weights) == pytest.approx(1)


def test_samples_that_miss_the_few_rows_with_weight_are_passed_over():
    predictions, target = regression_candidates(rows=300)
    weight = np.zeros(300)
    weight[:2] = 1.0
    for seed in range(3):
        blend = bagged_selection(predictions, target, METRICS["rmse"], weight, seed=seed)
        assert sum(blend.weights) == pytest.approx(1.0)
        assert np.isfinite(blend.loss)


def test_errors_too_large_to_be_squared_still_leave_a_blend():
    predictions, target = regression_candidates(rows=300)
    blend = greedy_selection([1e160 * each for each in predictions], 1e160 * target, METRICS["rmse"])
    assert blend.members


def test_blends_of_numbers_far_from_zero_are_not_rounded():
    predictions, target = regression_candidates(rows=300)
    near = greedy_selection(predictions, target, METRICS["mae"])
    far = greedy_selection([1.7e9 + each for each in predictions], 1.7e9 + target, METRICS["mae"])
    assert far.members == near.members
    assert far.loss == pytest.approx(near.loss, rel=1e-4)
