"""A thinned sample keeps rare classes and weighs as the whole."""

from __future__ import annotations

import numpy as np
import pytest

from automl.ensemble.thinning import thin_rows


def test_few_rows_are_all_kept():
    rows, weights = thin_rows(np.arange(10), None, 10)
    assert rows.tolist() == list(range(10))
    assert weights.tolist() == [1.0] * 10


def test_a_rare_class_is_kept_whole_and_the_classes_keep_their_weight():
    target = np.repeat([0, 1, 2], [9_000, 950, 50])
    rows, weights = thin_rows(target, None, 600)
    assert len(rows) == 600
    assert (target[rows] == 2).sum() == 50
    assert np.bincount(target[rows], weights) == pytest.approx([9_000, 950, 50])


def test_numbers_are_drawn_at_random_and_always_the_same():
    target = np.linspace(0, 1, 1_000)
    rows, _ = thin_rows(target, None, 100)
    assert len(np.unique(rows)) == 100
    assert np.array_equal(rows, thin_rows(target, None, 100)[0])


def test_row_weights_go_with_their_rows():
    target = np.linspace(0, 1, 1_000)
    rows, weights = thin_rows(target, target * 2, 100)
    assert weights == pytest.approx(target[rows] * 2)
