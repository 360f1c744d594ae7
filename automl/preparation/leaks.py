"""Target leaks: a copy of the target, a column that alone predicts nearly everything, one that is missing by outcome."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.findings import Finding
from automl.preparation.registry import make_finding

__all__ = ["find_leaks", "is_copy_of_target"]

_NEARLY_ALL = 0.99
_BINS = 64
_ROWS = 20_000


def is_copy_of_target(column: pd.Series[Any], target: NDArray[Any], classification: bool) -> bool:
    """Whether a column and the target are one-to-one: equal numbers, or levels that match labels."""
    values = column.to_numpy()
    if not classification:
        numeric = pd.api.types.is_numeric_dtype(column)
        return bool(numeric and np.allclose(values.astype(np.float64), target, rtol=1e-12, equal_nan=False))
    if pd.isna(column).any() or column.nunique() != len(np.unique(target)):
        return False
    codes = pd.factorize(column)[0]
    pairs = len(np.unique(codes * (int(target.max()) + 1) + target))
    return pairs == len(np.unique(target))


def find_leaks(frame: pd.DataFrame, target: NDArray[Any], n_classes: int, seed: int = 0) -> tuple[Finding, ...]:
    """Return a finding for each column that by itself predicts the target nearly perfectly on rows it was not fitted on.

    Bins or levels get the mean target of one half of the rows and are scored on the other: R² for regression, the
    share of label variance explained for classes.
    """
    generator = np.random.default_rng(seed)
    rows = generator.permutation(len(target))[:_ROWS]
    if len(rows) < 40:
        return ()
    outcome = np.eye(n_classes)[target[rows]] if n_classes else target[rows].astype(np.float64).reshape(-1, 1)
    found = []
    for name in frame.columns:
        column = frame[name].iloc[rows]
        codes = _bins(column)
        explained = _explained(codes, outcome)
        if explained > _NEARLY_ALL:
            message = f"'{name}' alone explains {explained:.1%} of the target on rows it was not fitted on."
            found.append(make_finding("target_leak_one_column", message, (str(name),)))
            continue
        missing = pd.isna(column).to_numpy()
        if 0.01 < missing.mean() < 0.99 and _explained(missing.astype(np.int64), outcome) > _NEARLY_ALL:
            message = f"Whether '{name}' is missing tells the target."
            found.append(make_finding("target_leak_missing_pattern", message, (str(name),)))
    return tuple(found)


def _bins(column: pd.Series[Any]) -> NDArray[np.int64]:
    if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column):
        missing = pd.isna(column).to_numpy()
        values = column.to_numpy()
        if column.nunique() <= _BINS:
            return np.asarray(pd.factorize(column)[0], dtype=np.int64)
        order = np.full(len(values), -1, dtype=np.int64)
        order[~missing] = np.argsort(np.argsort(values[~missing], kind="stable"), kind="stable")
        ranks = order * min(_BINS * 4, len(values) // 10) // max(1, (~missing).sum())
        return np.where(missing, -1, ranks)
    return np.asarray(pd.factorize(column)[0], dtype=np.int64)


def _explained(codes: NDArray[np.int64], outcome: NDArray[np.float64]) -> float:
    half = np.arange(len(codes)) % 2 == 0
    size = int(codes.max()) + 2
    counts = np.bincount(codes[half] + 1, minlength=size)
    overall = outcome[half].mean(axis=0)
    sums = np.column_stack([np.bincount(codes[half] + 1, weights=part, minlength=size) for part in outcome[half].T])
    means = np.where(counts[:, None] > 0, sums / np.maximum(counts, 1)[:, None], overall)
    wrong = ((outcome[~half] - means[codes[~half] + 1]) ** 2).sum()
    total = ((outcome[~half] - overall) ** 2).sum()
    return float(1 - wrong / total) if total > 0 else 0.0
