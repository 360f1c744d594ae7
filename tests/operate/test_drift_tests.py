"""Is a batch spread as the training rows were: effects, chances, and decisions about many tests."""

import numpy as np
import pytest
from scipy.stats import betabinom

from automl.bundle.reference import significant
from automl.operate.drift_tests import (
    MATTERS,
    DriftTest,
    decide,
    grid_counts,
    level_test,
    new_level_test,
    number_test,
    outside_test,
    share_test,
)
from automl.remembering import grid_of

DRAWS = {
    "normal": lambda generator, rows: generator.normal(size=rows),
    "heavy tails": lambda generator, rows: generator.pareto(1.8, rows),
    "counts": lambda generator, rows: generator.poisson(2, rows).astype(float),
    "one in ten": lambda generator, rows: (generator.random(rows) < 0.1).astype(float),
}


def grid(draw, rows=1_000, seed=0):
    return grid_of(significant(draw(np.random.default_rng(seed), rows)))


@pytest.mark.parametrize("name", DRAWS)
@pytest.mark.parametrize("rows", [100, 3_000])
def test_numbers_drawn_alike_are_seldom_told_apart(name, rows):
    draw = DRAWS[name]
    values = []
    for seed in range(150):
        batch = significant(draw(np.random.default_rng([1, seed]), rows))
        values.append(number_test(grid(draw, seed=[2, seed]), batch).p_value)
    assert np.mean(np.array(values) < 0.05) < 0.11


@pytest.mark.parametrize("rows", [100, 3_000])
def test_levels_drawn_alike_are_seldom_told_apart(rows):
    generator, shares = np.random.default_rng(0), np.array([0.5, 0.3, 0.15, 0.05])
    values = [
        level_test(generator.multinomial(1_000, shares), generator.multinomial(rows, shares)).p_value
        for _ in range(200)
    ]
    assert np.mean(np.array(values) < 0.05) < 0.11


def test_the_effect_of_a_shift_is_the_shift_in_standard_deviations():
    reference = grid(DRAWS["normal"], 20_000)
    found = number_test(reference, significant(0.3 + np.random.default_rng(1).normal(size=20_000)))
    assert found.effect == pytest.approx(0.3, abs=0.02)
    assert found.p_value < 1e-9
    assert 0.05 < found.psi < 0.2


def test_values_beyond_the_training_values_count_to_the_outermost_cells():
    counts = grid_counts(grid_of(np.array([1.0, 2.0, 3.0])), np.array([-9.0, 1.0, 2.5, 99.0]))
    assert counts.tolist() == [2, 0, 2]


def test_a_level_gained_by_two_percent_of_the_rows_is_an_effect_that_matters():
    found = level_test(np.array([500, 500, 0]), np.array([490, 490, 20]))
    assert found.effect == pytest.approx(MATTERS["jensen_shannon"], rel=0.05)


def test_chances_of_rare_events_are_beta_binomial():
    assert outside_test(300, 4, 200).p_value == pytest.approx(betabinom.sf(3, 200, 2, 299), rel=1e-6)
    assert new_level_test(300, 5, 9, 200).p_value == pytest.approx(betabinom.sf(8, 200, 5.5, 295.5), rel=1e-6)
    assert outside_test(300, 0, 200).p_value == 1


def test_a_share_may_change_to_both_sides_where_that_is_asked():
    fewer = share_test("missing", (300, 1_000), (10, 1_000), both_sides=True)
    assert fewer.p_value < 1e-9
    assert fewer.effect == pytest.approx(0.29)
    assert share_test("unparsed", (300, 1_000), (10, 1_000)).p_value > 0.99


def test_of_many_tests_only_sure_ones_are_alarms():
    tests = [DriftTest("wasserstein", 0.5, p_value) for p_value in (0.0001, 0.004, 0.03, 0.5, 0.9)]
    assert [test.alarm for test in decide(tests, [1.0] * 5)] == [True, True, True, False, False]
    assert [test.alarm for test in decide(tests[2:], [1.0] * 3)] == [False] * 3


def test_what_matters_more_needs_to_be_less_sure():
    tests = [DriftTest("wasserstein", 0.5, 0.03), DriftTest("wasserstein", 0.5, 0.6)]
    assert [test.alarm for test in decide(tests, [1.0, 1.0])] == [False, False]
    assert [test.alarm for test in decide(tests, [3.0, 1.0])] == [True, False]


def test_a_small_effect_is_no_alarm_however_sure_it_is():
    tiny = DriftTest("wasserstein", MATTERS["wasserstein"] / 2, 0.0)
    assert not decide([tiny], [1.0])[0].alarm


def test_no_tests_are_no_alarms():
    assert decide([], []) == []
