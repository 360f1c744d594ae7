"""Labelled rows that only the estimate sees: read and checked before the search, scored after it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.bundle.model import Model
from automl.errors import DataError, SchemaMismatchError
from automl.evaluation.estimate import estimate_from_holdout
from automl.evaluation.metrics import Metric
from automl.evaluation.thresholds import judged_by
from automl.events import Note, Sink
from automl.findings import Finding
from automl.inputs import split_part
from automl.preparation.checks.drift import find_drift
from automl.preparation.checks.hashing import duplicate_groups
from automl.preparation.columns import check_column, read_numbers
from automl.preparation.independence import independent_rows
from automl.preparation.prepare import PreparedData
from automl.preparation.target import MIN_ROWS, encode_target
from automl.preparation.wording import source_name
from automl.report.facts import IndependentEstimate, Repeats
from automl.report.wording import told_of_repeats
from automl.settings import FitSettings
from automl.tables import Schema, Table, Task, apply_schema, read_table

__all__ = ["LabelledRows", "read_test_data", "read_weights", "score_labelled_rows"]


@dataclass(frozen=True)
class LabelledRows:
    """The rows of a table that have a usable target.

    Attributes
    ----------
    table : Table
    target : ndarray of shape (n_rows,)
        As ``PreparedData.target``.
    weight : ndarray of float64, shape (n_rows,), or None
    left_out : int
        Rows whose target is missing or is not one of the training table's.
    repeated : int
        Rows that stand in the training table too, target included.
    repeats : {"left_out", "usual", "scored"}
        What became of these, as in :class:`IndependentEstimate`.
    findings : tuple of Finding
        Features that are spread otherwise than in the training table.
    groups : ndarray of int64, shape (n_rows,), or None
        Equal for rows that are not independent of each other; None where every row is.
    """

    table: Table
    target: NDArray[Any]
    weight: NDArray[np.float64] | None
    left_out: int
    repeated: int
    repeats: Repeats
    findings: tuple[Finding, ...] = ()
    groups: NDArray[np.int64] | None = None


def read_test_data(settings: FitSettings, prepared: PreparedData, trained_on: str, sink: Sink) -> LabelledRows | None:
    """Read the rows to test on, if any were given, and refuse them now rather than after the search.

    Parameters
    ----------
    settings : FitSettings
    prepared : PreparedData
        The training table.
    trained_on : str
        Its SHA-256; empty where it has none.
    sink : Sink
        Is told of rows that cannot be scored, and of rows that the training table holds too.

    Raises
    ------
    DataError
        If the file cannot be read, is a copy of the training data, lacks the target, or has too few usable rows.
    SchemaMismatchError
        If a column to learn from is missing.
    """
    if settings.test_data is None:
        return None
    rows = _read(settings, prepared)
    _check_is_no_copy(settings, rows.table, trained_on)
    if rows.left_out:
        sink.emit(Note(f"{rows.left_out:,} rows of the test data have no target that can be scored.", warning=True))
    if rows.repeated:
        sink.emit(Note(told_of_repeats(rows.repeated, rows.repeats), warning=rows.repeats != "usual"))
    return rows


def _check_is_no_copy(settings: FitSettings, table: Table, trained_on: str) -> None:
    """Refuse a copy of the training data; two sheets or tables of one file have the same bytes."""
    same_part = split_part(settings.data)[1] == split_part(str(settings.test_data))[1]
    if same_part and table.sha256 and table.sha256 == trained_on:
        raise DataError(
            f"The test data {source_name(table.source)} is a copy of the training data.",
            "Give --test-data rows that are not in it, or use --holdout 0.2.",
        )


def score_labelled_rows(path: Path, rows: LabelledRows, metric: Metric, seed: int) -> IndependentEstimate:
    """Score a written model on rows that neither the search nor the selection saw."""
    from automl.bundle import load_model

    model = load_model(path)
    prediction = judged_by(metric, _raw(model, rows.table), model.postprocessing.threshold_value)
    found = estimate_from_holdout(rows.target, prediction, metric, rows.weight, rows.groups, "test_data", seed)
    interval = (found.low, found.high)
    return IndependentEstimate(
        found.metric, found.value, interval, found.method, found.rows, rows.repeated, rows.repeats
    )


def _raw(model: Model, table: Table) -> NDArray[np.float64]:
    predicted = model.predict_table(table)
    return predicted.values if predicted.probabilities is None else predicted.probabilities


def _check_features(missing: tuple[str, ...], table: Table) -> None:
    if missing:
        shown = ", ".join(f"'{name}'" for name in missing[:5]) + (" …" if len(missing) > 5 else "")
        raise SchemaMismatchError(
            f"The test data '{Path(table.source).name}' lacks {shown}, which the training data has.",
            "Give --test-data a table with the same columns, or take these out with --drop.",
        )


def _check_rows(target: NDArray[Any], task: Task, table: Table) -> None:
    name = Path(table.source).name
    if len(target) < MIN_ROWS:
        raise DataError(
            f"Only {len(target)} rows of the test data '{name}' have a target that can be scored.",
            f"At least {MIN_ROWS} are needed; give --test-data a larger table, or leave it out.",
        )
    if task.is_classification and len(np.unique(target)) < 2:
        raise DataError(
            f"Every row of the test data '{name}' is of the same class.",
            "Give --test-data a table with rows of at least two classes, or leave it out.",
        )


def read_weights(
    table: Table, schema: Schema, name: str, rows: NDArray[np.intp], unit: float | None = None
) -> NDArray[np.float64]:
    """Read how much some rows count.

    Parameters
    ----------
    table : Table
    schema : Schema
        Of the model.
    name : str
        The column of the weights.
    rows : integer array of shape (n_rows,)
        Positions of the rows; what stands in others is not looked at.
    unit : float, optional
        What weighs one, as in training; else the mean of the rows.

    Raises
    ------
    DataError
        If the column is not there, a cell holds no weight of zero or more, or no row counts.
    """
    check_column(table, name, "--weight")
    values = read_numbers(table.cells[name], schema.column(name))[rows]
    if not (values >= 0).all():
        raise DataError(
            f"Some rows of {source_name(table.source)} have no weight of zero or more in '{name}'.",
            "Fill these cells, or take out these rows.",
        )
    if unit is None and not values.any():
        raise DataError(
            f"Every weight in '{name}' of {source_name(table.source)} is zero.", "Give rows whose weight is above zero."
        )
    return np.asarray(values / (unit or values.mean()))


def _repeated(
    prepared: PreparedData, frame: pd.DataFrame, target: NDArray[Any]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Mark the rows that stand in the training table, and those of that table that stand in it more than once."""
    known = len(prepared.target)
    columns: list[pd.Series | NDArray[Any]] = [
        pd.concat([prepared.frame[name], frame[name]], ignore_index=True) for name in prepared.frame.columns
    ]
    groups = duplicate_groups([*columns, np.concatenate([prepared.target, target])], known + len(target))
    counts = np.bincount(groups[:known], minlength=int(groups.max()) + 1)[groups]
    return counts[known:] > 0, counts[:known] > 1


