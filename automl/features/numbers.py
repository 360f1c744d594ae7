"""Numbers: as they are for boosters, filled for forests, filled and scaled for models that measure distances."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.features.matrix import LARGEST, FeatureGroup
from automl.features.parts import Blocks, Target, Weight

__all__ = ["FARTHEST", "FilledNumbers", "Numbers", "ScaledNumbers"]

Floats = NDArray[np.float64]

_FAR_FROM_ZERO = 1000.0
_FEWEST_FOR_SKEW = 20
_KNOTS = 201
#: Where scaled numbers are cut off.
FARTHEST = 6.0


class Numbers:
    """Numeric and boolean columns with NaN where missing; infinite counts as missing.

    A column far from zero for its range, such as seconds since 1970, starts at zero instead: float32 could not tell its
    values apart.

    Parameters
    ----------
    columns : sequence of str
    """

    def __init__(self, columns: Sequence[str]) -> None:
        self.columns = list(columns)
        self.origin = np.zeros(len(self.columns))

    def fit_transform(self, frame: pd.DataFrame, target: Target, weight: Weight, blocks: Blocks = None) -> FeatureGroup:  # noqa: ARG002
        """Learn where columns start; return the training rows' numbers."""
        values = self._values(frame)
        low = np.fmin.reduce(values, axis=0, initial=np.inf)
        high = np.fmax.reduce(values, axis=0, initial=-np.inf)
        magnitude = np.maximum(np.abs(low), np.abs(high))
        with np.errstate(invalid="ignore"):
            self.origin = np.where((high > low) & (magnitude > _FAR_FROM_ZERO * (high - low)), low, 0.0)
        return self._group(values)

    def transform(self, frame: pd.DataFrame) -> FeatureGroup:
        """Return other rows' numbers."""
        return self._group(self._values(frame))

    def _values(self, frame: pd.DataFrame) -> Floats:
        values = np.empty((len(frame), len(self.columns)), order="F")
        for place, column in enumerate(self.columns):
            values[:, place] = frame[column].to_numpy(dtype=np.float64)
        values[np.isinf(values)] = np.nan
        return np.clip(values, -LARGEST, LARGEST, out=values)

    def _group(self, values: Floats) -> FeatureGroup:
        values -= self.origin
        return FeatureGroup(values, tuple(self.columns), tuple(self.columns))


class FilledNumbers:
    """Missing numbers become the median, and an indicator says so where any were missing in training."""

    def __init__(self) -> None:
        self.medians = np.empty(0)
        self.flagged: list[int] = []

    def fit_transform(self, group: FeatureGroup) -> FeatureGroup:
        """Learn the medians; return the training rows filled, indicators last."""
        missing = np.isnan(group.values)
        self.medians = _medians(group.values, missing)
        self.flagged = _telling(missing, group.sources)
        return self.transform(group)

    def transform(self, group: FeatureGroup) -> FeatureGroup:
        """Return other rows filled, indicators last."""
        missing = np.isnan(group.values)
        filled = np.where(missing, self.medians, group.values)
        if not self.flagged:
            return FeatureGroup(filled, group.names, group.sources)
        sources = tuple(group.sources[number] for number in self.flagged)
        return FeatureGroup(
            np.concatenate([filled, missing[:, self.flagged]], axis=1),
            (*group.names, *(f"{group.names[number]}: missing" for number in self.flagged)),
            group.sources + sources,
        )


