"""Thresholds: chosen by a metric or by costs, only where it pays on rows that they were not chosen on."""

import numpy as np
import pytest

from automl.ensemble.greedy import Blend
from automl.errors import UsageError
from automl.evaluation.estimate import Decision, bootstrap_bias_corrected
from automl.evaluation.metrics import METRICS
from automl.evaluation.postprocessing import Postprocessing, learn_postprocessing
from automl.evaluation.thresholds import (
    Costs,
    Wanted,
    best_threshold,
    decided,
    judged_by,
    learn_threshold,
    trade_offs,
)

METRICS_OF_THRESHOLDS = ["f1", "balanced_accuracy", "matthews_corrcoef", "accuracy"]


def rare_positives(seed, rows=2_000, share=0.1):
    """Right probabilities of a rare class."""
    rng = np.random.default_rng(seed)
    probability = np.clip(rng.beta(1, 1 / share - 1, rows), 1e-3, 1 - 1e-3)
    return (rng.random(rows) < probability).astype(np.int64), probability


def both(probability):
    return np.column_stack([1 - probability, probability])


@pytest.mark.parametrize("metric", METRICS_OF_THRESHOLDS)
@pytest.mark.parametrize("weighted", [False, True])
def test_no_threshold_scores_better_on_the_same_rows(metric, weighted):
    target, probability = rare_positives(1, rows=300)
    weight = np.random.default_rng(1).random(300) + 0.1 if weighted else np.ones(300)
    cut = best_threshold(target, probability, metric, weight)
    best = METRICS[metric].score(target, decided(both(probability), cut), weight)
    others = [
        METRICS[metric].score(target, decided(both(probability), other), weight)
        for other in np.append(probability, np.linspace(0, 1, 101))
    ]
    assert best == pytest.approx(np.nanmax(others), abs=1e-12)


@pytest.mark.parametrize("metric", ["f1", "balanced_accuracy", "matthews_corrcoef"])
def test_a_chosen_threshold_pays_on_new_rows(metric):
    gains = []
    for seed in range(10):
        target, probability = rare_positives(seed)
        new_target, new_probability = rare_positives(seed + 100, rows=20_000)
        chosen = learn_threshold(target, probability, metric)
        with_it, without = (
            METRICS[metric].score(new_target, decided(both(new_probability), cut)) for cut in (chosen.value, 0.5)
        )
        gains.append(with_it - without)
        assert chosen.score == pytest.approx(with_it, abs=0.08)
    assert min(gains) > 0.05


def test_labels_drawn_at_random_get_no_threshold_for_accuracy():
    rng = np.random.default_rng(3)
    assert learn_threshold(rng.integers(0, 2, 500), rng.random(500), "accuracy") is None


@pytest.mark.parametrize("metric", ["roc_auc", "log_loss", "recall", "precision"])
def test_a_metric_without_a_best_threshold_gets_none(metric):
    assert learn_threshold(*rare_positives(4), metric) is None


def test_few_rows_keep_one_half():
    assert learn_threshold(*rare_positives(5, rows=40), "f1") is None


def test_costs_pull_the_threshold_to_where_mistakes_are_cheap():
    target, probability = rare_positives(6, rows=5_000)
    found = learn_threshold(target, probability, "roc_auc", goal=Costs(1, 5))
    assert found.value == pytest.approx(1 / 6, abs=0.08)
    assert found.by == "costs"
    assert found.score <= found.score_at_default
    assert found.default == pytest.approx(1 / 6)


def test_costs_are_kept_to_where_choosing_by_few_rows_would_be_noise():
    found = learn_threshold(*rare_positives(7, rows=30), "roc_auc", goal=Costs(1, 9))
    assert found.value == pytest.approx(0.1)


@pytest.mark.parametrize("text", ["", "fp=1", "fp=1,fn=-2", "fp=0,fn=1", "fp=x,fn=1", "fp=1,fn=1,tp=2", "fp=inf,fn=1"])
def test_costs_that_are_not_understood_are_refused(text):
    with pytest.raises(UsageError, match="--costs"):
        Costs.parse(text)


def test_costs_are_read_in_any_order():
    assert Costs.parse("fn=5, fp=1") == Costs(1, 5)


@pytest.mark.parametrize(("name", "share"), [("recall", 0.9), ("recall", 0.5), ("precision", 0.25)])
def test_a_wanted_recall_or_precision_is_reached_on_new_rows(name, share):
    reached = []
    for seed in range(10):
        target, probability = rare_positives(seed, rows=4_000)
        found = learn_threshold(target, probability, "roc_auc", goal=Wanted(name, share))
        new_target, new_probability = rare_positives(seed + 100, rows=20_000)
        reached.append(METRICS[name].score(new_target, decided(both(new_probability), found.value)))
        assert found.score == pytest.approx(share, abs=0.05)
        assert found.by == name
    assert np.mean(reached) == pytest.approx(share, abs=0.03)


