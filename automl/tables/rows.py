"""From rows of cells to a rectangular table with unique column names."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from automl.findings import Finding, Severity

__all__ = ["text_frame", "unique_names"]

# What dtype "str" stands for; looked up once, not for each of perhaps 100,000 columns.
_TEXT = pd.StringDtype(na_value=np.nan)


def text_frame(rows: Sequence[Sequence[str]], names: Sequence[str]) -> pd.DataFrame:
    """Build the cells of a table from rows of equal length."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    return pd.DataFrame({name: pd.array(cells, dtype=_TEXT) for name, cells in zip(names, columns, strict=True)})


def unique_names(header: Sequence[str]) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    """Make column names unique: a repeated ``a`` becomes ``a_2``, an empty one ``col_<position>``."""
    taken = {name.strip() for name in header}
    names: dict[str, None] = {}
    findings: list[Finding] = []
    following: dict[str, int] = {}
    for position, written in enumerate(header):
        original = written.strip() or f"col_{position}"
        name = original
        number = following.get(original, 2)
        while name in names or (name != original and name in taken):
            name = f"{original}_{number}"
            number += 1
        following[original] = number
        if name != original:
            findings.append(_duplicate_finding(original, name))
        names[name] = None
    return tuple(names), tuple(findings)


def _duplicate_finding(original: str, name: str) -> Finding:
    return Finding(
        code="duplicate_column_name",
        severity=Severity.WARNING,
        columns=(original,),
        message=f"The column name '{original}' stands more than once in the header.",
        action=f"The later column is called '{name}'.",
    )
