"""Are typed rows spread as the training rows were: every column and the predictions, decided together."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from automl.bundle.model import Model
from automl.bundle.reference import Reference
from automl.operate.column_drift import ColumnTests, column_fact, column_tests
from automl.operate.drift_tests import DriftTest, decide
from automl.operate.prediction_drift import prediction_fact, prediction_tests
from automl.report.facts import ReportFacts
from automl.report.monitoring_facts import ColumnDriftFact, PredictionDriftFact
from automl.tables import ColumnKind, TypedTable

__all__ = ["Drift", "drift_of", "importances_of", "moving_columns"]

_EVEN_SHARE = 0.5


@dataclass(frozen=True)
class Drift:
    """What is told of the columns, and of the predictions where there are any."""

    columns: dict[str, ColumnDriftFact]
    prediction: PredictionDriftFact | None


def importances_of(fitted: ReportFacts) -> dict[str, float]:
    """Return how much each column matters to a model, at least 0."""
    return {feature.name: max(feature.importance, 0.0) for feature in fitted.features}


def moving_columns(model: Model, fitted: ReportFacts, since: str | None = None) -> frozenset[str]:
    """Return the columns whose values are new in every batch by their nature: times, and what rows are ordered by.

    Parameters
    ----------
    model : Model
    fitted : ReportFacts
        Says by which column the model's training rows were ordered.
    since : str, optional
        The column by which the batches are.
    """
    times = {column.name for column in model.schema.columns if column.kind is ColumnKind.DATETIME}
    return frozenset(times | {name for name in (since, fitted.settings.get("time")) if name is not None})


def drift_of(
    typed: TypedTable,
    predicted: NDArray[np.float64] | None,
    model: Model,
    reference: Reference,
    importances: Mapping[str, float],
    moving: Collection[str] = (),
    left_out: Collection[str] = (),
) -> Drift:
    """Hold rows against what the model file remembers of its training rows.

    Parameters
    ----------
    typed : TypedTable
        At least one row of the columns that the model uses.
    predicted : ndarray of shape (n_rows,) or (n_rows, n_classes), or None
    model : Model
    reference : Reference
    importances : mapping of str to float
        A column that matters more is tested with more weight.
    moving : collection of str
        Columns whose values are new in every batch by their nature.
    left_out : collection of str
        Columns that are not tested.
    """
    seen = [
        column_tests(
            column,
            model.schema.column(column.name),
            typed.frame[column.name],
            typed.unparsed.get(column.name, 0),
            moves_on=column.name in moving,
        )
        for column in reference.columns
        if column.name in typed.frame.columns and column.name not in left_out
    ]
    of_predictions = () if predicted is None else prediction_tests(reference.prediction, predicted, model)
    columns, decided = _decided(seen, of_predictions, importances)
    if predicted is None or not decided:
        return Drift(columns, None)
    return Drift(columns, prediction_fact(reference.prediction, predicted, model, decided))


def _decided(
    seen: list[ColumnTests], of_predictions: tuple[DriftTest, ...], importances: Mapping[str, float]
) -> tuple[dict[str, ColumnDriftFact], tuple[DriftTest, ...]]:
    """Decide all tests together: half of a test's weight is the same for all, half is how much its column matters."""
    mean = float(np.mean([importances.get(each.reference.name, 0.0) for each in seen])) if seen else 0.0
    weights = {
        each.reference.name: _EVEN_SHARE
        + (1 - _EVEN_SHARE) * (importances.get(each.reference.name, 0.0) / mean if mean > 0 else 1.0)
        for each in seen
    }
    tests = [test for each in seen for test in each.tests] + list(of_predictions)
    weight = [weights[each.reference.name] for each in seen for _ in each.tests]
    weight += [max(weights.values(), default=1.0)] * len(of_predictions)
    decided, columns, start = decide(tests, weight), {}, 0
    for each in seen:
        own = tuple(decided[start : start + len(each.tests)])
        start += len(each.tests)
        columns[each.reference.name] = column_fact(each, own, importances)
    return columns, tuple(decided[start:])
