"""What a score is expected to be where the truth is not known, by what a model believes of it.

Labels are drawn from calibrated probabilities, numbers from the errors that the model made near each prediction, and
the drawn truth is scored. For classes this is confidence-based performance estimation, which Guillory et al.,
"Predicting with confidence on unseen distributions", ICCV 2021, and Garg et al., "Leveraging unlabeled data to predict
out-of-distribution performance", ICLR 2022, compare with others; drawing instead of adding up makes it serve every
metric. It holds as long as the same row still has the same chances: it cannot see that the world has changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.evaluation.arrays import FloatArray
from automl.evaluation.conformal import NumberIntervals
from automl.evaluation.metrics import Metric
from automl.evaluation.thresholds import judged_by

__all__ = ["MOST_ROWS", "ExpectedScore", "draw_truth", "expected_score"]

MOST_ROWS = 5_000
"""Of more rows so many are drawn."""

_FEWEST_DEFINED = 10


@dataclass(frozen=True)
class ExpectedScore:
    """A score that the model's own beliefs lead to expect.

    Attributes
    ----------
    value : float
        NaN where the metric is not defined on the truths drawn, or nothing is known of the errors.
    error : float
        Its standard error: how far scores of such rows with drawn truths are from it.
    """

    value: float
    error: float


def draw_truth(
    prediction: FloatArray, intervals: NumberIntervals | None, generator: np.random.Generator
) -> NDArray[Any]:
    """Draw a truth for each row: class codes by the probabilities, or numbers by the errors made near each prediction.

    Parameters
    ----------
    prediction : array of shape (n, n_classes) or (n,)
    intervals : NumberIntervals or None
        Knows the errors of a regression.
    generator : numpy.random.Generator
    """
    if prediction.ndim == 2:
        above = generator.random((len(prediction), 1)) > np.cumsum(prediction[:, :-1], axis=1)
        return np.asarray(above.sum(axis=1))
    assert intervals is not None
    errors = generator.choice(np.array(intervals.scores), len(prediction))
    return np.asarray(prediction + errors * np.interp(prediction, intervals.knots, intervals.sizes))


def expected_score(
    metric: Metric,
    prediction: FloatArray,
    threshold: float | None,
    intervals: NumberIntervals | None,
    replicates: int = 200,
    seed: int = 0,
) -> ExpectedScore:
    """Return the score to expect, and how sure that is with so many rows.

    Parameters
    ----------
    metric : Metric
    prediction : array of shape (n, n_classes) or (n,)
        Calibrated probabilities, or numbers.
    threshold : float or None
        From which probability the positive class of two is predicted.
    intervals : NumberIntervals or None
        As for :func:`draw_truth`.
    replicates : int
    seed : int
    """
    if not len(prediction) or (prediction.ndim == 1 and intervals is None):
        return ExpectedScore(float("nan"), float("nan"))
    generator = np.random.default_rng(seed)
    rows = len(prediction)
    if rows > MOST_ROWS:
        prediction = prediction[generator.choice(rows, MOST_ROWS, replace=False)]
    drawn = len(prediction)
    judged, scores = judged_by(metric, prediction, threshold), np.empty((replicates, 2))
    for place in range(replicates):
        scorer = metric.scorer(draw_truth(prediction, intervals, generator), judged)
        counts = np.bincount(generator.integers(0, drawn, drawn), minlength=drawn).astype(np.float64)
        scores[place] = scorer(np.ones(drawn)), scorer(counts)
    known = scores[np.isfinite(scores).all(axis=1)]
    if len(known) < _FEWEST_DEFINED:
        return ExpectedScore(float("nan"), float("nan"))
    return ExpectedScore(float(known[:, 0].mean()), float(known[:, 1].std(ddof=1)) * (drawn / rows) ** 0.5)
