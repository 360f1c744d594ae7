"""The estimate takes off what selecting the best of many candidates adds to a score."""

from __future__ import annotations

import numpy as np
import pytest

from automl.ensemble.greedy import blend_predictions, greedy_selection
from automl.evaluation.averaging import Gain
from automl.evaluation.estimate import Tuning, bootstrap_bias_corrected, estimate_from_holdout
from automl.evaluation.intervals import bootstrap_interval
from automl.evaluation.metrics import METRICS


def noisy_candidates(rng, rows, candidates=20, skill=1.0):
    """Out-of-fold probabilities of candidates that see the same signal through noise of their own."""
    signal = skill * rng.normal(size=rows)
    target = (rng.random(rows) < 1 / (1 + np.exp(-signal))).astype(int)
    positive = [1 / (1 + np.exp(-(signal + rng.normal(size=rows)))) for _ in range(candidates)]
    return [np.column_stack([1 - each, each]) for each in positive], target


def split(predictions, target, rows):
    return [each[:rows] for each in predictions], target[:rows], [each[rows:] for each in predictions], target[rows:]


def simulate(metric, skill, run, rows=150):
    """Return the estimate, the score that selection saw, the true score, and the width of a plain bootstrap."""
    known, target, fresh, fresh_target = split(
        *noisy_candidates(np.random.default_rng([5, run]), rows + 10_000, skill=skill), rows
    )
    blend = greedy_selection(known, target, metric)
    estimate = bootstrap_bias_corrected(known, target, metric, greedy_selection, blend, replicates=15, seed=run)
    chosen = blend_predictions([known[member] for member in blend.members], blend.weights)
    low, high = bootstrap_interval(target, chosen, metric, replicates=300)
    fresh_chosen = blend_predictions([fresh[member] for member in blend.members], blend.weights)
    return estimate, metric.score(target, chosen), metric.score(fresh_target, fresh_chosen), high - low


@pytest.mark.parametrize("name", ["roc_auc", "log_loss"])
def test_the_estimate_is_nearer_the_truth_than_the_selection_score_and_its_interval_covers(name):
    runs = [simulate(METRICS[name], 1.0, run) for run in range(40)]
    truth = np.array([true for _, _, true, _ in runs])
    bias = np.mean([estimate.value for estimate, *_ in runs] - truth)
    flattery = np.mean([seen for _, seen, _, _ in runs] - truth)
    covered = np.mean([estimate.low <= true <= estimate.high for estimate, _, true, _ in runs])
    wider = np.mean([(estimate.high - estimate.low) / width for estimate, _, _, width in runs])
    assert abs(bias) < 0.6 * abs(flattery)
    assert covered >= 0.85
    assert wider < 1.5


def test_pure_noise_is_estimated_as_noise():
    runs = [simulate(METRICS["roc_auc"], 0.0, run) for run in range(25)]
    assert np.mean([seen for _, seen, _, _ in runs]) > 0.6
    assert np.mean([estimate.value for estimate, *_ in runs]) == pytest.approx(0.5, abs=0.04)
    assert np.mean([estimate.low <= 0.5 <= estimate.high for estimate, *_ in runs]) >= 0.9


