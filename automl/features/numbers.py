"""Numbers for models that need them filled, scaled and tame."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["FilledNumbers", "ScaledNumbers"]


def _finite(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.isfinite(values), values, np.nan)


class FilledNumbers:
    """Missing numbers become the median; an indicator says so where any were missing in training."""

    def __init__(self) -> None:
        self.median = 0.0
        self.indicator = False

    def fit(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Learn the median; return the filled column and its indicator."""
        known = values[np.isfinite(values)]
        self.median = float(np.median(known)) if len(known) else 0.0
        self.indicator = bool(0 < len(known) < len(values))
        return self.transform(values)

    def transform(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the filled column, and the indicator where there is one."""
        values = _finite(values)
        missing = np.isnan(values)
        filled = np.where(missing, self.median, values)
        return np.column_stack([filled, missing]) if self.indicator else filled.reshape(-1, 1)


class ScaledNumbers:
    """A column brought to mean 0 and spread 1, skewed ones by their ranks first, outliers bounded.

    Skewed columns pass through stored quantiles to a normal distribution; the others are only standardised.
    """

    def __init__(self) -> None:
        self.filler = FilledNumbers()
        self.quantiles = np.empty(0)
        self.normal_scores = np.empty(0)
        self.center = 0.0
        self.spread = 1.0

    def fit(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Learn the shape; return the scaled column and its missing indicator."""
        filled = self.filler.fit(values)[:, 0]
        if _is_skewed(filled):
            self._learn_quantiles(filled)
        shaped = self._shape(filled)
        self.center, spread = float(shaped.mean()), float(shaped.std())
        self.spread = spread if spread > 1e-12 else 1.0
        return self.transform(values)

    def transform(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the scaled column, and the indicator where there is one."""
        filled = self.filler.transform(values)
        scaled = np.clip((self._shape(filled[:, 0]) - self.center) / self.spread, -6.0, 6.0)
        return np.column_stack([scaled, filled[:, 1:]])

    def _learn_quantiles(self, filled: NDArray[np.float64]) -> None:
        from scipy.special import ndtri

        levels = np.linspace(0, 1, min(201, len(filled)))
        quantiles, first = np.unique(np.quantile(filled, levels), return_index=True)
        last = len(levels) - 1 - np.unique(np.quantile(filled, levels)[::-1], return_index=True)[1]
        self.quantiles = quantiles
        self.normal_scores = ndtri(np.clip((levels[first] + levels[last]) / 2, 0.005, 0.995))

    def _shape(self, filled: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.interp(filled, self.quantiles, self.normal_scores) if len(self.quantiles) > 1 else filled


def _is_skewed(values: NDArray[np.float64]) -> bool:
    if len(values) < 20:
        return False
    spread = values.std()
    if spread < 1e-12 or len(np.unique(values[:2000])) <= 2:
        return False
    standardised = (values - values.mean()) / spread
    return bool(abs((standardised**3).mean()) > 1.0 or np.abs(standardised).max() > 8.0)
