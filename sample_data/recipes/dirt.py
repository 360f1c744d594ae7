"""The ways in which real exports are untidy, each as one small function on a column of text cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

__all__ = ["csv_text", "padded", "replaced", "respelled", "with_duplicates"]


def replaced(
    cells: pd.Series[str], random: np.random.RandomState, share: float, markers: Sequence[str] = ("",)
) -> pd.Series[str]:
    """Put one of ``markers`` in place of a random ``share`` of the cells."""
    hit = random.uniform(size=len(cells)) < share
    drawn = pd.Series(random.choice(np.array(markers, dtype=object), size=len(cells)), index=cells.index)
    return cells.mask(hit, drawn)


def padded(cells: pd.Series[str], random: np.random.RandomState, share: float) -> pd.Series[str]:
    """Surround a random ``share`` of the cells with stray white space."""
    before = random.choice(np.array(["", " ", "  "], dtype=object), size=len(cells))
    after = random.choice(np.array([" ", "   ", "\t"], dtype=object), size=len(cells))
    hit = random.uniform(size=len(cells)) < share
    return cells.mask(hit, before + cells + after)


def respelled(
    cells: pd.Series[str], random: np.random.RandomState, spellings: Mapping[str, Mapping[str, float]]
) -> pd.Series[str]:
    """Write each value in one of its spellings.

    Parameters
    ----------
    cells : Series of shape (n,)
    random : RandomState
    spellings : mapping of str to (mapping of str to float)
        For each value its spellings with their probabilities, which add up to 1.

    Returns
    -------
    Series of shape (n,)
    """
    result = cells.copy()
    for value, shares in spellings.items():
        drawn = random.choice(np.array(list(shares), dtype=object), size=len(cells), p=list(shares.values()))
        result = result.mask(cells == value, pd.Series(drawn, index=cells.index))
    return result


def with_duplicates(table: pd.DataFrame, random: np.random.RandomState, rows: int) -> pd.DataFrame:
    """Insert ``rows`` exact copies of randomly chosen rows at random places."""
    copies = table.iloc[random.choice(len(table), size=rows, replace=False)]
    together = pd.concat([table, copies], ignore_index=True)
    return together.iloc[random.permutation(len(together))].reset_index(drop=True)


def csv_text(table: pd.DataFrame, delimiter: str = ",") -> str:
    """Write ``table`` as delimited text; lines end in a line feed alone."""
    return table.to_csv(index=False, sep=delimiter, lineterminator="\n")
