"""How the prediction depends on one column, the others left as they are.

Sources: Friedman, "Greedy function approximation", Annals of Statistics 29, 2001 (partial dependence); Goldstein et
al., "Peeking inside the black box", JCGS 24, 2015 (the curves of single rows, whose spread is kept here).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from automl.explanation.subject import FloatArray, Subject
from automl.explanation.values import numbers_of, value_text, value_texts
from automl.report.behaviour_facts import DependenceCurve

__all__ = ["dependence_curve", "with_value"]

_POINTS = 14
_LEVELS = 10
_BINS = 20
_SINGLE_ROWS = 12


def dependence_curve(
    subject: Subject, rows: pd.DataFrame, cells: pd.Series, outcome: int, words: tuple[str, str] | None = None
) -> DependenceCurve:
    """Predict the rows with one column set to values from all over its range.

    Parameters
    ----------
    subject : Subject
    rows : DataFrame
        Typed rows that keep their other columns.
    cells : Series
        The column in all of the data: its values and how often they are.
    outcome : int
    words : tuple of (str, str), optional
        What a column of truth values calls false and true.
    """
    name = str(cells.name)
    in_order = words is None and cells.dtype.kind in "fM" and cells.nunique() > 1
    values, positions, density = _points(cells) if in_order else _levels(cells)
    # All at once: what a call takes beside its rows is spent once.
    together = pd.concat([with_value(rows, name, value) for value in values], ignore_index=True)
    predicted = subject.outcomes(together)[:, outcome].reshape(len(values), len(rows))
    low, high = np.quantile(predicted, [0.1, 0.9], axis=1)
    return DependenceCurve(
        column=name,
        names=value_texts(values) if words is None else tuple(_spoken(value, words) for value in values),
        positions=positions,
        mean=tuple(predicted.mean(axis=1).tolist()),
        low=tuple(low.tolist()),
        high=tuple(high.tolist()),
        density=density,
        rows=_single_rows(predicted),
        dates=in_order and cells.dtype.kind == "M",
    )


def _single_rows(predicted: FloatArray) -> tuple[tuple[float, ...], ...]:
    """Return the curves of rows at even ranks of their average prediction; ``predicted`` is (n_values, n_rows)."""
    order = np.argsort(predicted.mean(axis=0), kind="stable")
    places = np.unique(np.round(np.linspace(0, len(order) - 1, _SINGLE_ROWS)).astype(int))
    return tuple(tuple(curve) for curve in predicted[:, order[places]].T.tolist())


def with_value(rows: pd.DataFrame, name: str, value: Any) -> pd.DataFrame:
    """Return the rows with one column set to a value."""
    column = pd.Series([value] * len(rows), index=rows.index).astype(rows[name].dtype)
    return rows.assign(**{name: column})


def _points(cells: pd.Series) -> tuple[list[Any], tuple[float, ...], tuple[float, ...]]:
    """Return quantiles of a column of numbers or dates, where they stand, and the density between them."""
    present = cells.dropna().sort_values()
    values = _at_shares(present, 0.02, 0.98)
    if len(values) < 2:
        # Nearly all cells are alike: how often a value is must not decide then, or the line is a point.
        values = _at_shares(present.drop_duplicates(), 0.0, 1.0)
    where = numbers_of(values)
    counts, _ = np.histogram(numbers_of(present), bins=_BINS, range=(where[0], where[-1]))
    return values.tolist(), tuple(where.tolist()), tuple((counts / len(cells)).tolist())


def _at_shares(ordered: pd.Series, first: float, last: float) -> pd.Series:
    shares = np.linspace(first, last, _POINTS)
    return ordered.iloc[np.round(shares * (len(ordered) - 1)).astype(int)].drop_duplicates()


def _levels(cells: pd.Series) -> tuple[list[Any], tuple[float, ...], tuple[float, ...]]:
    """Return the most frequent levels, no positions, and the share of each."""
    counts = cells.value_counts(dropna=False).head(_LEVELS)
    return counts.index.tolist(), (), tuple((counts / len(cells)).tolist())


def _spoken(value: Any, words: tuple[str, str]) -> str:
    return value_text(value) if pd.isna(value) else words[int(value)]
