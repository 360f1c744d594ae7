"""The encodings: how each kind of column becomes features for each kind of model.

What an encoder learns, it learns from the frame given to ``fit_transform`` alone: the training rows of one fold.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.features.categories import CategoryCodes, TargetMeans
from automl.features.dates import DateParts, gaps
from automl.features.matrix import Block, EncodedMatrix, join_blocks
from automl.features.numbers import FilledNumbers, ScaledNumbers
from automl.features.texts import TextFeatures
from automl.tables.schema import Column, ColumnKind, Task

__all__ = ["ENCODING_NAMES", "TRUSTED_TYPES", "Encoder", "make_encoder"]

#: native: category codes and missing values stay. native_target: codes become target means. ordinal_target: filled as
#: well, for forests. onehot_scaled: indicators and scaled numbers, for linear, neighbour and neural models.
ENCODING_NAMES = ("native", "native_target", "ordinal_target", "onehot_scaled")

#: Our own types in a stored encoder; skops refuses to construct any that its list and this one do not name.
TRUSTED_TYPES = (
    "automl.features.categories.CategoryCodes",
    "automl.features.categories.TargetMeans",
    "automl.features.dates.DateParts",
    "automl.features.encoders.Encoder",
    "automl.features.numbers.FilledNumbers",
    "automl.features.numbers.ScaledNumbers",
    "automl.features.texts.TextFeatures",
    "numpy.dtype",
)

_MOST_INDICATORS = 30
_MOST_DATES_FOR_GAPS = 5


def make_encoder(name: str, columns: Sequence[Column], task: Task, n_classes: int, seed: int) -> Encoder:
    """Return an unfitted encoder.

    Parameters
    ----------
    name : str
        One of :data:`ENCODING_NAMES`.
    columns : sequence of Column
        The feature columns.
    n_classes : int
        0 for regression.

    Raises
    ------
    ValueError
        If there is no encoding of that name.
    """
    if name not in ENCODING_NAMES:
        raise ValueError(f"encoding must be one of {', '.join(ENCODING_NAMES)}. Got {name!r} instead.")
    del task
    return Encoder(name, [(column.name, str(column.kind)) for column in columns], n_classes, seed)


class Encoder:
    """An encoding of a choice of columns. State is plain values, arrays and scikit-learn estimators.

    Parameters
    ----------
    name : str
    columns : list of (name, kind)
    n_classes, seed : int
    """

    def __init__(self, name: str, columns: list[tuple[str, str]], n_classes: int, seed: int) -> None:
        self.name = name
        self.columns = columns
        self.n_classes = n_classes
        self.seed = seed
        self.parts: dict[str, Any] = {}

    def fit_transform(self, frame: pd.DataFrame, target: NDArray[Any], weight: NDArray[np.float64] | None = None) -> EncodedMatrix:
        """Learn from training rows and encode them; target means are cross-fitted.

        Parameters
        ----------
        frame : DataFrame of shape (n_rows, n_columns)
            Typed as ``TypedTable.frame`` is.
        target : ndarray of shape (n_rows,)
        weight : ndarray of shape (n_rows,), optional
        """
        blocks = []
        for number, (column, kind) in enumerate(self.columns):
            part = self._make_part(kind, frame[column])
            self.parts[str(number)] = part
            values = part.fit(frame[column], target, weight) if isinstance(part, TargetMeans) else _fit(part, frame[column])
            blocks.append(self._block(column, part, values))
        return self._join(blocks, frame)

    def transform(self, frame: pd.DataFrame) -> EncodedMatrix:
        """Encode other rows."""
        blocks = []
        for number, (column, _) in enumerate(self.columns):
            part = self.parts[str(number)]
            blocks.append(self._block(column, part, _apply(part, frame[column])))
        return self._join(blocks, frame)

    def _make_part(self, kind: str, cells: pd.Series[Any]) -> Any:
        for_lines = self.name == "onehot_scaled"
        if kind == ColumnKind.CATEGORY:
            return self._make_category_part(cells)
        if kind == ColumnKind.TEXT:
            return TextFeatures(64 if for_lines else 32, self.seed)
        if kind == ColumnKind.DATETIME:
            return DateParts(cyclic=for_lines)
        if for_lines:
            return ScaledNumbers()
        return FilledNumbers() if self.name == "ordinal_target" else None

    def _make_category_part(self, cells: pd.Series[Any]) -> Any:
        levels = cells.nunique()
        if self.name == "native" or levels <= 2:
            return CategoryCodes()
        if self.name == "onehot_scaled" and levels <= _MOST_INDICATORS:
            return CategoryCodes(least=3)
        return TargetMeans(self.n_classes, self.seed)

    def _block(self, column: str, part: Any, values: NDArray[np.float64]) -> Block:
        if isinstance(part, CategoryCodes):
            return self._category_block(column, part, values)
        if part is None:
            return Block(column, (column,), np.where(np.isfinite(values), values, np.nan))
        if isinstance(part, FilledNumbers | ScaledNumbers):
            return Block(column, (column, f"{column}: missing")[: values.shape[1]], values)
        names = tuple(f"{column}: {suffix}" for suffix in part.suffixes)
        return Block(column, names, values)

    def _category_block(self, column: str, part: CategoryCodes, codes: NDArray[np.float64]) -> Block:
        if self.name == "native":
            return Block(column, (column,), codes, part.cardinality)
        if self.name == "onehot_scaled":
            indicators = (codes[:, None] == np.arange(part.cardinality)).astype(np.float64)
            levels = [*part.levels, "other"][: part.cardinality]
            return Block(column, tuple(f"{column} = {level}" for level in levels), indicators)
        filled = codes if self.name == "native_target" else np.where(np.isnan(codes), -1.0, codes)
        return Block(column, (column,), filled)

    def _join(self, blocks: list[Block], frame: pd.DataFrame) -> EncodedMatrix:
        blocks = blocks + self._gap_blocks(frame)
        if self.name in ("ordinal_target", "onehot_scaled"):
            blocks = [Block(block.source, block.names, np.nan_to_num(block.values), block.cardinality) for block in blocks]
        if self.name == "onehot_scaled":
            blocks = self._standardised(blocks)
        return join_blocks(blocks, len(frame))

    def _gap_blocks(self, frame: pd.DataFrame) -> list[Block]:
        dates = [column for column, kind in self.columns if kind == ColumnKind.DATETIME]
        if len(dates) > _MOST_DATES_FOR_GAPS:
            return []
        return [
            Block(second, (f"seconds from {first} to {second}",), gaps(frame[first], frame[second]))
            for first, second in combinations(dates, 2)
        ]

    def _standardised(self, blocks: list[Block]) -> list[Block]:
        """Scale what no part has scaled: dates, topics, target means. Learned on the first call, the training rows."""
        ready = []
        for number, block in enumerate(blocks):
            part = self.parts.get(str(number))
            if isinstance(part, CategoryCodes | ScaledNumbers):
                ready.append(block)
                continue
            values = block.values.reshape(-1, len(block.names))
            key = f"scale {number}"
            if key not in self.parts:
                spread = values.std(axis=0) if len(values) else np.ones(values.shape[1])
                center = values.mean(axis=0) if len(values) else np.zeros(values.shape[1])
                self.parts[key] = np.vstack([center, np.where(spread > 1e-9, spread, 1.0)])
            center, spread = self.parts[key]
            ready.append(Block(block.source, block.names, np.clip((values - center) / spread, -6.0, 6.0), block.cardinality))
        return ready


def _fit(part: Any, cells: pd.Series[Any]) -> NDArray[np.float64]:
    values = cells.to_numpy(dtype=np.float64) if part is None or isinstance(part, FilledNumbers | ScaledNumbers) else cells
    return values if part is None else np.asarray(part.fit(values))


def _apply(part: Any, cells: pd.Series[Any]) -> NDArray[np.float64]:
    values = cells.to_numpy(dtype=np.float64) if part is None or isinstance(part, FilledNumbers | ScaledNumbers) else cells
    return values if part is None else np.asarray(part.transform(values))
