"""The gain table says what a ranking finds, whatever order the file has."""

import numpy as np
import pytest

from automl.evaluation.gains import gain_table


def rows(target, probability):
    probability = np.asarray(probability, dtype=np.float64)
    return np.asarray(target), np.column_stack([1 - probability, probability])


def test_a_ranking_without_ties_finds_what_stands_first():
    steps = gain_table(*rows([1, 1, 0, 1, 0, 0, 0, 0, 0, 0], np.linspace(0.9, 0.1, 10)))
    assert [step.found for step in steps[:4]] == pytest.approx([1 / 3, 2 / 3, 2 / 3, 1])
    assert steps[0].lift == pytest.approx(10 / 3)


def test_equal_probabilities_find_as_much_as_rows_drawn_at_random():
    for target in ([1] * 5 + [0] * 15, [0] * 15 + [1] * 5):
        steps = gain_table(*rows(target, [0.3] * 20))
        assert [step.found for step in steps] == pytest.approx([step.share for step in steps])
        assert all(step.lift == pytest.approx(1) for step in steps)


def test_the_order_of_the_file_changes_nothing():
    rng = np.random.default_rng(0)
    target, probability = rng.integers(0, 2, 200), rng.integers(0, 6, 200) / 6
    order = rng.permutation(200)
    found, again = (gain_table(*rows(target[each], probability[each])) for each in (np.arange(200), order))
    assert [step.found for step in found] == pytest.approx([step.found for step in again])


def test_without_a_positive_row_there_is_nothing_to_find():
    assert gain_table(*rows([0, 0], [0.1, 0.2])) == ()
