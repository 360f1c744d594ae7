"""What an encoder makes of a row, as features of a formula.

What a part makes of a category depends on its level alone. So the part itself is asked about each level, and its
answers are the formula, whatever the part is. Numbers and dates are told by what their parts and finishers learned.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pandas as pd

from automl.export.terms import DatePart, DaysBetween, Feature, Finish, IsMissing, Lookup, Measured, Number, Source
from automl.features import Encoder
from automl.features.categories import CategoryCodes, Indicators, OrderedLevels
from automl.features.dates import CyclicDateParts, DateGaps, DateParts
from automl.features.generated import CategoryCrosses, GroupDistances, NumberPairs
from automl.features.matrix import join_groups
from automl.features.numbers import FARTHEST, FilledNumbers, Numbers, ScaledNumbers
from automl.features.parts import Finished, Finisher, Part
from automl.features.target_means import TargetMeans
from automl.features.texts import TextFeatures
from automl.tables.schema import ColumnKind, Schema

__all__ = ["Refused", "features_of_encoder"]

#: A text that is no level.
_UNKNOWN = "\x00no such level"

_DTYPES = {
    ColumnKind.NUMERIC: "float64",
    ColumnKind.BOOLEAN: "float64",
    ColumnKind.DATETIME: "datetime64[us]",
    ColumnKind.CATEGORY: "str",
    ColumnKind.TEXT: "str",
}


class Refused(str):
    """Stands for a feature that no formula is made of: says what it is."""

    __slots__ = ()


def features_of_encoder(encoder: Encoder, schema: Schema) -> list[Feature | Refused]:
    """Return what stands in each column of the encoder's matrix.

    Parameters
    ----------
    encoder : Encoder
    schema : Schema
        Knows the levels of categories.
    """
    return [feature for part in encoder.parts for feature in _features(part, encoder, schema)]


def _features(part: Part, encoder: Encoder, schema: Schema) -> Sequence[Feature | Refused]:
    inner, finisher = (part.part, part.finisher) if isinstance(part, Finished) else (part, None)
    match inner:
        case CategoryCodes() | Indicators() | OrderedLevels() | TargetMeans():
            return _looked_up(part, inner.column, [*schema.column(inner.column).levels, *inner.levels.strings])
        case Numbers() | DateParts() | DateGaps():
            return _finished(_sources(inner), finisher)
        case _:
            frame = pd.DataFrame(
                {name: pd.Series([], dtype=_DTYPES[ColumnKind(kind)]) for name, kind in encoder.columns}
            )
            return [Refused(_said_of(inner))] * len(part.transform(frame).names)


def _said_of(part: Part) -> str:
    match part:
        case TextFeatures(column=column):
            return f"the words of the column '{column}'"
        case NumberPairs() | GroupDistances() | CategoryCrosses():
            return "features made of two columns"
        case _:
            return f"features of the sort {type(part).__name__}"


def _looked_up(part: Part, column: str, known: Sequence[str]) -> list[Feature | Refused]:
    """Ask the part about every level, about one that it does not know and about a missing cell."""
    levels = list(dict.fromkeys(known))
    cells = pd.DataFrame({column: pd.Series([*levels, _UNKNOWN, np.nan], dtype="str")})
    group = part.transform(cells)
    answers = join_groups([group], len(cells)).values
    return [_lookup(column, levels, [_number(each) for each in answer.tolist()]) for answer in answers.T]


def _lookup(column: str, levels: Sequence[str], answers: Sequence[float | None]) -> Lookup:
    *numbers, unknown, missing = answers
    # What is said of levels that are not known need not be said of each.
    told = [(level, number) for level, number in zip(levels, numbers, strict=True) if number != unknown]
    return Lookup(column, tuple(level for level, _ in told), tuple(number for _, number in told), missing, unknown)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else value


def _sources(part: Numbers | DateParts | DateGaps) -> list[Source]:
    match part:
        case Numbers():
            origins = np.asarray(part.origin).tolist()
            return [Number(column, origin) for column, origin in zip(part.columns, origins, strict=True)]
        case DateGaps():
            return [DaysBetween(first, second) for first, second in combinations(part.columns, 2)]
        case DateParts() | CyclicDateParts():
            days = DatePart(part.column, "days", part.origin)
            return [days, *(DatePart(part.column, name) for name in part.varying)]


def _finished(sources: Sequence[Source], finisher: Finisher | None) -> list[Feature | Refused]:
    match finisher:
        case None:
            return [Measured(source, Finish()) for source in sources]
        case FilledNumbers():
            finishes, flagged = _filling(finisher), finisher.flagged
        case ScaledNumbers():
            finishes, flagged = _scaling(finisher), finisher.filler.flagged
        case _:
            return [Refused(f"features finished by {type(finisher).__name__}")] * len(sources)
    measured = [Measured(source, finish) for source, finish in zip(sources, finishes, strict=True)]
    return [*measured, *(IsMissing(sources[place]) for place in flagged)]


def _filling(finisher: FilledNumbers) -> list[Finish]:
    return [Finish(fill=median) for median in _floats(finisher.medians)]


def _scaling(finisher: ScaledNumbers) -> list[Finish]:
    curves: dict[int, tuple[tuple[float, ...], tuple[float, ...]]] = {}
    for place, (start, end) in zip(finisher.skewed, pairwise(finisher.ends.tolist()), strict=True):
        curves[place] = tuple(_floats(finisher.quantiles[start:end])), tuple(_floats(finisher.scores[start:end]))
    numbers = zip(_floats(finisher.filler.medians), _floats(finisher.center), _floats(finisher.spread), strict=True)
    return [
        Finish(median, *curves.get(place, ((), ())), center, spread, FARTHEST)
        for place, (median, center, spread) in enumerate(numbers)
    ]


def _floats(values: Any) -> list[float]:
    return [float(value) for value in values]
