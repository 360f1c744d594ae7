"""Which task a target column makes, and which tasks it cannot make."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.errors import DataError, UsageError
from automl.preparation.columns import read_numbers
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


def decide_task(
    values: pd.Series, column: Column, requested: Task | None, tasks: tuple[Task, ...] = tuple(Task)
) -> Task:
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
        What the user asks for.
    tasks : tuple of Task, optional
        Those to choose among: numbers make classes where regression is none of them.

    Raises
    ------
    DataError
        If the target is empty, constant, or (as classes) different on nearly every row.
    UsageError
        If the requested task does not fit the target.
    """
    counts = count_labels(values, column)
    numbers = read_numbers(values, column)
    _check_varies(counts, column)
    if requested is Task.REGRESSION:
        _check_numeric(values, numbers, column, by_metric=tasks == (Task.REGRESSION,))
        return Task.REGRESSION
    if requested is not None:
        _check_classes(counts, numbers, column)
        _check_label_count(counts, column, requested)
        return requested
    if len(counts) == 2:
        return Task.BINARY
    if Task.REGRESSION in tasks and _is_numeric(numbers, column) and not _are_class_codes(numbers):
        return Task.REGRESSION
    _check_classes(counts, numbers, column)
    return Task.MULTICLASS


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


def _check_numeric(values: pd.Series, numbers: NDArray[np.float64], column: Column, *, by_metric: bool) -> None:
    readable = np.isfinite(numbers)
    if readable.mean() >= _ENOUGH_NUMBERS:
        return
    example = str(values[~readable].iloc[0])
    raise UsageError(
        f"Regression needs a numeric target; '{column.name}' holds texts such as '{example}'.",
        "The metric is one of regression; log_loss, accuracy and others fit classes ('automl list metrics')."
        if by_metric
        else "Leave out --task, or choose another column with --target.",
    )


def _check_classes(counts: dict[str, int], numbers: NDArray[np.float64], column: Column) -> None:
    rows = sum(counts.values())
    numeric = _is_numeric(numbers, column)
    lone = sum(count == 1 for count in counts.values())
    if lone > rows / 2 and len(counts) > 2:
        where = "every row" if lone == rows else f"nearly every row ({lone:,} of {rows:,} values stand once)"
        remedy = "Say --task regression, or choose" if numeric else "Choose"
        raise DataError(
            f"The target '{column.name}' is different on {where}, so its values are no classes.",
            f"{remedy} another column with --target.",
        )
    if column.kind is ColumnKind.NUMERIC and len(counts) > _CONTINUOUS_LEVELS and _is_continuous(numbers):
        raise DataError(
            f"The target '{column.name}' holds {len(counts):,} different numbers, too many to be classes.",
            "Say --task regression, or choose another column with --target.",
        )


def _is_continuous(numbers: NDArray[np.float64]) -> bool:
    present = numbers[np.isfinite(numbers)]
    return bool((present != np.round(present)).any() or len(np.unique(present)) > _CODE_SHARE * len(present))


def _check_label_count(counts: dict[str, int], column: Column, requested: Task) -> None:
    fits = (len(counts) == 2) == (requested is Task.BINARY)
    if fits:
        return
    other = Task.BINARY if len(counts) == 2 else Task.MULTICLASS
    raise UsageError(
        f"A {requested} task does not fit the target '{column.name}': it has {counted(len(counts), 'label')} "
        f"({join_quoted(list(counts), 3)}).",
        f"Say --task {other}, or leave out --task.",
    )
