"""Metrics of class probabilities and of the class they point to.

Each function takes class codes and probabilities of shape (n, n_classes). Those that are means of row losses are given
as the losses, of shape (n,); the others return a function of the row weights.
The predicted class is the most probable one; for two classes that is a threshold of one half.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from automl.evaluation.arrays import CodeArray, FloatArray, ScoreOfWeights, undefined
from automl.evaluation.mean_losses import weighted_mean

__all__ = [
    "SMALLEST_PROBABILITY",
    "accuracy",
    "balanced_accuracy",
    "f1",
    "f1_macro",
    "f1_weighted",
    "log_losses",
    "matthews_corrcoef",
    "precision",
    "precision_macro",
    "recall",
    "squared_errors",
    "top_accuracy",
]

SMALLEST_PROBABILITY = 1e-7
"""Probabilities are clipped here before a logarithm: one certain mistake costs 16.1, in float32 as in float64."""


def log_losses(target: CodeArray, prediction: FloatArray) -> FloatArray:
    """Negative logarithms of the probability given to the true class; classes may be absent from the target."""
    chosen = prediction[np.arange(len(target)), target].astype(np.float64)
    return np.asarray(-np.log(np.clip(chosen, SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY)))


def squared_errors(target: CodeArray, prediction: FloatArray) -> FloatArray:
    """Squared errors of the probabilities, summed over the classes; halved for two classes, as is usual."""
    errors = prediction.astype(np.float64)
    errors[np.arange(len(target)), target] -= 1.0
    squared = np.einsum("ij,ij->i", errors, errors)
    return np.asarray(squared / 2 if prediction.shape[1] == 2 else squared)


def accuracy(target: CodeArray, prediction: FloatArray) -> ScoreOfWeights:
    """Share of rows whose most probable class is the true one."""
    return weighted_mean((prediction.argmax(axis=1) == target).astype(np.float64))


def top_accuracy(places: int) -> Callable[[CodeArray, FloatArray], ScoreOfWeights]:
    """Return the metric: the share of rows whose true class is among the ``places`` most probable ones.

    Of equally probable classes the first counts as the more probable, as it does for the predicted class. Where there
    are no more classes than places, no prediction could miss, and the metric is not defined.
    """

    def prepare(target: CodeArray, prediction: FloatArray) -> ScoreOfWeights:
        classes = prediction.shape[1]
        if classes <= places:
            return undefined
        chosen = prediction[np.arange(len(target)), target][:, None]
        earlier = np.arange(classes) < target[:, None]
        ahead = (prediction > chosen) | ((prediction == chosen) & earlier)
        return weighted_mean((ahead.sum(axis=1) < places).astype(np.float64))

    return prepare


@dataclass(frozen=True)
class _ClassTotals:
    """Weight per class, each of shape (n_classes,): of rows predicted right, of true rows, of predicted rows."""

    right: FloatArray
    present: FloatArray
    predicted: FloatArray


def _from_totals(target: CodeArray, prediction: FloatArray, value: Callable[[_ClassTotals], float]) -> ScoreOfWeights:
    classes = prediction.shape[1]
    predicted = prediction.argmax(axis=1)
    right = (predicted == target).astype(np.float64)

    def total(codes: CodeArray, weight: FloatArray) -> FloatArray:
        return np.asarray(np.bincount(codes, weight, classes), dtype=np.float64)

    return lambda weight: value(
        _ClassTotals(total(target, right * weight), total(target, weight), total(predicted, weight))
    )


def balanced_accuracy(target: CodeArray, prediction: FloatArray) -> ScoreOfWeights:
    """Mean recall over the classes that are present in the target."""

    def value(totals: _ClassTotals) -> float:
        present = totals.present > 0
        return float((totals.right[present] / totals.present[present]).mean()) if present.any() else float("nan")

    return _from_totals(target, prediction, value)


def f1_macro(target: CodeArray, prediction: FloatArray) -> ScoreOfWeights:
    """Mean F1 over the classes that are present in the target or among the predicted classes."""

    def value(totals: _ClassTotals) -> float:
        either = totals.present + totals.predicted
        known = either > 0
        return float((2 * totals.right[known] / either[known]).mean()) if known.any() else float("nan")

    return _from_totals(target, prediction, value)


def f1_weighted(target: CodeArray, prediction: FloatArray) -> ScoreOfWeights:
    """Mean F1 over the classes, each counting as much as its rows in the target."""

    def value(totals: _ClassTotals) -> float:
        either = totals.present + totals.predicted
        each = np.divide(2 * totals.right, either, out=np.zeros_like(either), where=either > 0)
        return weighted_mean(each)(totals.present)

    return _from_totals(target, prediction, value)


def precision_macro(target: CodeArray, prediction: FloatArray) -> ScoreOfWeights:
    """Mean precision over the classes that are present in the target or predicted; 0 for one never predicted."""

    def value(totals: _ClassTotals) -> float:
        known = totals.present + totals.predicted > 0
        each = np.divide(totals.right, totals.predicted, out=np.zeros_like(totals.right), where=totals.predicted > 0)
        return float(each[known].mean()) if known.any() else float("nan")

    return _from_totals(target, prediction, value)


def f1(target: CodeArray, prediction: FloatArray) -> ScoreOfWeights:
    """Harmonic mean of precision and recall of class 1; NaN where it is neither present nor predicted."""

    def value(totals: _ClassTotals) -> float:
        either = float(totals.present[1] + totals.predicted[1])
        return 2 * float(totals.right[1]) / either if either > 0 else float("nan")

    return _from_totals(target, prediction, value)


def precision(target: CodeArray, prediction: FloatArray) -> ScoreOfWeights:
    """Share of the rows predicted as class 1 that are of class 1; 0 where none is predicted."""
    return _from_totals(
        target,
        prediction,
        lambda totals: float(totals.right[1]) / float(totals.predicted[1]) if totals.predicted[1] > 0 else 0.0,
    )


def recall(target: CodeArray, prediction: FloatArray) -> ScoreOfWeights:
    """Share of the rows of class 1 that are predicted as such; NaN where there is none."""
    return _from_totals(
        target,
        prediction,
        lambda totals: float(totals.right[1]) / float(totals.present[1]) if totals.present[1] > 0 else float("nan"),
    )


def matthews_corrcoef(target: CodeArray, prediction: FloatArray) -> ScoreOfWeights:
    """Correlation of true and predicted class, for any number of classes; 0 where one of them never varies."""

    def value(totals: _ClassTotals) -> float:
        everything = float(totals.present.sum())
        covariance = float(totals.right.sum()) * everything - float(np.dot(totals.present, totals.predicted))
        true_variance = everything**2 - float(np.dot(totals.present, totals.present))
        predicted_variance = everything**2 - float(np.dot(totals.predicted, totals.predicted))
        # A class that holds all the weight leaves a variance of rounding errors.
        if min(true_variance, predicted_variance) <= 1e-12 * everything**2:
            return 0.0
        return covariance / float(np.sqrt(true_variance * predicted_variance))

    return _from_totals(target, prediction, value)
