"""Customers of a telephone company, and whether they left: dirty on purpose."""

from __future__ import annotations

import numpy as np
import pandas as pd

from recipes.dirt import csv_text, padded, replaced, respelled, with_duplicates

__all__ = ["customers", "tables"]

_ROWS = 2_955
_DUPLICATES = 45
_NEW_ROWS = 200
_SNAPSHOT = pd.Timestamp("2026-06-30")
_DAYS_PER_MONTH = 30.44

_CONTRACTS = {"month-to-month": 0.55, "one year": 0.24, "two years": 0.21}
_INTERNET = {"fiber": 0.46, "dsl": 0.33, "none": 0.21}
_PLANS = {"Basic": 0.45, "Standard": 0.35, "Premium": 0.20}
_PAYMENTS = {"electronic check": 0.33, "bank transfer": 0.24, "credit card": 0.25, "mailed check": 0.18}
_REGIONS = {"North": 0.22, "South": 0.20, "East": 0.19, "West": 0.21, "Highlands": 0.12, "Islands": 0.06}
_REGION_EFFECTS = {"North": -0.1, "South": 0.0, "East": 0.1, "West": -0.2, "Highlands": 0.25, "Islands": 0.5}

_LABEL_SPELLINGS = {
    "Yes": {"Yes": 0.74, "yes": 0.17, "YES": 0.09},
    "No": {"No": 0.80, "no": 0.20},
}


def tables(seed: int) -> dict[str, str]:
    """Return the training table and new rows without a target, as file name to CSV text."""
    random = np.random.RandomState(seed)
    everyone = customers(random, _ROWS + _NEW_ROWS)
    known, new = everyone.iloc[:_ROWS], everyone.iloc[_ROWS:].reset_index(drop=True)
    training = with_duplicates(_dirty(known, random), random, _DUPLICATES)
    scoring = _drifted(_dirty(new, random).drop(columns="churn"), random)
    return {"telecom_churn.csv": csv_text(training), "telecom_churn_new.csv": csv_text(scoring)}


def customers(random: np.random.RandomState, rows: int) -> pd.DataFrame:
    """Draw clean customers.

    Parameters
    ----------
    random : RandomState
    rows : int

    Returns
    -------
    DataFrame of shape (rows, 18)
        Numbers as numbers; ``churn`` is ``"Yes"`` or ``"No"`` and ``churn_probability`` what it was drawn with.
    """
    table = pd.DataFrame(
        {
            "customer_id": [f"C-{number:06d}" for number in random.permutation(900_000)[:rows] + 100_000],
            "contract": _drawn(random, _CONTRACTS, rows),
            "internet": _drawn(random, _INTERNET, rows),
            "plan": _drawn(random, _PLANS, rows),
            "payment_method": _drawn(random, _PAYMENTS, rows),
            "region": _drawn(random, _REGIONS, rows),
            "senior": np.where(random.uniform(size=rows) < 0.17, "yes", "no"),
        }
    )
    online = table["internet"] != "none"
    longest = table["contract"].map({"month-to-month": 30.0, "one year": 55.0, "two years": 80.0})
    table["tenure_months"] = np.minimum(random.gamma(1.3, longest / 1.6), 96.0).round(2)
    table["tech_support"] = np.where(online & (random.uniform(size=rows) < 0.42), "yes", "no")
    table["monthly_charge"] = _monthly_charge(table, random)
    table["total_charges"] = (
        table["monthly_charge"] * table["tenure_months"] * random.uniform(0.93, 1.04, size=rows)
    ).round(2)
    table["data_gb"] = (random.lognormal(3.0, 0.8, size=rows) * online).round(1)
    table["dropped_calls"] = random.gamma(1.6, 1.3, size=rows).round(1)
    table["support_calls"] = random.poisson(random.gamma(1.2, 1.1, size=rows))
    mood = 3.7 - 0.28 * table["support_calls"] - 0.12 * table["dropped_calls"] + random.normal(0, 0.9, size=rows)
    table["satisfaction"] = np.clip(mood.round(), 1, 5).astype(int)
    table["churn_probability"] = 1 / (1 + np.exp(-_log_odds(table)))
    table["churn"] = np.where(random.uniform(size=rows) < table["churn_probability"], "Yes", "No")
    return table


def _drawn(random: np.random.RandomState, shares: dict[str, float], rows: int) -> pd.Series[str]:
    levels = np.array(list(shares), dtype=object)
    return pd.Series(random.choice(levels, size=rows, p=list(shares.values())), dtype="str")


