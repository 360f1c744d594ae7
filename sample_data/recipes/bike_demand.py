"""Bicycles rented in blocks of three hours: a table with dates, written the way a European spreadsheet does."""

from __future__ import annotations

import numpy as np
import pandas as pd

from recipes.dirt import csv_text, replaced

__all__ = ["rentals", "tables"]

_ROWS = 4_000
_NEW_ROWS = 80
_BLOCKS_PER_DAY = 8
_START = pd.Timestamp("2024-01-01 00:00")
_BYTE_ORDER_MARK = "\ufeff"

_WORKDAY = np.array([0.06, 0.12, 1.35, 0.85, 0.95, 1.75, 1.10, 0.35])
_DAY_OFF = np.array([0.20, 0.08, 0.30, 0.95, 1.55, 1.45, 0.85, 0.40])
_CONDITIONS = {"clear": 1.0, "cloudy": 0.93, "rain": 0.52, "heavy rain": 0.28, "snow": 0.22}
_HOLIDAYS = (
    "2024-01-01",
    "2024-03-29",
    "2024-04-01",
    "2024-05-01",
    "2024-05-09",
    "2024-05-20",
    "2024-10-03",
    "2024-12-25",
    "2024-12-26",
    "2025-01-01",
    "2025-04-18",
    "2025-04-21",
    "2025-05-01",
)


def tables(seed: int) -> dict[str, str]:
    """Return the training table and the days that follow it without a target, as file name to CSV text."""
    random = np.random.RandomState(seed)
    text = _as_text(rentals(random, _ROWS + _NEW_ROWS), random)
    training = text.iloc[:_ROWS]
    scoring = text.iloc[_ROWS:].drop(columns="rentals").reset_index(drop=True)
    scoring["condition"] = replaced(scoring["condition"], random, 0.05, ("fog",))
    scoring["forecast_by"] = "met office"
    return {
        "bike_demand.csv": _BYTE_ORDER_MARK + csv_text(training, ";"),
        "bike_demand_new.csv": _BYTE_ORDER_MARK + csv_text(scoring, ";"),
    }


def rentals(random: np.random.RandomState, rows: int) -> pd.DataFrame:
    """Draw weather and what it did to demand.

    Parameters
    ----------
    random : RandomState
    rows : int
        Blocks of three hours.

    Returns
    -------
    DataFrame of shape (rows, 9)
        ``rentals`` is a count; ``expected`` is the mean that it was drawn with.
    """
    table = pd.DataFrame({"starts": pd.date_range(_START, periods=rows, freq="3h")})
    table["holiday"] = np.where(table["starts"].dt.strftime("%Y-%m-%d").isin(_HOLIDAYS), "yes", "no")
    year = 2 * np.pi * (table["starts"].dt.day_of_year - 20) / 365.25
    day = 2 * np.pi * (table["starts"].dt.hour - 4) / 24
    front = _slow_noise(random, rows, 0.97)
    table["temperature"] = 11.0 - 9.5 * np.cos(year) - 3.2 * np.cos(day) + 3.5 * front
    wetness = _slow_noise(random, rows, 0.90)
    table["condition"] = _conditions(wetness, table["temperature"])
    table["humidity"] = np.clip(66 + 12 * wetness + random.normal(0, 5, size=rows), 20, 100).round().astype(int)
    table["wind"] = random.gamma(2.6, 4.2, size=rows)
    table["feels_like"] = table["temperature"] - 0.14 * table["wind"] + random.normal(0, 0.4, size=rows)
    table["expected"] = _expected(table)
    table["rentals"] = random.poisson(table["expected"] * random.gamma(40, 1 / 40, size=rows))
    return table


def _slow_noise(random: np.random.RandomState, rows: int, memory: float) -> np.ndarray:
    """Noise of unit variance that remembers: a first-order autoregression."""
    shocks = random.normal(0, np.sqrt(1 - memory**2), size=rows)
    level = np.empty(rows)
    level[0] = shocks[0]
    for step in range(1, rows):
        level[step] = memory * level[step - 1] + shocks[step]
    return level


def _conditions(wetness: np.ndarray, temperature: pd.Series[float]) -> np.ndarray:
    kinds = np.select(
        [wetness < 0.1, wetness < 0.8, wetness < 1.7], ["clear", "cloudy", "rain"], default="heavy rain"
    ).astype(object)
    freezing = (temperature < 1.0).to_numpy() & (wetness >= 0.8)
    return np.where(freezing, "snow", kinds)


def _expected(table: pd.DataFrame) -> pd.Series[float]:
    """Hour and kind of day, weather, and a service that grows by a quarter in a year."""
    off = (table["starts"].dt.day_of_week >= 5) | (table["holiday"] == "yes")
    block = (table["starts"].dt.hour // 3).to_numpy()
    rhythm = np.where(off, _DAY_OFF[block], _WORKDAY[block])
    warmth = np.exp(-(((table["feels_like"] - 22.0) / 15.0) ** 2))
    weather = table["condition"].map(_CONDITIONS).astype(float)
    breeze = 1 - 0.008 * np.minimum(table["wind"], 40.0)
    growth = 1 + 0.25 * np.arange(len(table)) / (365 * _BLOCKS_PER_DAY)
    expected: pd.Series[float] = 3 + 260 * rhythm * warmth * weather * breeze * growth
    return expected


def _as_text(table: pd.DataFrame, random: np.random.RandomState) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "starts": table["starts"].dt.strftime("%d.%m.%Y %H:%M").astype("str"),
            "holiday": table["holiday"].astype("str"),
            "condition": table["condition"].astype("str"),
            "temperature": _decimal_comma(table["temperature"]),
            "feels_like": replaced(_decimal_comma(table["feels_like"]), random, 0.02),
            "humidity": table["humidity"].map(lambda value: f"{value} %").astype("str"),
            "wind": replaced(_decimal_comma(table["wind"]), random, 0.04, ("-", "")),
            "rentals": table["rentals"].astype("str"),
        }
    )


def _decimal_comma(values: pd.Series[float]) -> pd.Series[str]:
    return values.map(lambda value: f"{value:.1f}".replace(".", ",")).astype("str")
