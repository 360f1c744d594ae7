"""Cells of a row with too many or too few of them, laid over the columns they fit best."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from automl.tables.shapes import ColumnProfile

__all__ = ["MAX_SPLIT_CHARACTERS", "Alignment", "align"]

# What each repair costs, in the units of a profile's fit (natural logarithms).
_PAD = 1.5
_PAD_AT_END = 0.7
_DROP = 1.0
_DROP_AT_END = 0.3
_MERGE = 1.0
_SPLIT = 1.5
# Cutting a cell that fits its column as it is costs so much more.
_SPLIT_WHOLE = 4.0
_MAX_MERGED = 6
MAX_SPLIT_CHARACTERS = 400
_KEPT = 2


class Alignment(NamedTuple):
    """A row as it would stand in the table, and how well it fits there (0 as the other rows do; lower is worse)."""

    score: float
    cells: tuple[str, ...]


def align(
    cells: Sequence[str], profiles: Sequence[ColumnProfile], joiner: str = "", whole: frozenset[int] = frozenset()
) -> list[Alignment]:
    """Return the best and the second best way to lay cells over the columns.

    A row that is too long loses empty cells or has neighbours joined; one that is too short gets empty cells or has
    cells split. The search is dynamic programming over (cells used, columns filled), two ways kept for each.

    Parameters
    ----------
    cells : sequence of str
    profiles : sequence of ColumnProfile
        One a column.
    joiner : str
        What stood between two cells that are joined.
    whole : frozenset of int
        Positions of the cells that stood in quotes: they are joined with no other.

    Returns
    -------
    list of Alignment
        At most two, the best first; empty where there is none.
    """
    n_cells, width = len(cells), len(profiles)
    surplus = n_cells - width
    if surplus == 0:
        return [Alignment(sum(p.fit(c) for p, c in zip(profiles, cells, strict=True)), tuple(cells))]
    grid: dict[tuple[int, int], list[Alignment]] = {(0, 0): [Alignment(0.0, ())]}
    for used in range(n_cells + 1):
        for filled in range(width + 1):
            ways = grid.get((used, filled))
            if not ways or not _in_reach(used - filled, surplus):
                continue
            steps = _longer_steps if surplus > 0 else _shorter_steps
            for step_used, cost, added in steps(cells, profiles, (used, filled), joiner, whole):
                place = (used + step_used, filled + len(added))
                kept = grid.setdefault(place, [])
                grid[place] = _best([*kept, *(Alignment(way.score + cost, way.cells + added) for way in ways)])
    return grid.get((n_cells, width), [])


def _in_reach(offset: int, surplus: int) -> bool:
    return min(0, surplus) <= offset <= max(0, surplus)


def _best(ways: list[Alignment]) -> list[Alignment]:
    kept: list[Alignment] = []
    for way in sorted(ways, reverse=True):
        if all(way.cells != other.cells for other in kept):
            kept.append(way)
        if len(kept) == _KEPT:
            break
    return kept


Step = tuple[int, float, tuple[str, ...]]


def _match(cells: Sequence[str], profiles: Sequence[ColumnProfile], used: int, filled: int) -> list[Step]:
    if used < len(cells) and filled < len(profiles):
        return [(1, profiles[filled].fit(cells[used]), (cells[used],))]
    return []


def _longer_steps(
    cells: Sequence[str],
    profiles: Sequence[ColumnProfile],
    place: tuple[int, int],
    joiner: str,
    whole: frozenset[int],
) -> list[Step]:
    used, filled = place
    steps = _match(cells, profiles, used, filled)
    if used < len(cells) and not cells[used].strip():
        steps.append((1, -(_DROP_AT_END if filled == len(profiles) else _DROP), ()))
    if filled < len(profiles):
        for count in range(2, min(_MAX_MERGED, len(cells) - used, len(cells) - len(profiles) + 1) + 1):
            if not whole.isdisjoint(range(used, used + count)):
                break
            if not (cells[used].strip() and cells[used + count - 1].strip()):
                continue
            merged = joiner.join(cells[used : used + count])
            steps.append((count, profiles[filled].fit(merged) - _MERGE * (count - 1), (merged,)))
    return steps


def _shorter_steps(
    cells: Sequence[str],
    profiles: Sequence[ColumnProfile],
    place: tuple[int, int],
    _joiner: str,
    _whole: frozenset[int],
) -> list[Step]:
    used, filled = place
    steps = _match(cells, profiles, used, filled)
    if filled < len(profiles):
        cost = _PAD_AT_END if used == len(cells) else _PAD
        steps.append((0, profiles[filled].fit("") - cost, ("",)))
    if used < len(cells) and filled + 1 < len(profiles):
        steps.extend(_splits(cells[used], profiles[filled], profiles[filled + 1]))
    return steps


def _splits(cell: str, left: ColumnProfile, right: ColumnProfile) -> list[Step]:
    """Return the two best places to cut a cell in two; a quote at the place goes with the cut."""
    steps: list[Step] = []
    cost = _SPLIT + max(0.0, _SPLIT_WHOLE + left.fit(cell))
    for position in _cut_positions(cell):
        for skipped in (0, 1) if cell[position] in "\"'" else (0,):
            parts = (cell[:position], cell[position + skipped :])
            if all(parts):
                steps.append((1, left.fit(parts[0]) + right.fit(parts[1]) - cost, parts))
    return sorted(steps, key=lambda step: step[1], reverse=True)[:_KEPT]


def _cut_positions(cell: str) -> list[int]:
    if len(cell) > MAX_SPLIT_CHARACTERS:
        return [position for position, character in enumerate(cell) if character == '"'][:50]
    return list(range(1, len(cell)))
