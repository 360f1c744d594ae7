"""Every finding there is: its stable code, how much it matters, what fit does about it and how to overrule that."""

from __future__ import annotations

from dataclasses import dataclass

from automl.findings import Finding, Severity

__all__ = ["FINDING_KINDS", "FindingKind", "make_finding"]


@dataclass(frozen=True)
class FindingKind:
    """What all findings of one code share.

    Attributes
    ----------
    code : str
        Stable snake_case code; the codes of target leaks begin with ``target_leak``.
    title : str
        What it is, in a few words.
    severity : Severity
        Unless the finding says otherwise.
    action : str
        What fit does about it, as a sentence.
    overrule : str
        What to do for another outcome, as a sentence; empty where there is nothing to overrule.
    excludes : bool
        Whether the finding's columns are left out of the features.
    """

    code: str
    title: str
    severity: Severity
    action: str
    overrule: str = ""
    excludes: bool = False


def make_finding(code: str, message: str, columns: tuple[str, ...] = ()) -> Finding:
    """Return a finding of a registered code; KeyError where the code is not registered."""
    kind = FINDING_KINDS[code]
    action = f"{kind.action} {kind.overrule}".strip()
    return Finding(code=code, severity=kind.severity, message=message, columns=columns, action=action)


_DROP = "Leave it out with --drop if new rows will not have it."

_OF_COLUMNS = (
    FindingKind("empty_column", "no cell holds a value", Severity.INFO, "Fit leaves it out.", excludes=True),
    FindingKind("constant_column", "every cell is the same", Severity.INFO, "Fit leaves it out.", excludes=True),
    FindingKind(
        "identifier_column", "a different value on every row", Severity.INFO, "Fit leaves it out.", excludes=True
    ),
    FindingKind("duplicate_column", "a copy of another column", Severity.INFO, "Fit leaves it out.", excludes=True),
    FindingKind(
        "many_missing",
        "more than half of the cells are missing",
        Severity.WARNING,
        "Fit keeps it; that a cell is missing can itself be informative.",
        "Leave it out with --drop.",
    ),
    FindingKind(
        "high_cardinality",
        "a category with very many levels",
        Severity.INFO,
        "Fit keeps it and groups rare levels inside each fold.",
        "If it names rows rather than describing them, say --id; if rows of one level belong together, say --group.",
    ),
    FindingKind(
        "mixed_case_levels",
        "levels that differ only in case or spacing",
        Severity.INFO,
        "They count as one level, in the most frequent spelling.",
    ),
)
_OF_LEAKS = (
    FindingKind(
        "target_leak_copy",
        "a copy of the target",
        Severity.ERROR,
        "Fit leaves it out, because new rows will not have it.",
        excludes=True,
    ),
    FindingKind(
        "target_leak_one_column",
        "one column alone predicts the target nearly perfectly",
        Severity.ERROR,
        "Fit keeps it, and the estimate rests on it.",
        _DROP,
    ),
    FindingKind(
        "target_leak_missing_pattern",
        "missing exactly where the target has one value",
        Severity.ERROR,
        "Fit keeps it, and the estimate rests on it.",
        _DROP,
    ),
)
_OF_ROWS = (
    FindingKind(
        "duplicate_rows",
        "rows that stand in the table more than once",
        Severity.INFO,
        "Fit keeps them, always in the same fold.",
        "Remove the repeats with --drop-duplicates.",
    ),
    FindingKind(
        "time_order",
        "the rows stand in order of time",
        Severity.INFO,
        "Fit validates on rows drawn at random.",
        "If the future is to be predicted from the past, say --time with this column.",
    ),
)
_OF_TARGET = (
    FindingKind("missing_target_rows", "rows without a usable target", Severity.WARNING, "Fit leaves these rows out."),
    FindingKind(
        "rare_class",
        "a class with too few rows to be in every fold",
        Severity.WARNING,
        "Fit keeps it, but will hardly learn or measure it.",
        "Bring more rows of it, or merge it with another class.",
    ),
    FindingKind(
        "class_imbalance",
        "one class is far rarer than another",
        Severity.INFO,
        "Fit keeps every row and keeps the classes' shares in each fold.",
        "Weigh classes with --class-weight, and do not judge by accuracy.",
    ),
    FindingKind(
        "unusable_target",
        "the target cannot be predicted as it stands",
        Severity.ERROR,
        "Fit refuses the table.",
    ),
)
_OF_READING = (
    FindingKind(
        "duplicate_column_name",
        "a column name that stands twice in the header",
        Severity.WARNING,
        "The later column gets a number behind its name.",
    ),
    FindingKind(
        "ragged_rows", "rows with too few or too many cells", Severity.WARNING, "They are padded or joined at the end."
    ),
    FindingKind("nul_characters", "NUL characters in the file", Severity.WARNING, "They are removed."),
    FindingKind(
        "unbalanced_quotes", "a quote that is never closed", Severity.WARNING, "Quotes are read as plain text."
    ),
    FindingKind("preamble_skipped", "lines above the header", Severity.INFO, "They are skipped."),
    FindingKind("no_header", "no header row", Severity.WARNING, "Columns are named by their position."),
    FindingKind(
        "ambiguous_date_order",
        "dates whose day and month could be swapped",
        Severity.WARNING,
        "One order is chosen.",
        "Write dates as year-month-day.",
    ),
    FindingKind(
        "mixed_types", "numbers and other texts in one column", Severity.WARNING, "The column is read as text levels."
    ),
    FindingKind(
        "unparsed_cells", "cells that do not fit their column's kind", Severity.WARNING, "They count as missing."
    ),
)

FINDING_KINDS: dict[str, FindingKind] = {
    kind.code: kind for kind in (*_OF_COLUMNS, *_OF_LEAKS, *_OF_ROWS, *_OF_TARGET, *_OF_READING)
}
