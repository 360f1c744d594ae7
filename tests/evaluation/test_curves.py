"""Curves lie on scikit-learn's points and stay small."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics as reference

from automl.evaluation.curves import (
    calibration_curve,
    class_curves,
    confusion_matrix,
    precision_recall_curve,
    roc_curve,
)


@pytest.fixture
def rows():
    rng = np.random.default_rng(0)
    probability = rng.random(3_000)
    return rng.random(3_000) < probability, probability


def test_roc_points_lie_on_the_curve_from_corner_to_corner(rows):
    curve = roc_curve(*rows)
    x, y, _ = reference.roc_curve(*rows, drop_intermediate=False)
    points = set(zip(x, y, strict=True))
    assert all(min(abs(a - c) + abs(b - d) for c, d in points) < 1e-9 for a, b in zip(curve.x, curve.y, strict=True))
    assert (curve.x[0], curve.y[0], curve.x[-1], curve.y[-1]) == (0.0, 0.0, 1.0, 1.0)


def test_a_curve_of_many_rows_has_at_most_200_points_and_keeps_its_area(rows):
    curve = roc_curve(*rows)
    assert 100 < len(curve.x) <= 200
    assert curve.summary == pytest.approx(reference.roc_auc_score(*rows))
    assert np.trapezoid(curve.y, curve.x) == pytest.approx(curve.summary, abs=0.005)


def test_precision_and_recall_are_those_of_scikit_learn():
    target, probability = np.array([0, 0, 1, 1, 1], dtype=bool), np.array([0.1, 0.4, 0.35, 0.8, 0.8])
    curve = precision_recall_curve(target, probability)
    precision, recall, _ = reference.precision_recall_curve(target, probability)
    assert curve.x == pytest.approx(tuple(recall[::-1]))
    assert curve.y == pytest.approx(tuple(precision[::-1]))
    assert curve.summary == pytest.approx(reference.average_precision_score(target, probability))


def test_a_curve_of_one_class_alone_is_empty():
    for make in (roc_curve, precision_recall_curve):
        curve = make(np.zeros(5, dtype=bool), np.linspace(0, 1, 5))
        assert (curve.x, curve.y, curve.summary) == ((), (), None)


def test_right_probabilities_have_a_small_calibration_error_and_bent_ones_a_large(rows):
    positive, probability = rows
    assert calibration_curve(positive, probability).summary < 0.04
    assert calibration_curve(positive, probability**3).summary > 0.15


def test_a_constant_probability_is_calibrated_in_one_bin():
    curve = calibration_curve(np.array([True, False, False, False]), np.full(4, 0.25))
    assert (curve.x, curve.y, curve.summary) == ((0.25,), (0.25,), 0.0)


def test_weights_count_as_repeated_rows(rows):
    positive, probability = rows[0][:50], rows[1][:50]
    repeats = np.arange(50) % 3 + 1
    for make in (roc_curve, precision_recall_curve):
        weighted = make(positive, probability, "", repeats.astype(float))
        repeated = make(np.repeat(positive, repeats), np.repeat(probability, repeats))
        assert weighted.x == pytest.approx(repeated.x)
        assert weighted.summary == pytest.approx(repeated.summary)


def test_two_classes_give_one_curve_and_more_give_one_each():
    target, prediction = np.array([0, 1, 2, 0]), np.full((4, 3), 1 / 3)
    assert [curve.label for curve in class_curves(roc_curve, target, prediction, ("a", "b", "c"))] == ["a", "b", "c"]
    assert [curve.label for curve in class_curves(roc_curve, target % 2, prediction[:, :2], ("no", "yes"))] == ["yes"]


def test_the_confusion_matrix_is_that_of_scikit_learn():
    rng = np.random.default_rng(1)
    target, prediction = rng.integers(0, 3, 100), rng.random((100, 4))
    expected = reference.confusion_matrix(target, prediction.argmax(axis=1), labels=range(4))
    assert np.array_equal(confusion_matrix(target, prediction), expected)
