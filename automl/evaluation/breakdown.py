"""The score in parts of the rows: one for each level of a column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.evaluation.arrays import FloatArray
from automl.evaluation.intervals import bootstrap_interval
from automl.evaluation.metrics import Metric

__all__ = ["LevelScore", "column_levels", "scores_by_level"]

MOST_LEVELS = 100
"""Of a column with more, the most frequent ones are told apart and the rest is one part."""

MOST_NUMBERS = 12
"""A numeric column with more distinct values is cut into fifths."""

MISSING = "(missing)"
OTHERS = "(others)"


@dataclass(frozen=True)
class LevelScore:
    """The score of the rows of one level.

    Attributes
    ----------
    level : str
    rows : int
    value, low, high : float
        The score and its 95 % interval; NaN where the metric is not defined on these rows.
    """

    level: str
    rows: int
    value: float
    low: float
    high: float


def column_levels(values: pd.Series) -> dict[str, NDArray[np.bool_]]:
    """Part rows by a column's values: by level, or by fifths where there are many different numbers.

    Parameters
    ----------
    values : Series of shape (n_rows,)
        Texts, numbers or times.

    Returns
    -------
    dict of str to bool array of shape (n_rows,)
        The most frequent level first, numbers in their order; missing values last.
    """
    missing = values.isna().to_numpy()
    ordered = pd.api.types.is_numeric_dtype(values) or pd.api.types.is_datetime64_any_dtype(values)
    parts = _fifths(values) if ordered and values.nunique() > MOST_NUMBERS else _levels(values, ordered=ordered)
    if missing.any():
        parts[MISSING] = missing
    return parts


def _fifths(values: pd.Series) -> dict[str, NDArray[np.bool_]]:
    cut = pd.qcut(values, 5, duplicates="drop", precision=3)
    return {
        name: (cut == each).to_numpy()
        for name, each in zip(_range_names(cut.cat.categories), cut.cat.categories, strict=True)
    }


def _range_names(ranges: pd.Index[Any]) -> list[str]:
    """Name ranges of numbers, or of times by their days where that tells them apart."""
    if not isinstance(ranges[0].left, pd.Timestamp):
        return [f"{each.left:g} to {each.right:g}" for each in ranges]
    # The lower bound of the first is set a little below its lowest value.
    days = [f"{each.left.round('D'):%Y-%m-%d} to {each.right:%Y-%m-%d}" for each in ranges]
    if len(set(days)) == len(days):
        return days
    return [f"{each.left:%Y-%m-%d %H:%M:%S} to {each.right:%Y-%m-%d %H:%M:%S}" for each in ranges]


def _levels(values: pd.Series, *, ordered: bool) -> dict[str, NDArray[np.bool_]]:
    counts = values.value_counts()
    kept = list(counts.index[:MOST_LEVELS])
    if ordered:
        kept.sort()
    parts = {_name(level): (values == level).to_numpy(dtype=bool, na_value=False) for level in kept}
    others = values.notna().to_numpy() & ~values.isin(kept).to_numpy()
    if others.any():
        parts[OTHERS] = others
    return parts


def _name(level: object) -> str:
    return f"{level:g}" if isinstance(level, float) else str(level)


def scores_by_level(
    levels: dict[str, NDArray[np.bool_]],
    target: NDArray[Any],
    prediction: FloatArray,
    metric: Metric,
    weight: FloatArray | None = None,
    replicates: int = 300,
) -> tuple[LevelScore, ...]:
    """Score each level's rows on their own.

    Parameters
    ----------
    levels : dict of str to bool array of shape (n_rows,)
        From :func:`column_levels`.
    target, prediction, metric, weight, replicates
        As for :func:`~automl.evaluation.intervals.bootstrap_interval`.
    """
    scores = []
    for level, chosen in levels.items():
        weights = None if weight is None else weight[chosen]
        value = metric.score(target[chosen], prediction[chosen], weights)
        low, high = bootstrap_interval(target[chosen], prediction[chosen], metric, weights, replicates=replicates)
        scores.append(LevelScore(level, int(chosen.sum()), value, low, high))
    return tuple(scores)
