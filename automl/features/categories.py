"""Categories without looking at the target: codes by frequency rank, places in an order, and indicator columns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.features.matrix import FeatureGroup
from automl.features.parts import Blocks, Target, Weight
from automl.features.vocabulary import MISSING, UNKNOWN, Vocabulary, frequent_levels

__all__ = ["CategoryCodes", "Indicators", "OrderedLevels"]


class CategoryCodes:
    """One feature of integer codes: 0 for the most frequent level, 1 for the next, NaN where missing.

    Levels seen in a single row share one last code, and so do levels never seen; where no level was that rare, a level
    never seen counts as missing.

    Parameters
    ----------
    column : str
    """

    def __init__(self, column: str) -> None:
        self.column = column
        self.levels = Vocabulary(())
        self.has_rare = False

    def fit_transform(self, frame: pd.DataFrame, target: Target, weight: Weight, blocks: Blocks = None) -> FeatureGroup:  # noqa: ARG002
        """Learn the levels and return the training rows' codes."""
        cells = frame[self.column]
        self.levels = Vocabulary(frequent_levels(cells, least=2))
        positions = self.levels.positions(cells)
        self.has_rare = bool((positions == UNKNOWN).any())
        return self._group(positions)

    def transform(self, frame: pd.DataFrame) -> FeatureGroup:
        """Return other rows' codes."""
        return self._group(self.levels.positions(frame[self.column]))

    def _group(self, positions: NDArray[np.int64]) -> FeatureGroup:
        codes = positions.astype(np.float64)
        codes[positions == UNKNOWN] = len(self.levels) if self.has_rare else np.nan
        codes[positions == MISSING] = np.nan
        cardinality = max(1, len(self.levels) + self.has_rare)
        return FeatureGroup(codes[:, None], (self.column,), (self.column,), cardinality)


class OrderedLevels:
    """One feature that numbers the levels of an ordered category: 0 for the least; NaN where missing or not known.

    Parameters
    ----------
    column : str
    order : sequence of str
        The levels from least to greatest.
    """

    def __init__(self, column: str, order: Sequence[str]) -> None:
        self.column = column
        self.levels = Vocabulary(order)

    def fit_transform(self, frame: pd.DataFrame, target: Target, weight: Weight, blocks: Blocks = None) -> FeatureGroup:  # noqa: ARG002
        """Return the training rows' numbers; nothing is learned from them."""
        return self.transform(frame)

    def transform(self, frame: pd.DataFrame) -> FeatureGroup:
        """Return the rows' numbers."""
        positions = self.levels.positions(frame[self.column])
        numbers = np.where(positions < 0, np.nan, positions.astype(np.float64))
        return FeatureGroup(numbers[:, None], (f"{self.column}: order",), (self.column,))


class Indicators:
    """Zeros and ones for each level, for the rarer levels together, and for missing cells where there were any.

    Where that makes two columns, the second says all, and the first is left out.

    Parameters
    ----------
    column : str
    least : int
        Rows that a level needs for a column of its own.
    """

    def __init__(self, column: str, least: int) -> None:
        self.column = column
        self.least = least
        self.levels = Vocabulary(())
        self.has_rare = False
        self.has_missing = False

    def fit_transform(self, frame: pd.DataFrame, target: Target, weight: Weight, blocks: Blocks = None) -> FeatureGroup:  # noqa: ARG002
        """Learn the levels and return the training rows' indicators."""
        cells = frame[self.column]
        self.levels = Vocabulary(frequent_levels(cells, self.least))
        positions = self.levels.positions(cells)
        self.has_rare = bool((positions == UNKNOWN).any())
        self.has_missing = bool((positions == MISSING).any())
        return self._group(positions)

    def transform(self, frame: pd.DataFrame) -> FeatureGroup:
        """Return other rows' indicators; all zero for a level never seen where no level was rare."""
        return self._group(self.levels.positions(frame[self.column]))

    def _group(self, positions: NDArray[np.int64]) -> FeatureGroup:
        states = list(range(len(self.levels)))
        names = [f"{self.column} = {level}" for level in self.levels.strings]
        if self.has_rare:
            states.append(UNKNOWN)
            names.append(f"{self.column}: other level")
        if self.has_missing:
            states.append(MISSING)
            names.append(f"{self.column}: missing")
        if len(states) == 2:
            states, names = states[1:], names[1:]
        indicators = positions[:, None] == np.array(states, dtype=np.int64)
        return FeatureGroup(indicators, tuple(names), (self.column,) * len(names))
