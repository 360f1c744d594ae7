"""The report's tables as written text, shared by the formats: what is shown, in which order and how many digits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from automl.report.column_views import column_range, missing_text
from automl.report.facts import CandidateFact, FeatureFact, ReportFacts, is_measured
from automl.report.formatting import (
    ABSENT,
    TIMES,
    aligned,
    count,
    date,
    decimals_for,
    duration,
    measured,
    number,
    visible,
)
from automl.report.judged import Judged
from automl.report.metric_notes import metric_note
from automl.report.wording import beside_estimate, estimate_basis, estimate_texts, is_averaged_further, stopped_because

__all__ = [
    "FEATURES_NOTE",
    "CandidateRow",
    "ConfusionView",
    "FeatureRow",
    "MetricRow",
    "Tile",
    "candidate_rows",
    "candidate_status",
    "column_range",
    "confusion_view",
    "feature_rows",
    "finding_order",
    "hyperparameter_text",
    "metric_rows",
    "missing_text",
    "run_rows",
    "setting_rows",
    "tiles",
]

FEATURES_NOTE = (
    "Permutation importance: the share by which the loss grows when a column's values are shuffled, measured with one "
    "quick booster of all columns on rows that it has not seen, not with the final model. The second figure is the "
    "standard deviation between folds, no interval. Columns that say the same share the importance between them: "
    "automl explain, on rows of your own, measures the final model with intervals and shuffles such columns as one."
)
_MOST_CONFUSION_CLASSES = 15
_MOST_FAILED = 20
#: Spreads below this need more decimals than a column of them is lined up by.
_SMALLEST_ALIGNED = 1e-7
_STATUSES = {
    "ok": "ok",
    "raced out": "given up after a poor first fold",
    "unfinished": "unfinished when the search ended",
    "stopped at its time limit": "stopped at its time limit",
}
_SEVERITIES = ("error", "warning", "info")


@dataclass(frozen=True)
class Tile:
    """One key figure: what it is, the figure, and one line on how to read it."""

    label: str
    value: str
    note: str
    leading: bool = False


@dataclass(frozen=True)
class MetricRow:
    """One metric of the final blend, written out."""

    name: str
    value: str
    bounds: str
    direction: str
    meaning: str
    primary: bool


@dataclass(frozen=True)
class CandidateRow:
    """One candidate with its score and spread written out."""

    candidate: CandidateFact
    score: str
    spread: str


@dataclass(frozen=True)
class FeatureRow:
    """One feature with its importance and spread written out."""

    feature: FeatureFact
    importance: str
    spread: str


@dataclass(frozen=True)
class ConfusionView:
    """A confusion matrix ready to show.

    Attributes
    ----------
    labels : tuple of str
    counts : tuple of tuple of int
        Rows are true classes, columns predicted ones.
    shares : tuple of tuple of float
        Each count as a share of its row.
    folded : int
        Number of rare classes that were put together into the last one; 0 where all are shown.
    """

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    shares: tuple[tuple[float, ...], ...]
    folded: int


def tiles(facts: ReportFacts) -> tuple[Tile, ...]:
    """Return the key figures, the estimate first."""
    value, bounds = estimate_texts(facts.estimate)
    scored = sum(candidate.status == "ok" for candidate in facts.candidates)
    return (
        Tile(
            f"Estimated {facts.estimate.metric}",
            value,
            f"95\N{NO-BREAK SPACE}% interval {bounds}. From {estimate_basis(facts.estimate)}.",
            leading=True,
        ),
        Tile(
            "Constant baseline",
            beside_estimate(facts.baseline_score, facts.estimate),
            "The same metric when every row gets the same answer.",
        ),
        _second_score(facts),
        Tile(
            f"Rows {TIMES} columns",
            f"{count(facts.rows)} {TIMES} {count(facts.columns_count)}",
            "The training table as used.",
        ),
        Tile(
            "Candidates tried",
            count(len(facts.candidates)),
            "All of them on every fold."
            if scored == len(facts.candidates)
            else f"{count(scored)} of them on every fold.",
        ),
        Tile("Time", duration(facts.seconds), f"The whole fit; it ended because {stopped_because(facts)}."),
        Tile(
            "Columns in the model",
            f"{count(sum(each.selected for each in facts.features))} of {count(len(facts.features))}",
            "Used by the final model, of those that could be.",
        ),
    )


def _second_score(facts: ReportFacts) -> Tile:
    """Return the score on the test data; where there is none, the selection score."""
    if facts.test is None:
        return Tile(
            "Selection score (out-of-fold)",
            beside_estimate(facts.selection_score, facts.estimate),
            "On the rows it was chosen by, one fold's models each; the final model is their mean. Quote the estimate."
            if is_averaged_further(facts)
            else "On the rows that the model was chosen by. It flatters; quote the estimate.",
        )
    value, bounds = estimate_texts(facts.test)
    note = f"95\N{NO-BREAK SPACE}% interval {bounds}, from {estimate_basis(facts.test)}."
    return Tile(f"{facts.test.metric} on test data", value, note)


def metric_rows(facts: ReportFacts) -> tuple[MetricRow, ...]:
    """Return every metric of the final blend, the one that was optimised first."""
    rows = []
    for name, (value, low, high) in facts.metrics.items():
        note = metric_note(name)
        greater = facts.greater_is_better if name == facts.metric else note.greater_is_better
        direction = {True: "higher is better", False: "lower is better", None: ""}[greater]
        rows.append(MetricRow(name, *measured(value, low, high), direction, note.meaning, name == facts.metric))
    return tuple(sorted(rows, key=lambda row: not row.primary))


def finding_order(facts: ReportFacts) -> tuple[dict[str, Any], ...]:
    """Return the findings, the most severe first."""
    rank = {severity: position for position, severity in enumerate(_SEVERITIES)}
    return tuple(sorted(facts.findings, key=lambda finding: rank.get(finding["severity"], len(rank))))


def candidate_rows(facts: ReportFacts, most: int) -> tuple[CandidateRow, ...]:
    """Return the best ``most`` candidates and some that failed, with the digits that the spread justifies."""
    spreads = sorted(each.spread for each in facts.candidates if each.spread)
    decimals = decimals_for(spreads[len(spreads) // 2]) if spreads else 4
    failed = [each for each in facts.candidates if each.status != "ok"][:_MOST_FAILED]
    # Scores of tiny targets differ behind the decimals that a column is lined up by.
    write = (
        number if spreads and spreads[len(spreads) // 2] < _SMALLEST_ALIGNED else partial(aligned, decimals=decimals)
    )
    return tuple(
        CandidateRow(each, write(each.score), write(each.spread))
        for position, each in enumerate(facts.candidates)
        if position < most or each in failed
    )


def feature_rows(facts: ReportFacts) -> tuple[FeatureRow, ...]:
    """Return the features, their importance with three digits of the largest one; dashes where none was measured."""
    if not is_measured(facts.features):
        return tuple(FeatureRow(each, ABSENT, ABSENT) for each in facts.features)
    largest = max((abs(each.importance) for each in facts.features), default=0.0)
    decimals = decimals_for(largest, digits=3) if largest else 0
    return tuple(
        FeatureRow(each, aligned(each.importance, decimals), aligned(each.spread, decimals)) for each in facts.features
    )


def candidate_status(candidate: CandidateFact) -> str:
    """Say what became of a candidate; a failed one keeps its reason."""
    if candidate.status in _STATUSES:
        return _STATUSES[candidate.status]
    return f"failed: {candidate.status.removeprefix('failed: ')}"


def hyperparameter_text(candidate: CandidateFact) -> str:
    """Write a candidate's settings as ``name=value`` pairs."""
    return ", ".join(f"{name}={_setting(value)}" for name, value in candidate.hyperparameters.items())


