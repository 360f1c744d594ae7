"""The score in parts of the rows: one for each level of a column."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.evaluation.arrays import FloatArray
from automl.evaluation.intervals import bootstrap_interval
from automl.evaluation.metrics import Metric

__all__ = ["LevelScore", "column_levels", "scores_by_level", "told_apart"]

MOST_LEVELS = 100
"""Of a column with more, the most frequent ones are told apart and the rest is one part."""

MOST_NUMBERS = 12
"""A numeric column with more distinct values is cut into fifths."""

_FIFTH = 0.2
_FEWEST_DIGITS = 6
_DIGITS_OF_FLOAT = 17

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
        _add(parts, MISSING, missing)
    return parts


def _fifths(values: pd.Series) -> dict[str, NDArray[np.bool_]]:
    """Part rows into fifths; a most frequent value with more than a fifth of the rows is a part of its own, the first.

    As a bound of fifths it would swallow its neighbours, as the zeros of what is mostly zero do.
    """
    shares = values.value_counts(normalize=True)
    if shares.iloc[0] <= _FIFTH:
        return _ranges(values)
    alone = values == shares.index[0]
    rest = values.mask(alone)
    others = _ranges(rest) if rest.nunique() > MOST_NUMBERS else _levels(rest, ordered=True)
    return {_name(shares.index[0], _FEWEST_DIGITS): alone.to_numpy(dtype=bool, na_value=False), **others}


def _ranges(values: pd.Series) -> dict[str, NDArray[np.bool_]]:
    cut = pd.qcut(values, 5, duplicates="drop", precision=3)
    codes = cut.cat.codes.to_numpy()
    return {name: codes == place for place, name in enumerate(_range_names(cut.cat.categories, values.min()))}


def _range_names(ranges: pd.Index[Any], least: Any) -> list[str]:
    """Name ranges of numbers, or of times by their days where that tells them apart, the first from the least value."""
    bounds = [(max(each.left, least), each.right) for each in ranges]
    if not isinstance(ranges[0].left, pd.Timestamp):
        return told_apart(lambda digits: [f"{left:.{digits}g} to {right:.{digits}g}" for left, right in bounds])
    days = [f"{left:%Y-%m-%d} to {right:%Y-%m-%d}" for left, right in bounds]
    if len(set(days)) == len(days):
        return days
    seconds = [f"{left:%Y-%m-%d %H:%M:%S} to {right:%Y-%m-%d %H:%M:%S}" for left, right in bounds]
    return seconds if len(set(seconds)) == len(seconds) else [f"{left} to {right}" for left, right in bounds]


def told_apart(names_of: Callable[[int], list[str]], fewest: int = _FEWEST_DIGITS) -> list[str]:
    """Return names of numbers with as few digits as tell all of them apart.

    Parameters
    ----------
    names_of : callable
        Returns the names with so many significant digits.
    fewest : int
        That are written at least.
    """
    for digits in range(fewest, _DIGITS_OF_FLOAT):
        names = names_of(digits)
        if len(set(names)) == len(names):
            return names
    return names_of(_DIGITS_OF_FLOAT)


def _levels(values: pd.Series, *, ordered: bool) -> dict[str, NDArray[np.bool_]]:
    counts = values.value_counts()
    kept = list(counts.index[:MOST_LEVELS])
    if ordered:
        kept.sort()
    names = told_apart(lambda digits: [_name(level, digits) for level in kept])
    parts = {
        name: (values == level).to_numpy(dtype=bool, na_value=False) for name, level in zip(names, kept, strict=True)
    }
    others = values.notna().to_numpy() & ~values.isin(kept).to_numpy()
    if others.any():
        _add(parts, OTHERS, others)
    return parts


def _name(level: object, digits: int) -> str:
    return f"{level:.{digits}g}" if isinstance(level, float) else str(level)


def _add(parts: dict[str, NDArray[np.bool_]], name: str, rows: NDArray[np.bool_]) -> None:
    """Add rows as a part of their own, or to the level that happens to be called like it."""
    parts[name] = rows | parts[name] if name in parts else rows


def scores_by_level(
    levels: dict[str, NDArray[np.bool_]],
    target: NDArray[Any],
    prediction: FloatArray,
    metric: Metric,
    weight: FloatArray | None = None,
    groups: NDArray[Any] | None = None,
    replicates: int = 300,
) -> tuple[LevelScore, ...]:
    """Score each level's rows on their own.

    Parameters
    ----------
    levels : dict of str to bool array of shape (n_rows,)
        From :func:`column_levels`.
    target, prediction, metric, weight, groups, replicates
        As for :func:`~automl.evaluation.intervals.bootstrap_interval`.
    """
    scores = []
    for level, chosen in levels.items():
        weights, units = (None if each is None else each[chosen] for each in (weight, groups))
        value = metric.score(target[chosen], prediction[chosen], weights)
        low, high = bootstrap_interval(target[chosen], prediction[chosen], metric, weights, units, replicates)
        scores.append(LevelScore(level, int(chosen.sum()), value, low, high))
    return tuple(scores)
