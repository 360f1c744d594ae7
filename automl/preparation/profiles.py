"""What a profile says: values only, of each column and of the whole table."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from automl.findings import Finding
from automl.preparation.overview import TableOverview
from automl.tables import ColumnKind

__all__ = ["ColumnProfile", "TableProfile"]


@dataclass(frozen=True)
class ColumnProfile:
    """What one column holds.

    Attributes
    ----------
    name : str
    kind : str
    missing : int
        Cells that are missing or cannot be read.
    unique : int
        Distinct values that are not missing.
    minimum, maximum : str or None
        Of numbers and dates (ISO 8601).
    mean : float or None
        Of numbers; of booleans the share that is true.
    histogram : tuple of int
        Rows in equal bins from minimum to maximum.
    top_values : tuple of (str, int)
        The most frequent levels with their rows.
    examples : tuple of str
        A few values, at most 60 characters each.
    content : str
        What the texts are, such as ``"email"``; empty where that cannot be told.
    order : tuple of str
        The levels from least to greatest, where they look ordered.
    unparsed : int
        Cells, among the missing ones, that say something which is no value of the column's kind.
    unparsed_examples : tuple of str
        At most three of them.
    relation : float or None
        Share of the target's variance that the column alone explains, in [0, 1]; None without a target.
    personal : bool
        Whether it holds personal data: then nothing above tells what stands in its cells.
    """

    name: str
    kind: str
    missing: int
    unique: int
    minimum: str | None = None
    maximum: str | None = None
    mean: float | None = None
    histogram: tuple[int, ...] = ()
    top_values: tuple[tuple[str, int], ...] = ()
    examples: tuple[str, ...] = ()
    content: str = ""
    order: tuple[str, ...] = ()
    unparsed: int = 0
    unparsed_examples: tuple[str, ...] = ()
    relation: float | None = None
    personal: bool = False

    def without_values(self) -> ColumnProfile:
        """Return what may be told of a column of personal data: how many cells and of what kind, but no value."""
        return ColumnProfile(
            self.name,
            self.kind,
            self.missing,
            self.unique,
            content=self.content,
            unparsed=self.unparsed,
            relation=self.relation,
            personal=True,
        )

    def without_rare_levels(self, fewest: int) -> ColumnProfile:
        """Return what may be kept of a column: of a category no level of fewer rows, which may be somebody's own."""
        if self.kind not in (ColumnKind.CATEGORY, ColumnKind.CONSTANT):
            return self
        kept = tuple((level, rows) for level, rows in self.top_values if rows >= fewest)
        named = {level for level, _ in kept}
        examples = tuple(level for level in self.examples if level in named)
        return replace(self, top_values=kept, examples=examples)


@dataclass(frozen=True)
class TableProfile:
    """What a table holds, what was found in it, and what shows between its columns and along its rows."""

    rows: int
    columns: tuple[ColumnProfile, ...]
    findings: tuple[Finding, ...]
    overview: TableOverview = field(default_factory=TableOverview)

    def to_dict(self) -> dict[str, Any]:
        """Return the profile as JSON-ready values: ``rows``, ``columns``, ``findings``, and the overview's parts."""
        return {
            "rows": self.rows,
            "columns": [_listed(vars(column)) for column in self.columns],
            "findings": [finding.to_dict() for finding in self.findings],
            **_listed(asdict(self.overview)),
        }


def _listed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _listed(each) for name, each in value.items()}
    return [_listed(each) for each in value] if isinstance(value, tuple) else value
