"""Dates: the parts that vary, the time since the first one, and the gaps between two date columns."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["DateParts", "gaps"]

_DAY = 86_400.0


def _seconds(moments: pd.Series[pd.Timestamp]) -> NDArray[np.float64]:
    values = moments.to_numpy(dtype="datetime64[us]")
    return np.where(np.isnat(values), np.nan, values.astype(np.int64) / 1e6)


class DateParts:
    """Year, month, day, weekday, hour and minute where they vary, and the days since the earliest date.

    Parameters
    ----------
    cyclic : bool
        Add sine and cosine of month, weekday and hour, for models that cannot split a circle.
    """

    def __init__(self, cyclic: bool) -> None:
        self.cyclic = cyclic
        self.origin = 0.0
        self.parts: list[str] = []

    def fit(self, moments: pd.Series[pd.Timestamp]) -> NDArray[np.float64]:
        """Learn the origin and which parts vary; return the features."""
        seconds = _seconds(moments)
        self.origin = float(np.nanmin(seconds)) if np.isfinite(seconds).any() else 0.0
        table = self._all_parts(moments)
        self.parts = [name for name, values in table.items() if np.isfinite(values).any() and np.nanmin(values) < np.nanmax(values)]
        return self.transform(moments)

    def transform(self, moments: pd.Series[pd.Timestamp]) -> NDArray[np.float64]:
        """Return the features; NaN where there is no date."""
        table = self._all_parts(moments)
        elapsed = (_seconds(moments) - self.origin) / _DAY
        return np.column_stack([elapsed, *(table[name] for name in self.parts)])

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Names of the features made."""
        return ("days", *self.parts)

    def _all_parts(self, moments: pd.Series[pd.Timestamp]) -> dict[str, NDArray[np.float64]]:
        stamp = moments.dt
        parts = {
            "year": stamp.year,
            "month": stamp.month,
            "day": stamp.day,
            "day of year": stamp.dayofyear,
            "weekday": stamp.weekday,
            "hour": stamp.hour,
            "minute of day": stamp.hour * 60 + stamp.minute,
        }
        table = {name: values.to_numpy(dtype=np.float64, na_value=np.nan) for name, values in parts.items()}
        if self.cyclic:
            for name, period in (("day of year", 365.25), ("weekday", 7.0), ("minute of day", 1440.0)):
                angle = 2 * np.pi * table[name] / period
                table[f"{name} sine"], table[f"{name} cosine"] = np.sin(angle), np.cos(angle)
        return table


def gaps(first: pd.Series[pd.Timestamp], second: pd.Series[pd.Timestamp]) -> NDArray[np.float64]:
    """Return the seconds from ``first`` to ``second``; NaN where either is missing."""
    return _seconds(second) - _seconds(first)
