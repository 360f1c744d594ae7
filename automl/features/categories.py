"""Categories: codes by frequency, indicator columns, and smoothed target means that never see a row's own label."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["CategoryCodes", "TargetMeans"]

_FOLDS = 5
_SMOOTHING = 10.0


class CategoryCodes:
    """Levels as codes 0, 1, … by frequency; levels seen once share the last code, as do new ones.

    Parameters
    ----------
    least : int
        Rows a level needs for a code of its own.
    most : int
        Codes at most; rarer levels are pooled.
    """

    def __init__(self, least: int = 2, most: int = 2**31) -> None:
        self.least = least
        self.most = most
        self.levels: list[str] = []
        self.has_rare = False

    def fit(self, cells: pd.Series[str]) -> NDArray[np.float64]:
        """Learn the levels; return the codes of ``cells``, NaN where missing."""
        counts = cells.value_counts()
        order = sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
        kept = [str(level) for level, count in order if count >= self.least][: self.most]
        self.levels = kept if kept else [str(level) for level, _ in order[: self.most]]
        self.has_rare = len(self.levels) < len(order)
        return self.transform(cells)

    @property
    def cardinality(self) -> int:
        """Number of codes, at least 1."""
        return max(1, len(self.levels) + self.has_rare)

    def transform(self, cells: pd.Series[str]) -> NDArray[np.float64]:
        """Return codes; a level that is not known gets the rare code, or NaN where no level was rare."""
        codes = pd.Index(self.levels, dtype="str").get_indexer(pd.Index(cells)).astype(np.float64)
        codes[codes < 0] = len(self.levels) if self.has_rare else np.nan
        codes[cells.isna().to_numpy()] = np.nan
        return codes


class TargetMeans:
    """Mean target per level, shrunk towards the overall mean (Micci-Barreca 2001), with log counts.

    Training rows get means from the other folds, so that a model cannot read a row's label off its encoding.

    Parameters
    ----------
    n_classes : int
        0 for regression, 2 for binary (one mean), up to 10 one mean a class; above that only counts.
    seed : int
    """

    def __init__(self, n_classes: int, seed: int) -> None:
        self.n_classes = n_classes
        self.seed = seed
        self.levels: list[str] = []
        self.means = np.empty((0, 0))
        self.prior = np.empty(0)
        self.counts = np.empty(0)

    def fit(self, cells: pd.Series[str], target: NDArray[Any], weight: NDArray[np.float64] | None) -> NDArray[np.float64]:
        """Learn the means; return the cross-fitted encoding of the training rows."""
        codes, levels = pd.factorize(cells)
        self.levels = [str(level) for level in levels]
        outcome = self._outcome(target)
        rows = np.ones(len(codes)) if weight is None else weight
        self.prior = np.average(outcome, axis=0, weights=rows) if len(outcome) else np.zeros(outcome.shape[1])
        self.means, self.counts = self._statistics(codes, outcome, rows, self.prior)
        encoded = np.empty((len(codes), outcome.shape[1]))
        fold = np.random.default_rng(self.seed).permutation(len(codes)) % _FOLDS
        for number in range(_FOLDS):
            inside, outside = fold == number, fold != number
            if not inside.any():
                continue
            prior = np.average(outcome[outside], axis=0, weights=rows[outside]) if outside.any() else self.prior
            means, _ = self._statistics(codes[outside], outcome[outside], rows[outside], prior)
            encoded[inside] = np.vstack([means, prior])[codes[inside]]
        return np.column_stack([encoded, self._log_counts(codes)])

    def transform(self, cells: pd.Series[str]) -> NDArray[np.float64]:
        """Return means and log counts; the overall mean for missing and new levels."""
        codes = pd.Index(self.levels, dtype="str").get_indexer(pd.Index(cells))
        codes[cells.isna().to_numpy()] = -1
        return np.column_stack([np.vstack([self.means, self.prior])[codes], self._log_counts(codes)])

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Names of the features made."""
        means = ("mean",) if len(self.prior) == 1 else tuple(f"mean {number}" for number in range(len(self.prior)))
        return (*means, "count")

    def _outcome(self, target: NDArray[Any]) -> NDArray[np.float64]:
        if self.n_classes <= 2:
            return np.asarray(target, dtype=np.float64).reshape(-1, 1)
        if self.n_classes <= 10:
            return np.eye(self.n_classes)[target]
        return np.empty((len(target), 0))

    def _statistics(
        self, codes: NDArray[np.int64], outcome: NDArray[np.float64], rows: NDArray[np.float64], prior: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        known = codes >= 0
        size = len(self.levels)
        weights = np.bincount(codes[known], weights=rows[known], minlength=size)
        sums = [np.bincount(codes[known], weights=rows[known] * column[known], minlength=size) for column in outcome.T]
        stacked = np.column_stack(sums) if sums else np.empty((size, 0))
        return (stacked + _SMOOTHING * prior) / (weights[:, None] + _SMOOTHING), weights

    def _log_counts(self, codes: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.log1p(np.append(self.counts, 0.0)[codes])
