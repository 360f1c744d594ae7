"""Intervals of metrics that count labels: shares of rows that are right, and means of such shares over the classes.

Each class's share has an interval of its own, which knows how few rows the class has; bootstrap samples do not, where
all rows of a class are right. Of a mean the intervals are combined by the distances of their ends.

Sources: Wilson, JASA 22, 1927 (a share); Clopper and Pearson, Biometrika 26, 1934 (none or all right); Korn and
Graubard, "Confidence intervals for proportions with small expected number of positive counts estimated from survey
data", Survey Methodology 24, 1998 (rows of unequal weight, or in groups); Zou and Donner, "Construction of confidence
limits about effect measures", Statistics in Medicine 27, 2008 (a sum).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.evaluation.arrays import FloatArray
from automl.evaluation.resampling import RowSampler
from automl.evaluation.shares import share_interval
from automl.evaluation.studentized import student_quantile

__all__ = ["COUNTING_LABELS", "label_interval"]

_Mask = NDArray[np.bool_]

COUNTING_LABELS = frozenset(
    ("accuracy", "balanced_accuracy", "f1", "f1_macro", "precision", "precision_macro", "recall")
)
"""Names of the metrics that are told by :func:`label_interval`."""


@dataclass(frozen=True)
class _Rows:
    """The rows that a share is of, as independent units: the weight of each, and that of its rows that are right."""

    mass: FloatArray
    right: FloatArray
    units: float
    most: float
    alike: bool

    @classmethod
    def of(cls, chosen: _Mask, right: _Mask, weight: FloatArray | None, sampler: RowSampler) -> _Rows:
        every = np.ones(len(chosen)) if weight is None else weight
        mass = every[chosen]
        good = mass * right[chosen]
        single = RowSampler(len(chosen)).units_of(chosen, weight)
        if sampler.codes is not None:
            codes = sampler.codes[chosen]
            mass, good = (np.bincount(codes, each, sampler.units).astype(np.float64) for each in (mass, good))
        alike = weight is None and sampler.units == len(chosen)
        return cls(mass, good, sampler.units_of(chosen, weight), single, alike)

    @property
    def share(self) -> float:
        """The share of the weight that is right; NaN of no weight."""
        total = float(self.mass.sum())
        return float(self.right.sum()) / total if total > 0 else math.nan

    def interval(self, tail: float) -> tuple[float, float]:
        """Return the interval of the share that leaves out so much at both ends."""
        share = self.share
        if not self.units or not math.isfinite(share):
            return 0.0, 1.0
        if share in (0.0, 1.0):
            least = float(tail ** (1 / self.units))
            return (least, 1.0) if share else (0.0, 1 - least)
        whole = self.most if self.alike else self._effective(share, tail)
        return share_interval(share * whole, whole, -NormalDist().inv_cdf(tail))

    def _effective(self, share: float, tail: float) -> float:
        """Return as how many independent rows of equal weight these tell the share, by the spread between units."""
        if self.units <= 1:
            return 0.0
        squares = float(((self.right - share * self.mass) ** 2).sum()) / float(self.mass.sum()) ** 2
        found = share * (1 - share) / squares if squares > 0 else math.inf
        wider = NormalDist().inv_cdf(tail) / student_quantile(tail, self.units - 1)
        return min(found, self.most) * wider**2


def label_interval(
    name: str,
    target: NDArray[Any],
    prediction: FloatArray,
    weight: FloatArray | None,
    sampler: RowSampler,
    level: float,
) -> tuple[float, float]:
    """Return an interval for a metric of :data:`COUNTING_LABELS`.

    In a mean of F1 over classes a row counts for two classes, which is left out here.

    Parameters
    ----------
    name : str
    target : array of shape (n,)
    prediction : array of shape (n, n_classes)
    weight : array of shape (n,), optional
    sampler : RowSampler
    level : float
        Between 0 and 1.
    """
    predicted = prediction.argmax(axis=1)
    right = predicted == target
    below, above, values = [], [], []
    for chosen in _chosen(name, target, predicted, prediction.shape[1]):
        rows = _Rows.of(chosen, right, weight, sampler)
        share, low, high = rows.share, *rows.interval((1 - level) / 2)
        share = share if math.isfinite(share) else 0.0  # As the metrics have it: of no row predicted, none is right.
        if name in ("f1", "f1_macro"):
            # F1 is 2 s / (1 + s) of the share s of right rows among those that are of the class or predicted as such.
            share, low, high = (2 * each / (1 + each) for each in (share, low, high))
        values.append(share)
        below.append(share - low)
        above.append(high - share)
    value, classes = math.fsum(values) / len(values), len(values)
    return max(value - math.hypot(*below) / classes, 0.0), min(value + math.hypot(*above) / classes, 1.0)


def _chosen(name: str, target: NDArray[Any], predicted: NDArray[np.intp], classes: int) -> Iterator[_Mask]:
    """Yield the rows that each share is of."""
    if name == "accuracy":
        yield np.ones(len(target), dtype=bool)
        return
    of_one_class = name in ("recall", "precision", "f1")
    for code in (1,) if of_one_class else range(classes):
        present, said = target == code, predicted == code
        known = present if name in ("recall", "balanced_accuracy") else present | said
        if of_one_class or known.any():
            yield said if name in ("precision", "precision_macro") else known
