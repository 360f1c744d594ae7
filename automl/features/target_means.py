"""Categories as smoothed means of the target, cross-fitted: no training row sees its own label, or its block's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.features.matrix import FeatureGroup
from automl.features.parts import Blocks, Target, Weight
from automl.features.vocabulary import UNKNOWN, Vocabulary, frequent_levels

__all__ = ["TargetMeans"]

_FOLDS = 5
_SMOOTHING = 10.0
_MOST_CLASSES = 12


class TargetMeans:
    """Mean target per level, shrunk towards the overall mean by an m-estimate, and the log of the level's rows.

    After Micci-Barreca, "A preprocessing scheme for high-cardinality categorical attributes" (2001). Training rows get
    means of the other folds' rows, and no fold parts rows that are kept together: those that a model predicts share no
    block with the ones it learned from, either. Missing cells are a level of their own. A level of a single row, or of
    a single block, tells a model nothing in cross-fitting, so it is not kept: like a level never seen, it gets the
    overall mean.

    Parameters
    ----------
    column : str
    n_classes : int
        0 for regression (one mean), 2 for binary (the share of class 1); above that one share for each class, for the
        12 most frequent ones.
    seed : int
        Decides the folds.
    """

    def __init__(self, column: str, n_classes: int, seed: int) -> None:
        self.column = column
        self.n_classes = n_classes
        self.seed = seed
        self.levels = Vocabulary(())
        self.classes: list[int] = []
        self.means = np.empty((0, 0))
        self.log_counts = np.empty(0)

    def fit_transform(self, frame: pd.DataFrame, target: Target, weight: Weight, blocks: Blocks = None) -> FeatureGroup:
        """Learn the means; return the cross-fitted ones of the training rows."""
        cells = frame[self.column]
        self.levels = Vocabulary(frequent_levels(_once_a_block(cells, blocks), least=2))
        slots = self._slots(cells)
        outcome = self._outcome(np.asarray(target))
        weights = _relative(weight, len(slots))
        prior = np.average(outcome, axis=0, weights=weights)

        fold = self._folds(len(slots), blocks)
        n_slots = len(self.levels) + 2
        sums, mass = _sums_by_fold(slots, fold, outcome, weights, n_slots)
        self.means = _shrunk(sums.sum(axis=0), mass.sum(axis=0), prior)
        self.means[UNKNOWN] = prior
        elsewhere = _shrunk(sums.sum(axis=0) - sums, mass.sum(axis=0) - mass, prior)
        elsewhere[:, UNKNOWN] = prior
        counts = np.bincount(slots, minlength=n_slots)
        counts[UNKNOWN] = 1
        self.log_counts = np.log1p(counts)
        return self._group(elsewhere[fold, slots], slots)

    def transform(self, frame: pd.DataFrame) -> FeatureGroup:
        """Return other rows' means: of their level in all training rows, or the overall mean."""
        slots = self._slots(frame[self.column])
        return self._group(self.means[slots], slots)

    def _folds(self, n_rows: int, blocks: Blocks) -> NDArray[np.int64]:
        """Deal rows to folds, those of one block to the same."""
        codes = np.arange(n_rows) if blocks is None else pd.factorize(blocks)[0]
        return np.asarray(np.random.default_rng(self.seed).permutation(codes.max() + 1)[codes] % _FOLDS)

    def _slots(self, cells: pd.Series[str]) -> NDArray[np.int64]:
        """Return each cell's row in ``means``: its level's, the last if unknown, the last but one if missing."""
        return self.levels.positions(cells) % (len(self.levels) + 2)

    def _outcome(self, target: Target) -> NDArray[np.float64]:
        """Return what is averaged, of shape (n_rows, n_means)."""
        if self.n_classes <= 2:
            return target.astype(np.float64).reshape(-1, 1)
        counts = np.bincount(target, minlength=self.n_classes)
        self.classes = sorted(np.argsort(-counts, kind="stable")[:_MOST_CLASSES].tolist())
        return np.asarray(target[:, None] == np.array(self.classes), dtype=np.float64)

    def _group(self, means: NDArray[np.float64], slots: NDArray[np.int64]) -> FeatureGroup:
        shares = [f"{self.column}: share of class {number}" for number in self.classes]
        names = (*(shares or [f"{self.column}: mean target"]), f"{self.column}: log count")
        return FeatureGroup(np.column_stack([means, self.log_counts[slots]]), names, (self.column,) * len(names))


def _once_a_block(cells: pd.Series[str], blocks: Blocks) -> pd.Series[str]:
    """Return the cells without those that stand in an earlier row of the same block."""
    if blocks is None:
        return cells
    return cells[~pd.DataFrame({"cell": cells.array, "block": blocks}).duplicated().to_numpy()]


def _relative(weight: Weight, n_rows: int) -> NDArray[np.float64]:
    """Return weights of mean 1, so that the smoothing counts in rows."""
    total = 0.0 if weight is None else float(np.sum(weight))
    if weight is None or total <= 0:
        return np.ones(n_rows)
    return np.asarray(weight, dtype=np.float64) * (n_rows / total)


def _sums_by_fold(
    slots: NDArray[np.int64], fold: NDArray[np.int64], outcome: NDArray[Any], weights: NDArray[np.float64], n_slots: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return weighted sums of shape (folds, n_slots, n_means), and weights of shape (folds, n_slots)."""
    cell = fold * n_slots + slots
    size = _FOLDS * n_slots
    mass = np.bincount(cell, weights, size).astype(np.float64).reshape(_FOLDS, n_slots)
    sums = [np.bincount(cell, weights * column, size).reshape(_FOLDS, n_slots) for column in outcome.T]
    return np.stack(sums, axis=-1), mass


def _shrunk(sums: NDArray[np.float64], mass: NDArray[np.float64], prior: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray((sums + _SMOOTHING * prior) / (mass[..., None] + _SMOOTHING))
