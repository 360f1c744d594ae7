"""Dates: the parts that vary, the days since the first one, and the days between two date columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.features.matrix import FeatureGroup
from automl.features.parts import Blocks, Target, Weight

__all__ = ["CyclicDateParts", "DateGaps", "DateParts"]

_MICROSECONDS_A_DAY = 86_400_000_000
_MICROSECONDS_A_MINUTE = 60_000_000
_PERIODS = {"month": 12.0, "weekday": 7.0, "minute of day": 1440.0}

Parts = Mapping[str, NDArray[np.float64]]


class DateParts:
    """Days since the earliest training date, and those of year, month, day, weekday and time of day that vary.

    Parameters
    ----------
    column : str
    """

    def __init__(self, column: str) -> None:
        self.column = column
        self.origin = 0.0
        self.varying: list[str] = []

    def fit_transform(self, frame: pd.DataFrame, target: Target, weight: Weight, blocks: Blocks = None) -> FeatureGroup:  # noqa: ARG002
        """Learn the origin and which parts vary; return the training rows' features."""
        days = _days(frame[self.column])
        known = days[np.isfinite(days)]
        self.origin = float(known.min()) if len(known) else 0.0
        parts = self._parts(frame[self.column])
        self.varying = [name for name, values in parts.items() if _varies(values)]
        if not _varies(parts["minute of day"] % 60):
            # On the hour throughout: the minute of the day would only repeat the hour.
            self.varying = [name for name in self.varying if name != "minute of day"]
        return self._group(days, parts)

    def transform(self, frame: pd.DataFrame) -> FeatureGroup:
        """Return other rows' features; NaN where there is no date."""
        return self._group(_days(frame[self.column]), self._parts(frame[self.column]))

    def _parts(self, moments: pd.Series[pd.Timestamp]) -> Parts:
        return _calendar(moments)

    def _group(self, days: NDArray[np.float64], parts: Parts) -> FeatureGroup:
        names = (f"{self.column}: days", *(f"{self.column}: {name}" for name in self.varying))
        values = np.column_stack([days - self.origin, *(parts[name] for name in self.varying)])
        return FeatureGroup(values, names, (self.column,) * len(names))


class CyclicDateParts(DateParts):
    """As :class:`DateParts`, with sine and cosine of month, weekday and time of day: December is next to January."""

    def _parts(self, moments: pd.Series[pd.Timestamp]) -> Parts:
        parts = dict(_calendar(moments))
        for name, period in _PERIODS.items():
            angle = 2 * np.pi * parts[name] / period
            parts[f"{name}, sine"], parts[f"{name}, cosine"] = np.sin(angle), np.cos(angle)
        return parts


class DateGaps:
    """The days between every two of some date columns; each is credited to the later named column of the two.

    Parameters
    ----------
    columns : sequence of str
    """

    def __init__(self, columns: Sequence[str]) -> None:
        self.columns = list(columns)

    def fit_transform(self, frame: pd.DataFrame, target: Target, weight: Weight, blocks: Blocks = None) -> FeatureGroup:  # noqa: ARG002
        """Return the training rows' gaps; there is nothing to learn."""
        return self.transform(frame)

    def transform(self, frame: pd.DataFrame) -> FeatureGroup:
        """Return the gaps; NaN where either date is missing."""
        days = {column: _days(frame[column]) for column in self.columns}
        pairs = list(combinations(self.columns, 2))
        values = np.column_stack([days[second] - days[first] for first, second in pairs])
        names = tuple(f"{second}: days since {first}" for first, second in pairs)
        return FeatureGroup(values, names, tuple(second for _, second in pairs))


def _varies(values: NDArray[np.float64]) -> bool:
    known = values[np.isfinite(values)]
    return len(known) > 0 and bool((known != known[0]).any())


def _days(moments: pd.Series[pd.Timestamp]) -> NDArray[np.float64]:
    """Return the days since 1970, NaN where there is no date."""
    stamps = moments.to_numpy(dtype="datetime64[us]")
    return np.where(np.isnat(stamps), np.nan, stamps.astype(np.int64) / _MICROSECONDS_A_DAY)


def _calendar(moments: pd.Series[pd.Timestamp]) -> Parts:
    """Return year, month, day, day of year, weekday (Monday is 0), hour and minute of day."""
    stamps = moments.to_numpy(dtype="datetime64[us]")
    missing = np.isnat(stamps)
    stamps = np.where(missing, np.datetime64(0, "us"), stamps)
    year, month, day = (stamps.astype(f"datetime64[{unit}]") for unit in "YMD")
    minute = (stamps - day.astype(stamps.dtype)).astype(np.int64) // _MICROSECONDS_A_MINUTE
    parts = {
        "year": year.astype(np.int64) + 1970,
        "month": month.astype(np.int64) % 12 + 1,
        "day": (day - month.astype(day.dtype)).astype(np.int64) + 1,
        "day of year": (day - year.astype(day.dtype)).astype(np.int64) + 1,
        "weekday": (day.astype(np.int64) + 3) % 7,
        "hour": minute // 60,
        "minute of day": minute,
    }
    return {name: np.where(missing, np.nan, values) for name, values in parts.items()}
