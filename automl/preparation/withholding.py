"""What is taken out of findings and of the cleaning log, so that they cite no cell of a column of personal data."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import replace

from automl.findings import WITHHELD_CELL, Change, Finding

__all__ = ["changes_without_cells", "findings_without_cells"]


def changes_without_cells(changes: Iterable[Change], personal: Collection[str]) -> tuple[Change, ...]:
    """Return the changes, those of personal columns without their examples.

    Parameters
    ----------
    changes : iterable of Change
    personal : collection of str
        Names of columns.
    """
    return tuple(replace(each, examples=()) if each.column in personal else each for each in changes)


def findings_without_cells(
    findings: Iterable[Finding], personal: Collection[str], names: Collection[str]
) -> tuple[Finding, ...]:
    """Return the findings, those about personal columns with no quotes in their messages but names of columns.

    Parameters
    ----------
    findings : iterable of Finding
    personal : collection of str
        Names of columns.
    names : collection of str
        Of all columns.
    """
    return tuple(
        replace(each, message=_without_quotes(each.message, names))
        if not set(personal).isdisjoint(each.columns)
        else each
        for each in findings
    )


def _without_quotes(message: str, names: Collection[str]) -> str:
    """Replace all from the first to the last quote, names of columns aside: cells may hold quotes themselves."""
    if message.count("'") == 0:
        return message
    quoted = sorted((f"'{name}'" for name in names if f"'{name}'" in message), key=len, reverse=True)
    parts = re.split(f"({'|'.join(map(re.escape, quoted))})", message) if quoted else [message]
    return "".join(part if part in quoted else re.sub(r"'.*'", WITHHELD_CELL, part, flags=re.DOTALL) for part in parts)
