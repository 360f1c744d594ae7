"""What a model file remembers of its training rows, so that later rows can be held against them.

Each column and the predictions are summed up in some hundred numbers; beside them stand a few rows, without personal
data and without rare levels, for what only rows can tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "ColumnReference",
    "Grid",
    "PredictionReference",
    "Reference",
    "ReferenceRows",
    "significant",
]

_DIGITS = 6
_LARGEST_POWER = 290


def significant(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round to six significant digits, as everything in the reference is; values to compare are rounded alike."""
    known = np.isfinite(values) & (values != 0)
    powers = np.zeros(len(values))
    powers[known] = np.floor(np.log10(np.abs(values[known])))
    # Where the factor would leave the range of numbers, values stay as they are.
    known &= np.abs(powers) < _LARGEST_POWER
    factors = 10.0 ** np.where(known, _DIGITS - 1 - powers, 0.0)
    return np.where(known, np.round(values * factors) / factors, values)


@dataclass(frozen=True)
class Grid:
    """How numbers are spread.

    Attributes
    ----------
    knots : tuple of float
        At most 101 of the values, rising: the lowest, the highest and quantiles between them, closer together at both
        ends.
    below : tuple of int
        How many of the values are at most as large as each knot; the last is the number of all.
    mean, spread : float
        Of the values; the spread is their standard deviation.
    """

    knots: tuple[float, ...]
    below: tuple[int, ...]
    mean: float
    spread: float

    @property
    def rows(self) -> int:
        """The number of values."""
        return self.below[-1]

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Grid:
        """Rebuild it from JSON values; KeyError, TypeError or ValueError where they are not what they should be."""
        knots = tuple(float(knot) for knot in values["knots"])
        below = tuple(_count(count) for count in values["below"])
        rising = np.all(np.diff(knots) > 0) and np.all(np.diff(below) >= 0)
        if not knots or len(knots) != len(below) or not rising or below[-1] < 1:
            raise ValueError("a grid of rising values is expected")
        return cls(knots, below, float(values["mean"]), float(values["spread"]))


@dataclass(frozen=True)
class ColumnReference:
    """A column of the training rows.

    Attributes
    ----------
    name, kind : str
    rows, missing : int
        Rows looked at, and how many of them have no value.
    read, unparsed : int
        Rows whose texts were read again, and how many cells of them could not be.
    grid : Grid or None
        Of numbers, of times (days since the year 2000), or of the lengths of texts.
    levels : dict of str to int
        Rows of the most frequent levels of a category.
    others : int
        Rows of all its other levels.
    once : int
        How many levels stand in one row only: a measure of how often levels are new.
    personal : bool
        Whether it holds personal data: no value or level is remembered, but how many cells are missing and, of a
        category, how many levels stand in one row only.
    """

    name: str
    kind: str
    rows: int
    missing: int
    read: int = 0
    unparsed: int = 0
    grid: Grid | None = None
    levels: dict[str, int] = field(default_factory=dict)
    others: int = 0
    once: int = 0
    personal: bool = False

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> ColumnReference:
        """Rebuild it from JSON values; errors as for :meth:`Grid.from_dict`."""
        counts = {
            name: _count(values.get(name, 0)) for name in ("rows", "missing", "read", "unparsed", "others", "once")
        }
        if max(counts["missing"], counts["others"], counts["once"]) > counts["rows"] or not counts["rows"]:
            raise ValueError("more cells than rows")
        return cls(
            name=str(values["name"]),
            kind=str(values["kind"]),
            grid=None if values.get("grid") is None else Grid.from_dict(values["grid"]),
            levels={str(level): _count(rows) for level, rows in values.get("levels", {}).items()},
            personal=bool(values.get("personal", False)),
            **counts,
        )


@dataclass(frozen=True)
class PredictionReference:
    """The out-of-fold predictions.

    Attributes
    ----------
    grids : tuple of Grid
        Of the predicted number, or of each class's probability, in the order of the labels.
    decided : tuple of int
        Rows for which each label was predicted; empty for a regression.
    metric : str
        What the model was made for.
    score : float or None
        Of the predictions; None where the metric is not defined on them.
    estimated : float or None
        What the same predictions say of the score where the truth is not looked at.
    """

    grids: tuple[Grid, ...]
    decided: tuple[int, ...]
    metric: str
    score: float | None
    estimated: float | None

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> PredictionReference:
        """Rebuild it from JSON values; errors as for :meth:`Grid.from_dict`."""
        return cls(
            grids=tuple(Grid.from_dict(grid) for grid in values["grids"]),
            decided=tuple(_count(rows) for rows in values["decided"]),
            metric=str(values["metric"]),
            score=None if values["score"] is None else float(values["score"]),
            estimated=None if values["estimated"] is None else float(values["estimated"]),
        )


@dataclass(frozen=True)
class ReferenceRows:
    """A few training rows, drawn at random.

    Attributes
    ----------
    cells : dict of str to tuple of str
        Texts as they stood in the file, of the columns that the model uses, without texts and personal data. Levels of
        fewer than five rows are empty, and so are cells as rare that cannot be read; of spellings as rare it is the
        usual one.
    predictions : tuple
        Out-of-fold: a number a row, or the probability of each class.
    """

    cells: dict[str, tuple[str, ...]]
    predictions: tuple[Any, ...]

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> ReferenceRows:
        """Rebuild them from JSON values; errors as for :meth:`Grid.from_dict`."""
        cells = {str(name): tuple(map(str, texts)) for name, texts in values["cells"].items()}
        predictions = np.asarray(values["predictions"], dtype=np.float64)
        if {len(texts) for texts in cells.values()} - {len(predictions)} or not np.isfinite(predictions).all():
            raise ValueError("as many cells as predictions are expected")
        return cls(cells, tuple(values["predictions"]))


@dataclass(frozen=True)
class Reference:
    """Everything that later rows are held against.

    Attributes
    ----------
    rows : int
        Training rows.
    duplicates : int
        How many of them repeat another one, the target included.
    columns : tuple of ColumnReference
        Of the columns that the model uses.
    prediction : PredictionReference
    sample : ReferenceRows or None
        None where none were to be kept.
    """

    rows: int
    duplicates: int
    columns: tuple[ColumnReference, ...]
    prediction: PredictionReference
    sample: ReferenceRows | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-ready values; what is empty is left out of columns."""
        values = asdict(self)
        values["columns"] = [
            {name: value for name, value in column.items() if value or name == "missing"}
            for column in values["columns"]
        ]
        return values

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Reference:
        """Rebuild it from what :meth:`to_dict` returned.

        Raises
        ------
        AttributeError, KeyError, OverflowError, TypeError, ValueError
            If that is not what it is.
        """
        sample = values.get("sample")
        return cls(
            rows=_count(values["rows"]),
            duplicates=_count(values["duplicates"]),
            columns=tuple(ColumnReference.from_dict(column) for column in values["columns"]),
            prediction=PredictionReference.from_dict(values["prediction"]),
            sample=None if sample is None else ReferenceRows.from_dict(sample),
        )


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"a count is expected, not {value!r}")
    return value
