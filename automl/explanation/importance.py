"""Which columns matter: permutation importance of the original columns, through the whole blend.

Sources: Breiman, "Random forests", Machine Learning 45, 2001; Fisher, Rudin and Dominici, "All models are wrong, but
many are useful", JMLR 20, 2019 (as a property of one model on a population, with its error).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.evaluation.arrays import ScoreOfWeights
from automl.evaluation.metrics import Metric
from automl.evaluation.resampling import RowSampler
from automl.evaluation.thresholds import judged_by
from automl.explanation.grouping import correlated_groups
from automl.explanation.subject import FloatArray, Subject
from automl.report.importance_facts import GlobalImportance, Importance

__all__ = ["FEWEST_ROWS", "importance_within", "prediction_importance", "score_importance", "stored_importance"]

#: With fewer rows than this, shuffling says next to nothing.
FEWEST_ROWS = 30

_EVALUATIONS = 30_000
_MOST_ROWS = 2_000
_LEAST_ROWS = 200
_MOST_REPEATS = 5
_REPLICATES = 200
# Where time is short: of more columns nothing is said, for telling two apart takes some milliseconds.
_MOST_COLUMNS = 40
_SECONDS_A_PAIR = 0.003
_CAREFUL = 1.5
_TWO_SIDED_95 = NormalDist().inv_cdf(0.975)

# From the predictions of each shuffling: the value, and its standard error.
Effect = Callable[[list[FloatArray]], tuple[float, float]]


@dataclass(frozen=True)
class _Plan:
    """Which rows are shuffled, how often, and for which sets of columns."""

    rows: NDArray[np.int64]
    repeats: int
    groups: tuple[tuple[str, ...], ...]


def score_importance(
    subject: Subject,
    frame: pd.DataFrame,
    target: NDArray[Any],
    metric: Metric,
    seed: int = 0,
    weight: FloatArray | None = None,
) -> GlobalImportance:
    """Measure by how much the score worsens when a column's values are shuffled among the rows.

    Parameters
    ----------
    subject : Subject
    frame : DataFrame of shape (n_rows, n_columns)
        Typed rows; at most 2,000 of them are used, fewer where there are many columns.
    target : ndarray of shape (n_rows,)
        Numbers, or class codes.
    metric : Metric
        One that counts labels sees those that the model decides for, by its threshold.
    seed : int
    weight : ndarray of shape (n_rows,), optional
        How much each row counts.

    Returns
    -------
    GlobalImportance
        Values in the metric's units, positive where the column helps; intervals from bootstrap samples of the rows.
    """
    plan = _plan(frame, seed)
    rows, known = frame.iloc[plan.rows], target[plan.rows]
    mass = np.ones(len(rows)) if weight is None else weight[plan.rows]
    base = _scorer(subject, known, subject.predict(rows), metric)
    samples = [counts * mass for counts in RowSampler.of(len(rows)).samples(_REPLICATES, seed)]
    base_losses = np.array([metric.to_loss(base(weights)) for weights in samples])
    base_loss = metric.to_loss(base(mass))

    def effect(predictions: list[FloatArray]) -> tuple[float, float]:
        scorers = [_scorer(subject, known, predicted, metric) for predicted in predictions]
        value = np.mean([metric.to_loss(scorer(mass)) for scorer in scorers]) - base_loss
        losses = np.array([np.mean([metric.to_loss(scorer(weights)) for scorer in scorers]) for weights in samples])
        return float(value), float(np.nanstd(losses - base_losses, ddof=1))

    columns, groups = _measured(subject, rows, plan, effect, seed)
    return GlobalImportance("score_loss", metric.name, columns, groups, len(rows), plan.repeats)


def _scorer(subject: Subject, target: NDArray[Any], predicted: FloatArray, metric: Metric) -> ScoreOfWeights:
    return metric.scorer(target, judged_by(metric, predicted, subject.model.postprocessing.threshold_value))


def prediction_importance(subject: Subject, frame: pd.DataFrame, seed: int = 0) -> GlobalImportance:
    """Measure by how much predictions move when a column's values are shuffled among the rows.

    The move of a row is the absolute change of its value, or half the sum of the absolute changes of its class
    probabilities. Parameters as for :func:`score_importance`.
    """
    return _moves(subject, frame, _plan(frame, seed), seed)


def _moves(subject: Subject, frame: pd.DataFrame, plan: _Plan, seed: int) -> GlobalImportance:
    rows = frame.iloc[plan.rows]
    base = subject.predict(rows)

    def effect(predictions: list[FloatArray]) -> tuple[float, float]:
        moves = np.mean([np.abs(predicted - base) for predicted in predictions], axis=0)
        moves = moves if moves.ndim == 1 else moves.sum(axis=1) / 2
        return float(moves.mean()), float(moves.std(ddof=1) / np.sqrt(len(moves)))

    columns, groups = _measured(subject, rows, plan, effect, seed)
    return GlobalImportance("prediction_change", "", columns, groups, len(rows), plan.repeats)


def importance_within(
    subject: Subject, frame: pd.DataFrame, seconds_left: Callable[[], float], seed: int = 0
) -> GlobalImportance | None:
    """Measure the same as :func:`prediction_importance` where there is time for it, else return None.

    Parameters
    ----------
    subject : Subject
    frame : DataFrame
        Typed rows; nothing is said of too few, or of more than 40 columns.
    seconds_left : callable
        Seconds that may still be spent.
    seed : int
    """
    columns = frame.shape[1]
    if len(frame) < FEWEST_ROWS or not 0 < columns <= _MOST_COLUMNS:
        return None
    if seconds_left() < _SECONDS_A_PAIR * columns * (columns - 1) / 2:
        return None
    plan = _plan(frame, seed)
    began = time.monotonic()
    subject.predict(frame.iloc[plan.rows])
    shufflings = plan.repeats * (columns + len(plan.groups))
    if seconds_left() < _CAREFUL * shufflings * (time.monotonic() - began):
        return None
    return _moves(subject, frame, plan, seed)


def stored_importance(features: Sequence[Mapping[str, Any]], used: Sequence[str]) -> GlobalImportance:
    """Return the importance that the fit stored: the share by which the loss grew, over its folds.

    Parameters
    ----------
    features : sequence of mappings
        As in the manifest.
    used : sequence of str
        The columns that the model uses; the others are left out.

    Returns
    -------
    GlobalImportance
        Intervals of two standard deviations between folds to each side.
    """
    entries = [
        Importance((name,), value, value - 2 * spread, value + 2 * spread)
        for name, value, spread in (
            (str(each["name"]), float(each["importance"] or 0.0), float(each.get("spread") or 0.0)) for each in features
        )
        if name in used
    ]
    return GlobalImportance("stored", "", _ranked(entries))


def _plan(frame: pd.DataFrame, seed: int) -> _Plan:
    groups = correlated_groups(frame)
    entries = max(1, frame.shape[1] + len(groups))
    wanted = min(len(frame), _MOST_ROWS, max(_LEAST_ROWS, _EVALUATIONS // entries))
    rows = np.sort(np.random.default_rng(seed).permutation(len(frame))[:wanted])
    repeats = min(_MOST_REPEATS, max(1, _EVALUATIONS // (wanted * entries)))
    return _Plan(rows, repeats, groups)


def _measured(
    subject: Subject, rows: pd.DataFrame, plan: _Plan, effect: Effect, seed: int
) -> tuple[tuple[Importance, ...], tuple[Importance, ...]]:
    """Return the importance of each column, and of each group of columns."""
    generator = np.random.default_rng(seed + 1)

    def measure(columns: tuple[str, ...]) -> Importance:
        value, error = effect(list(_shuffled(subject, rows, columns, plan.repeats, generator)))
        half = _TWO_SIDED_95 * error
        return Importance(columns, value, value - half, value + half)

    return _ranked([measure((name,)) for name in rows.columns]), _ranked([measure(group) for group in plan.groups])


def _shuffled(
    subject: Subject, rows: pd.DataFrame, columns: tuple[str, ...], repeats: int, generator: np.random.Generator
) -> Iterator[FloatArray]:
    """Yield the predictions for rows whose values in ``columns`` were drawn from one another, together."""
    for _ in range(repeats):
        order = generator.permutation(len(rows))
        changed = {name: rows[name].take(order).set_axis(rows.index) for name in columns}
        yield subject.predict(rows.assign(**changed))


def _ranked(entries: Sequence[Importance]) -> tuple[Importance, ...]:
    return tuple(sorted(entries, key=lambda each: (-each.value, each.columns)))
