"""Fairness figures: what they are by definition, and intervals that hold the truth."""

import numpy as np
import pytest

from automl.evaluation.fairness import fairness_by_group


def groups(codes):
    return {f"g{code}": codes == code for code in np.unique(codes)}


def test_each_figure_is_what_its_definition_says():
    codes = np.array([0] * 10 + [1] * 5)
    target = np.array([1] * 4 + [0] * 6 + [1, 1, 0, 0, 0])
    chosen = np.array([1, 1, 1, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0], dtype=bool)
    probability = np.full(15, 0.5)
    large, small = fairness_by_group(groups(codes), target, probability, chosen)
    assert (large.reference, small.reference) == (True, False)
    assert (large.selection_rate.value, small.selection_rate.value) == (0.5, 0.2)
    assert small.impact_ratio.value == pytest.approx(0.4)
    assert (large.recall.value, small.recall.value) == (0.75, 0.5)
    assert small.opportunity_difference.value == pytest.approx(-0.25)
    assert small.calibration_gap.value == pytest.approx(0.4 - 0.5)
    assert large.impact_ratio is None


def test_figures_that_are_not_defined_are_left_out():
    codes = np.array([0, 0, 0, 1, 1])
    found = fairness_by_group(
        groups(codes), np.array([1, 0, 1, 0, 0]), np.full(5, 0.3), np.array([1, 0, 0, 0, 0], bool)
    )
    assert found[1].recall is None
    assert found[1].opportunity_difference is None
    assert found[1].impact_ratio is None


def test_intervals_hold_the_truth_nineteen_times_in_twenty():
    rng = np.random.default_rng(1)
    held = {"ratio": [], "difference": [], "gap": [], "rate": []}
    for _ in range(300):
        codes = (rng.random(600) < 0.3).astype(int)
        target = (rng.random(600) < 0.4).astype(int)
        rate = np.where(target == 1, np.where(codes == 1, 0.6, 0.8), 0.1)
        found = fairness_by_group(groups(codes), target, np.full(600, 0.4), rng.random(600) < rate)[1]
        true_ratio = (0.4 * 0.6 + 0.6 * 0.1) / (0.4 * 0.8 + 0.6 * 0.1)
        held["ratio"].append(found.impact_ratio.low <= true_ratio <= found.impact_ratio.high)
        held["difference"].append(found.opportunity_difference.low <= -0.2 <= found.opportunity_difference.high)
        held["gap"].append(found.calibration_gap.low <= 0 <= found.calibration_gap.high)
        held["rate"].append(found.selection_rate.low <= 0.3 <= found.selection_rate.high)
    assert {name: bool(0.91 <= np.mean(each) <= 0.99) for name, each in held.items()} == dict.fromkeys(held, True)
