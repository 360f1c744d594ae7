"""Rows that belong together, such as the visits of one patient: in different folds they tell on one another."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.findings import Finding
from automl.preparation.checks.column_values import ColumnValues, values_of
from automl.preparation.checks.inspection import Inspection
from automl.preparation.checks.sampling import spread_rows
from automl.preparation.registry import make_finding
from automl.preparation.wording import counted, join_quoted
from automl.tables.contents import IDENTIFYING
from automl.tables.schema import Column, ColumnKind
from automl.tables.valuekinds import has_id_name

__all__ = ["find_repeating_groups"]

_NAMES = re.compile(
    r"(?:^|[^a-z])(?:patient|user|customer|client|subject|person|member|household|family|session|device|account|player|"
    r"driver|student|employee|vehicle|participant|animal|respondent|case|machine|unit|sensor|author|kunde|patientin)"
    r"(?:$|[^a-z])",
    re.IGNORECASE,
)
_MIN_GROUPS = 10
_MIN_SIZE = 1.5
_MAX_SHARE = 0.2
_ALIKE = 0.5
_MIN_CHANCE_LEFT = 0.2
_SAMPLE = 50_000


def find_repeating_groups(inspection: Inspection) -> list[Finding]:
    """Find the columns that name people or things which come on several rows that are alike in other columns."""
    if inspection.target is None or inspection.group is not None:
        return []
    rows = spread_rows(inspection.n_rows, _SAMPLE)
    findings = []
    for column in inspection.columns:
        if not _may_name_groups(column):
            continue
        codes = inspection.values[column.name].take(rows).codes()
        sizes = np.bincount(codes[codes >= 0], minlength=1)
        sizes = sizes[sizes > 0]
        if len(sizes) < _MIN_GROUPS or sizes.mean() < _MIN_SIZE or sizes.max() > _MAX_SHARE * len(rows):
            continue
        alike = _alike_within(inspection, column.name, codes, rows)
        if alike:
            message = (
                f"'{column.name}' has {counted(len(sizes), 'value')} on {counted(len(rows), 'row')}; rows of one value "
                f"are alike in {join_quoted(alike, 3)}."
            )
            findings.append(make_finding("repeating_groups", message, (column.name,)))
    return findings


def _may_name_groups(column: Column) -> bool:
    if column.kind not in (ColumnKind.CATEGORY, ColumnKind.NUMERIC, ColumnKind.TEXT):
        return False
    return has_id_name(column.name) or column.content in IDENTIFYING or _NAMES.search(column.name) is not None


def _alike_within(inspection: Inspection, name: str, codes: NDArray[np.int64], rows: NDArray[np.int64]) -> list[str]:
    """Return the columns, the target among them, in which rows of one group agree far more often than others."""
    target = inspection.target
    others = {each: inspection.values[each].take(rows) for each in inspection.names if each != name}
    if target is not None:
        others[target.column.name] = values_of(pd.Series(target.values[rows]))
    order = np.argsort(codes, kind="stable")
    same_group = (codes[order][1:] == codes[order][:-1]) & (codes[order][1:] >= 0)
    return [each for each, values in others.items() if _agree(values, order, same_group)]


def _agree(values: ColumnValues, order: NDArray[np.int64], same_group: NDArray[np.bool_]) -> bool:
    """Whether neighbours of one group are equal, or near for numbers, in most of the cases where chance is not."""
    if values.is_number:
        ranks = np.asarray(pd.Series(values.array).rank(pct=True), dtype=np.float64)
        if not np.isfinite(ranks).all():
            return False
        # Two ranks drawn at random lie a third of the range apart.
        apart = np.abs(np.diff(ranks[order]))[same_group]
        return bool(len(apart) > 0 and apart.mean() < (1 - _ALIKE) / 3)
    codes = values.codes()
    shares = np.bincount(codes[codes >= 0]) / max(len(codes), 1)
    by_chance = float((shares**2).sum())
    equal = (codes[order][1:] == codes[order][:-1])[same_group]
    if not len(equal) or 1 - by_chance < _MIN_CHANCE_LEFT:
        return False
    return bool((equal.mean() - by_chance) / (1 - by_chance) > _ALIKE)
