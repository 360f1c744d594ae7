"""From rows of cells to a rectangular table with unique column names."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from automl.findings import Finding, Severity

__all__ = ["filled_width", "text_frame", "text_frame_of", "unique_names", "without_padding"]

_BLOCK_ROWS = 50_000
# What dtype "str" stands for; looked up once, not for each of perhaps 100,000 columns.
_TEXT = pd.StringDtype(na_value=np.nan)


def text_frame(rows: Sequence[Sequence[str]], names: Sequence[str]) -> pd.DataFrame:
    """Build the cells of a table from rows of equal length."""
    if len(rows) >= len(names):
        columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
        return pd.DataFrame({name: pd.array(cells, dtype=_TEXT) for name, cells in zip(names, columns, strict=True)})
    # Of many columns each is a piece of one array: an array of its own takes three times as long to make.
    whole = pd.array([cell for cells in zip(*rows, strict=True) for cell in cells], dtype=_TEXT)
    return pd.DataFrame({name: whole[at * len(rows) : (at + 1) * len(rows)] for at, name in enumerate(names)})


def text_frame_of(rows: Iterable[Sequence[str]], names: Sequence[str]) -> pd.DataFrame:
    """Build the same from rows as they come: only a block of them stands in memory as objects of Python."""
    remaining = iter(rows)
    blocks = [text_frame(list(itertools.islice(remaining, _BLOCK_ROWS)), names)]
    while block := list(itertools.islice(remaining, _BLOCK_ROWS)):
        blocks.append(text_frame(block, names))
    return pd.concat(blocks, ignore_index=True) if len(blocks) > 1 else blocks[0]


def filled_width(cells: Sequence[str]) -> int:
    """Return how many cells a row has up to its last filled one."""
    return max((position for position, cell in enumerate(cells, 1) if cell.strip()), default=0)


def without_padding(cells: list[str], width: int, padding: int) -> list[str]:
    """Return a row without up to ``padding`` empty cells at its end, but never fewer than ``width``."""
    n_kept = len(cells)
    while n_kept > max(width, len(cells) - padding) and not cells[n_kept - 1].strip():
        n_kept -= 1
    return cells if n_kept == len(cells) else cells[:n_kept]


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
