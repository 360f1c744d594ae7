"""The labelled rows of a table with what a model says of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.bundle.model import Model, Prediction
from automl.errors import DataError
from automl.evaluation.thresholds import decided
from automl.findings import withheld_columns
from automl.labelled import read_weights
from automl.preparation.checks.personal import what_identifies
from automl.preparation.columns import check_column
from automl.preparation.independence import independent_rows
from automl.preparation.target import encode_target
from automl.preparation.wording import source_name
from automl.report.facts import ReportFacts
from automl.tables import ColumnKind, Schema, Table, Task, apply_schema, infer_schema

__all__ = ["ScoredRows", "column_of", "driving_columns", "features_of", "learned_from", "score_rows", "task_of"]

_DRIVING = 5


@dataclass(frozen=True)
class ScoredRows:
    """The rows with a usable target, and what the model says of them.

    Attributes
    ----------
    table : Table
    positions : integer array of shape (n_rows,)
        Where each row stands in the file, from 0.
    target : array of shape (n_rows,)
    prediction : array of shape (n_rows, n_classes) or (n_rows,)
    weight : array of shape (n_rows,) or None
    groups : integer array of shape (n_rows,) or None
        Equal for rows that are not independent of each other: rows of one group, or copies.
    said : Prediction
    without_weight : str or None
        The column of the weights that the model was judged by, where these rows have none: each counts alike.
    """

    table: Table
    positions: NDArray[np.intp]
    target: NDArray[Any]
    prediction: NDArray[np.float64]
    weight: NDArray[np.float64] | None
    groups: NDArray[np.int64] | None
    said: Prediction
    without_weight: str | None = None


def task_of(model: Model) -> Task:
    """Return what the model predicts."""
    assert model.schema.task is not None
    return model.schema.task


def learned_from(fitted: ReportFacts, table: Table) -> bool:
    """Whether a table is, byte for byte, one that the model was fitted on."""
    own = fitted.lineage[0].data if fitted.lineage else ()
    return bool(table.sha256) and table.sha256 in {fitted.data_sha256, *(each.sha256 for each in own)}


def _decided_anew(said: Prediction, threshold: float | None) -> Prediction:
    """Return the prediction with the labels that a threshold decides for."""
    if said.probabilities is None or threshold is None:
        return said
    names: NDArray[Any] = np.array(said.labels, dtype=object)
    return replace(said, values=names[decided(said.probabilities, threshold).argmax(axis=1)])


def score_rows(model: Model, table: Table, fitted: ReportFacts, threshold: float | None) -> ScoredRows:
    """Predict the rows that have a target."""
    name, task = fitted.target, task_of(model)
    check_column(table, name, "What the model predicts")
    if table.cells.empty:
        raise DataError(f"{source_name(table.source)} has no rows.", f"Give rows with a known '{name}'.")
    target = encode_target(table.cells[name], model.schema.column(name), task, model.labels)
    rows = np.flatnonzero(target >= 0 if task.is_classification else np.isfinite(target))
    if not len(rows):
        known = (
            f"none is one of the model's labels: {', '.join(model.labels[:10])}" if model.labels else "none is a number"
        )
        raise DataError(
            f"No row of {table.source} has a '{name}' that can be scored; {known}.",
            "Give rows with a known target, or use 'automl predict'.",
        )
    kept = Table(table.cells.iloc[rows].reset_index(drop=True), table.source, table.sha256, table.dialect)
    said = _decided_anew(model.predict_table(kept), threshold)
    prediction = said.values if said.probabilities is None else said.probabilities
    weight, group = (fitted.settings.get(role) or "" for role in ("weight", "group"))
    present = set(kept.cells.columns)
    unseen = {name, *(fitted.settings.get("drop") or ())}
    compared = tuple(column for column in model.schema.columns if column.name not in unseen)
    return ScoredRows(
        table=kept,
        positions=rows,
        target=target[rows],
        prediction=prediction,
        weight=None if weight not in present else read_weights(table, model.schema, weight, rows),
        groups=independent_rows(kept, Schema(compared), target[rows], group or None),
        said=said,
        without_weight=weight if weight and weight not in present else None,
    )


def column_of(model: Model, scored: ScoredRows, name: str) -> pd.Series:
    """Return a column of the file, typed as the model reads it, or as it looks where the model does not know it.

    What is read as true or false keeps the spelling that is most frequent in the file. The levels of personal data are
    not shown: they are groups with numbers, in the order of the rows.
    """
    cells = Table(scored.table.cells[[name]], scored.table.source, "")
    schema = model.schema if name in model.schema.names else infer_schema(cells)
    typed = apply_schema(cells, schema, [name]).frame[name]
    column = schema.column(name)
    is_looked_at = column.kind is not ColumnKind.NUMERIC and name != model.schema.target
    if name in withheld_columns(model.manifest) or (is_looked_at and what_identifies(column, cells.columns[name])):
        return _numbered(typed)
    if column.kind is not ColumnKind.BOOLEAN:
        return typed
    spelled = cells.cells[name].astype(str).str.strip()
    return typed.map({value: spelled[typed == value].mode().iat[0] for value in typed.dropna().unique()})


def _numbered(typed: pd.Series) -> pd.Series:
    """Return a column with a number in place of each level."""
    codes, levels = pd.factorize(typed)
    names = pd.Index([f"group {number:,}" for number in range(1, len(levels) + 1)], dtype=str)
    return pd.Series(pd.Categorical.from_codes(codes, names), index=typed.index, name=typed.name)


def driving_columns(model: Model, scored: ScoredRows, fitted: ReportFacts) -> Iterator[pd.Series]:
    """Yield the columns of the file that matter most to the model, those of personal data left out."""
    withheld = withheld_columns(model.manifest)
    names = [feature.name for feature in fitted.features if feature.selected and feature.name not in withheld]
    present = [name for name in names if name in scored.table.cells.columns]
    return (column_of(model, scored, name) for name in present[:_DRIVING])


def features_of(model: Model, scored: ScoredRows) -> pd.DataFrame:
    """Return the columns that a model could learn from, typed; not those of personal data, which are not shown."""
    unwanted = {model.schema.target, *withheld_columns(model.manifest)}
    columns = [column for column in model.schema.columns if column.kind.is_feature and column.name not in unwanted]
    return apply_schema(scored.table, Schema(tuple(columns))).frame
