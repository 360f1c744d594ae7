"""Findings as lines: what was found in the data and what is done about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from automl.cli.options import Common
from automl.cli.render.tables import print_table

__all__ = ["print_findings"]

_SEVERITIES = ("error", "warning", "info")


def print_findings(findings: Sequence[dict[str, Any]], common: Common) -> None:
    """Print findings, the gravest first; nothing where there are none."""
    if not findings:
        return
    ordered = sorted(findings, key=lambda finding: _SEVERITIES.index(finding["severity"]))
    rows = [(each["severity"], each["code"], f"{each['message']} {each['action']}".strip()) for each in ordered]
    print_table("Findings", ("severity", "code", "what"), rows, common)
