"""The target: which task it asks for, its labels, and its cells as numbers."""

from __future__ import annotations

import difflib
import math
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.errors import DataError, UsageError
from automl.findings import Change, Finding
from automl.preparation.registry import make_finding
from automl.tables import Column, ColumnKind, Table, Task

__all__ = ["Target", "decide_task", "near_names", "require_column", "resolve_target"]

_FEWEST_ROWS = 10
_MOST_LABELS = 20
_MOST_NUMERIC_CLASSES = 100
_POSITIVE = ("1", "yes", "true", "y", "t")


@dataclass(frozen=True)
class Target:
    """A resolved target.

    Attributes
    ----------
    task : Task
    labels : tuple of str
    values : ndarray of shape (n_kept_rows,)
        float64, or int64 codes into ``labels``.
    kept : ndarray of bool, shape (n_rows,)
        Rows that have a target.
    changes, findings
    """

    task: Task
    labels: tuple[str, ...]
    values: NDArray[Any]
    kept: NDArray[np.bool_]
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]


def near_names(name: str, known: tuple[str, ...]) -> str:
    """Return a hint that names what was probably meant, or what there is."""
    lowered = {each.casefold(): each for each in known}
    close = [lowered[match] for match in difflib.get_close_matches(name.casefold(), lowered, n=3, cutoff=0.6)]
    if close:
        return "Did you mean " + " or ".join(f"'{each}'" for each in close) + "?"
    return "Its columns: " + ", ".join(known[:12]) + (" …" if len(known) > 12 else "") + "."


def require_column(table: Table, name: str) -> None:
    """Check that a column exists and is the only one of its name.

    Raises
    ------
    DataError
        If not.
    """
    for finding in table.findings:
        if finding.code == "duplicate_column_name" and name in finding.columns:
            raise DataError(f"Column '{name}' occurs more than once in {table.source}.", "Rename the columns so that the target is one of them.")
    if name not in table.cells.columns:
        raise DataError(f"Column '{name}' is not in {table.source}.", near_names(name, tuple(table.cells.columns)))


def resolve_target(
    table: Table, cells: pd.Series[str], column: Column, numbers: pd.Series[float] | None, requested: Task | None, positive: str | None
) -> Target:
    """Decide the task and turn the target's cells into numbers.

    Parameters
    ----------
    table : Table
        For messages.
    cells : Series of str
        The target's trimmed cells; NaN where missing.
    column : Column
        What the schema says of it.
    numbers : Series of float or None
        The cells as numbers where the column is numeric.
    requested : Task or None
        What the user asked for.
    positive : str or None
        The positive label the user named.

    Raises
    ------
    DataError
        If the target is missing everywhere, constant, or does not suit a classification.
    UsageError
        If the task asked for does not suit the target, or the positive label is not one of its labels.
    """
    name = column.name
    kept = (numbers if numbers is not None and requested is not Task.BINARY else cells).notna().to_numpy()
    if not kept.any():
        raise DataError(f"The target '{name}' is missing in every row of {table.source}.", "Choose another --target.")
    if kept.sum() < _FEWEST_ROWS:
        raise DataError(
            f"{table.source} has {int(kept.sum())} row{'s' if kept.sum() != 1 else ''} with a target; at least {_FEWEST_ROWS} are needed.",
            "Bring more rows.",
        )
    texts, changes = _unified(cells[kept], name)
    if texts.nunique() == 1:
        raise DataError(f"The target '{name}' is constant: every row says '{texts.iloc[0]}'.", "Choose another --target, or bring rows of another outcome.")
    task = decide_task(texts, column, requested)
    findings = _missing_rows(kept, name)
    if task is Task.REGRESSION:
        if numbers is None:
            raise UsageError(f"A regression needs numbers, and the target '{name}' holds text such as '{texts.iloc[0]}'.", "Use --task multiclass, or choose another target.")
        return Target(task, (), numbers[kept].to_numpy(dtype=np.float64), kept, (), findings)
    labels = _labels(texts, task, positive)
    values = pd.Index(list(labels), dtype="str").get_indexer(pd.Index(texts)).astype(np.int64)
    return Target(task, labels, values, kept, changes, (*findings, *_class_findings(values, labels, name)))


