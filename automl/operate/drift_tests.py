"""Is a batch of rows spread as the training rows were: effects, and how often chance alone makes them as large.

Both samples are simulated at their own sizes from what is remembered of the training rows, since the reference is a
sample, too. A gamma distribution with the mean and the variance of the simulated effects gives their tail. Rare events,
such as new levels, are counted: what the training rows say of their rate is a beta distribution, so that their number
among new rows is beta-binomial. Values beyond the lowest and the highest of n training values have a rate of
Beta(2, n - 1), whatever the distribution (Wilks, "Determination of sample sizes for setting tolerance limits", 1941);
levels are new at the rate at which levels stood in one row only (Good, "The population frequencies of species",
Biometrika 40, 1953). Decisions about many columns: Benjamini and Hochberg, "Controlling the false discovery rate",
1995, with weights as in Genovese, Roeder and Wasserman, "False discovery control with p-value weighting", Biometrika
93, 2006.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from automl.bundle.reference import Grid

__all__ = [
    "MATTERS",
    "DriftTest",
    "decide",
    "grid_counts",
    "level_test",
    "new_level_test",
    "number_test",
    "outside_test",
    "share_test",
]

Counts = NDArray[np.int64]

#: The smallest effect that raises an alarm, however sure it is: a tenth of a standard deviation; a Jensen-Shannon
#: distance as that of a level gained by 2 % of the rows; two more or fewer missing values in a hundred; one cell in a
#: hundred that is beyond all training values, of a new level, or not readable.
MATTERS = {
    "wasserstein": 0.1,
    "jensen_shannon": 0.1,
    "missing": 0.02,
    "outside": 0.01,
    "new_levels": 0.01,
    "unparsed": 0.01,
}
FALSE_DISCOVERIES = 0.05
_SIMULATIONS = 300
_PSI_PARTS = 10
_EXTREME = 0.005
_WIDEST = 3.0
_SMALLEST_SHARE = 1e-4
#: Simulated sizes are rounded to steps of 5 %, so that many batches of about one size are simulated once.
_STEP = 0.05


@dataclass(frozen=True)
class DriftTest:
    """One test of one column, or of the predictions.

    Attributes
    ----------
    name : str
        One of :data:`MATTERS`.
    effect : float
        How large the difference is: a distance, or a difference of shares.
    p_value : float
        How often chance makes it as large or larger.
    psi : float or None
        The population stability index, for who is used to it; nothing is decided by it.
    alarm : bool
    """

    name: str
    effect: float
    p_value: float
    psi: float | None = None
    alarm: bool = False

    @property
    def matters(self) -> bool:
        """Whether the effect is large enough to be looked at."""
        return self.effect >= MATTERS[self.name]


def grid_counts(grid: Grid, values: NDArray[np.float64]) -> Counts:
    """Return how many values lie in each cell of a grid; those beyond its ends count to the outermost cells."""
    cells = np.searchsorted(np.array(grid.knots), values, side="left")
    return np.bincount(np.minimum(cells, len(grid.knots) - 1), minlength=len(grid.knots))


def number_test(grid: Grid, values: NDArray[np.float64]) -> DriftTest:
    """Test the Wasserstein distance of numbers from the training values, in units of those' spread.

    Values beyond the training values count as their ends: how many they are is a test of its own. So that a few extreme
    values neither decide nor hide anything, the spread is that of the values without the outermost half percent at
    either end, and no gap between two knots counts for more than three times as much. How sure it is that the values
    are spread otherwise is decided on the scale of the training ranks, where tails are as long as any other part: there
    the chances are the same for every distribution.
    """
    counts = grid_counts(grid, values)
    widths = _widths(grid)
    reference = np.diff(np.array(grid.below), prepend=0)
    effect = float(_area_between(reference[None], counts[None], widths)[0])
    of_ranks = float(_area_between(reference[None], counts[None], _rank_widths(reference))[0])
    known = _area_by_chance(tuple(reference.tolist()), _rounded_size(len(values)))
    parts = np.minimum(np.array(grid.below) * _PSI_PARTS // (grid.rows + 1), _PSI_PARTS - 1)
    psi = _psi(np.bincount(parts, reference, _PSI_PARTS), np.bincount(parts, counts, _PSI_PARTS))
    return DriftTest("wasserstein", effect, _gamma_tail(of_ranks, *known), psi)


def level_test(reference: Counts, counts: Counts) -> DriftTest:
    """Test the Jensen-Shannon distance of levels from those of the training rows; levels stand at the same places."""
    effect = float(_jensen_shannon(reference[None], counts[None])[0])
    known = _jensen_shannon_by_chance(tuple(reference.tolist()), _rounded_size(int(counts.sum())))
    return DriftTest("jensen_shannon", effect, _gamma_tail(effect, *known), _psi(reference, counts))


def share_test(name: str, before: tuple[int, int], now: tuple[int, int], *, both_sides: bool = False) -> DriftTest:
    """Test whether a share has grown, or has changed; each share is a number of cells and the number of all."""
    effect = now[0] / now[1] - before[0] / before[1]
    hits, misses = before[0] + 0.5, before[1] - before[0] + 0.5
    at_least = _at_least(now[0], now[1], hits, misses)
    if not both_sides:
        return DriftTest(name, max(effect, 0.0), at_least)
    at_most = _at_least(now[1] - now[0], now[1], misses, hits)
    return DriftTest(name, abs(effect), min(1.0, 2 * min(at_least, at_most)))


def outside_test(training: int, outside: int, rows: int) -> DriftTest:
    """Test whether more values than chance explains lie below the lowest or above the highest training value."""
    return DriftTest("outside", outside / rows, _at_least(outside, rows, 2.0, max(training - 1.0, 1.0)))


def new_level_test(training: int, once: int, new: int, rows: int) -> DriftTest:
    """Test whether more cells have a new level than the levels that stood in one training row only explain."""
    return DriftTest("new_levels", new / rows, _at_least(new, rows, once + 0.5, max(training - once, 0) + 0.5))


def decide(tests: Sequence[DriftTest], weights: Sequence[float]) -> list[DriftTest]:
    """Return the tests with alarms, of which at most 5 % are false on average.

    Parameters
    ----------
    tests : sequence of DriftTest
    weights : sequence of float
        How much each one matters; their mean is made 1.
    """
    if not tests:
        return []
    weight = np.asarray(weights, dtype=np.float64) / np.mean(weights)
    p_values = np.array([test.p_value for test in tests]) / np.maximum(weight, 1e-12)
    order = np.sort(p_values)
    passing = np.flatnonzero(order <= FALSE_DISCOVERIES * np.arange(1, len(tests) + 1) / len(tests))
    limit = order[passing[-1]] if len(passing) else -1.0
    return [
        replace(test, alarm=bool(p_value <= limit and test.matters))
        for test, p_value in zip(tests, p_values, strict=True)
    ]


def _widths(grid: Grid) -> NDArray[np.float64]:
    """Return the gaps between the knots in units of the spread."""
    knots, below = np.array(grid.knots), np.array(grid.below)
    low, high = np.searchsorted(below, [_EXTREME * grid.rows, (1 - _EXTREME) * grid.rows], side="left")
    inner = np.clip(knots, knots[low], knots[high])
    counts = np.diff(below, prepend=0)
    mean = float(np.average(inner, weights=counts))
    spread = math.sqrt(float(np.average((inner - mean) ** 2, weights=counts))) or grid.spread or 1.0
    return np.asarray(np.minimum(np.diff(knots) / spread, _WIDEST), dtype=np.float64)


def _rank_widths(reference: Counts) -> NDArray[np.float64]:
    """Return the gaps between the knots as the share of the training values that lie there."""
    shares = reference / reference.sum()
    return np.asarray((shares[1:] + shares[:-1]) / 2, dtype=np.float64)


def _area_between(reference: Counts, counts: Counts, widths: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the areas between the distribution functions of rows of counts: Wasserstein distances."""
    shares = [each.cumsum(axis=1) / np.maximum(each.sum(axis=1, keepdims=True), 1) for each in (reference, counts)]
    return np.asarray(np.abs(shares[0] - shares[1])[:, :-1] @ widths, dtype=np.float64)


