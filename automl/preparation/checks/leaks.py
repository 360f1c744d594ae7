"""Columns that know the target: each is reported once, by the plainest of its signs."""

from __future__ import annotations

from automl.findings import Finding
from automl.preparation.checks.inspection import Inspection
from automl.preparation.checks.missing_pattern import find_missing_patterns
from automl.preparation.checks.one_column import find_single_predictors

__all__ = ["find_leaks"]


def find_leaks(inspection: Inspection) -> list[Finding]:
    """Find leaks through missing cells, then leaks through values among the other columns."""
    patterns = find_missing_patterns(inspection)
    named = {name for finding in patterns for name in finding.columns}
    return patterns + find_single_predictors(inspection.without(named))
