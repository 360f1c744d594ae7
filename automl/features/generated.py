"""Features made of two columns each: differences, products, ratios, distances from a group's mean, crossed categories.

A tree splits one feature at a time, so that a ratio or an agreement of two columns costs it many splits, and each split
rows. Which columns are paired is decided from the training rows alone: those that tell most about the target by
themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.features.matrix import LARGEST, FeatureGroup
from automl.features.parts import Blocks, Target, Weight
from automl.features.relevance import most_telling
from automl.features.target_means import TargetMeans
from automl.features.vocabulary import FEW, Vocabulary, frequent_levels

__all__ = ["CategoryCrosses", "GroupDistances", "NumberPairs"]

Floats = NDArray[np.float64]

_MOST_PAIRED_NUMBERS = 6
_MOST_CROSSED = 4
_MOST_GROUPINGS = 3
_MOST_GROUPED_NUMBERS = 3
_MISSING_CELL = "\x00"
_BETWEEN_CELLS = "\x1f"


class NumberPairs:
    """Difference, product and ratio of every two of the numbers that tell most about the target.

    Parameters
    ----------
    columns : sequence of str
        Numeric and boolean columns.
    n_classes : int
        0 in regression.
    """

    def __init__(self, columns: Sequence[str], n_classes: int) -> None:
        self.columns = list(columns)
        self.n_classes = n_classes
        self.chosen: list[str] = []

    def fit_transform(self, frame: pd.DataFrame, target: Target, weight: Weight, blocks: Blocks = None) -> FeatureGroup:  # noqa: ARG002
        """Choose the columns; return the training rows' features."""
        self.chosen = most_telling(frame, self.columns, target, self.n_classes, _MOST_PAIRED_NUMBERS)
        return self.transform(frame)

    def transform(self, frame: pd.DataFrame) -> FeatureGroup:
        """Return the features; NaN where either number is missing, or the second of a ratio is zero."""
        numbers = {name: _numbers(frame, name) for name in self.chosen}
        values: list[Floats] = []
        names: list[str] = []
        sources: list[str] = []
        for first, second in combinations(self.chosen, 2):
            left, right = numbers[first], numbers[second]
            with np.errstate(all="ignore"):
                made = (left - right, left * right, left / np.where(right == 0, np.nan, right))
            values += made
            names += [f"{first} {sign} {second}" for sign in ("-", "*", "/")]
            sources += [first] * len(made)
        return _group(values, names, sources, len(frame))


class GroupDistances:
    """How far a number lies from the mean of its category: the numbers and categories that tell most, each by each.

    Parameters
    ----------
    numbers, categories : sequence of str
    n_classes : int
        0 in regression.
    """

    def __init__(self, numbers: Sequence[str], categories: Sequence[str], n_classes: int) -> None:
        self.numbers = list(numbers)
        self.categories = list(categories)
        self.n_classes = n_classes
        self.chosen: list[str] = []
        self.groupings: list[str] = []
        self.levels: list[Vocabulary] = []
        self.means: list[Floats] = []

    def fit_transform(self, frame: pd.DataFrame, target: Target, weight: Weight, blocks: Blocks = None) -> FeatureGroup:  # noqa: ARG002
        """Choose columns and learn the means; return the training rows' distances."""
        self.chosen = most_telling(frame, self.numbers, target, self.n_classes, _MOST_GROUPED_NUMBERS)
        self.groupings = most_telling(frame, self.categories, target, self.n_classes, _MOST_GROUPINGS)
        values = [_numbers(frame, name) for name in self.chosen]
        self.levels, self.means = [], []
        for name in self.groupings:
            levels = Vocabulary(frequent_levels(frame[name], least=2))
            self.levels.append(levels)
            self.means.append(_means_by_slot(levels.positions(frame[name]), values, len(levels)))
        return self.transform(frame)

    def transform(self, frame: pd.DataFrame) -> FeatureGroup:
        """Return the distances; levels that are rare or new lie in one group, and so do missing cells."""
        values: list[Floats] = []
        names: list[str] = []
        sources: list[str] = []
        for grouping, levels, means in zip(self.groupings, self.levels, self.means, strict=True):
            usual = means[levels.positions(frame[grouping]) % len(means)]
            for number, name in enumerate(self.chosen):
                values.append(_numbers(frame, name) - usual[:, number])
                names.append(f"{name} - mean by {grouping}")
                sources.append(name)
        return _group(values, names, sources, len(frame))


