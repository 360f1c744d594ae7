"""What one and the same answer for every row would score."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.evaluation.arrays import FloatArray
from automl.evaluation.metrics import Metric

__all__ = ["score_of_one_answer"]


def score_of_one_answer(
    metric: Metric, target: NDArray[Any], answer: FloatArray, weight: FloatArray | None = None
) -> float:
    """Return the score of saying the same of every row; NaN where it is not defined.

    Where labels alone count and there are two, it is that of the better one: F1 is worst for the commoner label, where
    that is never the one to find.

    Parameters
    ----------
    metric : Metric
    target : array of shape (n_rows,)
        Class codes, or numbers.
    answer : array of shape (n_classes,), or (1,) for a number
    weight : array of shape (n_rows,), optional
    """
    rows = len(target)
    answers = [answer] if not metric.of_labels or len(answer) != 2 else [answer, *np.eye(2)]
    shape = (rows,) if len(answer) == 1 else (rows, len(answer))
    scores = [metric.score(target, np.broadcast_to(each, shape), weight) for each in answers]
    defined = [score for score in scores if np.isfinite(score)]
    return min(defined, key=metric.to_loss) if defined else float("nan")
