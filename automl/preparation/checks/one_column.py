"""Leaks through one column that alone predicts the target nearly perfectly, on rows it was not learned from.

Each column is cut into levels (its own, or quantile bins), and each row is predicted by the target's mean in its level
over the other four of five folds. Relations in which nothing is fitted, a number's order for two classes and a
correlation for a numeric target, are taken as they are: they also tell on small tables.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.findings import Finding
from automl.preparation.checks.column_values import ColumnValues
from automl.preparation.checks.inspection import Inspection, log_arrangements
from automl.preparation.checks.level_means import level_codes, out_of_fold_means
from automl.preparation.registry import make_finding
from automl.preparation.target import Target
from automl.tables.schema import Column, ColumnKind, Task

__all__ = ["find_single_predictors"]

_NEARLY_PERFECT = 0.99
_ERROR_LEFT = 0.2
_MIN_ROWS = 30
_MIN_CLASS_ROWS = 5
_MAX_CLASSES = 100
_SAMPLE = 10_000
_CHANCE = math.log(1_000)

Scores = tuple[str, float] | None


def find_single_predictors(inspection: Inspection) -> list[Finding]:
    """Find the columns that predict the target alone; none where most columns do, for then the task is an easy one."""
    target = inspection.target
    if target is None or len(target.values) < _MIN_ROWS or not _is_telling(target, len(inspection.names)):
        return []
    rows = _sample(len(target.values))
    score = _SCORERS[target.task]
    truth = target.values[rows]
    if len(np.unique(truth)) < 2:
        return []
    found = {}
    for column in inspection.columns:
        if _can_tell(column, target.task):
            reached = score(inspection.values[column.name].take(rows), truth)
            if reached is not None:
                found[column.name] = reached
    if len(found) > 1 and len(found) > len(inspection.names) / 2:
        return []
    return [
        make_finding(
            "target_leak_one_column",
            f"'{name}' alone predicts '{target.column.name}' nearly perfectly ({measure} {value:.4f}).",
            (name,),
        )
        for name, (measure, value) in found.items()
    ]


def _is_telling(target: Target, columns: int) -> bool:
    if target.task is Task.REGRESSION:
        return True
    counts = np.bincount(target.values)
    if (counts >= _MIN_CLASS_ROWS).sum() < 2 or len(counts) > _MAX_CLASSES:
        return False
    return log_arrangements(counts) > _CHANCE + math.log(max(columns, 1))


def _can_tell(column: Column, task: Task) -> bool:
    """Whether a near-perfect fit would be suspicious; a trend over the dates is not."""
    if column.kind is ColumnKind.DATETIME:
        return task is not Task.REGRESSION
    return column.kind in (ColumnKind.NUMERIC, ColumnKind.BOOLEAN, ColumnKind.CATEGORY)


def _sample(n_rows: int) -> NDArray[np.int64]:
    if n_rows <= _SAMPLE:
        return np.arange(n_rows)
    return np.sort(np.random.default_rng(0).choice(n_rows, _SAMPLE, replace=False))


def _binary_score(values: ColumnValues, truth: NDArray[Any]) -> Scores:
    curves = [_classes_by_score(out_of_fold_means(level_codes(values), truth.astype(np.float64)), truth)]
    if values.is_number and not values.n_missing:
        positives, negatives = _classes_by_score(values.array, truth)
        curves += [(positives, negatives), (positives[::-1], negatives[::-1])]
    area, best = max(((_roc_auc(*curve), at) for at, curve in enumerate(curves)), key=lambda pair: pair[0])
    if area <= _NEARLY_PERFECT:
        return None
    rare = int(min(truth.sum(), len(truth) - truth.sum()))
    return ("ROC AUC", area) if _fewest_errors(*curves[best]) <= _ERROR_LEFT * rare else None


def _multiclass_score(values: ColumnValues, truth: NDArray[Any]) -> Scores:
    codes = level_codes(values)
    classes = np.unique(truth)
    likelihood = np.stack([out_of_fold_means(codes, (truth == each).astype(np.float64)) for each in classes])
    guesses = [classes[likelihood.argmax(axis=0)]]
    if values.is_number and not values.n_missing:
        guesses.append(_nearest_class(values.array, truth))
    reached = max(_least_accuracy(guess == truth, truth) for guess in guesses)
    return ("accuracy", reached) if reached > _NEARLY_PERFECT else None


def _least_accuracy(right: NDArray[np.bool_], truth: NDArray[Any]) -> float:
    """Return the share of rows that are right, over all rows or as the mean over the classes, whichever is lower."""
    balanced = float(np.mean([right[truth == each].mean() for each in np.unique(truth)]))
    return min(float(right.mean()), balanced)


def _nearest_class(numbers: NDArray[np.float64], truth: NDArray[Any]) -> NDArray[Any]:
    """Guess each row's class as the commonest of the three other rows whose numbers are nearest.

    Bins of few rows tell too little where each class has a range of its own. Equal numbers stand in random order, so
    that the order of the file tells nothing.
    """
    order = np.random.default_rng(0).permutation(len(numbers))
    order = order[np.argsort(numbers[order], kind="stable")]
    ordered = np.concatenate([np.full(3, -np.inf), numbers[order], np.full(3, np.inf)])
    labels = np.concatenate([np.full(3, -1), truth[order], np.full(3, -1)])
    steps = np.array([-3, -2, -1, 1, 2, 3])
    around = np.arange(3, len(numbers) + 3)[:, None] + steps
    nearest = np.argsort(np.abs(ordered[around] - ordered[3:-3, None]), axis=1, kind="stable")[:, :3]
    first, second, third = np.take_along_axis(labels[around], nearest, axis=1).T
    guess = np.empty_like(truth)
    guess[order] = np.where((second == third) & (second != first), second, first)
    return guess


def _regression_score(values: ColumnValues, truth: NDArray[Any]) -> Scores:
    residual = truth - out_of_fold_means(level_codes(values), truth)
    spread = float(((truth - truth.mean()) ** 2).sum())
    explained = 1 - float((residual**2).sum()) / spread if spread else 0.0
    best = max(explained, _squared_correlation(values, truth))
    return ("R²", best) if best > _NEARLY_PERFECT else None


_SCORERS: dict[Task, Callable[[ColumnValues, NDArray[Any]], Scores]] = {
    Task.BINARY: _binary_score,
    Task.MULTICLASS: _multiclass_score,
    Task.REGRESSION: _regression_score,
}


def _roc_auc(positives: NDArray[np.float64], negatives: NDArray[np.float64]) -> float:
    """Return the share of (positive, negative) pairs in the right order, ties counted half."""
    below = np.cumsum(negatives) - negatives
    return float((positives * (below + negatives / 2)).sum() / (positives.sum() * negatives.sum()))


def _fewest_errors(positives: NDArray[np.float64], negatives: NDArray[np.float64]) -> int:
    """Return the rows on the wrong side of the best threshold."""
    return int((np.cumsum(positives) + negatives.sum() - np.cumsum(negatives)).min())


def _classes_by_score(
    predicted: NDArray[np.float64], truth: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Count the positive and negative rows at each distinct prediction, ascending."""
    order = np.argsort(predicted)
    ordered = predicted[order]
    last = np.append(np.flatnonzero(ordered[1:] != ordered[:-1]), len(ordered) - 1)
    positives = np.diff(np.cumsum(truth[order])[last], prepend=0).astype(np.float64)
    return positives, np.diff(last, prepend=-1) - positives


def _squared_correlation(values: ColumnValues, truth: NDArray[np.float64]) -> float:
    """Return the larger of the squared linear and rank correlations, which nothing is fitted for."""
    if not values.is_number:
        return 0.0
    present = ~values.missing
    pairs = pd.DataFrame({"column": values.array[present], "target": truth[present]})
    if present.mean() < _NEARLY_PERFECT or (pairs.nunique() < 2).any():
        return 0.0
    tables = (pairs.to_numpy(dtype=np.float64), pairs.rank().to_numpy(dtype=np.float64))
    return max(float(np.corrcoef(each, rowvar=False)[0, 1] ** 2) for each in tables)
