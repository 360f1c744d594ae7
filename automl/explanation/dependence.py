"""How the prediction depends on one column, the others left as they are.

Sources: Friedman, "Greedy function approximation", Annals of Statistics 29, 2001 (partial dependence); Goldstein et
al., "Peeking inside the black box", JCGS 24, 2015 (the curves of single rows, whose spread is kept here).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from automl.explanation.subject import FloatArray, Subject
from automl.report.behaviour_facts import DependenceCurve

__all__ = ["dependence_curve", "value_text", "with_value"]

_POINTS = 14
_LEVELS = 10
_BINS = 20
_SINGLE_ROWS = 12


def dependence_curve(subject: Subject, rows: pd.DataFrame, cells: pd.Series, outcome: int) -> DependenceCurve:
    """Predict the rows with one column set to values from all over its range.

    Parameters
    ----------
    subject : Subject
    rows : DataFrame
        Typed rows that keep their other columns.
    cells : Series
        The column in all of the data: its values and how often they are.
    outcome : int
    """
    name = str(cells.name)
    values, positions, density = _levels(cells) if cells.dtype.kind not in "fM" else _points(cells)
    # All at once: what a call takes beside its rows is spent once.
    together = pd.concat([with_value(rows, name, value) for value in values], ignore_index=True)
    predicted = subject.outcomes(together)[:, outcome].reshape(len(values), len(rows))
    low, high = np.quantile(predicted, [0.1, 0.9], axis=1)
    return DependenceCurve(
        column=name,
        names=tuple(value_text(value) for value in values),
        positions=positions,
        mean=tuple(predicted.mean(axis=1).tolist()),
        low=tuple(low.tolist()),
        high=tuple(high.tolist()),
        density=density,
        rows=_single_rows(predicted),
        dates=cells.dtype.kind == "M",
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
    present = cells.dropna()
    if not len(present):
        return [cells.iloc[0]], (), (1.0,)
    shares = np.linspace(0.02, 0.98, _POINTS)
    values = present.sort_values().iloc[np.round(shares * (len(present) - 1)).astype(int)].drop_duplicates()
    where = _numbers(values)
    counts, _ = np.histogram(_numbers(present), bins=_BINS, range=(where[0], where[-1]))
    return values.tolist(), tuple(where.tolist()), tuple((counts / len(cells)).tolist())


def _levels(cells: pd.Series) -> tuple[list[Any], tuple[float, ...], tuple[float, ...]]:
    """Return the most frequent levels, no positions, and the share of each."""
    counts = cells.value_counts(dropna=False).head(_LEVELS)
    return counts.index.tolist(), (), tuple((counts / len(cells)).tolist())


def _numbers(values: pd.Series) -> FloatArray:
    if values.dtype.kind == "M":
        return np.asarray((values - pd.Timestamp(0)) / pd.Timedelta(days=1), dtype=np.float64)
    return values.to_numpy(dtype=np.float64)


def value_text(value: Any) -> str:
    """Write a typed cell."""
    if pd.isna(value):
        return "(missing)"
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d") if value == value.normalize() else value.strftime("%Y-%m-%d %H:%M")
    return f"{value:.6g}" if isinstance(value, float) else str(value)