def setting_rows(settings: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """Write the resolved settings as pairs of name and value, in alphabetical order."""
    return tuple((name, _setting(settings[name])) for name in sorted(settings))


def confusion_view(facts: Judged) -> ConfusionView | None:
    """Return the confusion matrix; rare classes are put together where there are too many to read."""
    if not facts.confusion or len(facts.confusion) != len(facts.labels):
        return None
    matrix, labels, folded = facts.confusion, facts.labels, 0
    if len(labels) > _MOST_CONFUSION_CLASSES:
        folded = len(labels) - _MOST_CONFUSION_CLASSES + 1
        matrix, labels = _fold(matrix, labels, _MOST_CONFUSION_CLASSES - 1)
    shares = tuple(tuple(cell / (sum(row) or 1) for cell in row) for row in matrix)
    return ConfusionView(labels, matrix, shares, folded)


def run_rows(facts: ReportFacts) -> tuple[tuple[str, str], ...]:
    """Write what identifies the run as pairs of name and value."""
    pairs = [
        ("Model file", facts.model),
        ("Training data", facts.source),
        ("Data SHA-256", facts.data_sha256),
        ("Created", date(facts.created)),
        ("Task", facts.task),
        ("Metric", f"{facts.metric} ({'higher' if facts.greater_is_better else 'lower'} is better)"),
        ("Search ended because", stopped_because(facts)),
        ("Trials", count(facts.trials)),
    ]
    if facts.task == "binary" and len(facts.labels) == 2:
        pairs.insert(6, ("Positive class", facts.labels[1]))
    return tuple((name, value) for name, value in pairs if value)


def _fold(
    matrix: Sequence[Sequence[int]], labels: Sequence[str], keep: int
) -> tuple[tuple[tuple[int, ...], ...], tuple[str, ...]]:
    """Keep the ``keep`` classes with the most rows, and add the others up into one more class."""
    ranked = sorted(range(len(labels)), key=lambda position: -sum(matrix[position]))
    kept, rest = sorted(ranked[:keep]), ranked[keep:]
    groups = [*([position] for position in kept), rest]
    folded = tuple(tuple(sum(matrix[i][j] for i in rows for j in columns) for columns in groups) for rows in groups)
    return folded, (*(labels[position] for position in kept), f"{len(rest)} others")


def _setting(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: ABSENT}[value]
    if isinstance(value, float):
        return number(value)
    if isinstance(value, list | tuple | set):
        return ", ".join(_setting(each) for each in value) or ABSENT
    return visible(str(value))
