"""The pieces an encoder is composed of: parts make features from columns, finishers fill and scale what parts made."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.features.matrix import FeatureGroup

__all__ = ["Blocks", "Finished", "Finisher", "Part", "Target", "Weight"]

Target = NDArray[Any]
Weight = NDArray[np.float64] | None
#: Equal for rows that no split parts, of one group or copies of each other; None where every row stands for itself.
Blocks = NDArray[np.int64] | None


class Part(Protocol):
    """Makes features from one or more columns of a typed frame."""

    def fit_transform(self, frame: pd.DataFrame, target: Target, weight: Weight, blocks: Blocks = None) -> FeatureGroup:
        """Learn from the training rows and return their features."""
        ...

    def transform(self, frame: pd.DataFrame) -> FeatureGroup:
        """Return the features of other rows."""
        ...


class Finisher(Protocol):
    """Turns numbers that may be missing and of any scale into numbers a kind of model can use."""

    def fit_transform(self, group: FeatureGroup) -> FeatureGroup:
        """Learn from the training rows' features and return them finished."""
        ...

    def transform(self, group: FeatureGroup) -> FeatureGroup:
        """Return other rows' features finished."""
        ...


class Finished:
    """A part followed by a finisher.

    Parameters
    ----------
    part : Part
    finisher : Finisher
    """

    def __init__(self, part: Part, finisher: Finisher) -> None:
        self.part = part
        self.finisher = finisher

    def fit_transform(self, frame: pd.DataFrame, target: Target, weight: Weight, blocks: Blocks = None) -> FeatureGroup:
        """Learn from the training rows and return their finished features."""
        return self.finisher.fit_transform(self.part.fit_transform(frame, target, weight, blocks))

    def transform(self, frame: pd.DataFrame) -> FeatureGroup:
        """Return the finished features of other rows."""
        return self.finisher.transform(self.part.transform(frame))
