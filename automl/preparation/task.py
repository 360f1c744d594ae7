"""Which task a target column makes, and which tasks it cannot make."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.errors import DataError, UsageError
from automl.preparation.columns import WantedMetric, read_numbers
from automl.preparation.labels import count_labels
from automl.preparation.wording import counted, join_quoted
from automl.tables.schema import Column, ColumnKind, Task

__all__ = ["decide_task"]

_MAX_CODE_LEVELS = 20
_MAX_CODE = 100
_SMALL_TABLE = 1_000
_CODE_SHARE = 0.05
_CODE_SHARE_SMALL = 0.1
_CONTINUOUS_LEVELS = 100
_ENOUGH_NUMBERS = 0.95


def decide_task(values: pd.Series, column: Column, requested: Task | None, metric: WantedMetric | None = None) -> Task:
    """Decide what is predicted.

    Two distinct labels make a binary task. Numbers make a regression, unless they look like class codes: at most 20
    small and nearly contiguous whole numbers, each on more than one row and few for the number of rows. Other texts
    make classes.

    Parameters
    ----------
    values : Series of str
        The target's trimmed cells, without the missing ones.
    column : Column
        The target's column.
    requested : Task or None
        What the user asks for, or the only task that the metric fits.
    metric : WantedMetric, optional
        What the user asks for: numbers make classes where it is a metric of classes.

    Raises
    ------
    DataError
        If the target is empty, constant, or (as classes) different on nearly every row.
    UsageError
        If the requested task or the metric does not fit the target.
    """
    counts = count_labels(values, column)
    numbers = read_numbers(values, column)
    _check_varies(counts, column)
    if requested is Task.REGRESSION:
        _check_numeric(values, counts, numbers, column, metric)
        return Task.REGRESSION
    suggested = _suggested(counts, numbers, column)
    if requested is not None:
        _check_classes(counts, numbers, column, metric)
        _check_label_count(counts, column, requested, suggested, metric)
        return requested
    if suggested is Task.REGRESSION and metric is not None and Task.REGRESSION not in metric.tasks:
        suggested = Task.MULTICLASS
    if suggested is Task.MULTICLASS:
        _check_classes(counts, numbers, column, metric)
    return suggested


def _suggested(counts: dict[str, int], numbers: NDArray[np.float64], column: Column) -> Task:
    """Return the task that the cells make where nobody says which."""
    labels = _task_of_labels(counts)
    if labels is Task.MULTICLASS and _is_numeric(numbers, column) and not _are_class_codes(numbers):
        return Task.REGRESSION
    return labels


def _task_of_labels(counts: dict[str, int]) -> Task:
    return Task.BINARY if len(counts) == 2 else Task.MULTICLASS


def _is_numeric(numbers: NDArray[np.float64], column: Column) -> bool:
    if column.kind in (ColumnKind.CATEGORY, ColumnKind.BOOLEAN, ColumnKind.DATETIME):
        return False
    return column.kind is ColumnKind.NUMERIC or bool(np.isfinite(numbers).mean() >= _ENOUGH_NUMBERS)


def _are_class_codes(numbers: NDArray[np.float64]) -> bool:
    present = numbers[np.isfinite(numbers)]
    levels, counts = np.unique(present, return_counts=True)
    share = _CODE_SHARE if len(present) >= _SMALL_TABLE else _CODE_SHARE_SMALL
    few = len(levels) <= min(_MAX_CODE_LEVELS, share * len(present))
    if not few or counts.min() < 2 or (levels != np.round(levels)).any():
        return False
    small = levels[0] >= -1 and levels[-1] <= _MAX_CODE
    return bool(small and levels[-1] - levels[0] + 1 <= 2 * len(levels))


def _check_varies(counts: dict[str, int], column: Column) -> None:
    if not counts:
        raise DataError(f"Every cell of the target '{column.name}' is missing.", "Choose another column with --target.")
    if len(counts) == 1:
        raise DataError(
            f"The target '{column.name}' is constant: every row says '{next(iter(counts))}'.",
            "Choose another column with --target, or bring rows with other values.",
        )


def _check_numeric(
    values: pd.Series,
    counts: dict[str, int],
    numbers: NDArray[np.float64],
    column: Column,
    metric: WantedMetric | None,
) -> None:
    readable = np.isfinite(numbers)
    if readable.mean() >= _ENOUGH_NUMBERS:
        return
    held = f"holds texts such as '{values[~readable].iloc[0]}'"
    if metric is not None:
        raise _unfitting_metric(metric, column, held, _task_of_labels(counts))
    raise UsageError(
        f"Regression needs a numeric target; '{column.name}' {held}.",
        "Leave out --task, or choose another column with --target.",
    )


def _check_classes(
    counts: dict[str, int], numbers: NDArray[np.float64], column: Column, metric: WantedMetric | None
) -> None:
    rows = sum(counts.values())
    numeric = _is_numeric(numbers, column)
    lone = sum(count == 1 for count in counts.values())
    distinct = lone > rows / 2 and len(counts) > 2
    many = column.kind is ColumnKind.NUMERIC and len(counts) > _CONTINUOUS_LEVELS and _is_continuous(numbers)
    if metric is not None and numeric and (distinct or many):
        raise _unfitting_metric(metric, column, _held_numbers(counts), Task.REGRESSION)
    if distinct:
        where = "every row" if lone == rows else f"nearly every row ({lone:,} of {rows:,} values stand once)"
        remedy = "Say --task regression, or choose" if numeric else "Choose"
        raise DataError(
            f"The target '{column.name}' is different on {where}, so its values are no classes.",
            f"{remedy} another column with --target.",
        )
    if many:
        raise DataError(
            f"The target '{column.name}' {_held_numbers(counts)}, too many to be classes.",
            "Say --task regression, or choose another column with --target.",
        )


def _is_continuous(numbers: NDArray[np.float64]) -> bool:
    present = numbers[np.isfinite(numbers)]
    return bool((present != np.round(present)).any() or len(np.unique(present)) > _CODE_SHARE * len(present))


def _check_label_count(
    counts: dict[str, int], column: Column, requested: Task, suggested: Task, metric: WantedMetric | None
) -> None:
    other = _task_of_labels(counts)
    if requested is other:
        return
    labels = f"{counted(len(counts), 'label')} ({join_quoted(list(counts), 3)})"
    if metric is not None and other not in metric.tasks:
        held = _held_numbers(counts) if suggested is Task.REGRESSION else f"has {labels}"
        raise _unfitting_metric(metric, column, held, suggested)
    raise UsageError(
        f"A {requested} task does not fit the target '{column.name}': it has {labels}.",
        f"Say --task {other}, or leave out --task.",
    )


def _held_numbers(counts: dict[str, int]) -> str:
    return f"holds {len(counts):,} different numbers"


def _unfitting_metric(metric: WantedMetric, column: Column, held: str, made: Task) -> UsageError:
    """Return the error that names the metric and, as the remedy, the one for what the target makes."""
    fitting = " or ".join(map(str, metric.tasks))
    return UsageError(
        f"The metric {metric.name} is for {fitting} targets; '{column.name}' {held}.",
        f"Say --metric {metric.instead[made]}, or leave out --metric.",
    )
