"""The figures a report shows."""

import numpy as np
import pytest
from report_facts_examples import binary_facts

from automl.report.gathering import gather_metrics, gather_quality, target_counts
from automl.report.judged import class_shares
from automl.tables import Task


def gathered(target: list[float]) -> dict[str, tuple[float, float, float]]:
    actual = np.array(target)
    return gather_metrics(Task.REGRESSION, actual, actual + 1.0, None, np.arange(len(actual)))


def test_a_share_of_the_truth_is_left_out_where_a_truth_is_zero() -> None:
    assert "mape" in gathered([1.0, 2.0, 3.0, 4.0] * 5)
    assert "mape" not in gathered([0.0, 2.0, 3.0, 4.0] * 5)


def test_curves_count_rows_by_their_weight_as_the_metrics_do() -> None:
    draw = np.random.default_rng(0)
    target = draw.integers(0, 2, 400)
    probability = np.clip(0.5 * target * draw.random(400) + 0.5 * draw.random(400), 0, 1)
    prediction, weight = np.column_stack([1 - probability, probability]), draw.exponential(size=400) ** 3
    metrics = gather_metrics(Task.BINARY, target, prediction, weight, np.arange(400))
    quality = gather_quality(("No", "Yes"), target, prediction, weight=weight)
    assert quality["roc"][0].summary == pytest.approx(metrics["roc_auc"][0])
    assert quality["precision_recall"][0].summary == pytest.approx(metrics["average_precision"][0])
    share = np.average(target, weights=weight)
    assert class_shares(binary_facts(**quality)) == pytest.approx({"No": 1 - share, "Yes": share})
    assert abs(share - target.mean()) > 0.02
    assert [sum(row) for row in quality["confusion"]] == np.bincount(target).tolist()


def test_bins_of_a_target_far_from_zero_are_told_apart() -> None:
    near = 101_325 + np.random.default_rng(0).normal(size=300)
    names = [name for name, _ in target_counts((), near)]
    assert len(set(names)) == 20
    assert all(name.split(" to ")[0] != name.split(" to ")[1] for name in names)
    assert target_counts((), np.arange(21.0))[0] == ("0 to 1", 1)
