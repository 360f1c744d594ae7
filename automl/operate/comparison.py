"""Champion and challenger on the same labelled rows."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl import __version__
from automl.bundle import load_model, read_facts
from automl.bundle.model import Model
from automl.errors import UsageError
from automl.evaluation.breakdown import column_levels
from automl.evaluation.losses import row_losses
from automl.evaluation.metrics import METRICS, Metric, find_metric, metrics_for
from automl.evaluation.paired import FEWEST_OF_CLASS, PairedScores, compare_scores
from automl.evaluation.slices import find_slices
from automl.models.booster_imports import import_boosters
from automl.operate.sides import Side, aligned, check_same_question, score_side
from automl.preparation.columns import check_column
from automl.report.comparison_facts import ComparisonFacts, DisagreementFact, PairedFact
from automl.report.facts import ReportFacts
from automl.scored import ScoredRows, column_of, features_of, task_of
from automl.tables import Table

__all__ = ["compare", "compare_sides", "score_both"]

_FEWEST_ROWS_OF_LEVEL = 10
_MOST_LEVELS = 20
_MOST_DISAGREEMENTS = 10
_FAR_APART = 0.1


def compare(
    first: Path, second: Path, table: Table, by: str | None = None, metric: str | None = None
) -> ComparisonFacts:
    """Say whether the second model is better than the first, and where.

    Parameters
    ----------
    first, second : Path
        Model files that predict the same target.
    table : Table
        Rows with the target, which neither model was fitted to.
    by : str, optional
        A column whose levels are compared one by one.
    metric : str, optional
        What decides; the first model's own metric by default.

    Raises
    ------
    UsageError
        If the models predict different things, or the metric does not fit.
    DataError
        If fewer than 20 rows have a target that both can be scored by.
    SchemaMismatchError, ModelFileError
        As for an evaluation.
    """
    started = time.monotonic()
    if by is not None:
        check_column(table, by, "--by")
    sides = score_both(first, second, table)
    return compare_sides(sides, table, read_facts(first), by, metric, started)


def compare_sides(
    sides: tuple[Side, Side],
    table: Table,
    fitted: ReportFacts,
    by: str | None = None,
    metric: str | None = None,
    started: float | None = None,
) -> ComparisonFacts:
    """Say the same of two models that were scored already.

    Parameters
    ----------
    sides : tuple of Side
        As :func:`score_both` returns them.
    table : Table
    fitted : ReportFacts
        Of the first model.
    by, metric
        As for :func:`compare`.
    started : float, optional
        ``time.monotonic()`` when scoring began; now by default.
    """
    started = time.monotonic() if started is None else started
    a, b = sides
    target, rows = a.scored.target, a.scored.positions
    deciding = _deciding(metric or fitted.metric, a.model)
    scores = _scores(a, b, target, deciding, a.scored)
    decided = scores[0]
    losses = row_losses(target, b.prediction) - row_losses(target, a.prediction)
    apart = _distances(a, b)
    return ComparisonFacts(
        a=a.cost,
        b=b.cost,
        source=Path(table.source).name,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        target=fitted.target,
        task=str(task_of(a.model)),
        metric=deciding.name,
        greater_is_better=deciding.greater_is_better,
        rows=len(target),
        left_out=len(table.cells) - len(target),
        verdict=decided.better,
        difference=decided.difference,
        interval=decided.interval,
        metrics=scores,
        by=() if by is None else tuple(_by_level(a, b, target, deciding, by)),
        by_column=by or "",
        slices=tuple(_slices(a, b, target, deciding, losses)),
        disagreeing=int(_disagree(a, b, apart, target).sum()),
        disagreements=_furthest(a, b, target, apart, rows),
        without_weight=a.scored.without_weight,
        seconds=round(time.monotonic() - started, 2),
        version=__version__,
    )


def score_both(first: Path, second: Path, table: Table) -> tuple[Side, Side]:
    """Return both models on the rows that both can be scored on; errors as for :func:`compare`."""
    models = load_model(first), load_model(second)
    check_same_question(*models)
    import_boosters({*models[0].families, *models[1].families})
    a, b = (score_side(path, model, table) for path, model in zip((first, second), models, strict=True))
    return aligned(a, b)


def _deciding(name: str, model: Model) -> Metric:
    metric = find_metric(name)
    if task_of(model) not in metric.tasks:
        raise UsageError(
            f"The metric {metric.name} does not fit a {task_of(model)} target.", "'automl list metrics' says which do."
        )
    return metric


def _scores(a: Side, b: Side, target: NDArray[Any], deciding: Metric, scored: ScoredRows) -> tuple[PairedFact, ...]:
    names = [deciding.name, *(each.name for each in metrics_for(task_of(a.model)) if each.name != deciding.name)]
    facts = []
    for name in names:
        metric = METRICS[name]
        paired = compare_scores(target, a.judged(metric), b.judged(metric), metric, scored.weight, scored.groups)
        facts.append(_fact(name, len(target), paired, metric))
    return tuple(facts)


def _fact(name: str, rows: int, paired: PairedScores, metric: Metric) -> PairedFact:
    defined = math.isfinite(paired.difference)
    return PairedFact(
        name=name,
        rows=rows,
        first=paired.first if math.isfinite(paired.first) else None,
        second=paired.second if math.isfinite(paired.second) else None,
        difference=paired.difference if defined else None,
        interval=(paired.low, paired.high) if math.isfinite(paired.low) and not paired.too_few else None,
        better=paired.better(greater_is_better=metric.greater_is_better),
        why="" if not paired.too_few else f"The rarest class has fewer than {FEWEST_OF_CLASS} independent rows.",
    )


def _on_rows(name: str, a: Side, b: Side, target: NDArray[Any], metric: Metric, rows: NDArray[Any]) -> PairedFact:
    weight, groups = (None if each is None else each[rows] for each in (a.scored.weight, a.scored.groups))
    first, second = a.judged(metric)[rows], b.judged(metric)[rows]
    paired = compare_scores(target[rows], first, second, metric, weight, groups)
    return _fact(name, len(target[rows]), paired, metric)


def _by_level(a: Side, b: Side, target: NDArray[Any], metric: Metric, by: str) -> Iterator[PairedFact]:
    levels = column_levels(column_of(a.model, a.scored, by))
    for level, rows in list(levels.items())[:_MOST_LEVELS]:
        if rows.sum() >= _FEWEST_ROWS_OF_LEVEL:
            yield _on_rows(level, a, b, target, metric, rows)


def _slices(
    a: Side, b: Side, target: NDArray[Any], metric: Metric, losses: NDArray[np.float64]
) -> Iterator[PairedFact]:
    """Yield the parts of the rows where one model is better than it is elsewhere, beside the other."""
    frame = features_of(a.model, a.scored)
    for sign in (1, -1):
        for found in find_slices(frame, sign * losses):
            yield _on_rows(" and ".join(found.conditions), a, b, target, metric, found.rows)


def _distances(a: Side, b: Side) -> NDArray[np.float64]:
    """Return how far the predictions of each row are apart: probabilities at most 1, or in the target's units."""
    apart = np.abs(a.prediction - b.prediction)
    return np.asarray(apart if apart.ndim == 1 else apart.max(axis=1), dtype=np.float64)


def _disagree(a: Side, b: Side, apart: NDArray[np.float64], target: NDArray[Any]) -> NDArray[np.bool_]:
    if a.model.labels:
        return np.asarray(a.values != b.values, dtype=bool)
    return apart > _FAR_APART * float(np.std(target))


def _furthest(
    a: Side, b: Side, target: NDArray[Any], apart: NDArray[np.float64], rows: NDArray[np.intp]
) -> tuple[DisagreementFact, ...]:
    labels = a.model.labels
    furthest = np.argsort(-apart, kind="stable")[:_MOST_DISAGREEMENTS]
    return tuple(
        DisagreementFact(
            row=int(rows[row]),
            actual=labels[target[row]] if labels else float(target[row]),
            first=str(a.values[row]) if labels else float(a.values[row]),
            second=str(b.values[row]) if labels else float(b.values[row]),
            distance=float(apart[row]),
        )
        for row in furthest
        if apart[row] > 0
    )