def lucky_candidates(rng, rows, candidates):
    """Return the best tenth of candidates that know nothing, as a search leaves them, behind five that were fixed."""
    target = rng.integers(0, 2, rows)
    positive = [rng.random(rows) for _ in range(5 + candidates)]
    predictions = [np.column_stack([1 - each, each]) for each in positive]
    tuned = sorted(predictions[5:], key=lambda each: -METRICS["roc_auc"].score(target, each))
    return [*predictions[:5], *tuned[: candidates // 10]], target


def test_luck_that_candidates_were_tuned_by_is_no_signal():
    metric, covered, blind = METRICS["roc_auc"], 0, 0
    for run in range(20):
        predictions, target = lucky_candidates(np.random.default_rng([11, run]), 300, 100)
        seen, told = (
            bootstrap_bias_corrected(predictions, target, metric, greedy_selection, replicates=8, tuning=tuning)
            for tuning in (None, Tuning((0, 1, 2, 3, 4), 100))
        )
        covered, blind = covered + (told.low <= 0.5 <= told.high), blind + (seen.low <= 0.5 <= seen.high)
    assert covered >= 18
    assert blind < covered


def test_a_gain_that_is_no_luck_is_kept():
    predictions, target = noisy_candidates(np.random.default_rng(12), 2_000, candidates=3)
    weak = [np.column_stack([0.5 + 0 * each[:, 0], 0.5 + 0 * each[:, 0]]) for each in predictions[:1]]
    plain, told = (
        bootstrap_bias_corrected([*weak, *predictions], target, METRICS["roc_auc"], greedy_selection, tuning=tuning)
        for tuning in (None, Tuning((0,), 50))
    )
    assert told.value > 0.5 + 0.6 * (plain.value - 0.5)


def test_a_single_candidate_is_not_corrected():
    predictions, target = noisy_candidates(np.random.default_rng(1), 200, candidates=1)
    metric = METRICS["log_loss"]
    estimate = bootstrap_bias_corrected(predictions, target, metric, greedy_selection)
    assert estimate.value == pytest.approx(metric.score(target, predictions[0]))
    assert estimate.low < estimate.value < estimate.high


def test_what_averaging_brings_is_counted_with_how_uncertain_it_is():
    predictions, target = noisy_candidates(np.random.default_rng(1), 200, candidates=1)
    metric = METRICS["log_loss"]
    plain, averaged = (
        bootstrap_bias_corrected(predictions, target, metric, greedy_selection, averaging=gain)
        for gain in (None, Gain(0.05, 0.1))
    )
    assert averaged.value == pytest.approx(plain.value - 0.05)
    assert averaged.high - averaged.value == pytest.approx(np.hypot(plain.high - plain.value, 0.1))


def test_the_same_seed_gives_the_same_estimate():
    predictions, target = noisy_candidates(np.random.default_rng(2), 100)
    first, second = (
        bootstrap_bias_corrected(predictions, target, METRICS["roc_auc"], greedy_selection, replicates=5, seed=4)
        for _ in range(2)
    )
    assert first == second


def test_one_replicate_is_drawn_even_without_time():
    predictions, target = noisy_candidates(np.random.default_rng(3), 100)
    estimate = bootstrap_bias_corrected(predictions, target, METRICS["log_loss"], greedy_selection, seconds=0.0)
    assert estimate.low < estimate.value < estimate.high
    assert estimate.method == "bootstrap_bias_corrected_cv"
    assert estimate.rows == 100


def test_a_single_replicate_makes_the_interval_hardly_wider_than_many_do():
    predictions, target = noisy_candidates(np.random.default_rng(10), 2_000)
    one, many = (
        bootstrap_bias_corrected(predictions, target, METRICS["roc_auc"], greedy_selection, replicates=replicates)
        for replicates in (1, 10)
    )
    assert one.high - one.low < 1.2 * (many.high - many.low)


def test_rows_of_one_group_are_never_both_selected_on_and_scored_on():
    predictions, target = noisy_candidates(np.random.default_rng(4), 60)
    copies = np.repeat(np.arange(60), 3)
    predictions, target = [each[copies] for each in predictions], target[copies]
    seen = []

    def select(candidates, rows_target, metric, weight=None):
        seen.append(len(rows_target))
        return greedy_selection(candidates, rows_target, metric, weight)

    grouped = bootstrap_bias_corrected(predictions, target, METRICS["log_loss"], select, groups=copies, replicates=10)
    single = bootstrap_bias_corrected(predictions, target, METRICS["log_loss"], select, replicates=10)
    assert all(rows % 3 == 0 for rows in seen[:11])
    assert grouped.value > single.value


def test_weights_change_the_estimate():
    predictions, target = noisy_candidates(np.random.default_rng(6), 100)
    weight = np.where(target == 1, 5.0, 1.0)
    plain, weighted = (
        bootstrap_bias_corrected(predictions, target, METRICS["log_loss"], greedy_selection, weight=each, replicates=5)
        for each in (None, weight)
    )
    assert plain.value != weighted.value


def test_a_class_with_two_rows_is_no_obstacle():
    rng = np.random.default_rng(7)
    target = np.zeros(50, dtype=int)
    target[:2] = 1
    positive = [rng.random(50) for _ in range(5)]
    predictions = [np.column_stack([1 - each, each]) for each in positive]
    estimate = bootstrap_bias_corrected(predictions, target, METRICS["roc_auc"], greedy_selection, replicates=20)
    assert estimate.low <= estimate.value <= estimate.high <= 1.0


def test_regression_is_estimated_and_never_below_its_optimum():
    rng = np.random.default_rng(8)
    target = rng.normal(size=80)
    predictions = [target + 0.01 * rng.normal(size=80) for _ in range(10)]
    estimate = bootstrap_bias_corrected(predictions, target, METRICS["rmse"], greedy_selection, replicates=10)
    assert 0 <= estimate.low < estimate.value < estimate.high


def test_a_holdout_is_scored_as_it_is():
    predictions, target = noisy_candidates(np.random.default_rng(9), 300, candidates=1)
    estimate = estimate_from_holdout(target, predictions[0], METRICS["roc_auc"], method="test_data")
    assert estimate.value == METRICS["roc_auc"].score(target, predictions[0])
    assert estimate.low < estimate.value < estimate.high
    assert (estimate.metric, estimate.method, estimate.rows) == ("roc_auc", "test_data", 300)
