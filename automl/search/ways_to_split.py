"""Two ways to part the same rows: at random, and as new rows will really come, by group or by time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.preparation.prepare import PreparedData
from automl.preparation.splits import plan_splits, splits_by_time

__all__ = ["FOLDS", "WaysToSplit", "split_by_group", "split_by_time"]

FOLDS = 4

_ROWS = 3_000
_CELLS = 300_000
_FEWEST_ROWS = 200
_FEWEST_UNITS = 10
_STRETCHES = 25

_Fold = tuple[NDArray[np.int64], NDArray[np.int64]]


@dataclass(frozen=True)
class WaysToSplit:
    """Rows of a table, and two ways to validate on them.

    Attributes
    ----------
    rows : ndarray of int64
        Positions in the table, ascending.
    at_random, apart : tuple of (train, valid)
        Positions among ``rows``. Both ways score the same rows, each once, and learn from as many others.
    columns : tuple of str
        What is learned from where rows are kept apart.
    units : ndarray of int64, shape (len(rows),)
        Rows with equal numbers are not independent of each other.
    """

    rows: NDArray[np.int64]
    at_random: tuple[_Fold, ...]
    apart: tuple[_Fold, ...]
    columns: tuple[str, ...]
    units: NDArray[np.int64]

    @property
    def scored(self) -> NDArray[np.int64]:
        """Positions among ``rows`` of those that are scored, ascending."""
        return np.sort(np.concatenate([valid for _, valid in self.apart]))


def split_by_group(prepared: PreparedData, name: str, seed: int) -> WaysToSplit | None:
    """Compare with folds that keep the rows of each value of a column together; None where there are too few.

    Kept together, the column itself is not learned from: a new group's value tells nothing.
    """
    generator = np.random.default_rng(seed)
    groups = _codes(prepared.typed[name])
    rows = _whole_groups(groups, _affordable(prepared), generator)
    groups = np.unique(groups[rows], return_inverse=True)[1].astype(np.int64)
    columns = tuple(column.name for column in prepared.feature_columns if column.name != name)
    if len(rows) < _FEWEST_ROWS or groups.max() + 1 < _FEWEST_UNITS or not columns:
        return None
    target, classes = prepared.target[rows], bool(prepared.schema.labels)
    at_random, apart = (
        plan_splits(target, blocks, prepared.frame.shape[1], classes, FOLDS, None, seed).folds
        for blocks in (_blocks(prepared)[rows], groups)
    )
    return WaysToSplit(rows, at_random, apart, columns, groups)


def split_by_time(prepared: PreparedData, name: str, seed: int) -> WaysToSplit | None:
    """Compare with folds that learn from the past of a column of dates; None where there are too few.

    Models of rows drawn at random learn from the past and the future of the rows that they score.
    """
    generator = np.random.default_rng(seed)
    count = min(_affordable(prepared), len(prepared.target))
    rows = np.sort(generator.choice(len(prepared.target), count, replace=False))
    times = prepared.typed[name].to_numpy()[rows]
    if count < _FEWEST_ROWS or len(np.unique(times)) < 2 * _FEWEST_UNITS:
        return None
    blocks = _blocks(prepared)[rows]
    apart = splits_by_time(times, blocks, prepared.frame.shape[1], FOLDS, None, seed).folds
    at_random = tuple((_others(blocks, valid, len(past), generator), valid) for past, valid in apart)
    # Errors of neighbouring times are alike: a stretch of time counts as one observation.
    place = np.argsort(np.argsort(times, kind="stable"), kind="stable")
    units = (place * 2 * _STRETCHES // count).astype(np.int64)
    return WaysToSplit(rows, at_random, apart, tuple(column.name for column in prepared.feature_columns), units)


def _blocks(prepared: PreparedData) -> NDArray[np.int64]:
    """Return what is never parted anyway."""
    return prepared.kept_together if prepared.group is None else prepared.group


def _affordable(prepared: PreparedData) -> int:
    return min(_ROWS, _CELLS // max(prepared.frame.shape[1], 1))


def _codes(values: Any) -> NDArray[np.int64]:
    """Return a number for each distinct value; a row without one is a group of its own."""
    codes = values.factorize()[0].astype(np.int64)
    alone = codes < 0
    codes[alone] = codes.max(initial=-1) + 1 + np.arange(alone.sum())
    return np.asarray(codes)


def _whole_groups(codes: NDArray[np.int64], count: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """Return the rows of groups that are drawn until they have about so many rows."""
    sizes = np.bincount(codes)
    drawn = generator.permutation(len(sizes))
    kept = drawn[: int(np.searchsorted(np.cumsum(sizes[drawn]), count, side="right"))]
    return np.flatnonzero(np.isin(codes, kept))


def _others(
    blocks: NDArray[np.int64], valid: NDArray[np.int64], count: int, generator: np.random.Generator
) -> NDArray[np.int64]:
    """Draw rows to learn from among all that are no copies of the ones to score."""
    left = np.flatnonzero(~np.isin(blocks, blocks[valid]))
    return np.sort(generator.choice(left, min(count, len(left)), replace=False))
