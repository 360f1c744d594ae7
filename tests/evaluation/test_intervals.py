"""Bootstrap intervals contain the true score about as often as they say."""

from __future__ import annotations

import numpy as np
import pytest

from automl.evaluation.intervals import bootstrap_interval, scores_with_intervals
from automl.evaluation.metrics import METRICS, metrics_for
from automl.tables.schema import Task


def binary_rows(rng, rows):
    signal = rng.normal(size=rows)
    positive = 1 / (1 + np.exp(-signal))
    return (rng.random(rows) < positive).astype(int), np.column_stack([1 - positive, positive])


def regression_rows(rng, rows):
    signal = rng.normal(size=rows)
    return signal + rng.normal(size=rows), signal


@pytest.mark.parametrize(
    ("name", "draw"),
    [("roc_auc", binary_rows), ("log_loss", binary_rows), ("accuracy", binary_rows), ("rmse", regression_rows)],
)
def test_the_interval_covers_the_true_score(name, draw):
    metric = METRICS[name]
    truth = metric.score(*draw(np.random.default_rng(99), 500_000))
    covered = 0
    for run in range(150):
        low, high = bootstrap_interval(*draw(np.random.default_rng([1, run]), 120), metric, replicates=300, seed=run)
        covered += low <= truth <= high
    assert covered / 150 >= 0.89


def test_the_interval_covers_the_true_error_where_a_few_large_misses_decide_it():
    metric, spread = METRICS["rmse"], 0.7
    truth = np.sqrt((np.exp(spread**2) - 1) * np.exp(spread**2))
    covered = 0
    for run in range(200):
        missed = np.random.default_rng([10, run]).lognormal(0, spread, size=150) - np.exp(spread**2 / 2)
        low, high = bootstrap_interval(missed, np.zeros(150), metric, replicates=300, seed=run)
        covered += low <= truth <= high
    assert covered / 200 >= 0.85


def test_the_interval_covers_a_high_ranking_score_of_few_positive_rows():
    metric, target = METRICS["roc_auc"], np.repeat([1, 0], [5, 95])
    covered = 0
    for run in range(150):
        signal = 1.8124 * target + np.random.default_rng([12, run]).normal(size=100)
        positive = 1 / (1 + np.exp(-signal))
        low, high = bootstrap_interval(target, np.column_stack([1 - positive, positive]), metric, replicates=200)
        covered += low <= 0.9 <= high
    assert covered / 150 >= 0.9


def test_hardly_any_large_loss_does_not_make_an_interval_absurd():
    target = np.zeros(100, dtype=int)
    probability = np.random.default_rng(11).uniform(0.9, 1.0, size=100)
    probability[:3] = 0.01
    prediction = np.column_stack([probability, 1 - probability])
    low, high = bootstrap_interval(target, prediction, METRICS["log_loss"])
    value = METRICS["log_loss"].score(target, prediction)
    assert low < value < high < 3 * value


def test_noise_is_not_called_a_signal():
    covered = 0
    for run in range(150):
        rng = np.random.default_rng([2, run])
        positive = rng.random(100)
        prediction = np.column_stack([1 - positive, positive])
        low, high = bootstrap_interval(rng.integers(0, 2, 100), prediction, METRICS["roc_auc"], replicates=300)
        covered += low <= 0.5 <= high
    assert covered / 150 >= 0.90


def test_the_interval_contains_the_score():
    target, prediction = binary_rows(np.random.default_rng(3), 60)
    for metric in metrics_for(Task.BINARY):
        low, high = bootstrap_interval(target, prediction, metric, replicates=300)
        assert low <= metric.score(target, prediction) <= high


def test_a_higher_level_gives_a_wider_interval():
    rows = regression_rows(np.random.default_rng(4), 200)
    narrow, wide = (bootstrap_interval(*rows, METRICS["mae"], level=level) for level in (0.8, 0.99))
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


def test_rows_that_come_in_groups_give_a_wider_interval_than_as_many_single_ones():
    target, prediction = regression_rows(np.random.default_rng(5), 100)
    copies = np.repeat(np.arange(100), 4)
    target, prediction = target[copies], prediction[copies]
    single = bootstrap_interval(target, prediction, METRICS["rmse"])
    grouped = bootstrap_interval(target, prediction, METRICS["rmse"], groups=copies)
    assert grouped[1] - grouped[0] > 1.7 * (single[1] - single[0])


def test_the_same_seed_gives_the_same_interval():
    rows = binary_rows(np.random.default_rng(6), 100)
    assert bootstrap_interval(*rows, METRICS["roc_auc"], seed=3) == bootstrap_interval(
        *rows, METRICS["roc_auc"], seed=3
    )


