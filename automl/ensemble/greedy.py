"""Greedy ensemble selection with replacement.

Source of the method: Caruana, Niculescu-Mizil, Crew and Ksikes, "Ensemble selection from libraries of models",
ICML 2004.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.ensemble.pools import Counts, Pool, make_pool
from automl.errors import NothingTrainedError
from automl.evaluation.arrays import FloatArray
from automl.evaluation.metrics import Metric

__all__ = ["Blend", "bagged_selection", "blend_predictions", "greedy_selection", "select_blend"]

SHORTLIST = 30
"""At most so many candidates enter the rounds."""

SHORTLIST_BY_LOSS = 20
"""So many of them for their own loss, the rest for what they add to the best one."""

BAGGED_BELOW_ROWS = 1_000
"""Below so many rows :func:`select_blend` averages selections over bags; above, that measured no better."""


@dataclass(frozen=True)
class Blend:
    """A weighted mean of candidates.

    Attributes
    ----------
    members : tuple of int
        Indices into the candidates that were given, heaviest first.
    weights : tuple of float
        One for each member; positive, summing to 1.
    loss : float
        The blend's loss on the rows it was selected on; NaN where the metric is not defined there.
    """

    members: tuple[int, ...]
    weights: tuple[float, ...]
    loss: float


def blend_predictions(predictions: Sequence[FloatArray], weights: Sequence[float]) -> FloatArray:
    """Return the weighted mean of predictions.

    Parameters
    ----------
    predictions : sequence of arrays of one shape
        One for each weight.
    weights : sequence of float
        Summing to 1.
    """
    total = np.zeros(predictions[0].shape)
    for prediction, weight in zip(predictions, weights, strict=True):
        total += weight * prediction
    return total


def greedy_selection(
    predictions: Sequence[FloatArray],
    target: NDArray[Any],
    metric: Metric,
    weight: FloatArray | None = None,
    rounds: int = 25,
    start: Sequence[int] = (),
    tie_tolerance: float = 1e-6,
) -> Blend:
    """Build a blend by adding, round by round, the candidate that lowers its loss most.

    A candidate may be added again, which is how weights come about. The best prefix is kept, so the blend is no worse
    than the best candidate. A tie goes to the candidate that is in the blend most often already, then to the first.

    Parameters
    ----------
    predictions : sequence of arrays of shape (n, n_classes) or (n,)
        Out-of-fold predictions, one for each candidate. Those that are not finite everywhere are passed over.
    target : array of shape (n,)
    metric : Metric
    weight : array of shape (n,), optional
    rounds : int
        How many members are added, beside those of ``start``.
    start : sequence of int
        Members to begin with, repetitions allowed.
    tie_tolerance : float
        Losses within this share of the lowest one count as equal.

    Returns
    -------
    Blend

    Raises
    ------
    NothingTrainedError
        Where no candidate has finite predictions.
    """
    usable = _usable(predictions)
    pool = make_pool([predictions[index] for index in usable], target, metric, weight)
    begun = np.array([list(start).count(index) for index in usable])
    kept = _shortlist(pool, begun)
    if len(kept) < len(usable):
        usable = [usable[place] for place in kept]
        pool, begun = make_pool([predictions[index] for index in usable], target, metric, weight), begun[kept]
    counts = _best_prefix(pool, begun, rounds, tie_tolerance)
    return _to_blend(dict(zip(usable, counts / counts.sum(), strict=True)), predictions, target, metric, weight)


def bagged_selection(
    predictions: Sequence[FloatArray],
    target: NDArray[Any],
    metric: Metric,
    weight: FloatArray | None = None,
    groups: NDArray[Any] | None = None,
    bags: int = 10,
    seed: int = 0,
) -> Blend:
    """Average the greedy selections of several bootstrap samples of the rows: steadier where rows are few.

    Parameters
    ----------
    predictions, target, metric, weight
        As for :func:`greedy_selection`.
    groups : array of shape (n,), optional
        Rows of one group are drawn together.
    bags : int
    seed : int
    """
    codes = np.arange(len(target)) if groups is None else np.unique(groups, return_inverse=True)[1]
    size = int(codes.max()) + 1
    rng = np.random.default_rng(seed)
    blends = []
    for _ in range(bags):
        times = np.bincount(rng.integers(0, size, size), minlength=size)[codes] * (1.0 if weight is None else weight)
        rows = np.flatnonzero(times)
        # Where few rows have weight, a sample may miss them all.
        if len(rows):
            blends.append(greedy_selection([each[rows] for each in predictions], target[rows], metric, times[rows]))
    if not blends:
        return greedy_selection(predictions, target, metric, weight)
    shares: dict[int, float] = {}
    for blend in blends:
        for member, share in zip(blend.members, blend.weights, strict=True):
            shares[member] = shares.get(member, 0.0) + share / len(blends)
    return _to_blend(shares, predictions, target, metric, weight)


def select_blend(
    predictions: Sequence[FloatArray],
    target: NDArray[Any],
    metric: Metric,
    weight: FloatArray | None = None,
    groups: NDArray[Any] | None = None,
    seed: int = 0,
) -> Blend:
    """Select the blend in the way that suits the number of rows: bagged on few rows, plainly greedy on many.

    Parameters
    ----------
    predictions, target, metric, weight, groups, seed
        As for :func:`bagged_selection`.
    """
    if len(target) < BAGGED_BELOW_ROWS:
        return bagged_selection(predictions, target, metric, weight, groups, seed=seed)
    return greedy_selection(predictions, target, metric, weight)


def _usable(predictions: Sequence[FloatArray]) -> list[int]:
    usable = [index for index, prediction in enumerate(predictions) if np.isfinite(prediction).all()]
    if not usable:
        raise NothingTrainedError(
            "No candidate predicts a finite value for every row, so there is nothing to blend.",
            "Look at the leaderboard for why the candidates failed.",
        )
    return usable


def _shortlist(pool: Pool, begun: Counts) -> list[int]:
    """Keep the candidates of lowest own loss and those that help the best one most in an even blend."""
    if len(begun) <= SHORTLIST:
        return list(range(len(begun)))
    own = pool.losses(np.zeros_like(begun))
    by_loss = np.argsort(own, kind="stable")
    best = np.zeros_like(begun)
    best[by_loss[0]] = 1
    by_help = np.argsort(pool.losses(best), kind="stable")
    kept = {*np.flatnonzero(begun).tolist(), *by_loss[:SHORTLIST_BY_LOSS].tolist()}
    return sorted(_fill(kept, by_help.tolist()))


def _fill(kept: set[int], more: Iterable[int]) -> set[int]:
    for place in more:
        if len(kept) >= SHORTLIST:
            break
        kept.add(place)
    return kept


def _best_prefix(pool: Pool, begun: Counts, rounds: int, tie_tolerance: float) -> Counts:
    counts, best, lowest = begun.copy(), begun.copy(), _loss_of(pool, begun)
    for _ in range(rounds):
        losses = pool.losses(counts)
        smallest = float(losses.min())
        tied = np.flatnonzero(losses <= smallest + tie_tolerance * abs(smallest))
        chosen = tied[np.argmax(counts[tied])]
        counts[chosen] += 1
        if losses[chosen] < lowest - tie_tolerance * abs(smallest) or not best.any():
            best, lowest = counts.copy(), float(losses[chosen])
    return best


def _loss_of(pool: Pool, counts: Counts) -> float:
    if not counts.any():
        return float("inf")
    last = np.flatnonzero(counts)[-1]
    without = counts.copy()
    without[last] -= 1
    return float(pool.losses(without)[last])


def _to_blend(
    shares: dict[int, float],
    predictions: Sequence[FloatArray],
    target: NDArray[Any],
    metric: Metric,
    weight: FloatArray | None,
) -> Blend:
    members = sorted((member for member in shares if shares[member] > 0), key=lambda member: (-shares[member], member))
    weights = tuple(float(shares[member]) for member in members)
    blended = blend_predictions([predictions[member] for member in members], weights)
    return Blend(tuple(members), weights, metric.loss(target, blended, weight))