def _jensen_shannon(reference: Counts, counts: Counts) -> NDArray[np.float64]:
    """Return the square root of the divergence to the base 2, in [0, 1]."""
    first, second = (each / np.maximum(each.sum(axis=1, keepdims=True), 1) for each in (reference, counts))
    middle = (first + second) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = [np.where(each > 0, each * np.log2(each / middle), 0.0).sum(axis=1) for each in (first, second)]
    return np.asarray(np.sqrt(np.maximum((parts[0] + parts[1]) / 2, 0.0)), dtype=np.float64)


def _psi(reference: NDArray[np.number], counts: NDArray[np.number]) -> float:
    shares = [np.maximum(each / max(each.sum(), 1), _SMALLEST_SHARE) for each in (reference, counts)]
    kept = (reference > 0) | (counts > 0)
    return float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0]))[kept].sum())


def _rounded_size(rows: int) -> int:
    return max(1, round(math.exp(round(math.log(max(rows, 1)) / _STEP) * _STEP)))


@lru_cache(maxsize=4096)
def _area_by_chance(reference: tuple[int, ...], rows: int) -> tuple[float, float]:
    return _moments(_area_between(*_simulated(reference, rows), _rank_widths(np.array(reference))))


@lru_cache(maxsize=4096)
def _jensen_shannon_by_chance(reference: tuple[int, ...], rows: int) -> tuple[float, float]:
    return _moments(_jensen_shannon(*_simulated(reference, rows)))


def _simulated(reference: tuple[int, ...], rows: int) -> tuple[Counts, Counts]:
    generator = np.random.default_rng(0)
    counts = np.array(reference)
    shares = counts / counts.sum()
    first = generator.multinomial(counts.sum(), shares, size=_SIMULATIONS)
    return first, generator.multinomial(rows, shares, size=_SIMULATIONS)


def _moments(effects: NDArray[np.float64]) -> tuple[float, float]:
    return float(effects.mean()), float(effects.var(ddof=1))


def _gamma_tail(effect: float, mean: float, variance: float) -> float:
    from scipy.special import gammaincc

    if variance <= 0 or mean <= 0:
        return 1.0 if effect <= mean + 1e-12 else 0.0
    return float(gammaincc(mean**2 / variance, effect * mean / variance))


def _at_least(hits: int, rows: int, alpha: float, beta: float) -> float:
    """Return the probability of at least so many hits among so many rows, where their rate is beta distributed."""
    from scipy.special import betaln

    if hits <= 0:
        return 1.0
    many = np.arange(hits, rows + 1)
    ways = -np.log(rows + 1) - betaln(rows - many + 1, many + 1)
    logs = ways + betaln(many + alpha, rows - many + beta) - betaln(alpha, beta)
    return min(1.0, float(np.exp(logs).sum()))