def test_a_score_without_a_mistake_still_has_a_lower_bound_below_it():
    target = np.arange(40) % 2
    low, high = bootstrap_interval(target, np.eye(2)[target], METRICS["roc_auc"])
    assert 0.85 < low < 0.95
    assert high == 1.0


def test_a_metric_that_is_not_defined_has_no_interval():
    prediction = np.full((20, 2), 0.5)
    assert np.isnan(bootstrap_interval(np.zeros(20, dtype=int), prediction, METRICS["roc_auc"])).all()


def test_few_replicates_on_many_rows_agree_with_many_replicates(monkeypatch):
    rows = binary_rows(np.random.default_rng(7), 4_000)
    many = bootstrap_interval(*rows, METRICS["roc_auc"])
    monkeypatch.setattr("automl.evaluation.intervals.CELL_DRAWS", 100 * 2 * 4_000)
    few = bootstrap_interval(*rows, METRICS["roc_auc"])
    assert few != many
    assert few == pytest.approx(many, abs=0.3 * (many[1] - many[0]))


def test_every_metric_of_a_task_gets_its_score_and_interval():
    target, prediction = regression_rows(np.random.default_rng(8), 80)
    scores = scores_with_intervals(np.abs(target), np.abs(prediction), Task.REGRESSION)
    assert set(scores) == {metric.name for metric in metrics_for(Task.REGRESSION)}
    assert all(low <= value <= high for value, low, high in scores.values())


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_an_interval_from_few_rows_and_samples_stays_within_the_range_of_the_metric(metric):
    numbers = metric.tasks == (Task.REGRESSION,)
    codes = np.arange(14) % (2 if Task.BINARY in metric.tasks else 6)
    wrong = np.eye(codes.max() + 1)[(codes + (np.arange(14) > 2)) % (codes.max() + 1)]
    target, prediction = (codes + 1.0, codes[::-1] + 1.0) if numbers else (codes, wrong)
    low, high = bootstrap_interval(target, prediction, metric, replicates=40)
    best, worst = metric.optimum, metric.worst
    assert min(best, worst) <= low <= high <= max(best, worst)


def test_an_accuracy_of_few_rows_is_never_said_to_be_below_zero():
    codes = np.arange(14) % 2
    prediction = np.eye(2)[np.where(np.arange(14) < 3, codes, 1 - codes)]
    for name, worst in (("accuracy", 0.0), ("matthews_corrcoef", -1.0)):
        low, _ = bootstrap_interval(codes, prediction, METRICS[name], replicates=100)
        assert low >= worst


def decided_rows(rng, rows):
    """Return rows of which a tenth is positive, and a label for each that is right for about half of those."""
    target = (rng.random(rows) < 0.1).astype(int)
    return target, np.eye(2)[(rng.normal(size=rows) + 1.5 * target > 1.6).astype(int)]


@pytest.mark.parametrize("name", ["f1", "recall", "precision"])
def test_a_small_batch_in_which_no_positive_row_is_found_still_holds_the_true_score(name):
    metric = METRICS[name]
    truth = metric.score(*decided_rows(np.random.default_rng(20), 500_000))
    below, without = 0, 0
    for run in range(300):
        target, prediction = decided_rows(np.random.default_rng([21, run]), 30)
        value = metric.score(target, prediction)
        if np.isfinite(value):
            below += bootstrap_interval(target, prediction, metric, replicates=100)[1] < truth
            without += value == 0
    assert without > 30
    assert below <= 0.05 * 300


def test_the_interval_of_none_found_and_of_all_found_rests_on_the_positive_rows_alone():
    target = np.repeat([1, 0], [5, 95])
    none, everyone = np.eye(2)[np.zeros(100, dtype=int)], np.eye(2)[target]
    assert bootstrap_interval(target, none, METRICS["recall"]) == pytest.approx((0.0, 1 - 0.025 ** (1 / 5)))
    assert bootstrap_interval(target, everyone, METRICS["recall"]) == pytest.approx((0.025 ** (1 / 5), 1.0))


def test_a_precision_of_no_row_says_nothing():
    target = np.repeat([1, 0], [5, 95])
    assert bootstrap_interval(target, np.eye(2)[np.zeros(100, dtype=int)], METRICS["precision"]) == (0.0, 1.0)


