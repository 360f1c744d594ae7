"""The checks that find what is wrong with a table: one small module a concern, run in order."""

from __future__ import annotations

from automl.findings import Finding
from automl.preparation.checks.columns import (
    find_constant_columns,
    find_empty_columns,
    find_high_cardinality,
    find_identifiers,
    find_many_missing,
    find_spelling_variants,
)
from automl.preparation.checks.copies import find_duplicate_columns, find_target_copies
from automl.preparation.checks.inspection import Inspection
from automl.preparation.checks.leaks import find_leaks
from automl.preparation.checks.repeats import find_duplicate_rows
from automl.preparation.checks.target_classes import find_class_imbalance, find_rare_classes
from automl.preparation.checks.time_order import find_time_order
from automl.preparation.registry import FINDING_KINDS

__all__ = ["CHECKS", "Inspection", "run_checks"]

# Those that exclude columns come first: the later ones do not see what is excluded already.
CHECKS = (
    find_empty_columns,
    find_constant_columns,
    find_identifiers,
    find_target_copies,
    find_duplicate_columns,
    find_duplicate_rows,
    find_leaks,
    find_many_missing,
    find_high_cardinality,
    find_spelling_variants,
    find_time_order,
    find_rare_classes,
    find_class_imbalance,
)


def run_checks(inspection: Inspection) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """Run every check.

    Returns
    -------
    (tuple of Finding, tuple of str)
        What was found, and the names of the columns that are left as features.
    """
    findings: list[Finding] = []
    for check in CHECKS:
        found = check(inspection)
        findings.extend(found)
        excluded = {name for each in found if FINDING_KINDS[each.code].excludes for name in each.columns}
        inspection = inspection.without(excluded)
    return tuple(findings), inspection.names