def decide_task(texts: pd.Series[str], column: Column, requested: Task | None) -> Task:
    """Return the task that the target's labels ask for; numbers are classes only where they look like labels.

    Raises
    ------
    DataError
        If a classification cannot be learned from them.
    """
    levels, rows = texts.nunique(), len(texts)
    if requested is Task.REGRESSION:
        return requested
    numeric = column.kind is ColumnKind.NUMERIC or (column.kind is ColumnKind.IDENTIFIER and _all_numbers(texts))
    if requested is None and levels > 2 and numeric and not _look_like_labels(texts):
        return Task.REGRESSION
    if numeric and levels > _MOST_NUMERIC_CLASSES:
        raise DataError(f"The target '{column.name}' holds {levels:,} different numbers: too many classes.", "Use --task regression.")
    if levels == rows:
        raise DataError(f"The target '{column.name}' is different on every row: there is nothing to learn.", "Choose another --target.")
    if levels > max(200, rows // 5):
        raise DataError(f"The target '{column.name}' has {levels:,} labels in {rows:,} rows: too many classes.", "Choose another --target.")
    if requested is Task.BINARY and levels != 2:
        raise UsageError(f"A binary task needs two labels, and the target '{column.name}' has {levels}.", "Use --task multiclass.")
    return Task.BINARY if levels == 2 else Task.MULTICLASS


def _all_numbers(texts: pd.Series[str]) -> bool:
    return bool(pd.to_numeric(texts, errors="coerce").notna().all())


def _look_like_labels(texts: pd.Series[str]) -> bool:
    counts = texts.value_counts()
    share = 0.1 if len(texts) < 1_000 else 0.05
    if len(counts) > _MOST_LABELS or len(counts) / len(texts) > share:
        return False
    if not all(re.fullmatch(r"-?\d{1,3}", level) for level in counts.index):
        return False
    numbers = sorted(int(level) for level in counts.index)
    return numbers[-1] - numbers[0] <= 2 * len(numbers)


def _unified(texts: pd.Series[str], name: str) -> tuple[pd.Series[str], tuple[Change, ...]]:
    counts = texts.value_counts()
    spelling: dict[str, str] = {}
    for level, _ in sorted(counts.items(), key=lambda item: (-item[1], str(item[0]))):
        spelling.setdefault(" ".join(str(level).split()).casefold(), str(level))
    mapping = {str(level): spelling[" ".join(str(level).split()).casefold()] for level in counts.index}
    changed = {level: to for level, to in mapping.items() if level != to}
    if not changed:
        return texts, ()
    count = int(sum(counts[level] for level in changed))
    message = f"{count:,} labels of '{name}' were spelled differently in case or space and are now one label each."
    return texts.map(mapping), (Change("target", name, count, message, tuple(list(changed.items())[:3])),)


def _labels(texts: pd.Series[str], task: Task, positive: str | None) -> tuple[str, ...]:
    labels = sorted((str(label) for label in texts.unique()), key=_natural)
    if task is not Task.BINARY:
        if positive is not None:
            raise UsageError("--positive is for binary tasks, and this one has more labels.", "Leave it out.")
        return tuple(labels)
    if positive is not None:
        chosen = next((label for label in labels if label.casefold() == positive.strip().casefold()), None)
        if chosen is None:
            raise UsageError(f"'{positive}' is not a label of the target.", f"Its labels: '{labels[0]}' and '{labels[1]}'.")
    else:
        counts = texts.value_counts()
        usual = [label for label in labels if label.casefold() in _POSITIVE]
        chosen = usual[0] if len(usual) == 1 else min(labels, key=lambda label: (counts[label], label))
    return tuple(sorted(labels, key=lambda label: label == chosen))


def _natural(label: str) -> tuple[int, float, str]:
    try:
        number = float(label)
    except ValueError:
        return (1, 0.0, label)
    return (0, number, label) if math.isfinite(number) else (1, 0.0, label)


def _missing_rows(kept: NDArray[np.bool_], name: str) -> tuple[Finding, ...]:
    lost = int((~kept).sum())
    if not lost:
        return ()
    return (make_finding("missing_target_rows", f"{lost:,} of {len(kept):,} rows have no '{name}'.", (name,)),)


def _class_findings(values: NDArray[np.int64], labels: tuple[str, ...], name: str) -> tuple[Finding, ...]:
    counts = np.bincount(values, minlength=len(labels))
    found = []
    rare = [f"'{label}' ({count})" for label, count in zip(labels, counts, strict=True) if count < 5]
    if rare:
        found.append(make_finding("rare_class", f"Fewer than 5 rows: {', '.join(rare[:8])}.", (name,)))
    share = counts.min() / counts.sum()
    if len(labels) == 2 and share < 0.1:
        found.append(make_finding("class_imbalance", f"Only {share:.1%} of the rows are '{labels[int(counts.argmin())]}'.", (name,)))
    return tuple(found)
