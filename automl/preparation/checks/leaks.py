"""Columns that know the target: each is reported once, by the plainest of its signs."""

from __future__ import annotations

from automl.findings import Finding
from automl.preparation.checks.after_event import find_columns_after_event
from automl.preparation.checks.functions import find_functions_of_target
from automl.preparation.checks.inspection import Inspection
from automl.preparation.checks.missing_pattern import find_missing_patterns
from automl.preparation.checks.one_column import find_single_predictors

__all__ = ["find_leaks"]


def find_leaks(inspection: Inspection) -> list[Finding]:
    """Find leaks through missing cells, then through arithmetic, then through values among the other columns."""
    findings: list[Finding] = []
    for check in (find_missing_patterns, find_columns_after_event, find_functions_of_target, find_single_predictors):
        named = {name for finding in findings for name in finding.columns}
        findings.extend(check(inspection.without(named)))
    return findings
