"""What the cells of a column usually look like, and how well another cell would fit among them."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from automl.tables.celltypes import is_typed

__all__ = ["ColumnProfile", "profiles_of"]

_DIGIT = re.compile(r"[0-9]")
_DIGITS = re.compile(r"9+")
_LETTERS = re.compile(r"[^\W\d_]+")
_WORD = re.compile(r"\S+")
_SAMPLE_CELLS = 1000
# Wider tables are not profiled: their rows are padded and cut, never repaired.
_MAX_WIDTH = 400
_SHAPE_CHARACTERS = 60
# How much each view of a cell counts: its text, its shape, its shape without lengths, its coarse kind.
_WEIGHTS = (0.25, 0.30, 0.25, 0.19)
# How much it counts that a cell begins and ends with the characters that others do.
_EDGE_WEIGHT = 0.5
_FLOOR = 1e-4
_EDGE_FLOOR = 1e-2
_WORST = -6.0


class ColumnProfile:
    """The frequencies of the texts, shapes and kinds of a column's cells.

    Parameters
    ----------
    cells : iterable of str
        Cells that are known to belong to the column; at most the first 1,000 are used.
    """

    def __init__(self, cells: Sequence[str]) -> None:
        views = [_views(cell) for cell in cells[:_SAMPLE_CELLS]]
        self._size = len(views)
        self._counts = tuple(Counter(view) for view in zip(*views, strict=True))
        own = [self._log_share(view, without_itself=True) for view in views]
        self._usual = sum(own) / len(own) if own else 0.0
        self._known: dict[str, float] = {}

    def fit(self, cell: str) -> float:
        """Return how well a cell fits: about 0 as the column's own cells do, down to -6 as no cell of it would."""
        fit = self._known.get(cell)
        if fit is None:
            fit = max(_WORST, self._log_share(_views(cell)) - self._usual)
            if len(self._known) < 10 * _SAMPLE_CELLS:
                self._known[cell] = fit
        return fit

    @property
    def filled_share(self) -> float:
        """Share of the cells that are not empty."""
        return 1 - self._counts[0][""] / self._size if self._size else 0.0

    def common_shape(self) -> tuple[str, float]:
        """Return the commonest shape without lengths, and the share of the cells that have it."""
        if not self._size:
            return "", 0.0
        shape, count = self._counts[2].most_common(1)[0]
        return shape, count / self._size

    def _log_share(self, views: Sequence[str], *, without_itself: bool = False) -> float:
        size = max(self._size - without_itself, 1)
        counted = zip(self._counts, views, strict=True)
        *shares, edges = ((counts[view] - without_itself) / size for counts, view in counted)
        share = sum(weight * part for weight, part in zip(_WEIGHTS, shares, strict=True))
        return math.log(share + _FLOOR) + _EDGE_WEIGHT * math.log(edges + _EDGE_FLOOR)


def profiles_of(rows: Iterable[Sequence[str]], width: int) -> tuple[ColumnProfile, ...]:
    """Return one profile a column from rows of ``width`` cells; empty where the rows are too few or too wide."""
    if width > _MAX_WIDTH:
        return ()
    sample = [row for _, row in zip(range(_SAMPLE_CELLS), rows, strict=False)]
    if len(sample) < 3:
        return ()
    return tuple(ColumnProfile([row[position] for row in sample]) for position in range(width))


@lru_cache(maxsize=1 << 14)
def _views(text: str) -> tuple[str, str, str, str, str]:
    cell = text.strip()
    shape = _LETTERS.sub("a", _DIGIT.sub("9", cell[:_SHAPE_CHARACTERS]))
    edges = _character_kind(text[0]) + _character_kind(text[-1]) if text else ""
    return cell, shape, _DIGITS.sub("9", shape), _kind(cell), edges


def _character_kind(character: str) -> str:
    if character.isdigit():
        return "9"
    if not character.isalpha():
        return character
    return "A" if character.isupper() else "a"


def _kind(cell: str) -> str:
    if not cell:
        return "empty"
    if is_typed(cell):
        return "number" if cell.count(":") + cell.count("/") == 0 else "time"
    size = len(cell).bit_length()
    words = len(_WORD.findall(cell[:1000]))
    return f"{'word' if words == 1 else 'text'} {size}"
