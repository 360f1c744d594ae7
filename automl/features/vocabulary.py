"""Known strings and their positions, stored compactly: levels of a category, terms of a text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["FEW", "MISSING", "UNKNOWN", "Vocabulary", "frequent_levels"]

#: What :meth:`Vocabulary.positions` says of strings that are not known, and of missing cells.
UNKNOWN, MISSING = -1, -2
#: Of so few cells a look at each takes less time than finding the distinct ones.
FEW = 64


class Vocabulary:
    """Strings in a fixed order, kept as two arrays so that a hundred thousand of them load from a file at once.

    Parameters
    ----------
    strings : sequence of str
        Distinct strings.
    """

    def __init__(self, strings: Sequence[str]) -> None:
        encoded = [string.encode("utf-8", "surrogatepass") for string in strings]
        self.utf8 = np.frombuffer(b"".join(encoded), dtype=np.uint8).copy()
        self.ends = np.cumsum([0, *(len(string) for string in encoded)], dtype=np.int64)

    def __len__(self) -> int:
        return len(self.ends) - 1

    def __getstate__(self) -> dict[str, Any]:
        return {"utf8": self.utf8, "ends": self.ends}

    @cached_property
    def strings(self) -> tuple[str, ...]:
        """The strings in order."""
        content = self.utf8.tobytes()
        ends = self.ends.tolist()
        return tuple(content[start:end].decode("utf-8", "surrogatepass") for start, end in pairwise(ends))

    def positions(self, cells: pd.Series[str]) -> NDArray[np.int64]:
        """Return each cell's position, ``UNKNOWN`` where it is not among the strings, ``MISSING`` where missing."""
        if len(cells) <= FEW:
            found = [self._position.get(cell, UNKNOWN if isinstance(cell, str) else MISSING) for cell in cells.tolist()]
            return np.array(found, dtype=np.int64)
        codes, levels = pd.factorize(cells)
        table = np.array([*(self._position.get(level, UNKNOWN) for level in levels), MISSING], dtype=np.int64)
        return table[codes]

    @cached_property
    def _position(self) -> dict[str, int]:
        return {string: position for position, string in enumerate(self.strings)}


def frequent_levels(cells: pd.Series[str], least: int) -> list[str]:
    """Return the levels found in at least ``least`` rows, most frequent first, equally frequent ones by name."""
    codes, levels = pd.factorize(cells)
    counts = np.bincount(codes[codes >= 0], minlength=len(levels))
    frequent = np.flatnonzero(counts >= least)
    ranked = sorted((-int(count), str(level)) for count, level in zip(counts[frequent], levels[frequent], strict=True))
    return [level for _, level in ranked]
