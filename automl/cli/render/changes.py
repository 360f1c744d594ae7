"""The cleaning log as lines on standard error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from automl.cli.render.streams import say, visible

if TYPE_CHECKING:
    from automl.findings import Change, Finding

__all__ = ["change_lines", "print_changes"]


def change_lines(changes: Sequence[Change], findings: Sequence[Finding]) -> str:
    """Return the log as JSON lines: what the reader found (``"finding"``), then every change (``"change"``)."""
    import json

    found = [{"what": "finding", **finding.to_dict()} for finding in findings]
    changed = [{"what": "change", "code": change.step, **change.to_dict()} for change in changes]
    return "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in (*found, *changed))


def print_changes(changes: Sequence[Change], findings: Sequence[Finding]) -> None:
    """Say what the reader found and what the cleaning changed."""
    for finding in findings:
        say(visible(f"{finding.severity}: {finding.message} {finding.action}".rstrip()))
    for change in changes:
        where = "" if change.column is None else f"'{change.column}': "
        say(visible(f"{change.step}: {where}{change.message}{_examples(change)}"))
    if not changes:
        say("nothing to clean")


def _examples(change: Change) -> str:
    if not change.examples:
        return ""
    return f" ({', '.join(f'{before!r} -> {after!r}' for before, after in change.examples)})"