def _settled(
    repeated: NDArray[np.bool_], among_themselves: NDArray[np.bool_], target: NDArray[Any], task: Task
) -> Repeats:
    """Decide whether rows that the model learned from count in the score.

    Where few columns have few values, rows of other people are equal by chance. Leaving out those whose target agrees
    would make the score too low; so they count where training rows repeat one another as often, within two standard
    errors.
    """
    expected = float(among_themselves.mean())
    error = math.sqrt(expected * (1 - expected) / len(repeated))
    if repeated.mean() <= expected + 2 * error:
        return "usual"
    rest = target[~repeated]
    enough = len(rest) >= MIN_ROWS and (not task.is_classification or len(np.unique(rest)) > 1)
    return "left_out" if enough else "scored"


def _read(settings: FitSettings, prepared: PreparedData) -> LabelledRows:
    assert settings.test_data is not None
    table = read_table(settings.test_data, settings.read_options().beside(settings.test_data))
    schema = prepared.schema
    assert schema.target is not None
    assert schema.task is not None
    check_column(table, schema.target)
    features = apply_schema(table, Schema(prepared.feature_columns))
    _check_features(features.missing_columns, table)
    target = encode_target(table.cells[schema.target], schema.column(schema.target), schema.task, schema.labels)
    rows = np.flatnonzero(target >= 0 if schema.task.is_classification else np.isfinite(target))
    _check_rows(target[rows], schema.task, table)
    without_target, compared = len(target) - len(rows), features.frame.iloc[rows]
    repeated, among_themselves = _repeated(prepared, compared, target[rows])
    repeats = _settled(repeated, among_themselves, target[rows], schema.task)
    if repeats == "left_out":
        rows = rows[~repeated]
    kept = Table(table.cells.iloc[rows].reset_index(drop=True), table.source, table.sha256, table.dialect)
    unseen = {schema.target, *settings.drop}
    alike = Schema(tuple(column for column in schema.columns if column.name not in unseen))
    return LabelledRows(
        table=kept,
        target=target[rows],
        weight=None if settings.weight is None else read_weights(table, schema, settings.weight, rows),
        left_out=without_target,
        repeated=int(repeated.sum()),
        repeats=repeats,
        findings=tuple(find_drift(prepared.frame, compared)),
        groups=independent_rows(kept, alike, target[rows], settings.group),
    )
