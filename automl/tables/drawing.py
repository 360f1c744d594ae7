"""Drawing rows at random from a table that passes by in blocks, in memory that does not grow with it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Drawn", "RowDrawer", "draws_of", "random_numbers"]

#: So many rows of a rare class are kept, where there are as many.
_FEWEST_OF_CLASS = 30
#: A target with more distinct values in the first block is cut at its quantiles.
_MOST_CLASSES = 200
_BINS = 20
_SLACK = 1.25
_CELL_BYTES = 24
_EVERYTHING = np.uint64(np.iinfo(np.uint64).max)


@dataclass(frozen=True)
class Drawn:
    """What was drawn.

    Attributes
    ----------
    cells : pyarrow.Table
        The rows, in their order.
    positions : ndarray of int64, shape (n_rows,)
        Where they stood among all that passed by.
    seen : int
        How many rows passed by.
    by_target : bool
        Whether every class, or every tenth and twentieth part of the target's range, has its share.
    """

    cells: pa.Table
    positions: NDArray[np.int64]
    seen: int
    by_target: bool


class RowDrawer:
    """Keeps the rows with the smallest of random numbers: as many as there is room for (Vitter 1985, Efraimidis 2006).

    Each row's number is made of its position, or of its group: groups stay whole then. Without groups each class of
    the target, or each part between two of its quantiles, gets its exact share, and a rare class a few rows at least.

    Parameters
    ----------
    room : int
        Bytes that the rows may take as text.
    seed : int
    target, group : str or None
        Columns.
    """

    def __init__(self, room: int, seed: int, target: str | None, group: str | None) -> None:
        self._room, self._seed, self._group = room, seed, group
        self._strata = _Strata(None if group is not None else target)
        self._blocks: list[_Kept] = []
        self._limit = _EVERYTHING
        self._floors: NDArray[np.uint64] = np.empty(0, dtype=np.uint64)
        self.seen = 0

    def add(self, block: pa.Table) -> None:
        """Let a block pass by."""
        positions = np.arange(self.seen, self.seen + block.num_rows)
        self.seen += block.num_rows
        draws = draws_of(block, positions, self._group, self._seed)
        self._keep(_Kept(block, positions, draws, self._strata.codes(block)))
        while self._bytes() > _SLACK * _SLACK * self._room and self._shrink():
            pass

    def drawn(self) -> Drawn:
        """Return the rows that were drawn; none where not one group is small enough."""
        import pyarrow as pa

        cells = pa.concat_tables([kept.cells for kept in self._blocks])
        draws = np.concatenate([kept.draws for kept in self._blocks])
        strata = np.concatenate([kept.strata for kept in self._blocks])
        most = max(1, int(len(draws) * min(1.0, self._room / max(self._bytes(), 1))))
        chosen = np.sort(self._chosen(draws, strata, most))
        positions = np.concatenate([kept.positions for kept in self._blocks])
        return Drawn(cells.take(pa.array(chosen)), positions[chosen], self.seen, self._strata.column is not None)

    def _chosen(self, draws: NDArray[np.uint64], strata: NDArray[np.int64], most: int) -> NDArray[np.intp]:
        order = np.argsort(draws, kind="stable")
        if most >= len(order):
            return order
        if self._group is not None:
            return np.flatnonzero(draws < draws[order[most]])
        counts = self._strata.counts
        wanted = np.maximum(np.round(most * counts / self.seen), np.minimum(_FEWEST_OF_CLASS, counts)).astype(np.int64)
        return order[_rank_in(strata[order]) < wanted[strata[order]]]

    def _keep(self, kept: _Kept) -> None:
        """Keep what is below the limit, or below the one of its stratum."""
        self._floors = np.append(self._floors, np.full(len(self._strata.counts) - len(self._floors), _EVERYTHING))
        within = kept.draws < np.maximum(self._limit, self._floors[kept.strata])
        if within.any():
            self._blocks.append(kept.only(within))

    def _shrink(self) -> bool:
        """Lower the limits so that there is room again; return whether that made any."""
        draws = np.concatenate([kept.draws for kept in self._blocks])
        strata = np.concatenate([kept.strata for kept in self._blocks])
        most = int(len(draws) * _SLACK * self._room / self._bytes())
        self._limit = np.partition(draws, most)[most]
        if self._group is None:
            self._floors = _floors(draws, strata, len(self._floors))
        blocks, self._blocks = self._blocks, []
        for kept in blocks:
            self._keep(kept)
        return sum(len(kept.draws) for kept in self._blocks) < len(draws)

    def _bytes(self) -> int:
        return sum(kept.bytes for kept in self._blocks)


@dataclass(frozen=True)
class _Kept:
    cells: pa.Table
    positions: NDArray[np.int64]
    draws: NDArray[np.uint64]
    strata: NDArray[np.int64]

    @cached_property
    def bytes(self) -> int:
        """How much room the cells take as text; of those that are typed, about."""
        return sum(_text_bytes(column) for column in self.cells.columns)

    def only(self, mask: NDArray[np.bool_]) -> _Kept:
        import pyarrow as pa

        return _Kept(self.cells.filter(pa.array(mask)), self.positions[mask], self.draws[mask], self.strata[mask])


def _text_bytes(column: pa.ChunkedArray) -> int:
    import pyarrow as pa

    is_text = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
    return int(column.nbytes) + 4 * len(column) if is_text else _CELL_BYTES * len(column)


class _Strata:
    """The parts of the table that are to have their share: classes, or what lies between quantiles of the target.

    Attributes
    ----------
    column : str or None
    counts : ndarray of int64
        Rows seen of each part.
    """

    def __init__(self, column: str | None) -> None:
        self.column = column
        self.counts: NDArray[np.int64] = np.zeros(1 if column is None else 0, dtype=np.int64)
        self._codes: dict[Any, int] = {}
        self._edges: NDArray[np.float64] | None = None

    def codes(self, block: pa.Table) -> NDArray[np.int64]:
        """Return the part each row of a block is of."""
        codes = self._codes_of(block)
        self.counts = np.append(self.counts, np.zeros(max(0, codes.max(initial=-1) + 1 - len(self.counts)), np.int64))
        self.counts = self.counts + np.bincount(codes, minlength=len(self.counts))
        return codes

    def _codes_of(self, block: pa.Table) -> NDArray[np.int64]:
        if self.column is None:
            return np.zeros(block.num_rows, dtype=np.int64)
        encoded = block.column(self.column).combine_chunks().dictionary_encode()
        levels = encoded.dictionary.to_pylist()
        positions = encoded.indices.fill_null(len(levels)).to_numpy(zero_copy_only=False)
        if not self._codes and self._edges is None and len(levels) > _MOST_CLASSES:
            self._edges = _quantiles(levels)
        if self._edges is None:
            of_level = [self._code(level) for level in [*levels, None]]
        else:
            of_level = np.searchsorted(self._edges, _numbers([*levels, None])).tolist()
        return np.asarray(np.array(of_level, dtype=np.int64)[positions], dtype=np.int64)

    def _code(self, level: Any) -> int:
        """Return the number of a class; those beyond very many share the last."""
        if level not in self._codes and len(self._codes) >= _MOST_CLASSES * 2:
            return _MOST_CLASSES * 2
        return self._codes.setdefault(level, len(self._codes))


def _numbers(levels: list[Any]) -> NDArray[np.float64]:
    return np.asarray(pd.to_numeric(pd.Series(levels, dtype=object), errors="coerce"), dtype=np.float64)


def _quantiles(levels: list[Any]) -> NDArray[np.float64]:
    numbers = _numbers(levels)
    present = numbers[np.isfinite(numbers)]
    if not len(present):
        return np.empty(0)
    return np.unique(np.quantile(present, np.linspace(0, 1, _BINS + 1)[1:-1]))


def draws_of(block: pa.Table, positions: NDArray[np.int64], group: str | None, seed: int) -> NDArray[np.uint64]:
    """Return the random number of each row of a block: of its position in the input, or of its group."""
    return random_numbers(positions.astype(np.uint64) if group is None else _hashed(block.column(group)), seed)


def random_numbers(numbers: NDArray[np.uint64], seed: int) -> NDArray[np.uint64]:
    """Return a random number for each number (splitmix64: Steele, Lea and Flood 2014)."""
    with np.errstate(over="ignore"):
        mixed = (numbers + np.uint64(2 * seed + 1)) * np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)), dtype=np.uint64)


def _hashed(column: pa.ChunkedArray) -> NDArray[np.uint64]:
    encoded = column.combine_chunks().dictionary_encode()
    levels = pd.Series([str(level) for level in [*encoded.dictionary.to_pylist(), None]], dtype=object)
    positions = encoded.indices.fill_null(len(levels) - 1).to_numpy(zero_copy_only=False)
    return np.asarray(pd.util.hash_array(levels.to_numpy())[positions], dtype=np.uint64)


def _rank_in(strata: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many rows of the same stratum stand before each row."""
    order = np.argsort(strata, kind="stable")
    starts = np.searchsorted(strata[order], strata[order], side="left")
    ranks = np.empty(len(strata), dtype=np.int64)
    ranks[order] = np.arange(len(strata)) - starts
    return ranks


def _floors(draws: NDArray[np.uint64], strata: NDArray[np.int64], count: int) -> NDArray[np.uint64]:
    """Return of each stratum the draw below which just enough rows lie; everything where there are no more."""
    order = np.argsort(draws, kind="stable")
    ranks = _rank_in(strata[order])
    floors = np.full(count, _EVERYTHING, dtype=np.uint64)
    at_floor = ranks == _FEWEST_OF_CLASS
    floors[strata[order][at_floor]] = draws[order][at_floor]
    return floors
