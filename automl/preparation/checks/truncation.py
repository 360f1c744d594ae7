"""Texts that were cut off at a fixed length."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from automl.findings import Finding
from automl.preparation.checks.inspection import Inspection
from automl.preparation.registry import make_finding
from automl.preparation.wording import counted, verb
from automl.tables.schema import ColumnKind
from automl.tables.shapes import ColumnProfile
from automl.tables.uniques import unique_texts

__all__ = ["find_truncated_texts"]

_MIN_LENGTH = 20
_MIN_TEXTS = 10
_MIN_SHARE = 0.02
_BEYOND = 5.0
_NEARBY = 10
_SAME_SHARE = 0.5


def find_truncated_texts(inspection: Inspection) -> list[Finding]:
    """Find texts of which far more have the greatest length than any length a little below it."""
    findings = []
    for column in inspection.columns:
        if column.kind not in (ColumnKind.TEXT, ColumnKind.CATEGORY) or column.content:
            continue
        uniques = unique_texts(inspection.table.columns[column.name])
        lengths = np.array([len(text) for text in uniques.raw if text.strip()], dtype=np.int64)
        longest = int(lengths.max(initial=0))
        count = int((lengths == longest).sum())
        if longest < _MIN_LENGTH or count < max(_MIN_TEXTS, _MIN_SHARE * len(lengths)):
            continue
        if _are_of_one_format([text for text in uniques.raw if len(text) == longest]):
            continue
        below = np.bincount(lengths, minlength=longest + 1)[longest - _NEARBY : longest]
        if count >= _BEYOND * max(float(below.max()), 1.0) and below.any():
            message = (
                f"{counted(count, 'text')} of '{column.name}' {verb(count, 'ends', 'end')} at exactly {longest} "
                "characters, and none is longer."
            )
            findings.append(make_finding("truncated_text", message, (column.name,)))
    return findings


def _are_of_one_format(texts: Sequence[str]) -> bool:
    """Whether texts hold the same marks between words and numbers, as periods of time do: they are long by design."""
    return ColumnProfile(texts).common_shape()[1] >= _SAME_SHARE
