"""What shows between columns and along rows: cells missing together, outliers, redundancy, drift from first to last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.preparation.checks.column_values import ColumnValues
from automl.preparation.checks.drift import distance, first_to_last, is_far
from automl.preparation.checks.sampling import spread_rows
from automl.tables.schema import Column, ColumnKind

__all__ = ["ColumnDrift", "ColumnOutliers", "ColumnPair", "MissingPattern", "TableOverview", "table_overview"]

_MOST_COLUMNS = 500
_MOST_PATTERNS = 12
_MOST_PAIRS = 25
_MOST_DRIFTS = 15
_MOST_LEVELS = 50
_MOST_LEVEL_COLUMNS = 60
_SAMPLE = 5_000
_MIN_ROWS = 30
_NOTABLE = 0.5
_FENCE = 3.0


@dataclass(frozen=True)
class MissingPattern:
    """Rows in which exactly these columns are missing; no column is named where the rows are complete."""

    columns: tuple[str, ...]
    rows: int


@dataclass(frozen=True)
class ColumnOutliers:
    """Values of one numeric column beyond Tukey's outer fences, three quartile distances from the nearer quartile.

    Attributes
    ----------
    column : str
    low, high : float
        The fences, in the column's own unit.
    below, above : int
        Rows beyond either.
    minimum, maximum : float
    """

    column: str
    low: float
    high: float
    below: int
    above: int
    minimum: float
    maximum: float


@dataclass(frozen=True)
class ColumnPair:
    """Two columns that say much the same.

    Attributes
    ----------
    first, second : str
    strength : float
        Spearman's rank correlation in [-1, 1] of numbers and dates, or Cramer's V in [0, 1] of levels.
    measure : str
        ``"rank correlation"`` or ``"Cramer's V"``.
    """

    first: str
    second: str
    strength: float
    measure: str


@dataclass(frozen=True)
class ColumnDrift:
    """How differently a column is spread in the first and the last third of the rows.

    Attributes
    ----------
    column : str
    distance : float
        In [0, 1], as :func:`automl.preparation.checks.drift.distance` says.
    notable : bool
        Whether that is more than chance does.
    """

    column: str
    distance: float
    notable: bool


@dataclass(frozen=True)
class TableOverview:
    """What shows between the first 500 columns; each part leads with what matters most."""

    missing_together: tuple[MissingPattern, ...] = ()
    outliers: tuple[ColumnOutliers, ...] = ()
    related_columns: tuple[ColumnPair, ...] = ()
    drift: tuple[ColumnDrift, ...] = ()


def table_overview(values: Mapping[str, ColumnValues], columns: Sequence[Column]) -> TableOverview:
    """Describe a table across its columns and along its rows.

    Parameters
    ----------
    values : mapping of str to ColumnValues, each of shape (n_rows,)
    columns : sequence of Column
        Those to look at, in the order of the table; of more than 500 the first.
    """
    looked_at = columns[:_MOST_COLUMNS]
    pairs = sorted((*_number_pairs(values, looked_at), *_level_pairs(values, looked_at)), key=_strength)
    drift = sorted(_drift(values, looked_at), key=lambda each: -each.distance)
    return TableOverview(
        missing_together=_missing_together({column.name: values[column.name] for column in looked_at}),
        outliers=tuple(_outliers(values, looked_at)),
        related_columns=tuple(pairs[:_MOST_PAIRS]),
        drift=tuple(drift[:_MOST_DRIFTS]),
    )


def _missing_together(values: Mapping[str, ColumnValues]) -> tuple[MissingPattern, ...]:
    """Give each column a random number; the exclusive or of those missing in a row stands for its pattern."""
    gaps = {name: each.missing for name, each in values.items() if each.n_missing}
    if not gaps:
        return ()
    numbers = np.random.default_rng(0).integers(1, 2**63, len(gaps), dtype=np.int64)
    marks = np.zeros(len(next(iter(gaps.values()))), dtype=np.int64)
    for number, missing in zip(numbers, gaps.values(), strict=True):
        marks[missing] ^= number
    codes = pd.factorize(marks)[0]
    first = np.unique(codes, return_index=True)[1]
    rows = np.bincount(codes)
    most = np.argsort(-rows, kind="stable")[:_MOST_PATTERNS]
    return tuple(
        MissingPattern(tuple(name for name, missing in gaps.items() if missing[first[code]]), int(rows[code]))
        for code in most
    )


def _outliers(values: Mapping[str, ColumnValues], columns: Sequence[Column]) -> Iterator[ColumnOutliers]:
    for column in columns:
        if column.kind is not ColumnKind.NUMERIC:
            continue
        numbers = values[column.name].present
        numbers = numbers[np.isfinite(numbers)]
        if len(numbers) < _MIN_ROWS:
            continue
        lower, upper = np.quantile(numbers, [0.25, 0.75]).tolist()
        reach = _FENCE * (upper - lower)
        below, above = int((numbers < lower - reach).sum()), int((numbers > upper + reach).sum())
        if reach and below + above:
            ends = float(numbers.min()), float(numbers.max())
            yield ColumnOutliers(column.name, lower - reach, upper + reach, below, above, *ends)


def _number_pairs(values: Mapping[str, ColumnValues], columns: Sequence[Column]) -> Iterator[ColumnPair]:
    kinds = (ColumnKind.NUMERIC, ColumnKind.DATETIME, ColumnKind.BOOLEAN)
    names = [column.name for column in columns if column.kind in kinds]
    if len(names) < 2 or len(values[names[0]]) < _MIN_ROWS:
        return
    rows = spread_rows(len(values[names[0]]), _SAMPLE)
    ranks = pd.concat([pd.Series(values[name].array[rows]) for name in names], axis=1, ignore_index=True).rank()
    matrix = ranks.corr(min_periods=_MIN_ROWS).to_numpy()
    firsts, seconds = np.nonzero(np.triu(np.abs(np.nan_to_num(matrix)) >= _NOTABLE, 1))
    for first, second in zip(firsts.tolist(), seconds.tolist(), strict=True):
        yield ColumnPair(names[first], names[second], float(matrix[first, second]), "rank correlation")


def _level_pairs(values: Mapping[str, ColumnValues], columns: Sequence[Column]) -> Iterator[ColumnPair]:
    candidates = (values[column.name] for column in columns if column.kind is ColumnKind.CATEGORY)
    names = [column.name for column in columns if column.kind is ColumnKind.CATEGORY]
    coded: dict[str, NDArray[np.int64]] = {}
    for name, each in zip(names, candidates, strict=True):
        sample = each.take(spread_rows(len(each), _SAMPLE))
        if 2 <= sample.distinct() <= _MOST_LEVELS and len(coded) < _MOST_LEVEL_COLUMNS:
            coded[name] = sample.array
    for (first, one), (second, other) in combinations(coded.items(), 2):
        strength = _cramers_v(one, other)
        if strength >= _NOTABLE:
            yield ColumnPair(first, second, strength, "Cramer's V")


def _cramers_v(first: NDArray[np.int64], second: NDArray[np.int64]) -> float:
    """Return Cramer's V with Bergsma's correction (2013): without it many levels in few rows look related."""
    both = (first >= 0) & (second >= 0)
    if both.sum() < _MIN_ROWS:
        return 0.0
    counts = pd.crosstab(first[both], second[both]).to_numpy(dtype=np.float64)
    total = counts.sum()
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / total
    height, width = counts.shape
    surplus = ((counts - expected) ** 2 / expected).sum() / total - (height - 1) * (width - 1) / (total - 1)
    fewest = min(height - (height - 1) ** 2 / (total - 1), width - (width - 1) ** 2 / (total - 1)) - 1
    return float(np.sqrt(min(1.0, max(0.0, surplus) / fewest))) if fewest > 0 else 0.0


def _drift(values: Mapping[str, ColumnValues], columns: Sequence[Column]) -> Iterator[ColumnDrift]:
    for column in columns:
        if not column.kind.is_feature or column.kind is ColumnKind.TEXT:
            continue
        ends = first_to_last(values[column.name])
        if ends is not None:
            found = distance(*ends)
            yield ColumnDrift(column.name, found, is_far(found, *ends))


def _strength(pair: ColumnPair) -> float:
    return -abs(pair.strength)
