"""Two models side by side: each scored on labelled rows, then both on the rows that both can be scored on."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.bundle import read_facts
from automl.bundle.model import Model
from automl.errors import DataError, UsageError
from automl.evaluation.metrics import Metric
from automl.evaluation.thresholds import judged_by
from automl.report.comparison_facts import ModelFact
from automl.scored import ScoredRows, learned_from, score_rows, task_of
from automl.tables import Table

__all__ = ["Side", "aligned", "check_same_question", "score_side"]

_FEWEST_ROWS = 20
_TIMED_ROWS = 2_000


@dataclass(frozen=True)
class Side:
    """One of two models, what it costs, and what it says of labelled rows.

    Attributes
    ----------
    model : Model
    cost : ModelFact
    scored : ScoredRows
    prediction : ndarray of float64, shape (n_rows,) or (n_rows, n_classes)
        Once aligned, in the order of the first model's labels.
    values : ndarray of shape (n_rows,)
        Labels or numbers, as the model decides.
    """

    model: Model
    cost: ModelFact
    scored: ScoredRows
    prediction: NDArray[np.float64]
    values: NDArray[Any]

    def judged(self, metric: Metric) -> NDArray[np.float64]:
        """Return the predictions as a metric is to see them, by this model's own threshold."""
        return np.asarray(
            judged_by(metric, self.prediction, self.model.postprocessing.threshold_value), dtype=np.float64
        )


def check_same_question(a: Model, b: Model) -> None:
    """Make sure that two models answer the same question.

    Raises
    ------
    UsageError
        If task, target or labels differ.
    """
    if task_of(a) is not task_of(b):
        raise UsageError(
            f"One model's task is {task_of(a)}, the other's {task_of(b)}.", "Give two models of the same target."
        )
    if a.schema.target != b.schema.target:
        raise UsageError(
            f"One model predicts '{a.schema.target}', the other '{b.schema.target}'.",
            "Give two models of the same target.",
        )
    if set(a.labels) != set(b.labels):
        differing = ", ".join(sorted(set(a.labels) ^ set(b.labels))[:5])
        raise UsageError(
            f"The models know different labels: only one of them knows {differing}.",
            "Fit both on rows of the same classes.",
        )


def score_side(path: Path, model: Model, table: Table) -> Side:
    """Score the rows, and see how long reading the model and scoring take."""
    begun = time.monotonic()
    model.read_all()
    read = time.monotonic() - begun
    fitted = read_facts(path)
    scored = score_rows(model, table, fitted, model.postprocessing.threshold_value)
    few = Table(scored.table.cells.head(_TIMED_ROWS), table.source, "")
    begun = time.monotonic()
    model.predict_table(few)
    seconds = max(time.monotonic() - begun, 1e-6)
    cost = ModelFact(
        name=path.name,
        bytes=path.stat().st_size,
        fitted_models=model.n_models,
        families=model.families,
        loading_seconds=round(read, 3),
        rows_per_second=round(len(few.cells) / seconds, 1),
        unparsed=scored.said.unparsed,
        unseen=scored.said.unseen,
        learned_from=learned_from(fitted, table),
        weight=fitted.settings.get("weight") or None,
    )
    return Side(model, cost, scored, scored.prediction, scored.said.values)


def aligned(a: Side, b: Side) -> tuple[Side, Side]:
    """Return both on the rows that both were scored on, the second with its classes in the order of the first.

    Raises
    ------
    DataError
        If these are fewer than 20.
    """
    rows = np.intersect1d(a.scored.positions, b.scored.positions)
    if len(rows) < _FEWEST_ROWS:
        raise DataError(
            f"Only {len(rows)} rows of {a.scored.table.source} have a '{a.model.schema.target}' that both models know.",
            f"Give at least {_FEWEST_ROWS} rows with a known target.",
        )
    order = [b.model.labels.index(label) for label in a.model.labels]
    b = replace(b, prediction=b.prediction[:, order]) if order else b
    return _only(a, rows), _only(b, rows)


def _only(side: Side, rows: NDArray[np.intp]) -> Side:
    """Return a side on some of the rows; what the model said of them in full is not kept."""
    scored = side.scored
    kept = np.searchsorted(scored.positions, rows)
    fewer = ScoredRows(
        table=Table(scored.table.cells.iloc[kept].reset_index(drop=True), scored.table.source, ""),
        positions=scored.positions[kept],
        target=scored.target[kept],
        prediction=scored.prediction[kept],
        weight=None if scored.weight is None else scored.weight[kept],
        groups=None if scored.groups is None else scored.groups[kept],
        said=scored.said,
        without_weight=scored.without_weight,
    )
    return replace(side, scored=fewer, prediction=side.prediction[kept], values=side.values[kept])
