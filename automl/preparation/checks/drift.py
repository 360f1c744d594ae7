"""How far two sets of rows are apart in one column."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.findings import Finding
from automl.preparation.checks.column_values import ColumnValues, values_of
from automl.preparation.checks.sampling import spread_rows
from automl.preparation.registry import make_finding
from automl.preparation.wording import join_quoted, verb

__all__ = ["distance", "find_drift", "first_to_last", "is_far"]

_FAR = 0.2
_SURE = 2.5
# Shares of many levels differ by chance in sum: that much is expected, and so much more is beyond chance.
_EXPECTED = (2 / np.pi) ** 0.5 / 2
_BEYOND_EXPECTED = 1.5
_MAX_LEVELS = 50
_SAMPLE = 20_000
_MIN_ROWS = 100


def find_drift(train: pd.DataFrame, test: pd.DataFrame) -> list[Finding]:
    """Find the columns that are spread otherwise in the test data than in the training data.

    Parameters
    ----------
    train, test : DataFrame
        The features of either, typed by one schema.
    """
    names = [name for name in train.columns if name in test.columns]
    rows, test_rows = spread_rows(len(train), _SAMPLE), spread_rows(len(test), _SAMPLE)
    pairs = ((name, values_of(train[name].iloc[rows]), values_of(test[name].iloc[test_rows])) for name in names)
    compared = ((name, distance(first, second), first, second) for name, first, second in pairs)
    far = {name: found for name, found, first, second in compared if is_far(found, first, second)}
    if not far:
        return []
    most = max(far, key=lambda name: far[name])
    message = (
        f"{join_quoted(list(far), 3)} {verb(len(far), 'is', 'are')} spread otherwise in the test data than in the "
        f"training data (distance {far[most]:.2f} in '{most}')."
    )
    return [make_finding("drift_to_test_data", message, tuple(far))]


def distance(first: ColumnValues, second: ColumnValues) -> float:
    """Return how differently two sets of values are spread, in [0, 1].

    Numbers and dates: the greatest difference between the cumulative distributions (Kolmogorov and Smirnov). Levels:
    half the sum of the differences between their shares (total variation), the rarer levels taken together. Missing
    is a level; where it differs more than the values do, its difference counts.
    """
    gone = abs(first.n_missing / max(len(first), 1) - second.n_missing / max(len(second), 1))
    if not len(first.present) or not len(second.present):
        return gone
    if first.levels is None:
        return max(gone, _greatest_difference(first.present, second.present))
    shares = _common_shares(first, second)
    rest = abs(float(shares[0].sum() - shares[1].sum()))
    return max(gone, (float(np.abs(shares[0] - shares[1]).sum()) + rest) / 2)


def _common_shares(first: ColumnValues, second: ColumnValues) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the shares of the most frequent levels in either."""
    counts = [pd.Series(each.level_counts(), dtype=np.float64) for each in (first, second)]
    common = counts[0].add(counts[1], fill_value=0.0).sort_values(ascending=False).index[:_MAX_LEVELS]
    one, other = (np.asarray((each / each.sum()).reindex(common, fill_value=0.0), dtype=np.float64) for each in counts)
    return one, other


def first_to_last(values: ColumnValues) -> tuple[ColumnValues, ColumnValues] | None:
    """Return the first and the last third of the rows, as many of either.

    None where a third is fewer than 100 rows.
    """
    third = len(values) // 3
    if third < _MIN_ROWS:
        return None
    rows = spread_rows(third, _SAMPLE)
    return values.take(rows), values.take(rows - third)


def is_far(found: float, first: ColumnValues, second: ColumnValues) -> bool:
    """Whether the distance found is large, and larger than chance makes it among so many rows and levels."""
    unit = ((len(first) + len(second)) / max(len(first) * len(second), 1)) ** 0.5
    if found <= max(_FAR, _SURE * unit):
        return False
    if first.levels is None or not len(first.present) or not len(second.present):
        return True
    shares = np.clip(np.mean(_common_shares(first, second), axis=0), 0.0, 1.0)
    expected = _EXPECTED * unit * float(np.sqrt(shares * (1 - shares)).sum())
    return bool(found > expected + _BEYOND_EXPECTED * unit)


def _greatest_difference(first: NDArray[Any], second: NDArray[Any]) -> float:
    ordered = [np.sort(each) for each in (first, second)]
    points = np.concatenate(ordered)
    below = [np.searchsorted(each, points, side="right") / len(each) for each in ordered]
    return float(np.abs(below[0] - below[1]).max())
