"""How two decisions fall on groups of rows: who is selected, who is found, and whether probabilities are right there.

Sources: Hardt, Price and Srebro, "Equality of opportunity in supervised learning", NIPS 2016; Wilson, JASA 22, 1927 and
Newcombe, Statistics in Medicine 17, 1998 (intervals of shares and their differences); Katz et al., Biometrics 34, 1978
(of their ratio).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from automl.evaluation.arrays import CodeArray, FloatArray
from automl.evaluation.shares import share_interval

__all__ = ["Figure", "GroupFairness", "fairness_by_group"]

_Z = 1.959964


@dataclass(frozen=True)
class Figure:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class GroupFairness:
    """One group beside the largest one.

    Attributes
    ----------
    group : str
    rows : int
    reference : bool
        Whether it is the largest group, which the others are held against.
    selection_rate : Figure
        Share of the group's rows that are predicted positive.
    impact_ratio : Figure or None
        Its selection rate over that of the reference (disparate impact); None where one of them is zero.
    recall : Figure or None
        Share of its positive rows that are found; None where it has none.
    opportunity_difference : Figure or None
        Its recall less that of the reference (equal opportunity).
    calibration_gap : Figure
        Observed share of positive rows less the mean predicted probability.
    """

    group: str
    rows: int
    reference: bool
    selection_rate: Figure
    impact_ratio: Figure | None
    recall: Figure | None
    opportunity_difference: Figure | None
    calibration_gap: Figure


@dataclass(frozen=True)
class _Count:
    """So many of so many."""

    part: int
    whole: int

    @property
    def share(self) -> float:
        return self.part / self.whole


def fairness_by_group(
    levels: dict[str, NDArray[np.bool_]], target: CodeArray, probability: FloatArray, chosen: NDArray[np.bool_]
) -> tuple[GroupFairness, ...]:
    """Hold each group against the largest one.

    Parameters
    ----------
    levels : dict of str to bool array of shape (n_rows,)
        From :func:`~automl.evaluation.breakdown.column_levels`.
    target : integer array of shape (n_rows,)
        1 for the positive class.
    probability : array of shape (n_rows,)
        Of the positive class.
    chosen : bool array of shape (n_rows,)
        Whether the positive class is predicted.
    """
    largest = max(levels, key=lambda each: int(levels[each].sum()))
    positive = target == 1
    selected = {name: _Count(int(chosen[rows].sum()), int(rows.sum())) for name, rows in levels.items()}
    found = {
        name: _Count(int((chosen & positive)[rows].sum()), int(positive[rows].sum())) for name, rows in levels.items()
    }
    return tuple(
        GroupFairness(
            group=name,
            rows=selected[name].whole,
            reference=name == largest,
            selection_rate=_share(selected[name]),
            impact_ratio=None if name == largest else _ratio(selected[name], selected[largest]),
            recall=_share(found[name]) if found[name].whole else None,
            opportunity_difference=None if name == largest else _difference(found[name], found[largest]),
            calibration_gap=_mean(positive[rows] - probability[rows].astype(np.float64)),
        )
        for name, rows in levels.items()
    )


def _share(count: _Count) -> Figure:
    """Return a share with Wilson's interval."""
    return Figure(count.share, *share_interval(count.part, count.whole))


def _difference(one: _Count, other: _Count) -> Figure | None:
    """Return the difference of two shares with Newcombe's interval; None where one is of nothing."""
    if not (one.whole and other.whole):
        return None
    first, second = _share(one), _share(other)
    value = first.value - second.value
    below = math.hypot(first.value - first.low, second.high - second.value)
    above = math.hypot(first.high - first.value, second.value - second.low)
    return Figure(value, value - below, value + above)


def _ratio(one: _Count, other: _Count) -> Figure | None:
    """Return the ratio of two shares with the interval of Katz; None where one of them is zero."""
    if not (one.part and other.part):
        return None
    value = one.share / other.share
    error = math.sqrt((1 - one.share) / one.part + (1 - other.share) / other.part)
    return Figure(value, value * math.exp(-_Z * error), value * math.exp(_Z * error))


def _mean(values: FloatArray) -> Figure:
    value = float(values.mean())
    error = float(values.std(ddof=1)) / math.sqrt(len(values)) if len(values) > 1 else math.inf
    return Figure(value, value - _Z * error, value + _Z * error)
