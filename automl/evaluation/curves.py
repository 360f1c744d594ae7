"""Points of the curves that a report draws, in plain tuples of at most 200 points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from automl.evaluation.arrays import CodeArray, FloatArray, ScoreOfWeights
from automl.evaluation.ranking import average_precision, roc_auc, sort_scores

__all__ = [
    "Curve",
    "CurveMaker",
    "calibration_curve",
    "class_curves",
    "confusion_matrix",
    "precision_recall_curve",
    "roc_curve",
]

MOST_POINTS = 200


@dataclass(frozen=True)
class Curve:
    """A curve for one class.

    Attributes
    ----------
    label : str
        The class, against all others.
    x, y : tuple of float
    summary : float or None
        The figure that sums it up; None where it is not defined.
    """

    label: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    summary: float | None


CurveMaker: TypeAlias = Callable[[NDArray[np.bool_], FloatArray, str, FloatArray | None], Curve]


def class_curves(
    make: CurveMaker,
    target: CodeArray,
    prediction: FloatArray,
    labels: Sequence[str],
    weight: FloatArray | None = None,
) -> tuple[Curve, ...]:
    """Return one curve for the positive class of two, or one for each class of more.

    Parameters
    ----------
    make : callable
        :func:`roc_curve`, :func:`precision_recall_curve` or :func:`calibration_curve`.
    target : integer array of shape (n,)
    prediction : array of shape (n, n_classes)
    labels : sequence of str
        Of each class code.
    weight : array of shape (n,), optional
    """
    codes = [1] if len(labels) == 2 else range(len(labels))
    return tuple(make(target == code, prediction[:, code], labels[code], weight) for code in codes)


def roc_curve(
    positive: NDArray[np.bool_], probability: FloatArray, label: str = "", weight: FloatArray | None = None
) -> Curve:
    """Return the ROC curve: the false positive rate against the true positive rate, summed up by its area.

    Parameters
    ----------
    positive : bool array of shape (n,)
        Whether each row is of the class.
    probability : array of shape (n,)
        Predicted probability of the class.
    label : str
    weight : array of shape (n,), optional
    """
    found, flagged = _cumulative(positive, probability, weight)
    false = flagged - found
    if found[-1] <= 0 or false[-1] <= 0:
        return Curve(label, (), (), None)
    x, y = false / false[-1], found / found[-1]
    area = _binary_score(roc_auc, positive, probability, weight)
    keep = _spread_points(x, y)
    return Curve(label, _floats(x[keep]), _floats(y[keep]), area)


def precision_recall_curve(
    positive: NDArray[np.bool_], probability: FloatArray, label: str = "", weight: FloatArray | None = None
) -> Curve:
    """Return precision (y) against recall (x), summed up by the average precision. Parameters as for roc_curve."""
    found, flagged = _cumulative(positive, probability, weight)
    if found[-1] <= 0:
        return Curve(label, (), (), None)
    found, flagged = found[1:], flagged[1:]
    recall = found / found[-1]
    precision = np.divide(found, flagged, out=np.ones_like(found), where=flagged > 0)
    x, y = np.concatenate(([0.0], recall)), np.concatenate((precision[:1], precision))
    area = _binary_score(average_precision, positive, probability, weight)
    keep = _spread_points(x, y)
    return Curve(label, _floats(x[keep]), _floats(y[keep]), area)


def calibration_curve(
    positive: NDArray[np.bool_],
    probability: FloatArray,
    label: str = "",
    weight: FloatArray | None = None,
    bins: int = 10,
) -> Curve:
    """Return the observed share (y) against the mean predicted probability (x) in bins of about equally many rows.

    It is summed up by the expected calibration error: the mean distance of both, weighted by the bins.

    Parameters
    ----------
    positive, probability, label, weight
        As for :func:`roc_curve`.
    bins : int
        At most so many; rows with equal probabilities are never parted.
    """
    weights = np.ones(len(positive)) if weight is None else weight
    probability = probability.astype(np.float64)
    edges = np.unique(np.quantile(probability, np.linspace(0, 1, bins + 1)[1:-1]))
    places = np.searchsorted(edges, probability, side="right")
    mass = np.bincount(places, weights, len(edges) + 1)
    used = mass > 0
    x = np.bincount(places, weights * probability, len(mass))[used] / mass[used]
    y = np.bincount(places, weights * positive, len(mass))[used] / mass[used]
    error = float(np.dot(mass[used], np.abs(x - y)) / mass.sum()) if used.any() else None
    return Curve(label, _floats(x), _floats(y), error)


def confusion_matrix(target: CodeArray, prediction: FloatArray) -> tuple[tuple[int, ...], ...]:
    """Count rows by true class (rows of the matrix) and most probable class (columns).

    Parameters
    ----------
    target : integer array of shape (n,)
    prediction : array of shape (n, n_classes)
    """
    classes = prediction.shape[1]
    cells = np.bincount(target * classes + prediction.argmax(axis=1), minlength=classes**2)
    return tuple(tuple(row) for row in cells.reshape(classes, classes).tolist())


def _cumulative(
    positive: NDArray[np.bool_], probability: FloatArray, weight: FloatArray | None
) -> tuple[FloatArray, FloatArray]:
    """Return the positive and the whole weight at or above each distinct probability, from none to all of it."""
    ranked = sort_scores(positive, probability, descending=True)
    positives, negatives = ranked.weights(np.ones(len(positive)) if weight is None else weight)
    found = np.concatenate(([0.0], np.cumsum(positives)))
    return found, found + np.concatenate(([0.0], np.cumsum(negatives)))


def _binary_score(
    metric: Callable[[CodeArray, FloatArray], ScoreOfWeights],
    positive: NDArray[np.bool_],
    probability: FloatArray,
    weight: FloatArray | None,
) -> float:
    weights = np.ones(len(positive)) if weight is None else weight
    return metric(positive.astype(np.int64), np.column_stack([1 - probability, probability]))(weights)


def _spread_points(x: FloatArray, y: FloatArray) -> NDArray[np.intp]:
    """Choose points evenly along the curve, both ends among them."""
    if len(x) <= MOST_POINTS:
        return np.arange(len(x))
    way = np.concatenate(([0.0], np.cumsum(np.abs(np.diff(x)) + np.abs(np.diff(y)))))
    chosen = np.searchsorted(way, np.linspace(0, way[-1], MOST_POINTS - 1))
    return np.unique(np.append(chosen, len(x) - 1))


def _floats(values: FloatArray) -> tuple[float, ...]:
    return tuple(values.tolist())
