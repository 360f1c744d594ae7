"""Cells that a spreadsheet would run as formulas, made plain text before they are written."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd
from pandas.api.types import is_string_dtype

from automl.findings import Change

__all__ = ["FormulaEscaper"]

_STEP = "escape_formulas"
_STARTS = ("=", "+", "-", "@", "\t", "\r")
# With one of the marks that tables write numbers with; everything else behind a sign may be a formula.
_NUMBER = re.compile(r"[+-]?(?:\d[\d.,' \u00a0\u202f]*|[.,]\d+)(?:[eE][+-]?\d+)?\s*%?")
_MAX_EXAMPLES = 3


class FormulaEscaper:
    """Puts an apostrophe before texts and column names that begin like a formula, and counts them.

    They begin with ``=``, ``+``, ``-``, ``@``, a tab or a carriage return; numbers are left alone. A text that is
    escaped does not begin like a formula, so nothing is escaped twice.
    """

    def __init__(self) -> None:
        self._changes: dict[str | None, Change] = {}

    @property
    def changes(self) -> tuple[Change, ...]:
        """One change a column, and one without a column for the names."""
        return tuple(self._changes.values())

    @property
    def count(self) -> int:
        """How many cells and names were escaped so far."""
        return sum(change.count for change in self.changes)

    def escape(self, block: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of one block, the names as in the first."""
        columns = {name: self._escaped(str(name), block[name]) for name in block.columns}
        names = self._names([str(name) for name in block.columns])
        return pd.DataFrame(dict(zip(names, columns.values(), strict=True)), index=block.index)

    def _escaped(self, name: str, cells: pd.Series) -> pd.Series:
        if not is_string_dtype(cells.dtype):
            return cells
        starts = cells.str.startswith(_STARTS).fillna(False).astype(bool)
        found = starts.to_numpy().nonzero()[0]
        pairs = zip(found.tolist(), cells.iloc[found], strict=True)
        texts = {position: text for position, text in pairs if _is_formula(text)}
        if not texts:
            return cells
        escaped = cells.copy()
        escaped.iloc[list(texts)] = [f"'{text}" for text in texts.values()]
        self._count(name, "cells", list(texts.values()))
        return escaped

    def _names(self, names: list[str]) -> list[str]:
        formulas = [name for name in names if _is_formula(name)]
        if formulas and None not in self._changes:
            self._count(None, "column names", formulas)
        taken = set(names)
        return [name if name not in formulas else _free(f"'{name}", taken) for name in names]

    def _count(self, column: str | None, what: str, texts: list[str]) -> None:
        before = self._changes.get(column, Change(_STEP, column, 0, ""))
        count = before.count + len(texts)
        examples = (*before.examples, *((text, f"'{text}") for text in dict.fromkeys(texts)))[:_MAX_EXAMPLES]
        message = f"{count:,} {what if count > 1 else what[:-1]} that a spreadsheet would run, after an apostrophe now."
        self._changes[column] = replace(before, count=count, message=message, examples=examples)


def _is_formula(text: str) -> bool:
    return text.startswith(_STARTS) and _NUMBER.fullmatch(text) is None


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name = f"'{name}"
    taken.add(name)
    return name
