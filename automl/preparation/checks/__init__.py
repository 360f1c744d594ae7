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
from automl.preparation.checks.correlated import find_correlated_columns
from automl.preparation.checks.groups import find_repeating_groups
from automl.preparation.checks.inspection import Inspection
from automl.preparation.checks.label_noise import find_label_noise
from automl.preparation.checks.leaks import find_leaks
from automl.preparation.checks.near_duplicates import find_near_duplicates
from automl.preparation.checks.one_class import find_constant_in_class
from automl.preparation.checks.personal import find_personal_data
from automl.preparation.checks.repeats import find_duplicate_rows
from automl.preparation.checks.row_order import find_drift_along_rows, find_row_order
from automl.preparation.checks.similar_levels import find_similar_levels
from automl.preparation.checks.target_classes import find_class_imbalance, find_rare_classes
from automl.preparation.checks.time_order import find_time_order
from automl.preparation.checks.truncation import find_truncated_texts
from automl.preparation.checks.values import find_impossible_dates, find_mixed_units, find_sentinels
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
    find_similar_levels,
    find_mixed_units,
    find_sentinels,
    find_impossible_dates,
    find_truncated_texts,
    find_personal_data,
    find_correlated_columns,
    find_constant_in_class,
    find_label_noise,
    find_near_duplicates,
    find_repeating_groups,
    find_time_order,
    find_row_order,
    find_drift_along_rows,
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
