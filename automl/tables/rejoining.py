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
_CLEAR_GAP = 1.0


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
    ways = []
    for joiner in ("\n", " ", ""):
        cells = list(pieces[0])
        for piece in pieces[1:]:
            cells = [*cells[:-1], cells[-1] + joiner + piece[0], *piece[1:]]
        ways.append(align(cells, profiles)[0])
    best = max(ways, key=lambda way: way.score)
    best = ways[0] if ways[0].score > best.score - _CLEAR_GAP else best
    seams = _seams(pieces)
    for position, (profile, cell) in enumerate(zip(profiles, best.cells, strict=True)):
        if profile.fit(cell) <= (_MIN_JOINED_FIT if position in seams else _MIN_FIT):
            return None
    return list(best.cells) if best.score - _apart(pieces, profiles) >= _GAIN else None


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
