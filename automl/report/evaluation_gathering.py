"""From a model's predictions for labelled rows to the facts that an evaluation shows."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.bundle.model import Prediction
from automl.evaluation.arrays import FloatArray
from automl.evaluation.baseline import score_of_one_answer
from automl.evaluation.breakdown import column_levels, scores_by_level
from automl.evaluation.curves import confusion_matrix
from automl.evaluation.fairness import fairness_by_group
from automl.evaluation.gains import gain_table
from automl.evaluation.losses import worst_rows
from automl.evaluation.metrics import METRICS, Metric
from automl.evaluation.quantiles import QuantileLoss
from automl.evaluation.shares import share_interval
from automl.evaluation.slices import find_slices
from automl.report.evaluation_facts import BreakdownFact, FairnessFact, LevelFact, OffsetFact, SliceFact, WorstRow
from automl.report.facts import ReportFacts

__all__ = [
    "constant_scores",
    "gather_breakdown",
    "gather_fairness",
    "gather_gains",
    "gather_offsets",
    "gather_per_class",
    "gather_quantiles",
    "gather_slices",
    "gather_worst",
]

_OFFSET_LEVELS = 8
_FEWEST_OFFSET_ROWS = 10


def constant_scores(
    fitted: ReportFacts, target: NDArray[Any], weight: NDArray[np.float64] | None, names: tuple[str, ...]
) -> dict[str, float]:
    """Score one answer for every row: that which was best for the training rows by the model's own metric.

    Parameters
    ----------
    fitted : ReportFacts
        Of the fit; they hold that answer. In older files it is not: there it is the class shares, or the mean.
    target : array of shape (n_rows,)
    weight : array of shape (n_rows,) or None
    names : tuple of str
        The metrics.
    """
    answer = np.array(fitted.baseline_answer or _plain_answer(fitted, target))
    scores = {name: score_of_one_answer(METRICS[name], target, answer, weight) for name in names}
    return {name: value for name, value in scores.items() if math.isfinite(value)}


def _plain_answer(fitted: ReportFacts, target: NDArray[Any]) -> list[float]:
    if fitted.labels:
        counts = [count for _, count in fitted.target_counts]
        return [count / sum(counts) for count in counts]
    means = [column.mean for column in fitted.columns if column.name == fitted.target and column.mean is not None]
    return means or [float(target.mean())]


def gather_breakdown(
    column: pd.Series,
    target: NDArray[Any],
    prediction: FloatArray,
    metric: Metric,
    weight: FloatArray | None = None,
    groups: NDArray[Any] | None = None,
) -> BreakdownFact:
    """Return the score by the levels of a column."""
    scores = scores_by_level(column_levels(column), target, prediction, metric, weight, groups)
    levels = (
        LevelFact(
            each.level,
            each.rows,
            each.value if math.isfinite(each.value) else None,
            (each.low, each.high) if math.isfinite(each.low) else None,
        )
        for each in scores
    )
    return BreakdownFact(str(column.name), metric.name, tuple(levels))


def gather_fairness(columns: Iterable[pd.Series], said: Prediction, target: NDArray[Any]) -> tuple[FairnessFact, ...]:
    """Return how decisions for the positive class of two fall on the groups of each column; nothing without classes."""
    if said.probabilities is None:
        return ()
    positive, chosen = said.labels[1], said.values == said.labels[1]
    return tuple(
        FairnessFact(
            str(column.name),
            positive,
            tuple(
                asdict(each)
                for each in fairness_by_group(column_levels(column), target, said.probabilities[:, 1], chosen)
            ),
        )
        for column in columns
    )


def gather_offsets(
    columns: Iterable[pd.Series], target: NDArray[Any], prediction: FloatArray
) -> tuple[OffsetFact, ...]:
    """Return by how much the truth is above the prediction on each level of some columns."""
    left_over = _left_over(target, prediction)
    return tuple(
        OffsetFact(str(column.name), level, int(rows.sum()), *_mean_with_interval(left_over[rows]))
        for column in columns
        for level, rows in list(column_levels(column).items())[:_OFFSET_LEVELS]
        if rows.sum() >= _FEWEST_OFFSET_ROWS
    )


def _left_over(target: NDArray[Any], prediction: FloatArray) -> FloatArray:
    """Return what the prediction left of the truth: of a number, of the positive class, or of the one decided for."""
    if prediction.ndim == 1:
        return np.asarray(target - prediction)
    if prediction.shape[1] == 2:
        return np.asarray(target - prediction[:, 1])
    return np.asarray((prediction.argmax(axis=1) == target) - prediction.max(axis=1))


def _mean_with_interval(values: FloatArray) -> tuple[float, tuple[float, float]]:
    mean, half = float(values.mean()), 1.96 * float(values.std(ddof=1)) / math.sqrt(len(values))
    return mean, (mean - half, mean + half)


def gather_slices(
    frame: pd.DataFrame,
    target: NDArray[Any],
    prediction: FloatArray,
    losses: NDArray[np.float64],
    metric: Metric,
    weight: FloatArray | None = None,
) -> tuple[SliceFact, ...]:
    """Return the parts of the rows where the model is worse than elsewhere by more than chance."""
    facts = []
    for found in find_slices(frame, losses):
        weights = None if weight is None else weight[found.rows]
        value = metric.score(target[found.rows], prediction[found.rows], weights)
        facts.append(
            SliceFact(
                conditions=found.conditions,
                rows=len(found.rows),
                value=value if math.isfinite(value) else None,
                loss=found.loss,
                loss_elsewhere=found.loss_elsewhere,
                p_value=found.p_value,
            )
        )
    return tuple(facts)


def gather_worst(
    said: Prediction, positions: NDArray[np.intp], target: NDArray[Any], losses: NDArray[np.float64]
) -> tuple[WorstRow, ...]:
    """Return the rows with the largest losses."""
    labels, shares = said.labels, said.probabilities
    facts = []
    for row in worst_rows(losses):
        actual = target[row]
        facts.append(
            WorstRow(
                row=int(positions[row]),
                actual=labels[actual] if labels else float(actual),
                predicted=str(said.values[row]) if labels else float(said.values[row]),
                probability=None if shares is None else float(shares[row, actual]),
                loss=float(losses[row]),
            )
        )
    return tuple(facts)


def gather_gains(labels: tuple[str, ...], target: NDArray[Any], prediction: FloatArray) -> tuple[dict[str, float], ...]:
    """Return gain and lift at each tenth of the rows; for two classes only."""
    return tuple(asdict(step) for step in gain_table(target, prediction)) if len(labels) == 2 else ()


def gather_per_class(
    labels: tuple[str, ...], target: NDArray[Any], prediction: FloatArray
) -> tuple[dict[str, Any], ...]:
    """Return rows, precision, recall and F1 of each class with 95 % intervals; None where a figure is not defined.

    F1 rises with the share of right rows among those of the class or predicted as such, which has an interval.
    """
    if not labels:
        return ()
    counts = np.array(confusion_matrix(target, prediction), dtype=np.float64)
    right, present, predicted = counts.diagonal(), counts.sum(axis=1), counts.sum(axis=0)
    return tuple(
        {
            "label": label,
            "rows": int(present[code]),
            **_shares("precision", right[code], predicted[code]),
            **_shares("recall", right[code], present[code]),
            **_shares("f1", right[code], present[code] + predicted[code] - right[code], doubled=True),
        }
        for code, label in enumerate(labels)
    )


def gather_quantiles(losses: Iterable[QuantileLoss]) -> tuple[dict[str, Any], ...]:
    """Return how well each bound is a quantile, its interval as in the other figures."""
    return tuple(
        {"quantile": each.quantile, "below": each.below, "pinball": each.pinball, "interval": [each.low, each.high]}
        for each in losses
    )


def _shares(name: str, part: float, whole: float, *, doubled: bool = False) -> dict[str, Any]:
    """Return a share and its interval; ``doubled``, both as 2 s / (1 + s)."""
    if not whole:
        return {name: None, f"{name}_interval": None}
    shares = (float(part / whole), *share_interval(float(part), float(whole)))
    value, low, high = (2 * share / (1 + share) for share in shares) if doubled else shares
    return {name: value, f"{name}_interval": [low, high]}
