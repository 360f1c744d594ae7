"""What was found in a table: one record type, shared by the reader, the profile and the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

__all__ = [
    "FEWEST_OF_LEVEL",
    "WITHHELD_CELL",
    "WITHHELD_VALUES",
    "Change",
    "Finding",
    "Severity",
    "added_counts",
    "personal_columns",
    "withheld_columns",
    "without_rare_cells",
]

FEWEST_OF_LEVEL = 5
"""A level, or another cell, of fewer rows is not kept in a model file by its name: it may be somebody's own."""

# What stands where a cell, or a column's values, would be shown if they were not personal data.
WITHHELD_CELL = "(not shown)"
WITHHELD_VALUES = "values not shown: personal data"


class Severity(StrEnum):
    """How much a finding matters."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Finding:
    """One thing that was found in the data.

    Attributes
    ----------
    code : str
        Stable snake_case code, such as ``"constant_column"``. Target leaks begin with ``"target_leak"``.
    severity : Severity
    columns : tuple of str
        The columns it is about; empty where it is about the table.
    message : str
        One sentence with the numbers.
    action : str
        What fit does about it, and how to overrule that.
    kept_message : str or None
        The message as a model file keeps it, without the cells that few rows have; None where it is the same.
    counts : tuple of (str, int)
        The numbers of the message, each with what it counts, where those of several blocks of rows are to be added up.
    """

    code: str
    severity: Severity
    message: str
    columns: tuple[str, ...] = ()
    action: str = ""
    kept_message: str | None = None
    counts: tuple[tuple[str, int], ...] = ()

    def as_kept(self) -> Finding:
        """Return the finding as a model file keeps it."""
        return replace(self, message=self.message if self.kept_message is None else self.kept_message)

    def to_dict(self) -> dict[str, Any]:
        """Return what is told as JSON-ready values."""
        told = {name: value for name, value in asdict(self).items() if name not in ("kept_message", "counts")}
        return {**told, "severity": str(self.severity), "columns": list(self.columns)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Finding:
        """Rebuild a finding from what :meth:`to_dict` returned."""
        return cls(
            code=values["code"],
            severity=Severity(values["severity"]),
            message=values["message"],
            columns=tuple(values["columns"]),
            action=values["action"],
        )


@dataclass(frozen=True)
class Change:
    """One line of the cleaning log: cells or rows that are not as they stood in the file.

    Attributes
    ----------
    step : str
        Name of the cleaning step, such as ``"trim"`` or ``"missing"``.
    column : str or None
        The column it happened in; None where it happened to whole rows or columns.
    count : int
        Number of cells (or rows, or columns) changed.
    message : str
        One sentence.
    examples : tuple of (str, str)
        At most three pairs of a value before and after.
    kept_examples : tuple of (str, str)
        Those of them that a model file keeps, since many rows have them.
    """

    step: str
    column: str | None
    count: int
    message: str
    examples: tuple[tuple[str, str], ...] = field(default=())
    kept_examples: tuple[tuple[str, str], ...] = field(default=())

    def as_kept(self) -> Change:
        """Return the change as a model file keeps it."""
        return replace(self, examples=self.kept_examples)

    def to_dict(self) -> dict[str, Any]:
        """Return what is told as JSON-ready values."""
        told = {name: value for name, value in asdict(self).items() if name != "kept_examples"}
        return {**told, "examples": [list(pair) for pair in self.examples]}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Change:
        """Rebuild a change from what :meth:`to_dict` returned."""
        return cls(**{**values, "examples": tuple((a, b) for a, b in values["examples"])})


def added_counts(findings: Iterable[Finding], code: str) -> Counter[str]:
    """Add up what the findings of one code count."""
    total: Counter[str] = Counter()
    for finding in findings:
        if finding.code == code:
            total.update(dict(finding.counts))
    return total


def without_rare_cells(message: str, rows: Mapping[str, int], columns: Collection[str]) -> str:
    """Return a message in which ``(not shown)`` stands for each quoted cell that fewer than five rows have.

    Parameters
    ----------
    message : str
    rows : mapping of str to int
        The cells that it may quote, with the number of rows that have each.
    columns : collection of str
        The columns it is about: a cell that says the name of one is shown.
    """
    rare = [cell for cell, count in rows.items() if count < FEWEST_OF_LEVEL and cell not in columns]
    # A cell may hold another one with its quotes.
    for cell in sorted(rare, key=len, reverse=True):
        message = message.replace(f"'{cell}'", WITHHELD_CELL)
    return message


def personal_columns(findings: Iterable[Finding]) -> frozenset[str]:
    """Return the columns that were found to hold personal data: their cells are shown and kept nowhere."""
    return frozenset(name for finding in findings if finding.code == "personal_data" for name in finding.columns)


def withheld_columns(manifest: Mapping[str, Any]) -> frozenset[str]:
    """Return the columns whose cells are not shown: those in which the fit of a manifest found personal data."""
    return personal_columns(map(Finding.from_dict, manifest.get("findings", ())))
