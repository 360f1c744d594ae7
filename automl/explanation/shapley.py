"""Contributions of the original columns to a prediction, sampled so that they add up.

A Shapley value is a column's average effect over all orders in which the columns of a background row could take on the
values of the explained row. Here orders are drawn, each together with its reverse, which cancels much of the error.
Along one order the effects telescope: they add up to prediction minus background prediction whatever was drawn.

Sources: Strumbelj and Kononenko, "Explaining prediction models and individual predictions with feature contributions",
Knowledge and Information Systems 41, 2014; Mitchell et al., "Sampling permutations for Shapley value estimation",
JMLR 23, 2022 (reversed pairs).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.explanation.subject import Contributions, FloatArray, Subject

__all__ = ["sampled_contributions", "spread_background"]

_EVALUATIONS = 30_000
_FEWEST_PAIRS = 4
_MOST_PAIRS = 64
_BATCH_CELLS = 2_000_000
_CANDIDATES = 1_000


def sampled_contributions(
    subject: Subject, rows: pd.DataFrame, background: pd.DataFrame, seed: int = 0
) -> Contributions:
    """Estimate the Shapley values of each row's columns.

    Parameters
    ----------
    subject : Subject
    rows : DataFrame of shape (n_rows, n_columns)
        Typed rows to explain.
    background : DataFrame
        Typed rows that stand for what is usual; see :func:`spread_background`.
    seed : int

    Returns
    -------
    Contributions
        From 4 to 64 pairs of orders a row, about 30,000 predictions in all where that allows for 4.
    """
    pairs = _pairs(len(rows), rows.shape[1])
    usual = spread_background(subject, background, pairs)
    pairs = max(1, pairs // len(usual)) * len(usual)
    sampler = _Sampler(subject, rows, usual, pairs, np.random.default_rng(seed))
    parts = [sampler.contributions(batch) for batch in sampler.batches()]
    values = np.concatenate([value for value, _ in parts])
    errors = np.concatenate([error for _, error in parts])
    return Contributions(sampler.background.mean(axis=0), sampler.prediction, values, errors, subject.space)


def spread_background(subject: Subject, background: pd.DataFrame, count: int) -> pd.DataFrame:
    """Choose ``count`` rows evenly along the sorted predictions, so that their mean is near that of all rows.

    Parameters
    ----------
    subject : Subject
    background : DataFrame
        At most 1,000 of its rows are looked at.
    count : int
    """
    if len(background) <= count:
        return background
    step = max(1, len(background) // _CANDIDATES)
    candidates = background.iloc[::step]
    outcomes = subject.outcomes(candidates)
    order = np.argsort(outcomes[:, outcomes.var(axis=0).argmax()], kind="stable")
    places = ((np.arange(count) + 0.5) * len(candidates) / count).astype(np.int64)
    return candidates.iloc[np.sort(order[places])]


def _pairs(n_rows: int, n_columns: int) -> int:
    evaluations_a_pair = 2 * max(1, n_columns - 1) * max(1, n_rows)
    return min(_MOST_PAIRS, max(_FEWEST_PAIRS, _EVALUATIONS // evaluations_a_pair))


class _Sampler:
    """Rows and background in one frame, from whose cells every mixture of two rows is put together."""

    def __init__(
        self,
        subject: Subject,
        rows: pd.DataFrame,
        background: pd.DataFrame,
        pairs: int,
        generator: np.random.Generator,
    ) -> None:
        self._subject = subject
        self._pairs = pairs
        self._generator = generator
        self._n_rows, self._n_columns = rows.shape
        self._cells = pd.concat([rows, background], ignore_index=True)
        self._same = _first_equal(self._cells)
        outcomes = subject.outcomes(self._cells)
        self.prediction, self.background = outcomes[: self._n_rows], outcomes[self._n_rows :]

    def batches(self) -> list[range]:
        """Return the rows in batches whose mixtures fit into memory."""
        cells_a_row = 2 * self._pairs * max(1, self._n_columns - 1) * max(1, self._n_columns)
        size = max(1, _BATCH_CELLS // cells_a_row)
        return [range(start, min(start + size, self._n_rows)) for start in range(0, self._n_rows, size)]

    def contributions(self, batch: range) -> tuple[FloatArray, FloatArray]:
        """Return values and standard errors of the rows of a batch, of shape (n_rows, n_columns, n_outcomes)."""
        usual = np.arange(self._pairs) % len(self.background)
        orders = np.stack([self._orders() for _ in batch])
        inner = self._inner_outcomes(batch, usual, orders)
        shape = (*inner.shape[:3], 1, inner.shape[4])
        start = np.broadcast_to(self.background[usual][:, np.newaxis, np.newaxis], shape)
        end = np.broadcast_to(self.prediction[list(batch)][:, np.newaxis, np.newaxis, np.newaxis], shape)
        steps = np.diff(np.concatenate([start, inner, end], axis=3), axis=3)
        by_column = np.empty_like(steps)
        np.put_along_axis(by_column, orders[..., np.newaxis], steps, axis=3)
        of_pairs = by_column.mean(axis=2)
        return of_pairs.mean(axis=1), of_pairs.std(axis=1, ddof=1) / np.sqrt(self._pairs)

    def _orders(self) -> NDArray[np.int64]:
        """Draw orders of the columns with their reverses, of shape (pairs, 2, n_columns)."""
        forward = self._generator.permuted(np.tile(np.arange(self._n_columns), (self._pairs, 1)), axis=1)
        return np.stack([forward, forward[:, ::-1]], axis=1)

    def _inner_outcomes(self, batch: range, usual: NDArray[np.int64], orders: NDArray[np.int64]) -> FloatArray:
        """Predict the mixtures along each order but its two ends: (rows, pairs, 2, n_columns - 1, n_outcomes)."""
        places = np.argsort(orders, axis=3)
        taken = places[:, :, :, np.newaxis] < np.arange(1, self._n_columns)[:, np.newaxis]
        own = self._same[list(batch)][:, np.newaxis, np.newaxis, np.newaxis]
        other = self._same[self._n_rows + usual][np.newaxis, :, np.newaxis, np.newaxis]
        mixed = np.where(taken, own, other)
        distinct, back = np.unique(mixed.reshape(-1, self._n_columns), axis=0, return_inverse=True)
        frame = pd.DataFrame(
            {name: self._cells[name].array.take(distinct[:, number]) for number, name in enumerate(self._cells.columns)}
        )
        outcomes = self._subject.outcomes(frame)
        return np.asarray(outcomes[back.reshape(-1)].reshape(*mixed.shape[:4], outcomes.shape[1]))


def _first_equal(cells: pd.DataFrame) -> NDArray[np.int32]:
    """Return for each cell the first row with the same value in that column, so that equal mixtures look equal."""
    first = np.empty(cells.shape, dtype=np.int32)
    for number, name in enumerate(cells.columns):
        codes, _ = pd.factorize(cells[name], use_na_sentinel=False)
        _, where = np.unique(codes, return_index=True)
        first[:, number] = where[codes]
    return first
