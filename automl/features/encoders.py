"""The encodings: how each kind of column becomes features for each kind of model.

What an encoder learns, it learns from the frame given to ``fit_transform`` alone: the training rows of one fold.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

import pandas as pd

from automl.features.categories import CategoryCodes, Indicators, OrderedLevels
from automl.features.dates import CyclicDateParts, DateGaps, DateParts
from automl.features.generated import CategoryCrosses, GroupDistances, NumberPairs
from automl.features.matrix import EncodedMatrix, join_groups
from automl.features.numbers import FilledNumbers, Numbers, ScaledNumbers
from automl.features.parts import Blocks, Finished, Part, Target, Weight
from automl.features.target_means import TargetMeans
from automl.features.texts import TextFeatures
from automl.tables.schema import Column, ColumnKind, Task

__all__ = ["ENCODING_NAMES", "Encoder", "make_encoder", "useful_encodings"]

#: native: category codes and missing values stay. native_target: codes become target means. generated: features made of
#: two columns each as well. ordinal_target: as native_target, but filled, for forests. onehot_scaled: indicators and
#: scaled numbers, for linear, neighbour and neural models. All but the last number ordered categories as well: on few
#: rows, a split between neighbouring levels is found that codes and target means hide.
ENCODING_NAMES = ("native", "native_target", "generated", "ordinal_target", "onehot_scaled")

_PAIRED_KINDS = (ColumnKind.NUMERIC, ColumnKind.BOOLEAN, ColumnKind.CATEGORY)
_MOST_ROWS_TO_PAIR = 200_000
_MOST_INDICATORS = 30
_FEWEST_FOR_INDICATOR = 3
_MOST_DATES_FOR_GAPS = 5
_CELLS_A_PART = 4_000_000


def useful_encodings(columns: Sequence[Column], n_rows: int) -> tuple[str, ...]:
    """Return the encodings worth trying on a table of this shape.

    Without categories, ``native`` would be ``native_target`` under another name.

    Features of two columns need two columns, and on very many rows they take the time and memory of better candidates:
    there, trees have the rows to find by themselves what two columns say together.
    """
    paired = [column for column in columns if column.kind in _PAIRED_KINDS]
    generates = len(paired) > 1 and n_rows <= _MOST_ROWS_TO_PAIR
    has_categories = any(column.kind is ColumnKind.CATEGORY for column in columns)
    left_out = {"generated": not generates, "native": not has_categories}
    return tuple(name for name in ENCODING_NAMES if not left_out.get(name, False))


def make_encoder(
    name: str, columns: Sequence[Column], task: Task, n_classes: int, seed: int, unpaired: Collection[str] = ()
) -> Encoder:
    """Return an unfitted encoder.

    Parameters
    ----------
    name : str
        One of :data:`ENCODING_NAMES`.
    columns : sequence of Column
        The feature columns. What is no feature (identifiers, constants, empty columns) is left out.
    task : Task
    n_classes : int
        Number of classes; of no meaning in regression.
    seed : int
        Decides the folds of target means and the directions of text.
    unpaired : collection of str
        Columns that generated features leave out, because a prediction has to be monotone in them.

    Raises
    ------
    ValueError
        If there is no encoding of that name.
    """
    if name not in ENCODING_NAMES:
        raise ValueError(f"encoding must be one of {', '.join(ENCODING_NAMES)}. Got {name!r} instead.")
    features = [(column.name, str(column.kind)) for column in columns if column.kind.is_feature]
    orders = {column.name: column.order for column in columns if column.kind is ColumnKind.CATEGORY and column.order}
    return Encoder(name, features, n_classes if task.is_classification else 0, seed, unpaired, orders)


class Encoder:
    """An encoding of some columns. Its state is plain values, arrays and the parts it is composed of.

    Parameters
    ----------
    name : str
    columns : list of (name, kind)
    n_classes : int
        0 in regression.
    seed : int
    unpaired : collection of str
        Columns that generated features leave out.
    orders : mapping of str to sequence of str
        The levels of ordered categories from least to greatest.
    """

    def __init__(
        self,
        name: str,
        columns: list[tuple[str, str]],
        n_classes: int,
        seed: int,
        unpaired: Collection[str] = (),
        orders: Mapping[str, Sequence[str]] = MappingProxyType({}),
    ) -> None:
        self.name = name
        self.columns = columns
        self.n_classes = n_classes
        self.seed = seed
        self.unpaired = list(unpaired)
        self.orders = {column: list(order) for column, order in orders.items()}
        self.parts: list[Part] = []

    def fit_transform(
        self, frame: pd.DataFrame, target: Target, weight: Weight = None, blocks: Blocks = None
    ) -> EncodedMatrix:
        """Learn from training rows and encode them; target means are cross-fitted.

        Parameters
        ----------
        frame : DataFrame of shape (n_rows, n_columns)
            Typed as ``TypedTable.frame`` is, with at least one row; other columns are ignored.
        target : ndarray of shape (n_rows,)
            Numbers, or class codes.
        weight : ndarray of shape (n_rows,), optional
            Of the rows, in target means.
        blocks : ndarray of shape (n_rows,), optional
            Equal for rows that no split parts: target means of a row do not see the labels of its block.
        """
        self.parts = [
            *self._number_parts(len(frame)),
            *(self._category_part(column, frame[column]) for column in self._named(ColumnKind.CATEGORY)),
            *self._order_parts(),
            *self._date_parts(),
            *self._text_parts(),
            *(self._generated_parts() if self.name == "generated" else ()),
        ]
        return join_groups([part.fit_transform(frame, target, weight, blocks) for part in self.parts], len(frame))

    def transform(self, frame: pd.DataFrame) -> EncodedMatrix:
        """Encode other rows."""
        return join_groups([part.transform(frame) for part in self.parts], len(frame))

    def _named(self, *kinds: ColumnKind) -> list[str]:
        return [name for name, kind in self.columns if kind in kinds]

    def _finished(self, part: Part) -> Part:
        if self.name == "ordinal_target":
            return Finished(part, FilledNumbers())
        return Finished(part, ScaledNumbers()) if self.name == "onehot_scaled" else part

    def _number_parts(self, n_rows: int) -> list[Part]:
        names = self._named(ColumnKind.NUMERIC, ColumnKind.BOOLEAN)
        width = max(1, _CELLS_A_PART // n_rows)
        return [self._finished(Numbers(names[start : start + width])) for start in range(0, len(names), width)]

    def _category_part(self, column: str, cells: pd.Series[str]) -> Part:
        if self.name == "native":
            return CategoryCodes(column)
        n_levels = cells.nunique()
        if n_levels <= 2:
            return Indicators(column, least=1)
        if self.name == "onehot_scaled" and n_levels <= _MOST_INDICATORS:
            return Indicators(column, least=_FEWEST_FOR_INDICATOR)
        return self._finished(TargetMeans(column, self.n_classes, self.seed))

    def _order_parts(self) -> list[Part]:
        if self.name == "onehot_scaled":
            return []
        return [self._finished(OrderedLevels(column, order)) for column, order in self.orders.items()]

    def _date_parts(self) -> list[Part]:
        names = self._named(ColumnKind.DATETIME)
        make = CyclicDateParts if self.name == "onehot_scaled" else DateParts
        parts: list[Part] = [make(name) for name in names]
        if 2 <= len(names) <= _MOST_DATES_FOR_GAPS:
            parts.append(DateGaps(names))
        return [self._finished(part) for part in parts]

    def _generated_parts(self) -> list[Part]:
        names = self._named(ColumnKind.NUMERIC, ColumnKind.BOOLEAN)
        numbers = [name for name in names if name not in self.unpaired]
        categories = self._named(ColumnKind.CATEGORY)
        parts: list[Part] = []
        if len(numbers) > 1:
            parts.append(NumberPairs(numbers, self.n_classes))
        if numbers and categories:
            parts.append(GroupDistances(numbers, categories, self.n_classes))
        if len(categories) > 1:
            parts.append(CategoryCrosses(categories, self.n_classes, self.seed))
        return parts

    def _text_parts(self) -> list[Part]:
        components = 64 if self.name == "onehot_scaled" else 32
        names = self._named(ColumnKind.TEXT)
        return [self._finished(TextFeatures(name, components, self.seed)) for name in names]
