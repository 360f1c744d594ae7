"""What the blend's models say one by one of rows that none of them has learned from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from automl.ensemble.greedy import Blend
from automl.evaluation.arrays import FloatArray
from automl.search.board import Evidence, Trial
from automl.search.stages import stage_at

__all__ = ["ModelsApart", "models_apart"]


@dataclass(frozen=True)
class ModelsApart:
    """Predictions of single models of a blend.

    Attributes
    ----------
    rows : ndarray of int64
        Positions in the table.
    predictions : tuple of arrays of shape (len(rows), n_classes) or (len(rows),)
        Of the blend of one fold, or of one repeat, each.
    before, after : int
        How many of them the out-of-fold predictions average, and the final model.
    """

    rows: NDArray[np.int64]
    predictions: tuple[FloatArray, ...]
    before: int
    after: int


def models_apart(blend: Blend, members: Sequence[Trial], evidence: Evidence) -> ModelsApart | None:
    """Return what the models of each fold say of the witnesses, or those of each repeat of all rows; else None."""
    splits = evidence.splits
    folds, witnesses = len(splits.folds), splits.witnesses
    chosen = [(members[member], weight) for member, weight in zip(blend.members, blend.weights, strict=True)]
    refitted = any(trial.refit is not None for trial, _ in chosen)
    if len(witnesses):
        said = [_blended(chosen, evidence, fold) for fold in range(folds)]
        rows = [np.searchsorted(valid, witnesses) for _, valid in splits.folds]
        apart = tuple(each[at] for each, at in zip(said, rows, strict=True))
        return ModelsApart(witnesses, apart, 1, 1 if refitted else folds)
    if splits.strategy == "repeated_cross_validation":
        size = folds // splits.repeats
        repeats = (range(start, start + size) for start in range(0, folds, size))
        apart = tuple(_assembled(chosen, evidence, each) for each in repeats)
        return ModelsApart(evidence.rows, apart, splits.repeats, 1 if refitted else folds)
    return None


def _blended(chosen: Sequence[tuple[Trial, float]], evidence: Evidence, fold: int) -> FloatArray:
    """Return the blend's predictions of a fold's validation rows, as its models predict new rows."""
    parts = []
    for trial, weight in chosen:
        stack = np.load(evidence.folder.predictions(trial.number, fold), mmap_mode="r")
        stage = stage_at(trial.results[fold].stages, trial.iterations[fold])
        parts.append(weight * np.asarray(stack[stage], dtype=np.float64))
    return np.asarray(np.sum(parts, axis=0))


def _assembled(chosen: Sequence[tuple[Trial, float]], evidence: Evidence, folds: range) -> FloatArray:
    parts = [_blended(chosen, evidence, fold) for fold in folds]
    whole = np.zeros((len(evidence.target), *parts[0].shape[1:]))
    for fold, part in zip(folds, parts, strict=True):
        whole[evidence.splits.folds[fold][1]] = part
    return np.asarray(whole[evidence.rows])
