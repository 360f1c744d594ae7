"""Rare levels that are most likely a slip of the pen for a frequent one."""

from __future__ import annotations

from automl.findings import Finding
from automl.preparation.checks.inspection import Inspection
from automl.preparation.registry import make_finding
from automl.preparation.wording import counted, join_quoted, verb
from automl.tables.levels import level_key
from automl.tables.schema import ColumnKind

__all__ = ["find_similar_levels"]

_MIN_LETTERS = 5
_TIMES_RARER = 20
_MAX_LEVELS = 2_000
_MIN_FREQUENT = 20


def find_similar_levels(inspection: Inspection) -> list[Finding]:
    """Find rare levels one letter, or one swap of letters, away from a level at least twenty times as frequent."""
    findings: list[Finding] = []
    if inspection.n_rows <= _MIN_FREQUENT:
        return findings
    for column in inspection.columns:
        if column.kind is not ColumnKind.CATEGORY or not 3 <= len(column.levels) <= _MAX_LEVELS or column.content:
            continue
        rows = inspection.values[column.name].level_counts()
        pairs = _slips(rows)
        if pairs:
            shown = [f"{rare}' for '{frequent}" for rare, frequent in pairs]
            are = verb(len(pairs), "is", "are")
            message = (
                f"{counted(len(pairs), 'rare level')} of '{column.name}' {are} nearly spelled like a frequent one: "
                f"{join_quoted(shown, 3)}."
            )
            findings.append(make_finding("similar_levels", message, (column.name,), rows))
    return findings


def _slips(counts: dict[str, int]) -> list[tuple[str, str]]:
    frequent = {level_key(level): level for level, count in counts.items() if count >= _MIN_FREQUENT}
    pairs: list[tuple[str, str]] = []
    for level, count in counts.items():
        letters = level_key(level)
        if len(letters) < _MIN_LETTERS or letters in frequent or any(letter.isdigit() for letter in letters):
            continue
        fitting = (other for key, other in frequent.items() if _is_slip(letters, key))
        near = [other for other in fitting if counts[other] >= _TIMES_RARER * count]
        pairs.extend((level, other) for other in near[:1])
    return pairs


def _is_slip(first: str, second: str) -> bool:
    """Whether one edit makes one text of the other: a letter more, less or other, or two neighbours swapped."""
    if abs(len(first) - len(second)) > 1 or first == second:
        return False
    letters = enumerate(zip(first, second, strict=False))
    same = next((at for at, (a, b) in letters if a != b), min(len(first), len(second)))
    # A first letter makes another word: typical, atypical.
    if same == 0:
        return False
    left, right = first[same:], second[same:]
    swapped = len(left) == len(right) >= 2 and left[0] == right[1] and left[1] == right[0] and left[2:] == right[2:]
    return swapped or left[1:] == right[1:] or left[1:] == right or left == right[1:]