def test_positive_rows_of_one_group_count_as_one():
    target, groups = np.repeat([1, 0], [6, 60]), np.append(np.repeat([0, 1, 2], 2), np.arange(3, 63))
    none = np.eye(2)[np.zeros(66, dtype=int)]
    _, high = bootstrap_interval(target, none, METRICS["recall"], groups=groups)
    assert high == pytest.approx(1 - 0.025 ** (1 / 3))


@pytest.mark.parametrize("name", ["accuracy", "f1", "f1_weighted", "balanced_accuracy", "top_2_accuracy"])
def test_rows_with_fractional_weights_without_a_mistake_score_one_and_no_more(name):
    metric = METRICS[name]
    target = np.arange(60) % (3 if Task.BINARY not in metric.tasks else 2)
    prediction = np.eye(target.max() + 1)[target]
    for seed in range(20):
        weight = np.random.default_rng(seed).uniform(0.1, 2, 60)
        low, high = bootstrap_interval(target, prediction, metric, weight, replicates=50)
        assert metric.score(target, prediction, weight) <= 1.0
        assert low < 0.97
        assert high == 1.0


def test_one_row_has_no_interval():
    for name in ("rmse", "mae", "median_absolute_error"):
        assert np.isnan(bootstrap_interval(np.array([3.0]), np.array([1.0]), METRICS[name])).all()
    right = np.array([[1.0, 0.0]])
    assert np.isnan(bootstrap_interval(np.array([0]), right, METRICS["accuracy"])).all()


def test_a_ranking_score_of_one_positive_row_has_no_interval():
    target, prediction = binary_rows(np.random.default_rng(30), 50)
    target[:] = np.arange(50) == 7
    assert np.isnan(bootstrap_interval(target, prediction, METRICS["roc_auc"])).all()


@pytest.mark.parametrize(("name", "truth"), [("rmse", 1.0), ("mae", 0.7979), ("median_absolute_error", 0.6745)])
@pytest.mark.parametrize("rows", [2, 5])
def test_the_interval_of_a_handful_of_rows_covers_the_true_error(name, truth, rows):
    covered = 0
    for run in range(150):
        errors = np.random.default_rng([31, run]).normal(size=rows)
        low, high = bootstrap_interval(errors, np.zeros(rows), METRICS[name], replicates=100)
        covered += low <= truth <= high
    assert covered / 150 >= 0.87


@pytest.mark.parametrize("rows", [2, 3])
def test_the_interval_of_a_few_right_rows_rests_on_just_as_many(rows):
    low, _ = bootstrap_interval(np.zeros(rows, dtype=int), np.tile([1.0, 0.0], (rows, 1)), METRICS["accuracy"])
    assert low == pytest.approx(0.025 ** (1 / rows))


def test_a_mean_over_classes_knows_how_few_rows_the_rarest_has():
    metric, target = METRICS["balanced_accuracy"], np.repeat([1, 0], [5, 995])
    covered = 0
    for run in range(150):
        draws = np.random.default_rng([32, run]).random(1000)
        labels = np.where(target == 1, draws < 0.8, draws > 0.95).astype(int)
        low, high = bootstrap_interval(target, np.eye(2)[labels], metric)
        covered += low <= 0.875 <= high
    assert covered / 150 >= 0.9


@pytest.mark.parametrize("name", ["balanced_accuracy", "matthews_corrcoef"])
def test_five_rows_of_a_class_that_are_all_right_leave_much_open(name):
    target = np.repeat([1, 0], [5, 995])
    low, high = bootstrap_interval(target, np.eye(2)[target], METRICS[name], replicates=100)
    assert 0.65 < low < 0.75
    assert high == 1.0


def test_rows_of_weight_zero_say_nothing():
    target = np.zeros(1000, dtype=int)
    weight = np.repeat([1.0, 0.0], [10, 990])
    low, _ = bootstrap_interval(target, np.tile([1.0, 0.0], (1000, 1)), METRICS["accuracy"], weight)
    assert low == pytest.approx(0.025 ** (1 / 10))


@pytest.mark.parametrize(("name", "truth"), [("accuracy", 0.7734), ("rmse", 1.0)])
def test_the_interval_covers_the_true_score_where_a_few_rows_have_most_of_the_weight(name, truth):
    covered = 0
    for run in range(150):
        rng = np.random.default_rng([33, run])
        missed = rng.normal(size=300)
        wrong = np.eye(2)[(rng.random(300) > truth).astype(int)]
        target, prediction = (np.zeros(300, dtype=int), wrong) if name == "accuracy" else (missed, np.zeros(300))
        low, high = bootstrap_interval(target, prediction, METRICS[name], np.exp(2 * rng.normal(size=300)))
        covered += low <= truth <= high
    assert covered / 150 >= 0.9
