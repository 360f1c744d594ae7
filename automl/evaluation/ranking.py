"""Metrics of an ordering: areas under the ROC and the precision-recall curve.

Each function sorts once and returns a function of the row weights, so that many bootstrap replicates cost one sort.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from automl.evaluation.arrays import CodeArray, FloatArray, ScoreOfWeights

__all__ = [
    "SortedScores",
    "average_precision",
    "average_precision_one_versus_rest",
    "roc_auc",
    "roc_auc_one_versus_rest",
    "sort_scores",
]


@dataclass(frozen=True)
class SortedScores:
    """Rows in the order of their score, with ties marked.

    Attributes
    ----------
    order : array of shape (n,)
        Row indices.
    positive : bool array of shape (n,)
        Whether the row at each place belongs to the positive class.
    starts : array of shape (n_distinct,) or None
        Where each run of equal scores begins; None where no two scores are equal.
    """

    order: NDArray[np.intp]
    positive: NDArray[np.bool_]
    starts: NDArray[np.intp] | None

    def weights(self, weight: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the positive and the negative weight at each distinct score, in order."""
        ordered = weight[self.order]
        positive = np.where(self.positive, ordered, 0.0)
        negative = ordered - positive
        if self.starts is None:
            return positive, negative
        return np.add.reduceat(positive, self.starts), np.add.reduceat(negative, self.starts)


def sort_scores(positive: NDArray[np.bool_], scores: FloatArray, *, descending: bool = False) -> SortedScores:
    """Sort rows by score and find the ties.

    Parameters
    ----------
    positive : bool array of shape (n,)
    scores : array of shape (n,)
    descending : bool
        Highest score first.
    """
    order = np.argsort(-scores if descending else scores)
    ordered = scores[order]
    changed = ordered[1:] != ordered[:-1]
    starts = None if changed.all() else np.concatenate(([0], np.flatnonzero(changed) + 1))
    return SortedScores(order, positive[order], starts)


def _area_under_roc(positive: NDArray[np.bool_], scores: FloatArray) -> ScoreOfWeights:
    """Area under the ROC curve as the share of pairs ranked right, a tie counting half."""
    ranked = sort_scores(positive, scores)

    def score(weight: FloatArray) -> float:
        positives, negatives = ranked.weights(weight)
        below = np.cumsum(negatives)
        total = float(positives.sum()) * float(below[-1])
        if total <= 0:
            return float("nan")
        return float(np.dot(positives, below - 0.5 * negatives)) / total

    return score


def roc_auc(target: CodeArray, prediction: FloatArray) -> ScoreOfWeights:
    """Area under the ROC curve of class 1; NaN where only one class has weight."""
    return _area_under_roc(target == 1, prediction[:, 1])


def roc_auc_one_versus_rest(target: CodeArray, prediction: FloatArray) -> ScoreOfWeights:
    """Mean over the classes of the area under the ROC curve of that class against all others.

    A class without weight, or with all of it, is left out of the mean; NaN where that leaves none.
    """
    return _mean_over_classes([_area_under_roc(target == code, each) for code, each in enumerate(prediction.T)])


def average_precision_one_versus_rest(target: CodeArray, prediction: FloatArray) -> ScoreOfWeights:
    """Mean over the classes of the average precision of that class against all others.

    A class without weight is left out of the mean.
    """
    return _mean_over_classes([_average_precision(target == code, each) for code, each in enumerate(prediction.T)])


def _mean_over_classes(scores: Sequence[ScoreOfWeights]) -> ScoreOfWeights:
    """Return the mean of the scores that are defined; NaN where none is."""

    def score(weight: FloatArray) -> float:
        values = np.array([each(weight) for each in scores])
        known = values[~np.isnan(values)]
        return float(known.mean()) if known.size else float("nan")

    return score


def average_precision(target: CodeArray, prediction: FloatArray) -> ScoreOfWeights:
    """Precision averaged over the recall it is reached at, for class 1; NaN where that class has no weight."""
    return _average_precision(target == 1, prediction[:, 1])


def _average_precision(positive: NDArray[np.bool_], scores: FloatArray) -> ScoreOfWeights:
    ranked = sort_scores(positive, scores, descending=True)

    def score(weight: FloatArray) -> float:
        positives, negatives = ranked.weights(weight)
        found = np.cumsum(positives)
        if found[-1] <= 0:
            return float("nan")
        flagged = found + np.cumsum(negatives)
        precision = np.divide(found, flagged, out=np.zeros_like(found), where=flagged > 0)
        return float(np.dot(positives, precision)) / float(found[-1])

    return score
