"""A row of names that is separated by another character than the rows below it, as where it was written by hand."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from automl.findings import Finding, Severity
from automl.tables.celltypes import is_typed
from automl.tables.records import Record
from automl.tables.table import Dialect
from automl.tables.tokens import Tokenizer

__all__ = ["ForeignNames", "find_foreign_names"]

_DELIMITERS = ",;\t|"
_MAX_ABOVE = 50
_MIN_NAMES = 3
_WITNESSES = 3


class ForeignNames(NamedTuple):
    """Where such names stand among the records, what separates them, and what they are."""

    position: int
    delimiter: str
    names: tuple[str, ...]

    def replaced(self, records: Sequence[Record]) -> list[Record]:
        """Return the records with the names as cells of their own."""
        split = records[self.position]._replace(cells=list(self.names))
        return [*records[: self.position], split, *records[self.position + 1 :]]

    def finding(self) -> Finding:
        """Say what separates them."""
        mark = "a tab" if self.delimiter == "\t" else f"'{self.delimiter}'"
        message = f"The names are separated by {mark}, and the rows below them are not."
        action = "They were split there; correct the header, or say --no-header."
        return Finding("header_delimiter", Severity.WARNING, message, action=action)


def find_foreign_names(records: Sequence[Record], dialect: Dialect) -> ForeignNames | None:
    """Find a line of one cell above rows of many that another delimiter splits in as many names.

    Parameters
    ----------
    records : sequence of Record
        The file, or its beginning.
    dialect : Dialect
        Of the rows.
    """
    filled = [at for at, record in enumerate(records[:_MAX_ABOVE]) if not record.is_empty]
    first = next((number for number, at in enumerate(filled) if len(records[at].cells) > 1), 0)
    rows = [records[at].cells for at in filled[first : first + _WITNESSES]]
    widths = {len(row) for row in rows}
    if not first or len(rows) < _WITNESSES or len(widths) > 1 or min(widths) < _MIN_NAMES:
        return None
    position = filled[first - 1]
    if not any(map(is_typed, itertools.chain.from_iterable(rows))):
        return None
    for mark in _DELIMITERS.replace(dialect.delimiter, ""):
        names = Tokenizer(replace(dialect, delimiter=mark)).strict(records[position].text)
        if names is not None and len(names) == min(widths) and _are_names(names):
            return ForeignNames(position, mark, tuple(names))
    return None


def _are_names(cells: Sequence[str]) -> bool:
    return all(map(str.strip, cells)) and len(set(cells)) == len(cells) and not any(map(is_typed, cells))