class ScaledNumbers:
    """Numbers of mean 0 and spread 1, filled, none farther than 6 from 0; indicators of missing cells stay 0 and 1.

    Skewed or heavy-tailed features first pass through their training quantiles to a normal distribution (van der
    Waerden scores, interpolated between 201 quantiles).
    """

    def __init__(self) -> None:
        self.filler = FilledNumbers()
        self.skewed: list[int] = []
        self.quantiles = np.empty(0)
        self.scores = np.empty(0)
        self.ends = np.zeros(1, dtype=np.int64)
        self.center = np.empty(0)
        self.spread = np.empty(0)

    def fit_transform(self, group: FeatureGroup) -> FeatureGroup:
        """Learn shape, center and spread; return the training rows scaled."""
        filled = self.filler.fit_transform(group)
        numbers = filled.values[:, : len(group.names)]
        self._learn_shapes(numbers)
        shaped = self._shaped(numbers)
        self.center, self.spread = shaped.mean(axis=0), shaped.std(axis=0)
        self.spread[self.spread <= 1e-12 * np.abs(self.center)] = 1.0
        return self._scaled(filled, shaped)

    def transform(self, group: FeatureGroup) -> FeatureGroup:
        """Return other rows scaled."""
        filled = self.filler.transform(group)
        return self._scaled(filled, self._shaped(filled.values[:, : len(group.names)]))

    def _scaled(self, filled: FeatureGroup, shaped: Floats) -> FeatureGroup:
        scaled = np.clip((shaped - self.center) / self.spread, -FARTHEST, FARTHEST)
        values = np.concatenate([scaled, filled.values[:, scaled.shape[1] :]], axis=1)
        return FeatureGroup(values, filled.names, filled.sources)

    def _learn_shapes(self, numbers: Floats) -> None:
        self.skewed = _skewed(numbers)
        curves = [_normal_curve(numbers[:, number]) for number in self.skewed]
        if curves:
            self.quantiles = np.concatenate([quantiles for quantiles, _ in curves])
            self.scores = np.concatenate([scores for _, scores in curves])
            self.ends = np.cumsum([0, *(len(scores) for _, scores in curves)], dtype=np.int64)

    def _shaped(self, numbers: Floats) -> Floats:
        shaped = np.array(numbers, order="F")
        for number, start, end in zip(self.skewed, self.ends[:-1], self.ends[1:], strict=True):
            shaped[:, number] = np.interp(numbers[:, number], self.quantiles[start:end], self.scores[start:end])
        return shaped


def _medians(values: Floats, missing: NDArray[np.bool_]) -> Floats:
    """Return each column's median without its missing cells, 0 for a column of nothing else."""
    known = len(values) - missing.sum(axis=0)
    ordered = np.sort(values, axis=0)
    columns = np.arange(values.shape[1])
    middle = (ordered[np.maximum(known - 1, 0) // 2, columns] + ordered[known // 2, columns]) / 2
    return np.where(known > 0, middle, 0.0)


def _telling(missing: NDArray[np.bool_], sources: tuple[str, ...]) -> list[int]:
    """Return the columns whose missing cells vary, each pattern once for each source."""
    varies = missing.any(axis=0) & ~missing.all(axis=0)
    first: dict[tuple[str, bytes], int] = {}
    for number in np.flatnonzero(varies).tolist():
        first.setdefault((sources[number], np.packbits(missing[:, number]).tobytes()), number)
    return list(first.values())


def _skewed(numbers: Floats) -> list[int]:
    """Return the columns of more than two values that are lopsided (skewness above 1) or have far outliers."""
    if len(numbers) < _FEWEST_FOR_SKEW:
        return []
    spread = numbers.std(axis=0)
    deviation = (numbers - numbers.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    skewness = np.abs((deviation * deviation * deviation).mean(axis=0))
    low, high = deviation.min(axis=0), deviation.max(axis=0)
    in_between = ((deviation > low) & (deviation < high)).any(axis=0)
    lopsided = (skewness > 1.0) | (np.maximum(-low, high) > 8.0)
    return np.flatnonzero((spread > 0) & in_between & lopsided).tolist()


def _normal_curve(column: Floats) -> tuple[Floats, Floats]:
    """Return the column's distinct quantiles and their normal scores, tied ones at their middle rank."""
    from scipy.special import ndtri

    levels = np.linspace(0.0, 1.0, min(_KNOTS, len(column)))
    spaced = np.sort(column)[np.rint(levels * (len(column) - 1)).astype(np.int64)]
    quantiles, first, repeats = np.unique(spaced, return_index=True, return_counts=True)
    middle = (levels[first] + levels[first + repeats - 1]) / 2
    margin = 0.5 / len(levels)
    return quantiles, ndtri(np.clip(middle, margin, 1 - margin))
