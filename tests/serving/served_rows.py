"""Rows to ask a server about: those of the sample tables, and one of telecom_churn as a program would send it."""

from pathlib import Path

from automl.tables import read_table

__all__ = ["ROW", "SAMPLES", "TABLES", "records", "sample"]

SAMPLES = Path(__file__).resolve().parents[2] / "sample_data"
TABLES = {"telecom_churn": "churn", "bike_demand": "rentals", "wine": "cultivar"}
ROW = {
    "signup_date": "2023-09-29",
    "region": "North",
    "senior": True,
    "contract": "two years",
    "plan": "Standard",
    "internet": "fiber",
    "tech_support": "no",
    "payment_method": None,
    "monthly_charge": 71.2,
    "total_charges": "$874.55",
    "data_gb": 8.5,
    "dropped_calls": 3,
    "support_calls": 2,
    "satisfaction": 2,
}


def sample(name: str) -> Path:
    """Return the table of new rows that belongs to a sample table, or the table itself."""
    new = SAMPLES / f"{name}_new.csv"
    return new if new.exists() else SAMPLES / f"{name}.csv"


def records(name: str) -> list[dict[str, str]]:
    return read_table(sample(name)).cells.to_dict("records")
