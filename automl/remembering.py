"""What a model file keeps of its training rows: columns and a few rows before the search, predictions after it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.bundle.reference import (
    ColumnReference,
    Grid,
    PredictionReference,
    Reference,
    ReferenceRows,
    significant,
)
from automl.bundle.writing import golden_table
from automl.evaluation.arrays import FloatArray
from automl.evaluation.label_free import MOST_ROWS, expected_score
from automl.evaluation.metrics import Metric
from automl.evaluation.postprocessing import Postprocessing
from automl.evaluation.thresholds import decided, judged_by
from automl.findings import FEWEST_OF_LEVEL
from automl.preparation.checks.column_values import ColumnValues, values_of
from automl.preparation.prepare import PreparedData
from automl.tables import Column, ColumnKind, Schema, Table, apply_schema
from automl.tables.personal_cells import identifies_someone

__all__ = ["Remembered", "column_numbers", "golden_rows", "grid_of", "needed_schema", "recall", "remember"]

_MOST_LEVELS = 50
_MOST_SAMPLE_ROWS = 1_000
_MOST_ROWS = 50_000
_FEWEST_ROWS = 5_000
_MOST_CELLS = 1_000_000
_REPLICATES = 60
_START_OF_TIMES = np.datetime64("2000-01-01", "us")
_DAY = np.timedelta64(1, "D")
_TAILS = (0.001, 0.0025, 0.005)
#: From the lowest to the highest value, closer together at both ends.
_QUANTILES = np.concatenate(([0.0], _TAILS, np.linspace(0.01, 0.99, 93), 1 - np.array(_TAILS[::-1]), [1.0]))


@dataclass(frozen=True)
class Remembered:
    """What is known of the training rows before the search.

    Attributes
    ----------
    rows, duplicates : int
    columns : tuple of ColumnReference
        Of every feature.
    cells : DataFrame
        Texts of a few of the rows that will get out-of-fold predictions.
    places : integer array
        Where these stand among the rows with out-of-fold predictions.
    """

    rows: int
    duplicates: int
    columns: tuple[ColumnReference, ...]
    cells: pd.DataFrame
    places: NDArray[np.intp]


def remember(table: Table, prepared: PreparedData, validated: NDArray[np.int64], seed: int) -> Remembered:
    """Sum up every feature, and draw a few rows.

    Parameters
    ----------
    table : Table
        The texts that ``prepared`` was made from.
    prepared : PreparedData
    validated : integer array
        The rows that will get out-of-fold predictions.
    seed : int
    """
    generator = np.random.default_rng(seed)
    n_rows = len(prepared.frame)
    most = min(_MOST_ROWS, max(_FEWEST_ROWS, _MOST_CELLS // max(prepared.frame.shape[1], 1)))
    drawn = np.sort(generator.choice(n_rows, most, replace=False)) if n_rows > most else np.arange(n_rows)
    places = np.sort(generator.choice(len(validated), min(len(validated), _MOST_SAMPLE_ROWS), replace=False))
    texts = table.cells.iloc[prepared.row_numbers[validated[places]]].reset_index(drop=True)
    unparsed = apply_schema(
        Table(texts, table.source, ""),
        Schema(prepared.feature_columns),
        [each.name for each in prepared.feature_columns],
    ).unparsed
    columns, cells = [], {}
    for column in prepared.feature_columns:
        every = values_of(prepared.frame[column.name])
        is_personal = column.name in prepared.personal
        columns.append(_column(column, every, drawn, is_personal, (len(texts), unparsed.get(column.name, 0))))
        if not is_personal and column.kind is not ColumnKind.TEXT:
            drawn_values = every.take(validated[places])
            cells[column.name] = _kept_cells(column, texts[column.name], drawn_values, every, table)
    duplicates = len(prepared.duplicate_groups) - len(np.unique(prepared.duplicate_groups))
    return Remembered(n_rows, duplicates, tuple(columns), pd.DataFrame(cells), places)


def golden_rows(table: Table, prepared: PreparedData, seed: int) -> Table:
    """Draw the golden rows, as far as they may be kept: without personal cells, and levels of a few rows.

    Parameters
    ----------
    table : Table
        The texts that ``prepared`` was made from.
    prepared : PreparedData
    seed : int
    """
    names = [column.name for column in prepared.feature_columns]
    drawn = golden_table(replace(table, cells=table.cells[names]), seed)
    typed = apply_schema(drawn, Schema(prepared.feature_columns)).frame
    cells = drawn.cells.copy()
    for column in prepared.feature_columns:
        name = column.name
        every = values_of(prepared.frame[name])
        is_personal = name in prepared.personal
        cells[name] = "" if is_personal else _kept_cells(column, cells[name], values_of(typed[name]), every, table)
    return replace(drawn, cells=cells)


def needed_schema(schema: Schema, used: Sequence[str]) -> Schema:
    """Return a schema as a model file may hold it: it names the levels of the columns that the model reads.

    Parameters
    ----------
    schema : Schema
    used : sequence of str
        The columns that the model reads; the target's levels are its labels.
    """
    needed = {*used, schema.target}
    columns = (column if column.name in needed else replace(column, levels=(), order=()) for column in schema.columns)
    return replace(schema, columns=tuple(columns))


def _kept_cells(column: Column, texts: pd.Series, values: ColumnValues, every: ColumnValues, table: Table) -> pd.Series:
    """Return some cells of a column as far as they may be kept.

    A level that few rows have is empty, and so is what identifies a person by itself. A cell that cannot be read, or
    spells its level in its own way, is written as what it is read as, where few rows say the same.

    Parameters
    ----------
    column : Column
    texts : Series of str, shape (n_rows,)
    values : ColumnValues, shape (n_rows,)
        The same, typed.
    every : ColumnValues
        Of all rows.
    table : Table
        The texts of all rows.
    """
    meant = _meant(texts, values)
    odd = texts.ne(meant)
    if odd.any():
        alike = table.cells[column.name]
        rows = texts.map(alike[alike.isin(texts[odd].unique())].value_counts()).fillna(0)
        texts = texts.mask(odd & (rows < FEWEST_OF_LEVEL), meant)
    if column.kind is ColumnKind.CATEGORY:
        rows = meant.map(every.level_counts()).fillna(0)
        texts = texts.mask(meant.ne("") & (rows < FEWEST_OF_LEVEL), "")
    return texts.mask(texts.map(identifies_someone).astype(bool), "")


def _meant(texts: pd.Series, values: ColumnValues) -> pd.Series:
    """Return what cells are read as: levels in their one spelling, numbers and dates as written, else nothing."""
    if values.levels is None:
        return texts.mask(values.missing, "")
    written = np.append(values.levels.to_numpy(dtype=object), "")
    return pd.Series(written[values.array], index=texts.index, dtype=texts.dtype)


def _column(
    column: Column, every: ColumnValues, drawn: NDArray[np.intp], personal: bool, read: tuple[int, int]
) -> ColumnReference:
    values = every.take(drawn)
    counted: dict[str, Any] = {
        "name": column.name,
        "kind": str(column.kind),
        "rows": len(values),
        "missing": values.n_missing,
        "read": read[0],
        "unparsed": read[1],
    }
    if personal:
        # How many levels there were is no level: it tells later whether new ones are more than is usual.
        rows_of = values.level_counts() if column.kind is ColumnKind.CATEGORY else {}
        once = sum(rows == 1 for rows in rows_of.values())
        return ColumnReference(**counted, others=sum(rows_of.values()), once=once, personal=True)
    if column.kind is ColumnKind.CATEGORY:
        return ColumnReference(**counted, **_levels(values))
    return ColumnReference(**counted, grid=grid_of(column_numbers(values)))


def _levels(values: ColumnValues) -> dict[str, Any]:
    counts = values.level_counts()
    kept = {level: rows for level, rows in list(counts.items())[:_MOST_LEVELS] if rows >= FEWEST_OF_LEVEL}
    once = sum(rows == 1 for rows in counts.values())
    return {"levels": kept, "others": sum(counts.values()) - sum(kept.values()), "once": once}


def column_numbers(values: ColumnValues) -> NDArray[np.float64]:
    """Return the present values as numbers of six digits: times as days since 2000, texts as their lengths."""
    present = values.present
    if values.levels is not None:
        lengths = np.array([len(level) for level in values.levels], dtype=np.float64)
        return np.asarray(lengths[present], dtype=np.float64)
    if values.is_number:
        return significant(present[np.isfinite(present)])
    return significant(np.asarray((present - _START_OF_TIMES) / _DAY, dtype=np.float64))


def grid_of(values: NDArray[np.float64]) -> Grid | None:
    """Sum up numbers that :func:`column_numbers` returned; None where there are none."""
    if not len(values):
        return None
    ordered = np.sort(values)
    knots = np.unique(ordered[np.round(_QUANTILES * (len(ordered) - 1)).astype(np.int64)])
    below = np.searchsorted(ordered, knots, side="right")
    mean, spread = significant(np.array([ordered.mean(), ordered.std()]))
    return Grid(tuple(knots.tolist()), tuple(below.tolist()), float(mean), float(spread))


def recall(
    remembered: Remembered,
    used: tuple[str, ...],
    target: NDArray[Any],
    answers: FloatArray,
    metric: Metric,
    finish: Postprocessing,
    *,
    with_rows: bool = True,
) -> Reference:
    """Return what the model file is to hold.

    Parameters
    ----------
    remembered : Remembered
    used : tuple of str
        The columns that the model learned from.
    target : array of shape (n,)
        Of the rows with out-of-fold predictions.
    answers : array of shape (n, n_classes) or (n,)
        Out-of-fold, as the model answers.
    metric : Metric
        What the model was made for.
    finish : Postprocessing
    with_rows : bool
        Whether a few rows are kept.
    """
    sample = None
    if with_rows:
        kept = {name: tuple(remembered.cells[name]) for name in used if name in remembered.cells}
        predictions = answers[remembered.places].astype(np.float64)
        rounded = significant(predictions.ravel()).reshape(predictions.shape)
        sample = ReferenceRows(kept, tuple(each.tolist() for each in rounded))
    return Reference(
        rows=remembered.rows,
        duplicates=remembered.duplicates,
        columns=tuple(column for column in remembered.columns if column.name in used),
        prediction=_prediction(target, answers.astype(np.float64), metric, finish),
        sample=sample,
    )


def _prediction(
    target: NDArray[Any], answers: NDArray[np.float64], metric: Metric, finish: Postprocessing
) -> PredictionReference:
    if len(target) > _MOST_ROWS:
        rows = np.random.default_rng(0).choice(len(target), _MOST_ROWS, replace=False)
        target, answers = target[rows], answers[rows]
    columns = answers.reshape(len(answers), -1).T
    grids = tuple(grid for grid in (grid_of(significant(column)) for column in columns) if grid is not None)
    threshold = finish.threshold_value
    labels: tuple[int, ...] = ()
    if answers.ndim == 2:
        chosen = decided(answers, threshold).argmax(axis=1)
        labels = tuple(np.bincount(chosen, minlength=answers.shape[1]).tolist())
    rows = np.random.default_rng(0).permutation(len(target))[:MOST_ROWS]
    expected = expected_score(metric, answers[rows], threshold, finish.intervals, _REPLICATES)
    reached = metric.score(target[rows], judged_by(metric, answers[rows], threshold))
    return PredictionReference(grids, labels, metric.name, _figure(reached), _figure(expected.value))


def _figure(value: float) -> float | None:
    return float(significant(np.array([value]))[0]) if math.isfinite(value) else None
