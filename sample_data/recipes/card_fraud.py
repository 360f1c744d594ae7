"""Card payments, one in about seventy of them a fraud; codes that a careless reader destroys."""

from __future__ import annotations

import numpy as np
import pandas as pd

from recipes.dirt import csv_text, replaced

__all__ = ["payments", "tables"]

_ROWS = 6_000
_NEW_ROWS = 150
_SHIFT = -8.1  # sets the share of frauds to about 1.5 %

_CATEGORIES = {
    "groceries": (0.27, 3.3, 0.0),
    "fuel": (0.14, 3.6, 0.2),
    "restaurant": (0.18, 3.2, -0.2),
    "travel": (0.07, 5.2, 0.6),
    "electronics": (0.08, 4.9, 1.1),
    "gift cards": (0.04, 4.0, 1.9),
    "clothing": (0.12, 3.9, 0.1),
    "pharmacy": (0.10, 3.0, -0.4),
}
_COUNTRIES = {"US": 0.50, "CA": 0.12, "DE": 0.10, "GB": 0.10, "NA": 0.07, "ZA": 0.06, "BR": 0.05}
_AREAS = 240


def tables(seed: int) -> dict[str, str]:
    """Return the training table and new rows without a target, as file name to CSV text."""
    random = np.random.RandomState(seed)
    everything = payments(random, _ROWS + _NEW_ROWS)
    text = _as_text(everything, random)
    training = text.iloc[:_ROWS]
    scoring = text.iloc[_ROWS:].drop(columns="is_fraud").reset_index(drop=True)
    scoring["merchant_category"] = replaced(scoring["merchant_category"], random, 0.03, ("games",))
    scoring["terminal"] = "T-" + (scoring.index % 7).astype("str")
    return {"card_fraud.csv": csv_text(training), "card_fraud_new.csv": csv_text(scoring)}


def payments(random: np.random.RandomState, rows: int) -> pd.DataFrame:
    """Draw payments.

    Parameters
    ----------
    random : RandomState
    rows : int

    Returns
    -------
    DataFrame of shape (rows, 13)
        Numbers as numbers; ``is_fraud`` is 0 or 1 and ``fraud_probability`` what it was drawn with.
    """
    names = np.array(list(_CATEGORIES), dtype=object)
    category = random.choice(names, size=rows, p=[share for share, _, _ in _CATEGORIES.values()])
    typical = pd.Series(category).map({name: level for name, (_, level, _) in _CATEGORIES.items()}).to_numpy(float)
    home = _country(random, rows)
    abroad = random.uniform(size=rows) < 0.09
    table = pd.DataFrame(
        {
            "payment_id": [f"P{number:07d}" for number in random.permutation(9_000_000)[:rows] + 1_000_000],
            "hour": random.choice(24, size=rows, p=_hours()),
            "amount": np.round(random.lognormal(typical, 0.75), 2),
            "merchant_category": category,
            "home_country": home,
            "merchant_country": np.where(abroad, _country(random, rows), home),
            "post_code": _post_codes(random)[random.choice(_AREAS, size=rows, p=_area_shares())],
            "card_present": np.where(random.uniform(size=rows) < 0.68, "Y", "N"),
            "account_days": np.round(random.gamma(1.4, 700, size=rows)).astype(int),
            "payments_last_day": random.poisson(random.gamma(1.0, 1.6, size=rows)),
            "kilometres_from_last": np.round(random.gamma(0.5, 60, size=rows) + abroad * 900, 1),
        }
    )
    table["fraud_probability"] = 1 / (1 + np.exp(-_log_odds(table)))
    table["is_fraud"] = (random.uniform(size=rows) < table["fraud_probability"]).astype(int)
    return table


def _country(random: np.random.RandomState, rows: int) -> pd.Series[str]:
    codes = np.array(list(_COUNTRIES), dtype=object)
    return pd.Series(random.choice(codes, size=rows, p=list(_COUNTRIES.values())), dtype="str")


def _hours() -> list[float]:
    weights = np.array([2, 1, 1, 1, 1, 2, 4, 7, 9, 9, 10, 12, 14, 12, 10, 10, 12, 15, 16, 14, 11, 8, 5, 3], dtype=float)
    return list(weights / weights.sum())


def _post_codes(random: np.random.RandomState) -> np.ndarray:
    """Five digits each; about a third begin with a zero."""
    numbers = np.concatenate([random.permutation(9_000)[:80] + 501, random.permutation(89_000)[:160] + 10_000])
    return np.array([f"{number:05d}" for number in numbers], dtype=object)


def _area_shares() -> list[float]:
    weights = 1 / np.arange(5, _AREAS + 5, dtype=float)
    return list(weights / weights.sum())


def _log_odds(table: pd.DataFrame) -> pd.Series[float]:
    risk = table["merchant_category"].map({name: effect for name, (_, _, effect) in _CATEGORIES.items()}).astype(float)
    remote = table["card_present"] == "N"
    night = table["hour"].isin([0, 1, 2, 3, 4, 5])
    abroad = table["home_country"] != table["merchant_country"]
    odds: pd.Series[float] = (
        _SHIFT
        + risk
        + 0.7 * (np.log(table["amount"]) - 3.5)
        + 1.3 * remote
        + 1.7 * night
        + 1.1 * abroad
        + 2.0 * (abroad & remote)
        + 2.0 * (table["account_days"] < 120)
        + 0.45 * np.minimum(table["payments_last_day"], 8)
        + 0.6 * table["post_code"].str.startswith("0")
    )
    return odds


def _as_text(table: pd.DataFrame, random: np.random.RandomState) -> pd.DataFrame:
    text = table.drop(columns="fraud_probability").astype("str")
    text["amount"] = table["amount"].map(lambda value: f"{value:.2f}").astype("str")
    text["kilometres_from_last"] = replaced(text["kilometres_from_last"], random, 0.06)
    text["account_days"] = replaced(text["account_days"], random, 0.01, ("-",))
    return text
