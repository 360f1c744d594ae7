"""Every finding there is: its stable code, how much it matters, what fit does about it and how to overrule that."""

from __future__ import annotations

from collections.abc import Mapping

from automl.findings import Finding, Severity, without_rare_cells
from automl.preparation.kinds import FindingKind
from automl.preparation.reading_kinds import READING_KINDS

__all__ = ["FINDING_KINDS", "FindingKind", "make_finding"]


def make_finding(
    code: str, message: str, columns: tuple[str, ...] = (), cited: Mapping[str, int] | None = None
) -> Finding:
    """Return a finding of a registered code.

    Parameters
    ----------
    code : str
    message : str
    columns : tuple of str
    cited : mapping of str to int, optional
        The cells that the message may quote, with the number of rows that have each.

    Raises
    ------
    KeyError
        If the code is not registered.
    """
    kind = FINDING_KINDS[code]
    action = f"{kind.action} {kind.overrule}".strip()
    kept = None if cited is None else without_rare_cells(message, cited, columns)
    return Finding(code, kind.severity, message, columns, action, kept)


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
        "levels that differ only in case, spacing or points",
        Severity.INFO,
        "They count as one level, in the most frequent spelling.",
    ),
    FindingKind(
        "similar_levels",
        "rare levels nearly spelled like a frequent one",
        Severity.INFO,
        "Fit keeps them apart.",
        "Correct them in the file if they are slips.",
    ),
    FindingKind(
        "mixed_units",
        "numbers in different units",
        Severity.WARNING,
        "They are brought to the most frequent unit.",
        "Say --types COLUMN=category to keep the texts.",
    ),
    FindingKind(
        "sentinel_values",
        "numbers or dates that stand for a missing value",
        Severity.WARNING,
        "They count as missing.",
        "Say --types COLUMN=numeric (or datetime) to keep them as values.",
    ),
    FindingKind(
        "impossible_dates",
        "dates that never were",
        Severity.WARNING,
        "They count as missing.",
        "Correct them in the file.",
    ),
    FindingKind(
        "truncated_text",
        "texts cut off at a fixed length",
        Severity.WARNING,
        "Fit learns from what is left.",
        "Export the table again without a limit.",
    ),
    FindingKind(
        "personal_data",
        "data that identifies a person",
        Severity.WARNING,
        "Fit treats it as any column of its kind; no report shows its values.",
        "Leave it out with --drop.",
    ),
    FindingKind(
        "correlated_columns",
        "two columns that say nearly the same",
        Severity.INFO,
        "Fit keeps both.",
        "Leave one out with --drop, above all before reading importances.",
    ),
    FindingKind(
        "drift_along_rows",
        "columns that change from the first rows to the last",
        Severity.INFO,
        "Fit validates on rows drawn at random.",
        "If rows came in over time, say --time with the column that tells when.",
    ),
    FindingKind(
        "drift_to_test_data",
        "columns spread otherwise in the test data",
        Severity.WARNING,
        "Fit learns from the training data alone.",
        "Leave such columns out with --drop if they will go on changing.",
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
    FindingKind(
        "target_leak_after_event",
        "filled only once the target is known to have one value",
        Severity.ERROR,
        "Fit keeps it, and the estimate rests on it.",
        _DROP,
    ),
    FindingKind(
        "target_leak_function",
        "computed from the target, or the target from it",
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
        "near_duplicates",
        "rows that equal another one but for one column",
        Severity.INFO,
        "Fit keeps them, perhaps in different folds.",
        "If they are copies, remove them; if rows belong together, say --group.",
    ),
    FindingKind(
        "repeating_groups",
        "rows that belong together",
        Severity.WARNING,
        "Fit validates on rows drawn at random, so rows of one group stand on both sides.",
        "If new rows will be of new groups, say --group with this column.",
    ),
    FindingKind(
        "row_order",
        "the target changes along the rows",
        Severity.INFO,
        "Fit draws the rows of each fold at random.",
        "If rows stand in order of time, say --time with the column that tells when.",
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
        "constant_in_class",
        "a column that says the same on every row of one class",
        Severity.INFO,
        "Fit keeps it.",
        "Leave it out with --drop if it is known only once the class is.",
    ),
    FindingKind(
        "label_noise",
        "labels that equal or near rows contradict",
        Severity.WARNING,
        "Fit keeps these rows.",
        "Look at their labels, and correct them in the file.",
    ),
    FindingKind(
        "unusable_target",
        "the target cannot be predicted as it stands",
        Severity.ERROR,
        "Fit refuses the table.",
    ),
)
FINDING_KINDS: dict[str, FindingKind] = {
    kind.code: kind for kind in (*_OF_COLUMNS, *_OF_LEAKS, *_OF_ROWS, *_OF_TARGET, *READING_KINDS)
}