class CategoryCrosses:
    """Target means of every two of the categories that tell most, taken together.

    Parameters
    ----------
    columns : sequence of str
        Category columns.
    n_classes : int
        0 in regression.
    seed : int
        Decides the folds of the means.
    """

    def __init__(self, columns: Sequence[str], n_classes: int, seed: int) -> None:
        self.columns = list(columns)
        self.n_classes = n_classes
        self.seed = seed
        self.pairs: list[tuple[str, str]] = []
        self.means: list[TargetMeans] = []

    def fit_transform(self, frame: pd.DataFrame, target: Target, weight: Weight, blocks: Blocks = None) -> FeatureGroup:
        """Choose the columns and learn the means; return the training rows' cross-fitted ones."""
        chosen = most_telling(frame, self.columns, target, self.n_classes, _MOST_CROSSED)
        self.pairs = list(combinations(chosen, 2))
        self.means = [TargetMeans(f"{first} & {second}", self.n_classes, self.seed) for first, second in self.pairs]
        pairs = zip(self.pairs, self.means, strict=True)
        groups = [means.fit_transform(_crossed(frame, *pair), target, weight, blocks) for pair, means in pairs]
        return self._joined(groups, len(frame))

    def transform(self, frame: pd.DataFrame) -> FeatureGroup:
        """Return other rows' means."""
        pairs = zip(self.pairs, self.means, strict=True)
        return self._joined([means.transform(_crossed(frame, *pair)) for pair, means in pairs], len(frame))

    def _joined(self, groups: list[FeatureGroup], n_rows: int) -> FeatureGroup:
        names = [name for group in groups for name in group.names]
        sources = [first for (first, _), group in zip(self.pairs, groups, strict=True) for _ in group.names]
        return _group([column for group in groups for column in group.values.T], names, sources, n_rows)


def _numbers(frame: pd.DataFrame, name: str) -> Floats:
    values = frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
    return np.where(np.isinf(values), np.nan, values)


def _group(values: list[Floats], names: list[str], sources: list[str], n_rows: int) -> FeatureGroup:
    stacked = np.column_stack(values) if values else np.empty((n_rows, 0))
    return FeatureGroup(np.clip(stacked, -LARGEST, LARGEST), tuple(names), tuple(sources))


def _means_by_slot(slots: NDArray[np.int64], values: list[Floats], n_levels: int) -> Floats:
    """Return means of shape (n_levels + 2, n_numbers): of each level, of missing cells, of all other levels.

    Where a slot has no number, the mean of all rows stands for it.
    """
    n_slots = n_levels + 2
    slots = slots % n_slots
    means = np.empty((n_slots, len(values)))
    for column, numbers in enumerate(values):
        known = np.isfinite(numbers)
        counts = np.bincount(slots[known], minlength=n_slots)
        sums = np.bincount(slots[known], numbers[known], minlength=n_slots)
        overall = float(numbers[known].mean()) if known.any() else 0.0
        means[:, column] = np.divide(sums, counts, out=np.full(n_slots, overall), where=counts > 0)
    return means


def _crossed(frame: pd.DataFrame, first: str, second: str) -> pd.DataFrame:
    name = f"{first} & {second}"
    if len(frame) <= FEW:
        # For a row, pandas' ways of putting texts together take ten times as long.
        pairs = zip(frame[first].tolist(), frame[second].tolist(), strict=True)
        return pd.DataFrame({name: pd.array([_BETWEEN_CELLS.join(map(_cell, pair)) for pair in pairs], dtype="str")})
    return pd.DataFrame(
        {name: frame[first].fillna(_MISSING_CELL) + _BETWEEN_CELLS + frame[second].fillna(_MISSING_CELL)}
    )


def _cell(text: object) -> str:
    return text if isinstance(text, str) else _MISSING_CELL
