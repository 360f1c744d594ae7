"""Rows that a line break without quotes cut in pieces: put together where the pieces cannot be rows."""

from __future__ import annotations

from collections.abc import Sequence

from automl.tables.alignment import align
from automl.tables.shapes import ColumnProfile

__all__ = ["put_together"]

# Joined, the pieces have to fit so much better than apart; and a cell that was not cut has to fit so well.
_GAIN = 3.0
_MIN_FIT = -3.0
_MIN_JOINED_FIT = -5.0
# As the cells of a column itself, or nearly.
_WHOLE_FIT = -2.0


def put_together(pieces: Sequence[Sequence[str]], profiles: Sequence[ColumnProfile]) -> list[str] | None:
    """Join the pieces of a row, the last cell of each with the first of the next.

    Parameters
    ----------
    pieces : sequence of sequence of str
        The cells of records that follow each other; together they have one cell a column.
    profiles : sequence of ColumnProfile

    Returns
    -------
    list of str or None
        None where the pieces could be rows themselves.
    """
    if len(pieces[0]) == 1 and len(pieces[-1]) == len(profiles) and _fit_apart(pieces, profiles):
        return None
    ways = []
    for joiner in ("\n", " ", ""):
        cells = list(pieces[0])
        for piece in pieces[1:]:
            cells = [*cells[:-1], cells[-1] + joiner + piece[0], *piece[1:]]
        ways.append(align(cells, profiles)[0])
    best = max(ways, key=lambda way: way.score)
    seams = _seams(pieces)
    are_parts = all(1 < len(piece) < len(profiles) for piece in pieces)
    for position, (profile, cell) in enumerate(zip(profiles, best.cells, strict=True)):
        if profile.fit(cell) <= _MIN_FIT and not (
            position in seams and (are_parts or profile.fit(cell) > _MIN_JOINED_FIT)
        ):
            return None
    return list(ways[0].cells) if best.score - _apart(pieces, profiles) >= _GAIN else None


def _fit_apart(pieces: Sequence[Sequence[str]], profiles: Sequence[ColumnProfile]) -> bool:
    """Whether the first piece is a whole cell of the first column, and the last one a row."""
    *above, below = pieces
    fits = [profile.fit(cell) for profile, cell in zip(profiles, below, strict=True)]
    return len(above) == 1 and profiles[0].fit(above[0][0]) >= _WHOLE_FIT and sum(fits) >= _WHOLE_FIT * len(fits)


def _seams(pieces: Sequence[Sequence[str]]) -> set[int]:
    """Return the positions of the cells that were joined."""
    seams = set()
    position = -1
    for piece in pieces[:-1]:
        position += len(piece) if position < 0 else len(piece) - 1
        seams.add(position)
    return seams


def _apart(pieces: Sequence[Sequence[str]], profiles: Sequence[ColumnProfile]) -> float:
    """Return how well the pieces fit as rows, padded with empty cells."""
    rows = ([*piece, *("" for _ in range(len(profiles) - len(piece)))] for piece in pieces)
    return sum(align(row, profiles)[0].score for row in rows)
