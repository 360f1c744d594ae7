"""Cells that a person would frown at: mixed units, values that stand for "missing", dates that never were."""

from __future__ import annotations

import re

import numpy as np

from automl.findings import Finding
from automl.preparation.checks.inspection import Inspection
from automl.preparation.registry import make_finding
from automl.preparation.wording import counted, join_quoted, verb
from automl.tables.converting import convert
from automl.tables.schema import Column, ColumnKind
from automl.tables.uniques import UniqueTexts, unique_texts

__all__ = ["find_impossible_dates", "find_mixed_units", "find_sentinels"]

_DIGIT = re.compile(r"\d")
_DATE_SHAPE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ].*)?|\d{8}", re.ASCII)


def find_mixed_units(inspection: Inspection) -> list[Finding]:
    """Find numbers in units of different size."""
    findings = []
    for column in inspection.every_column:
        number = column.number
        sized = [unit for unit, factor in number.units if factor != 1] if number is not None else []
        if number is None or not sized:
            continue
        main = f"'{number.suffix}'" if number.suffix else "no unit"
        message = f"The numbers in '{column.name}' have different units: {join_quoted(sized)} beside {main}."
        findings.append(make_finding("mixed_units", message, (column.name,)))
    return findings


def find_sentinels(inspection: Inspection) -> list[Finding]:
    """Find the numbers and dates that were read as missing because they lie far from all others and repeat."""
    findings = []
    for column in inspection.every_column:
        sentinels = [marker for marker in column.missing_markers if _DIGIT.search(marker)]
        if column.kind in (ColumnKind.NUMERIC, ColumnKind.DATETIME) and sentinels:
            uniques = unique_texts(inspection.table.columns[column.name])
            stand_for = np.isin(uniques.trimmed, sentinels)
            count = int(uniques.counts[stand_for].sum())
            message = (
                f"{counted(count, 'cell')} of '{column.name}' {verb(count, 'says', 'say')} {join_quoted(sentinels)}, "
                "far from every other value."
            )
            findings.append(make_finding("sentinel_values", message, (column.name,)))
    return findings


def find_impossible_dates(inspection: Inspection) -> list[Finding]:
    """Find cells that are written like their column's dates and are none, such as 31.02.2024."""
    findings = []
    for column in inspection.every_column:
        if column.kind is not ColumnKind.DATETIME:
            continue
        uniques = unique_texts(inspection.table.columns[column.name])
        wrong = _impossible(column, uniques)
        if wrong:
            count = int(uniques.counts[wrong].sum())
            example = uniques.trimmed[wrong[0]]
            rows = {example: uniques.by_trimmed()[example]}
            message = f"{counted(count, 'cell')} of '{column.name}' {verb(count, 'is', 'are')} no date that ever was, "
            findings.append(make_finding("impossible_dates", f"{message}such as '{example}'.", (column.name,), rows))
    return findings


def _impossible(column: Column, uniques: UniqueTexts) -> list[int]:
    unparsed = convert(column, uniques.trimmed).unparsed
    return [at for at in np.flatnonzero(unparsed).tolist() if _DATE_SHAPE.fullmatch(uniques.trimmed[at])]