def _monthly_charge(table: pd.DataFrame, random: np.random.RandomState) -> pd.Series[float]:
    line = table["internet"].map({"fiber": 64.0, "dsl": 41.0, "none": 19.0})
    package = table["plan"].map({"Basic": 0.0, "Standard": 9.0, "Premium": 24.0})
    support = (table["tech_support"] == "yes") * 6.0
    charge: pd.Series[float] = (line + package + support + random.normal(0, 4.5, size=len(table))).round(2)
    return charge


def _log_odds(table: pd.DataFrame) -> pd.Series[float]:
    """Numeric, categorical and interaction effects; a model that only adds columns up misses the last three."""
    monthly = table["contract"] == "month-to-month"
    fiber = table["internet"] == "fiber"
    unsupported = table["tech_support"] == "no"
    price_of_a_gigabyte = np.log1p(table["monthly_charge"] / (table["data_gb"] + 4.0))
    odds: pd.Series[float] = (
        -3.15
        + 1.25 * monthly
        - 0.80 * (table["contract"] == "two years")
        - 0.75 * (np.log1p(table["tenure_months"]) - 3.0)
        - 0.75 * (table["satisfaction"] - 3)
        + 0.12 * table["dropped_calls"]
        + 0.45 * (table["payment_method"] == "electronic check")
        + 0.35 * (table["senior"] == "yes")
        + table["region"].map(_REGION_EFFECTS).astype(float)
        + 1.60 * (fiber & unsupported)
        + 2.00 * (monthly & (table["support_calls"] >= 3))
        + 1.00 * (price_of_a_gigabyte - 1.0) * (table["internet"] != "none")
    )
    return odds


def _dirty(table: pd.DataFrame, random: np.random.RandomState) -> pd.DataFrame:
    """Write clean customers the way a careless export does: every cell text, and not every cell well."""
    since = _SNAPSHOT - pd.to_timedelta((table["tenure_months"] * _DAYS_PER_MONTH).round(), unit="D")
    text = {name: table[name].astype("str") for name in table.columns}
    total = table["total_charges"].map(lambda value: f"${value:,.2f}").astype("str")
    dropped = table["dropped_calls"].map(lambda value: f"{value:.1f}%").astype("str")
    charge = table["monthly_charge"].map(lambda value: f"{value:.2f}").astype("str")
    gigabytes = text["data_gb"].mask(table["internet"] == "none", "")
    return pd.DataFrame(
        {
            "customer_id": text["customer_id"],
            "signup_date": replaced(since.dt.strftime("%Y-%m-%d").astype("str"), random, 0.01),
            "region": padded(replaced(text["region"], random, 0.02, ("N/A", "")), random, 0.03),
            "senior": text["senior"],
            "contract": padded(text["contract"], random, 0.04),
            "plan": respelled(text["plan"], random, {"Basic": {"Basic": 0.95, "basic": 0.05}}),
            "internet": text["internet"],
            "tech_support": text["tech_support"],
            "payment_method": replaced(text["payment_method"], random, 0.02, ("N/A",)),
            "currency": "USD",
            "monthly_charge": replaced(charge, random, 0.03, ("N/A", "")),
            "total_charges": replaced(total.mask(table["tenure_months"] < 1, " "), random, 0.02, ("N/A",)),
            "data_gb": replaced(gigabytes, random, 0.02, ("N/A",)),
            "dropped_calls": replaced(dropped, random, 0.02),
            "support_calls": text["support_calls"],
            "satisfaction": replaced(text["satisfaction"], random, 0.12, ("?",)),
            "churn": replaced(padded(respelled(text["churn"], random, _LABEL_SPELLINGS), random, 0.02), random, 0.003),
        }
    )


def _drifted(table: pd.DataFrame, random: np.random.RandomState) -> pd.DataFrame:
    """Add what new rows bring in real life: levels never seen before, an unreadable number and one more column."""
    table = table.copy()
    table["plan"] = replaced(table["plan"], random, 0.04, ("Family",))
    table["region"] = replaced(table["region"], random, 0.02, ("Overseas",))
    table["monthly_charge"] = replaced(table["monthly_charge"], random, 0.01, ("see contract",))
    table["campaign"] = random.choice(np.array(["spring", "none"], dtype=object), size=len(table))
    return table
