"""Rows that equal another row in every column but one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from automl.findings import Finding
from automl.preparation.checks.column_values import ColumnValues
from automl.preparation.checks.hashing import column_hashes
from automl.preparation.checks.inspection import Inspection
from automl.preparation.checks.repeats import pairs_by_chance
from automl.preparation.registry import make_finding
from automl.preparation.wording import counted, verb

__all__ = ["find_near_duplicates"]

_SAMPLE = 20_000
_MIN_COLUMNS = 4
_MIN_ROWS = 5
_MIN_SHARE = 0.005
_BEYOND_CHANCE = 10


def find_near_duplicates(inspection: Inspection) -> list[Finding]:
    """Find rows that repeat another one but for one column, where chance does not make so many.

    The first rows are looked at, for repeats mostly stand near one another.
    """
    names = [name for name in inspection.names if _varies(inspection.values[name])]
    if len(names) < _MIN_COLUMNS:
        return []
    first_rows = slice(_SAMPLE)
    hashes = dict(column_hashes({name: inspection.values[name].take(first_rows) for name in names}))
    total = np.asarray(np.sum(list(hashes.values()), axis=0, dtype=np.uint64), dtype=np.uint64)
    whole = np.unique(total, return_index=True)[1]
    counts = {name: _near_rows((total - each)[whole]) for name, each in hashes.items()}
    most = max(counts, key=lambda name: counts[name])
    count = counts[most]
    if count < max(_MIN_ROWS, _MIN_SHARE * len(total)):
        return []
    others = [name for name in inspection.names if name != most]
    if count <= _BEYOND_CHANCE * pairs_by_chance(inspection, others, len(total)):
        return []
    message = f"{counted(count, 'row')} {verb(count, 'equals', 'equal')} another row in every column but '{most}'."
    return [make_finding("near_duplicates", message, (most,))]


def _varies(values: ColumnValues) -> bool:
    """Whether two values that are not missing differ; to count the distinct ones would take far longer."""
    present = values.present
    return len(present) > 1 and bool((present != present[0]).any())


def _near_rows(rest: NDArray[np.uint64]) -> int:
    """Count the rows beyond the first of each set that is equal in everything else, repeats in everything left out."""
    ordered = np.sort(rest)
    return int(np.count_nonzero(ordered[1:] == ordered[:-1]))
