"""Columns that go together so closely that shuffling one of them alone hides what they carry."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["correlated_groups"]

_Values = NDArray[np.float64] | NDArray[np.int64]

CLOSE = 0.8
_ROWS = 2_000
_MOST_LEVELS = 30
_MOST_COLUMNS = 300


def correlated_groups(frame: pd.DataFrame) -> tuple[tuple[str, ...], ...]:
    """Return groups of two or more columns, each linked to another of its group by an association of at least 0.8.

    Between numbers the association is the rank correlation of Spearman; between levels the V of Cramer with the
    correction of Bergsma (2013) for chance; between numbers and levels the square root of the share of the ranks'
    variance that the levels explain.

    Parameters
    ----------
    frame : DataFrame
        Typed rows; columns of texts with more than 30 levels, and a table of more than 300 columns, have no groups.
    """
    if frame.shape[1] > _MOST_COLUMNS:
        return ()
    sample = frame.iloc[:_ROWS]
    columns = {name: _codes_or_ranks(sample[name]) for name in sample.columns}
    known = {name: values for name, values in columns.items() if values is not None}
    links = [pair for pair in combinations(known, 2) if _association(*(known[name] for name in pair)) >= CLOSE]
    return _components(list(known), links)


def _codes_or_ranks(cells: pd.Series) -> _Values | None:
    """Return ranks of numbers and dates (missing cells in the middle), codes of levels, None for other texts."""
    if pd.api.types.is_numeric_dtype(cells) or pd.api.types.is_datetime64_any_dtype(cells):
        ranks = cells.rank()
        return np.asarray(ranks.fillna(ranks.mean()).fillna(0.0), dtype=np.float64)
    codes = pd.factorize(cells)[0].astype(np.int64) + 1
    return codes if codes.max(initial=0) <= _MOST_LEVELS else None


def _association(first: _Values, second: _Values) -> float:
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return 0.0
    if first.dtype.kind != second.dtype.kind:
        codes, ranks = (first, second) if second.dtype.kind == "f" else (second, first)
        return _correlation_ratio(codes.astype(np.int64), ranks.astype(np.float64))
    if first.dtype.kind == "f":
        return abs(float(np.corrcoef(first, second)[0, 1]))
    return _cramers_v(first.astype(np.int64), second.astype(np.int64))


def _cramers_v(first: NDArray[np.int64], second: NDArray[np.int64]) -> float:
    shape = int(first.max()) + 1, int(second.max()) + 1
    counts = np.bincount(first * shape[1] + second, minlength=shape[0] * shape[1]).reshape(shape).astype(np.float64)
    counts = counts[counts.any(axis=1)][:, counts.any(axis=0)]
    total = counts.sum()
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / total
    chance = (counts.shape[0] - 1) * (counts.shape[1] - 1) / (total - 1)
    share = max(0.0, float(((counts - expected) ** 2 / expected).sum()) / total - chance)
    sizes = [size - (size - 1) ** 2 / (total - 1) for size in counts.shape]
    return float(np.sqrt(share / max(min(sizes) - 1, 1e-9)))


def _correlation_ratio(codes: NDArray[np.int64], ranks: NDArray[np.float64]) -> float:
    counts = np.bincount(codes).astype(np.float64)
    means = np.divide(np.bincount(codes, weights=ranks), counts, out=np.zeros_like(counts), where=counts > 0)
    present = int((counts > 0).sum())
    between, within = float(np.var(means[codes])), float(np.var(ranks - means[codes]))
    # Adjusted for the levels that chance alone would let explain something.
    share = 1 - within / (between + within) * (len(ranks) - 1) / max(len(ranks) - present, 1)
    return float(np.sqrt(max(0.0, share)))


def _components(names: list[str], links: list[tuple[str, str]]) -> tuple[tuple[str, ...], ...]:
    leader = {name: name for name in names}
    for first, second in links:
        old, new = leader[second], leader[first]
        leader = {name: new if each == old else each for name, each in leader.items()}
    members: dict[str, list[str]] = {}
    for name in names:
        members.setdefault(leader[name], []).append(name)
    return tuple(tuple(group) for group in members.values() if len(group) > 1)
