"""Three real tables that scikit-learn ships, written as CSV with readable names and labels."""

from __future__ import annotations

import pandas as pd
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine

from recipes.dirt import csv_text

__all__ = ["tables"]

_CULTIVARS = ("barolo", "grignolino", "barbera")
_DIABETES_NAMES = {
    "age": "age_years",
    "sex": "sex",
    "bmi": "body_mass_index",
    "bp": "mean_blood_pressure",
    "s1": "total_cholesterol",
    "s2": "low_density_lipoprotein",
    "s3": "high_density_lipoprotein",
    "s4": "cholesterol_ratio",
    "s5": "log_triglycerides",
    "s6": "blood_glucose",
}


def tables(seed: int) -> dict[str, str]:
    """Return the three tables as file name to CSV text; ``seed`` decides nothing, for nothing is drawn."""
    del seed
    return {
        "breast_cancer.csv": csv_text(_breast_cancer()),
        "wine.csv": csv_text(_wine()),
        "diabetes.csv": csv_text(_diabetes()),
    }


def _breast_cancer() -> pd.DataFrame:
    loaded = load_breast_cancer(as_frame=True)
    table = _written(loaded.data.rename(columns=lambda name: name.replace(" ", "_")))
    table["diagnosis"] = [str(loaded.target_names[code]) for code in loaded.target]
    return table


def _wine() -> pd.DataFrame:
    loaded = load_wine(as_frame=True)
    table = _written(loaded.data.rename(columns={"od280/od315_of_diluted_wines": "od280_od315"}))
    table["cultivar"] = [_CULTIVARS[code] for code in loaded.target]
    return table


def _diabetes() -> pd.DataFrame:
    loaded = load_diabetes(as_frame=True, scaled=False)
    table = _written(loaded.data.rename(columns=_DIABETES_NAMES))
    table["disease_progression"] = [f"{value:g}" for value in loaded.target]
    return table


def _written(numbers: pd.DataFrame) -> pd.DataFrame:
    """Write each number with the digits it was published with."""
    return pd.DataFrame({name: [f"{value:.10g}" for value in numbers[name]] for name in numbers.columns})
