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
from automl.tables import Table

__all__ = [
    "FEWEST_ROWS",
    "importance_within",
    "prediction_importance",
    "row_groups",
    "score_importance",
    "stored_importance",
]

#: With fewer rows than this, shuffling says next to nothing.
FEWEST_ROWS = 30

_EVALUATIONS = 30_000
_MOST_ROWS = 2_000
_LEAST_ROWS = 200
_MOST_REPEATS = 5
_REPLICATES = 200
# Where time is short: of more columns nothing is said.
_MOST_COLUMNS = 40
_SECONDS_A_PAIR = 0.0003
_CAREFUL = 1.5
_TWO_SIDED_95 = NormalDist().inv_cdf(0.975)

Groups = NDArray[Any]
# From the predictions of each shuffling: the value, and its standard error where that can be told.
Effect = Callable[[list[FloatArray]], tuple[float, float | None]]


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
    groups: Groups | None = None,
) -> GlobalImportance | None:
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
    groups : ndarray of shape (n_rows,), optional
        Rows of one value belong together, and are drawn so.

    Returns
    -------
    GlobalImportance or None
        Values in the metric's units, positive where the column helps; intervals from bootstrap samples of the rows.
        None where the metric has no value on these rows, as one of ranks has none where all are of one class.
    """
    plan = _plan(frame, seed)
    rows, known = frame.iloc[plan.rows], target[plan.rows]
    mass = np.ones(len(rows)) if weight is None else weight[plan.rows]
    base = _scorer(subject, known, subject.predict(rows), metric)
    base_loss = metric.to_loss(base(mass))
    if not np.isfinite(base_loss):
        return None
    sampler = RowSampler.of(len(rows), None if groups is None else groups[plan.rows])
    samples = [counts * mass for counts in sampler.samples(_REPLICATES, seed)] if sampler.units > 1 else []
    base_losses = np.array([metric.to_loss(base(weights)) for weights in samples])

    def effect(predictions: list[FloatArray]) -> tuple[float, float | None]:
        scorers = [_scorer(subject, known, predicted, metric) for predicted in predictions]
        value = np.mean([metric.to_loss(scorer(mass)) for scorer in scorers]) - base_loss
        losses = np.array([np.mean([metric.to_loss(scorer(weights)) for scorer in scorers]) for weights in samples])
        changes = losses - base_losses
        defined = changes[np.isfinite(changes)]
        return float(value), float(defined.std(ddof=1)) if len(defined) > 1 else None

    columns, together = _measured(subject, rows, plan, effect, seed)
    return GlobalImportance("score_loss", metric.name, columns, together, len(rows), plan.repeats)


def _scorer(subject: Subject, target: NDArray[Any], predicted: FloatArray, metric: Metric) -> ScoreOfWeights:
    return metric.scorer(target, judged_by(metric, predicted, subject.model.postprocessing.threshold_value))


def prediction_importance(
    subject: Subject, frame: pd.DataFrame, seed: int = 0, groups: Groups | None = None
) -> GlobalImportance:
    """Measure by how much predictions move when a column's values are shuffled among the rows.

    The move of a row is the absolute change of its value, or half the sum of the absolute changes of its class
    probabilities. Parameters as for :func:`score_importance`.
    """
    return _moves(subject, frame, _plan(frame, seed), seed, groups)


def _moves(subject: Subject, frame: pd.DataFrame, plan: _Plan, seed: int, groups: Groups | None) -> GlobalImportance:
    rows = frame.iloc[plan.rows]
    base = subject.predict(rows)
    units = np.arange(len(rows)) if groups is None else np.unique(groups[plan.rows], return_inverse=True)[1]

    def effect(predictions: list[FloatArray]) -> tuple[float, float | None]:
        moves = np.mean([np.abs(predicted - base) for predicted in predictions], axis=0)
        moves = moves if moves.ndim == 1 else moves.sum(axis=1) / 2
        return float(moves.mean()), _standard_error(moves, units)

    columns, together = _measured(subject, rows, plan, effect, seed)
    return GlobalImportance("prediction_change", "", columns, together, len(rows), plan.repeats)


def _standard_error(values: FloatArray, units: NDArray[np.intp]) -> float | None:
    """Return the standard error of a mean over rows, of which those of one unit tell the same; None of one unit."""
    apart = np.bincount(units, values - values.mean())
    if len(apart) < 2:
        return None
    return float(np.sqrt((apart**2).sum() * len(apart) / (len(apart) - 1)) / len(values))


def importance_within(
    subject: Subject,
    frame: pd.DataFrame,
    seconds_left: Callable[[], float],
    seed: int = 0,
    groups: Groups | None = None,
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
    groups : ndarray of shape (n_rows,), optional
        Rows of one value belong together.
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
    return _moves(subject, frame, plan, seed, groups)


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
        Bounds of two standard deviations between folds to each side; none where one fold has no spread. No values
        where the fit ended before it measured any.
    """
    is_measured = any(each["importance"] or each.get("spread") for each in features)
    entries = [
        _within(
            (str(each["name"]),), float(each["importance"] or 0.0), 2 * each["spread"] if each.get("spread") else None
        )
        if is_measured
        else Importance((str(each["name"]),), None, None, None)
        for each in features
        if each["name"] in used
    ]
    return GlobalImportance("stored", "", _ranked(entries))


def row_groups(table: Table, settings: Mapping[str, Any]) -> Groups | None:
    """Return which rows belong together; None where the fit had no groups, or the table has not their column."""
    name = settings.get("group") or ""
    return pd.factorize(table.cells[name])[0] if name in table.cells.columns else None


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
        return _within(columns, value, None if error is None else _TWO_SIDED_95 * error)

    return _ranked([measure((name,)) for name in rows.columns]), _ranked([measure(group) for group in plan.groups])


def _shuffled(
    subject: Subject, rows: pd.DataFrame, columns: tuple[str, ...], repeats: int, generator: np.random.Generator
) -> Iterator[FloatArray]:
    """Yield the predictions for rows whose values in ``columns`` were drawn from one another, together."""
    for _ in range(repeats):
        order = generator.permutation(len(rows))
        changed = {name: rows[name].take(order).set_axis(rows.index) for name in columns}
        yield subject.predict(rows.assign(**changed))


def _within(columns: tuple[str, ...], value: float, half: float | None) -> Importance:
    if half is None:
        return Importance(columns, value, None, None)
    return Importance(columns, value, value - half, value + half)


def _ranked(entries: Sequence[Importance]) -> tuple[Importance, ...]:
    return tuple(sorted(entries, key=lambda each: (-(each.value or 0.0), each.columns)))
