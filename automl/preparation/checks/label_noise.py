"""Labels that contradict their like: equal rows with different labels, and rows among neighbours of another class."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from automl.findings import Finding
from automl.preparation.checks.inspection import Inspection
from automl.preparation.checks.repeats import pairs_by_chance
from automl.preparation.checks.sampling import coded_columns, spread_rows
from automl.preparation.registry import make_finding
from automl.preparation.wording import counted, verb

__all__ = ["find_label_noise"]

_SAMPLE = 1_000
_NEIGHBOURS = 8
_MAX_LEVELS = 12
_MIN_ROWS = 200
_MIN_SUSPECTS = 5
_MIN_SHARE = 0.005
_MAX_SHARE = 0.15
_CLEAR = 0.97
_BEYOND_CHANCE = 10
_MAX_CLASSES = 20


def find_label_noise(inspection: Inspection) -> list[Finding]:
    """Find labels that equal or near rows contradict; near ones only where classes lie well apart."""
    target = inspection.target
    if target is None or not target.task.is_classification or len(target.labels) > _MAX_CLASSES:
        return []
    conflicts = _conflicting_rows(inspection, target.values)
    if conflicts:
        what = verb(conflicts, "row has", "rows have")
        message = f"{conflicts:,} {what} the same features as another row, and another '{target.column.name}'."
        return [make_finding("label_noise", message, (target.column.name,))]
    suspects, looked_at = _suspects(inspection, target.values)
    if not suspects:
        return []
    message = (
        f"{counted(suspects, 'row')} of {looked_at:,} looked at {verb(suspects, 'stands', 'stand')} only among rows of "
        f"another '{target.column.name}', where the classes lie well apart."
    )
    return [make_finding("label_noise", message, (target.column.name,))]


def _conflicting_rows(inspection: Inspection, labels: NDArray[np.int64]) -> int:
    """Count the rows in groups of equal features that disagree, where such groups are no matter of chance."""
    names = set(inspection.names)
    if not names or not inspection.n_rows:
        return 0
    _, groups = np.unique(inspection.hashes.over(names, inspection.values), return_inverse=True)
    sizes = np.bincount(groups)
    pairs = (sizes * (sizes - 1.0)).sum() / 2
    if not pairs or pairs <= _BEYOND_CHANCE * pairs_by_chance(inspection, names, inspection.n_rows):
        return 0
    lowest, highest = np.full(len(sizes), labels.max()), np.zeros(len(sizes), dtype=labels.dtype)
    np.minimum.at(lowest, groups, labels)
    np.maximum.at(highest, groups, labels)
    count = int(sizes[lowest != highest].sum())
    return count if _MIN_SUSPECTS <= count <= _MAX_SHARE * len(labels) else 0


def _suspects(inspection: Inspection, labels: NDArray[np.int64]) -> tuple[int, int]:
    """Count rows none of whose nearest neighbours shares the label, and the rows looked at."""
    rows = spread_rows(len(labels), _SAMPLE)
    truth = labels[rows]
    if len(rows) < _MIN_ROWS:
        return 0, len(rows)
    points = coded_columns([inspection.values[name].take(rows) for name in inspection.names], _MAX_LEVELS)
    if not points.shape[1]:
        return 0, len(rows)
    agreeing = (truth[_neighbours(points)] == truth[:, None]).mean(axis=1)
    alone = agreeing == 0
    count = int(alone.sum())
    if count < max(_MIN_SUSPECTS, _MIN_SHARE * len(rows)) or count > _MAX_SHARE * len(rows):
        return 0, len(rows)
    rest = agreeing[~alone] > 1 / 2
    classes = truth[~alone]
    shares = [float(rest[classes == label].mean()) for label in np.unique(truth) if (classes == label).any()]
    return (count, len(rows)) if len(shares) > 1 and min(shares) >= _CLEAR else (0, len(rows))


def _neighbours(points: NDArray[np.float64]) -> NDArray[np.int64]:
    squares = (points**2).sum(axis=1)
    distances = squares[:, None] + squares[None, :] - 2 * points @ points.T
    np.fill_diagonal(distances, np.inf)
    return np.asarray(np.argpartition(distances, _NEIGHBOURS, axis=1)[:, :_NEIGHBOURS], dtype=np.int64)
