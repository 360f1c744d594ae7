"""What is taken out of findings and of the cleaning log, so that they cite no personal cell.

Those are all cells of a column of personal data, and in any column the cells that identify a person by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from automl.findings import WITHHELD_CELL, Change, Finding
from automl.tables.personal_cells import identifies_someone, without_personal_parts

__all__ = ["changes_without_cells", "findings_without_cells"]


def changes_without_cells(changes: Iterable[Change], personal: Collection[str]) -> tuple[Change, ...]:
    """Return the changes, those of personal columns without their examples, others without those that are personal.

    Parameters
    ----------
    changes : iterable of Change
    personal : collection of str
        Names of columns.
    """
    return tuple(
        replace(
            each,
            examples=_shown_examples(each.column, each.examples, personal),
            kept_examples=_shown_examples(each.column, each.kept_examples, personal),
        )
        for each in changes
    )


def findings_without_cells(
    findings: Iterable[Finding], personal: Collection[str], names: Collection[str]
) -> tuple[Finding, ...]:
    """Return the findings without what identifies a person in their messages.

    Those about personal columns have no quotes but names of columns.

    Parameters
    ----------
    findings : iterable of Finding
    personal : collection of str
        Names of columns.
    names : collection of str
        Of all columns.
    """
    return tuple(_without_cells(each, personal, names) for each in findings)


def _without_cells(finding: Finding, personal: Collection[str], names: Collection[str]) -> Finding:
    change = without_personal_parts if set(personal).isdisjoint(finding.columns) else _without_quotes
    kept = finding.kept_message
    return replace(
        finding,
        message=_outside_names(finding.message, names, change),
        kept_message=None if kept is None else _outside_names(kept, names, change),
    )


def _shown_examples(
    column: str | None, examples: tuple[tuple[str, str], ...], personal: Collection[str]
) -> tuple[tuple[str, str], ...]:
    if column in personal:
        return ()
    return tuple(pair for pair in examples if not any(map(identifies_someone, pair)))


def _without_quotes(part: str) -> str:
    """Replace all from the first to the last quote: cells may hold quotes themselves."""
    return re.sub(r"'.*'", WITHHELD_CELL, part, flags=re.DOTALL)


def _outside_names(message: str, names: Collection[str], change: Callable[[str], str]) -> str:
    """Change what stands between the quoted names of columns."""
    quoted = sorted((f"'{name}'" for name in names if f"'{name}'" in message), key=len, reverse=True)
    parts = re.split(f"({'|'.join(map(re.escape, quoted))})", message) if quoted else [message]
    return "".join(part if part in quoted else change(part) for part in parts)
