"""Is a batch of new rows like the training rows, and is the model still as good as it promised."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl import __version__
from automl.bundle import load_model, read_facts, read_reference
from automl.bundle.model import Model
from automl.bundle.reference import ColumnReference, Reference
from automl.errors import UsageError
from automl.models.booster_imports import import_boosters
from automl.operate.alarms import alarms_of, with_volume
from automl.operate.batches import Batch, batches_of
from automl.operate.domain import tell_apart
from automl.operate.drift import drift_of, importances_of, moving_columns
from automl.operate.moved import columns_that_moved
from automl.operate.performance import FEWEST_ROWS, estimated_performance, measured_performance
from automl.report.facts import ReportFacts
from automl.report.monitoring_facts import BatchFact, DomainFact, MonitoringFacts, PerformanceFact
from automl.report.wording import without_weight
from automl.tables import Schema, Table, TypedTable, apply_schema

__all__ = ["monitor"]

_OLDER = (
    "The model file was written before training rows were remembered in it: only its schema and, where the target is "
    "known, its score can be held against new rows. Fit again for the rest."
)
_NO_ROWS = (
    "The model file holds no training rows (--no-reference-rows), so no classifier was asked to tell the batch from "
    "them."
)


@dataclass(frozen=True)
class _Watch:
    """A model with all that a batch is held against."""

    model: Model
    fitted: ReportFacts
    reference: Reference | None
    sample: pd.DataFrame | None
    moving: frozenset[str]
    explain: bool

    @property
    def remembered(self) -> tuple[ColumnReference, ...]:
        """What is known of the columns; nothing where the file is too old."""
        return () if self.reference is None else self.reference.columns


def monitor(
    model_path: Path,
    tables: list[Table],
    since: str | None = None,
    window: int = 86_400,
    fail_on: str = "any",
    *,
    explain: bool = False,
    usual_rows: int | None = None,
) -> MonitoringFacts:
    """Hold batches of rows against what the model file remembers of its training rows.

    Parameters
    ----------
    model_path : Path
    tables : list of Table
        Each a batch, unless ``since`` is given.
    since : str, optional
        A column of times: the rows of each stretch of it are a batch.
    window : int
        How long a stretch is, in seconds.
    fail_on : {"drift", "data", "performance", "any"}
        Which alarms count.
    explain : bool
        Whether to say which columns moved the mean prediction.
    usual_rows : int, optional
        How many rows a batch has as a rule; by default four batches or more tell it.

    Raises
    ------
    UsageError
        If the predictions are to be explained and the model file holds no rows to explain them by, or as for
        :func:`~automl.operate.batches.batches_of`.
    DataError, ModelFileError
        If the data or the model file cannot be used.
    """
    started = time.monotonic()
    watch = _watch(model_path, since, explain=explain)
    batches, told = batches_of(tables, watch.model.schema, since, window)
    looked_at = with_volume([_look_at(batch, watch) for batch in batches], usual_rows)
    notes = [] if watch.reference is not None else [_OLDER]
    if watch.reference is not None and watch.sample is None:
        notes.append(_NO_ROWS)
    notes += told
    fitted = watch.fitted
    return MonitoringFacts(
        model=model_path.name,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        target=fitted.target,
        task=fitted.task,
        metric=fitted.metric,
        greater_is_better=fitted.greater_is_better,
        fail_on=fail_on,
        batches=tuple(looked_at),
        reference_rows=0 if watch.reference is None else watch.reference.rows,
        notes=tuple(notes),
        seconds=round(time.monotonic() - started, 2),
        version=__version__,
    )


def _watch(path: Path, since: str | None, *, explain: bool) -> _Watch:
    model, fitted, reference = load_model(path), read_facts(path), read_reference(path)
    import_boosters(model.families)
    sample = None
    if reference is not None and reference.sample is not None:
        sample = _read_sample(model, reference)
    if explain and sample is None:
        raise UsageError(
            f"'{path}' holds no training rows, and --explain exchanges columns with some.",
            "Fit it again without --no-reference-rows.",
        )
    return _Watch(model, fitted, reference, sample, moving_columns(model, fitted, since), explain)


def _read_sample(model: Model, reference: Reference) -> pd.DataFrame:
    """Return the reference rows, typed, with every column that the model uses; what is not stored is missing."""
    assert reference.sample is not None
    rows = len(reference.sample.predictions)
    cells = {name: reference.sample.cells.get(name, ("",) * rows) for name in model.required_columns}
    return model.read(Table(pd.DataFrame(cells, dtype="str"), "reference rows", "")).frame


def _look_at(batch: Batch, watch: _Watch) -> BatchFact:
    """Return all that is said of one batch."""
    typed = _typed(batch.table, watch.model)
    rows, required = len(batch.table.cells), set(watch.model.required_columns)
    fact = BatchFact(
        name=batch.name,
        rows=rows,
        duplicates=int(batch.table.cells.duplicated().sum()),
        rows_judged=batch.rows_judged,
        missing_columns=tuple(name for name in typed.missing_columns if name in required),
        extra_columns=tuple(name for name in typed.extra_columns if name not in watch.model.schema.names),
    )
    if rows:
        predicted = None if fact.missing_columns else watch.model.predict_frame(typed.frame)
        fact = _with_drift(fact, typed, predicted, watch)
        fact = _with_performance(fact, batch.table, predicted, watch)
        if watch.explain and predicted is not None:
            fact = _with_moved(fact, typed.frame, watch)
    alarms = alarms_of(fact, watch.reference)
    return replace(fact, alarms=alarms, alarm=bool(alarms))


def _typed(table: Table, model: Model) -> TypedTable:
    """Return the columns that the model uses as it expects them; those that are not there are missing everywhere."""
    features = [
        column for column in model.schema.columns if column.kind.is_feature and column.name != model.schema.target
    ]
    return apply_schema(table, Schema(tuple(features)), model.required_columns)


def _with_drift(fact: BatchFact, typed: TypedTable, predicted: NDArray[np.float64] | None, watch: _Watch) -> BatchFact:
    if watch.reference is None:
        return fact
    drift = drift_of(
        typed,
        predicted,
        watch.model,
        watch.reference,
        importances_of(watch.fitted),
        watch.moving,
        fact.missing_columns,
    )
    domain = _domain(fact, typed, watch)
    return replace(fact, columns=drift.columns, prediction=drift.prediction, domain=domain)


def _domain(fact: BatchFact, typed: TypedTable, watch: _Watch) -> DomainFact | None:
    if watch.sample is None or watch.reference is None or watch.reference.sample is None:
        return None
    stored = watch.reference.sample.cells
    columns = [
        column
        for column in watch.remembered
        if column.name in stored and column.name not in {*watch.moving, *fact.missing_columns}
    ]
    return tell_apart(watch.sample, typed.frame, columns)


def _with_performance(fact: BatchFact, table: Table, predicted: NDArray[np.float64] | None, watch: _Watch) -> BatchFact:
    if predicted is None:
        return replace(fact, notes=(*fact.notes, "Columns that the model uses are missing, so it could not predict."))
    found = measured_performance(watch.model, table, watch.fitted)
    unmeasured = () if found is not None else _unmeasured(table, watch.fitted)
    if found is None:
        reference = None if watch.reference is None else watch.reference.prediction
        found = estimated_performance(watch.model, predicted, watch.fitted, reference)
    if found is None:
        note = f"{watch.fitted.metric} can be neither measured nor estimated on these rows."
        return replace(fact, notes=(*fact.notes, note))
    notes = (*fact.notes, *unmeasured, *_unweighted(table, found, watch.fitted))
    return replace(fact, performance=found, notes=notes)


def _unmeasured(table: Table, fitted: ReportFacts) -> tuple[str, ...]:
    """Say why a score is only estimated where some of the rows have the target."""
    name = fitted.target
    if name not in table.cells.columns or not table.cells[name].str.strip().any():
        return ()
    return (
        f"'{name}' is there, but does not tell the {fitted.metric}: fewer than {FEWEST_ROWS} rows that count have "
        "a value that the model knows, or they are all alike.",
    )


def _unweighted(table: Table, found: PerformanceFact, fitted: ReportFacts) -> tuple[str, ...]:
    """Say that each row counted alike, where the model promised its score by weights."""
    weight = fitted.settings.get("weight")
    if not weight:
        return ()
    if weight not in table.cells.columns:
        return (without_weight(weight),)
    if found.labelled:
        return ()
    return (f"A score without labels counts each row alike; the promise rests on the weights of “{weight}”.",)


def _with_moved(fact: BatchFact, frame: pd.DataFrame, watch: _Watch) -> BatchFact:
    assert watch.sample is not None
    assert watch.reference is not None
    assert watch.reference.sample is not None
    stored = watch.reference.sample.cells
    absent = [name for name in frame.columns if name not in stored]
    comparable = frame.copy()
    for name in absent:
        comparable[name] = pd.Series(np.nan, index=frame.index).astype(watch.sample[name].dtype)
    moved, label = columns_that_moved(watch.model, watch.sample, comparable)
    notes = fact.notes
    if absent:
        notes = (*notes, f"Texts and personal data are not exchanged: {', '.join(absent)}.")
    return replace(fact, moved=tuple(each for each in moved if each.column in stored), moved_label=label, notes=notes)
