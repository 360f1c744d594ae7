"""From rows of cells to a rectangular table with unique column names; every repair is counted and reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from automl.findings import Finding, Severity

__all__ = ["RowFitter", "ragged_finding", "text_frame", "unique_names"]


@dataclass
class RowFitter:
    """Fits rows to a width and counts what it did.

    Attributes
    ----------
    width : int
    delimiter : str
        Joins overflowing cells.
    short, cut, joined : int
        Rows padded with empty cells, rows whose overflow was empty, rows whose overflow went into the last cell.
    """

    width: int
    delimiter: str
    short: int = 0
    cut: int = 0
    joined: int = 0

    def fit(self, row: list[str]) -> list[str]:
        """Return the row with exactly ``width`` cells."""
        missing = self.width - len(row)
        if missing == 0:
            return row
        if missing > 0:
            self.short += 1
            return row + [""] * missing
        overflow = row[self.width :]
        if not any(cell.strip() for cell in overflow):
            self.cut += 1
            return row[: self.width]
        self.joined += 1
        return [*row[: self.width - 1], self.delimiter.join(row[self.width - 1 :])]


def ragged_finding(fitter: RowFitter, n_rows: int) -> tuple[Finding, ...]:
    """Report the rows that had too few or too many cells; empty where none had."""
    count = fitter.short + fitter.cut + fitter.joined
    if not count:
        return ()
    parts = [
        f"{number:,} {what}"
        for number, what in (
            (fitter.short, "too short"),
            (fitter.cut, "with empty cells at the end"),
            (fitter.joined, "too long"),
        )
        if number
    ]
    return (
        Finding(
            code="ragged_rows",
            severity=Severity.INFO if count == fitter.cut else Severity.WARNING,
            message=f"{count:,} of {n_rows:,} rows do not have {fitter.width} cells: {', '.join(parts)}.",
            action="Short rows were padded with empty cells, extra text was joined into the last cell; nothing moved.",
        ),
    )


def text_frame(rows: Sequence[Sequence[str]], names: Sequence[str]) -> pd.DataFrame:
    """Build the cells of a table from rows of equal length."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    return pd.DataFrame({name: pd.array(list(cells), dtype="str") for name, cells in zip(names, columns, strict=True)})


def unique_names(header: Sequence[str]) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    """Make column names unique: a repeated ``a`` becomes ``a_2``, an empty one ``col_<position>``."""
    taken = {name.strip() for name in header}
    names: list[str] = []
    findings: list[Finding] = []
    for position, written in enumerate(header):
        original = written.strip() or f"col_{position}"
        name = original
        number = 2
        while name in names or (name != original and name in taken):
            name = f"{original}_{number}"
            number += 1
        if name != original:
            findings.append(_duplicate_finding(original, name))
        names.append(name)
    return tuple(names), tuple(findings)


def _duplicate_finding(original: str, name: str) -> Finding:
    return Finding(
        code="duplicate_column_name",
        severity=Severity.WARNING,
        columns=(original,),
        message=f"The column name '{original}' stands more than once in the header.",
        action=f"The later column is called '{name}'.",
    )
