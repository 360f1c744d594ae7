"""How well bounds say quantiles."""

import numpy as np
import pytest

from automl.evaluation.conformal import learn_intervals
from automl.evaluation.quantiles import quantile_losses


def numbers(seed, rows=2_000):
    draw = np.random.default_rng(seed)
    predicted = draw.uniform(0, 10, rows)
    return predicted + draw.gamma(2.0, 1.0, rows), predicted


@pytest.fixture(scope="module")
def intervals():
    return learn_intervals(*numbers(1))


def test_each_bound_has_its_share_of_the_truth_below_it_though_errors_lean_to_one_side(intervals):
    for each in quantile_losses(intervals, *numbers(2)):
        assert each.below == pytest.approx(each.quantile, abs=0.03)
        assert each.low < each.pinball < each.high


def test_bounds_that_are_off_have_larger_losses(intervals):
    target, predicted = numbers(2)
    good, off = (quantile_losses(intervals, target, said) for said in (predicted, predicted + 3))
    assert all(one.pinball < other.pinball for one, other in zip(good, off, strict=True))
