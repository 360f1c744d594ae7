"""What of all that was seen in a batch is an alarm, and in which words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from automl.bundle.reference import Reference
from automl.report.formatting import number, percent, plural
from automl.report.monitoring_facts import AlarmFact, AlarmKind, BatchFact, ColumnDriftFact, DriftTestFact
from automl.tables import ColumnKind

__all__ = ["alarms_of", "with_volume"]

_OTHER_KIND = 0.5
_MORE_DUPLICATES = 0.1
_FEWEST_BATCHES = 4
_FEWER_OR_MORE = 5
_OF_DATA = frozenset(("missing", "outside", "new_levels", "unparsed"))


def alarms_of(batch: BatchFact, reference: Reference | None) -> tuple[AlarmFact, ...]:
    """Return the alarms of a batch: what is wrong with its data first, then what has drifted, then performance."""
    found = [*_of_schema(batch), *_of_columns(batch), *_of_duplicates(batch, reference), *_of_the_whole(batch)]
    order: tuple[AlarmKind, ...] = ("data", "drift", "performance")
    return tuple(sorted(found, key=lambda alarm: order.index(alarm.kind)))


def with_volume(batches: Sequence[BatchFact], usual_rows: int | None = None) -> list[BatchFact]:
    """Add an alarm to batches of far fewer or more rows than is usual.

    Parameters
    ----------
    batches : sequence of BatchFact
    usual_rows : int, optional
        What is usual; by default four batches or more whose rows are judged tell it themselves.
    """
    rows = [batch.rows for batch in batches if batch.rows_judged]
    if usual_rows is None and len(rows) < _FEWEST_BATCHES:
        return list(batches)
    usual = float(np.median(rows)) if usual_rows is None else float(usual_rows)
    told = "the batches have {} in the middle" if usual_rows is None else "{} are usual"
    return [
        _with_alarm(batch, told.format(number(usual)))
        if batch.rows and batch.rows_judged and not usual / _FEWER_OR_MORE <= batch.rows <= usual * _FEWER_OR_MORE
        else batch
        for batch in batches
    ]


def _with_alarm(batch: BatchFact, usual: str) -> BatchFact:
    message = f"It has {plural(batch.rows, 'row')}; {usual}."
    alarm = AlarmFact("data", batch.name, "", "volume", message)
    return replace(batch, alarm=True, alarms=(alarm, *batch.alarms))


def _of_schema(batch: BatchFact) -> Iterator[AlarmFact]:
    if not batch.rows and batch.rows_judged:
        yield AlarmFact("data", batch.name, "", "volume", "It has no rows.")
    for name in batch.missing_columns:
        yield AlarmFact("data", batch.name, name, "schema", f"The column '{name}' that the model uses is not there.")


def _of_duplicates(batch: BatchFact, reference: Reference | None) -> Iterator[AlarmFact]:
    """Yield an alarm for many more repeated rows; a batch larger than the training table may have more by nature."""
    if reference is None or not batch.rows or batch.rows > reference.rows:
        return
    share, before = batch.duplicates / batch.rows, reference.duplicates / reference.rows
    if share > before + _MORE_DUPLICATES:
        message = f"{percent(share)} of the rows repeat another one; {percent(before)} of the training rows do."
        yield AlarmFact("data", batch.name, "", "duplicates", message)


def _of_columns(batch: BatchFact) -> Iterator[AlarmFact]:
    for name, column in batch.columns.items():
        for test in column.tests:
            if test.alarm:
                kind: AlarmKind = "data" if test.name in _OF_DATA else "drift"
                yield AlarmFact(kind, batch.name, name, test.name, _sentence(name, column, test))


def _sentence(name: str, column: ColumnDriftFact, test: DriftTestFact) -> str:
    match test.name:
        case "missing":
            now, before = percent(column.missing), percent(column.missing_before)
            return f"'{name}' is missing in {now} of the rows; it was in {before} of the training rows."
        case "unparsed" if test.effect > _OTHER_KIND:
            return f"'{name}' does not read as {column.kind} any more."
        case "unparsed":
            return f"{percent(test.effect)} more cells of '{name}' than before do not read as {column.kind}."
        case "outside":
            return f"{percent(test.effect)} of the values of '{name}' are below or above all training values."
        case "new_levels":
            named = f": {', '.join(column.new_levels)}" if column.new_levels else " (not shown: personal data)"
            return f"{percent(test.effect)} of the values of '{name}' are no level of the training rows{named}."
        case "wasserstein":
            apart = f"'{name}' is spread otherwise: {number(test.effect, 2)} standard deviations apart."
            if column.mean is None:
                return apart
            what = "mean length" if column.kind == ColumnKind.TEXT else "mean"
            return f"{apart} Its {what} is {number(column.mean)}, was {number(column.mean_before)}."
        case _:
            return f"The levels of '{name}' have other shares: Jensen-Shannon distance {number(test.effect, 2)}."


def _of_the_whole(batch: BatchFact) -> Iterator[AlarmFact]:
    """Yield the alarms of predictions, classifier and performance."""
    prediction, domain, performance = batch.prediction, batch.domain, batch.performance
    if prediction is not None and prediction.alarm:
        message = f"The predictions are spread otherwise than the out-of-fold ones: {number(prediction.effect, 2)}."
        yield AlarmFact("drift", batch.name, "", "prediction", message)
    if domain is not None and domain.alarm:
        by = f", most by {', '.join(domain.columns)}" if domain.columns else ""
        message = f"A classifier tells the rows from training rows with a ROC AUC of {number(domain.auc, 3)}{by}."
        yield AlarmFact("drift", batch.name, "", "domain_classifier", message)
    if performance is not None and performance.alarm:
        how = "measured" if performance.labelled else "estimated without labels"
        message = (
            f"{performance.metric} is {number(performance.value)} ({how}); the model promised "
            f"{number(performance.promised)}."
        )
        yield AlarmFact("performance", batch.name, "", "performance", message)