def test_of_thresholds_that_reach_the_recall_the_most_precise_is_taken():
    target = np.array([0, 1, 0, 1, 0, 0])
    probability = np.array([0.1, 0.3, 0.4, 0.8, 0.05, 0.02])
    weight = np.ones(6)
    assert 0.1 < best_threshold(target, probability, "roc_auc", weight, Wanted("recall", 1.0)) < 0.3
    assert 0.4 < best_threshold(target, probability, "roc_auc", weight, Wanted("recall", 0.5)) < 0.8


def test_a_precision_that_cannot_be_reached_gets_the_nearest_and_says_how_near():
    rng = np.random.default_rng(11)
    target, probability = (rng.random(3_000) < 0.2).astype(np.int64), rng.random(3_000)
    found = learn_threshold(target, probability, "roc_auc", goal=Wanted("precision", 0.95))
    assert found.precision < 0.6


@pytest.mark.parametrize("text", ["", "recall", "recall=0", "recall=1.1", "f1=0.5", "recall=x", "recall=nan"])
def test_a_wanted_figure_that_is_not_understood_is_refused(text):
    with pytest.raises(UsageError, match="--threshold-for"):
        Wanted.parse(text)


def test_trade_offs_are_what_the_metrics_say_at_each_threshold():
    target, probability = rare_positives(12, rows=500)
    found = trade_offs(target, probability)
    assert len(found) <= 100
    assert [each.threshold for each in found] == sorted(each.threshold for each in found)
    for each in found[::9]:
        chosen = decided(both(probability), each.threshold)
        figures = [METRICS[name].score(target, chosen) for name in ("recall", "precision", "f1")]
        assert [each.recall, each.precision, each.f1] == pytest.approx(figures)


def test_only_metrics_of_labels_see_a_threshold():
    _, probability = rare_positives(8, rows=50)
    assert judged_by(METRICS["roc_auc"], both(probability), 0.1) is not None
    assert np.array_equal(judged_by(METRICS["roc_auc"], both(probability), 0.1), both(probability))
    assert set(judged_by(METRICS["f1"], both(probability), 0.1)[:, 1]) == {0.0, 1.0}


def test_what_is_stored_comes_back_equal():
    target, probability = rare_positives(9)
    learned = learn_postprocessing(target, both(probability), "f1", goal=Costs(1, 3))
    wanted = learn_postprocessing(target, both(probability), "f1", goal=Wanted("recall", 0.8))
    assert Postprocessing.from_dict(wanted.to_dict()) == wanted
    assert learned.threshold is not None
    assert Postprocessing.from_dict(learned.to_dict()) == learned


def test_a_stored_threshold_that_is_no_probability_is_refused():
    target, probability = rare_positives(10)
    stored = learn_postprocessing(target, both(probability), "f1").to_dict()
    stored["threshold"]["value"] = 1.5
    with pytest.raises(ValueError, match="probability"):
        Postprocessing.from_dict(stored)


def test_the_estimate_with_a_chosen_threshold_is_what_new_rows_score():
    def only(predictions, target, metric, weight=None):
        return Blend((0,), (1.0,), 0.0)

    metric = METRICS["f1"]
    errors = []
    for seed in range(30):
        target, probability = rare_positives(seed, rows=400)
        new_target, new_probability = rare_positives(seed + 50, rows=20_000)
        found = learn_threshold(target, probability, "f1")
        reached = metric.score(target, decided(both(probability), found.value))
        decision = Decision(found.value, reached - found.score)
        estimate = bootstrap_bias_corrected([both(probability)], target, metric, only, replicates=5, decision=decision)
        truth = metric.score(new_target, decided(both(new_probability), found.value))
        errors.append((estimate.value - truth, estimate.low <= truth <= estimate.high))
    assert abs(np.mean([error for error, _ in errors])) < 0.03
    assert sum(inside for _, inside in errors) >= 26


def test_no_threshold_is_said_to_spare_rows_that_are_certain():
    rng = np.random.default_rng(41)
    probability = np.append(np.ones(30), rng.random(270) * 0.5)
    target = np.append(rng.integers(0, 2, 30), np.zeros(270, dtype=np.int64))
    found = learn_threshold(target, probability, "roc_auc", goal=Costs(100, 1))
    for cut, told in found.curve:
        flagged = probability >= cut
        spent = 100 * (flagged & (target == 0)).sum() + (~flagged & (target == 1)).sum()
        assert told == pytest.approx(spent / 300)


def test_a_threshold_is_tried_on_other_groups_than_it_is_chosen_on():
    rng = np.random.default_rng(42)
    group = np.repeat(np.arange(30), 20)
    probability = rng.random(30)[group]
    target = rng.integers(0, 2, 30)[group]
    by_rows = learn_threshold(target, probability, "f1", goal=Costs(1, 1))
    by_groups = learn_threshold(target, probability, "f1", goal=Costs(1, 1), groups=group)
    assert by_groups is None or by_groups.score > by_rows.score
