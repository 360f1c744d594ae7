"""The typed facts of an evaluation: a model's predictions for labelled rows, held against what it promised."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from automl.report.facts import CurvePoints, EstimateFact

__all__ = ["BreakdownFact", "EvaluationFacts", "FairnessFact", "LevelFact", "OffsetFact", "SliceFact", "WorstRow"]


@dataclass(frozen=True)
class LevelFact:
    """One level of a column: its rows and their score; ``value`` is None where the metric is not defined on them."""

    level: str
    rows: int
    value: float | None
    interval: tuple[float, float] | None


@dataclass(frozen=True)
class BreakdownFact:
    """The score by the levels of one column."""

    column: str
    metric: str
    levels: tuple[LevelFact, ...]


@dataclass(frozen=True)
class FairnessFact:
    """How decisions fall on the groups of one column.

    ``groups`` holds ``GroupFairness`` as plain values, the largest group being the reference of the others.
    """

    column: str
    positive: str
    groups: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class OffsetFact:
    """By how much the truth is above the prediction on the rows of one level, on average, with its 95 % interval.

    Of two classes the truth is 1 for the positive one, and the prediction its probability; of several, whether the most
    probable class is the true one, and its probability.
    """

    column: str
    level: str
    rows: int
    value: float
    interval: tuple[float, float]


@dataclass(frozen=True)
class SliceFact:
    """A part of the rows where the model is worse than elsewhere.

    Attributes
    ----------
    conditions : tuple of str
        What its rows have in common; all of them hold.
    rows : int
        Of those that the part was tested on, which are not those that it was found on.
    value : float or None
        The metric on these rows.
    loss, loss_elsewhere : float
        Mean loss of a row inside and outside.
    p_value : float
        Of the difference, corrected for the number of parts that were looked at.
    """

    conditions: tuple[str, ...]
    rows: int
    value: float | None
    loss: float
    loss_elsewhere: float
    p_value: float


@dataclass(frozen=True)
class WorstRow:
    """A row with one of the largest losses; ``row`` counts from 0 in the file, ``probability`` is the true label's."""

    row: int
    actual: str | float
    predicted: str | float
    probability: float | None
    loss: float


@dataclass(frozen=True)
class EvaluationFacts:
    """Everything an evaluation says. Values only; JSON-ready through :meth:`to_dict`.

    Attributes
    ----------
    model, source, created, target, task, labels, metric, greater_is_better
        As for :class:`~automl.report.facts.ReportFacts`.
    rows : int
        Rows that were scored.
    left_out : int
        Rows without a target that could be scored.
    metrics : dict of str to (value, low, high)
        Every metric that fits the task, with its 95 % interval; NaN where the rows are too few for one.
    baseline : dict of str to float
        The same metrics for one answer on every row, learned from the training rows.
    estimate : EstimateFact
        What the model file promises.
    within_estimate : bool or None
        Whether the score lies inside the interval promised; None where the metric is not defined on the rows,
        or they are too few for an interval.
    agrees_with_estimate : bool or None
        Whether score and estimate differ by no more than both their intervals explain.
    min_score : float or None
    min_score_met : bool
    target_counts : tuple of (str, int)
        Rows per class.
    by : BreakdownFact or None
    fairness : tuple of FairnessFact
        One for each column that was asked for.
    offsets : tuple of OffsetFact
        Over the levels of the columns that matter most to the model.
    slices : tuple of SliceFact
    worst : tuple of WorstRow
    gains : tuple of dict
        Share of rows, lowest probability, share of positives found and lift (binary).
    threshold : float or None
        From which probability the positive class of two was predicted; None for the more probable class.
    coverage : dict or None
        How often the truth is inside the model's bounds: level, value, rows, size, by_tenth.
    quantiles : tuple of dict
        Of a regression: each quantile that the model's bounds give, the share of the truth below, the mean pinball loss
        and its interval.
    per_class : tuple of dict
        Label, rows, precision, recall and F1 of each class, and their intervals.
    roc, precision_recall, calibration, calibration_before, trade_offs, confusion, residuals
        As for :class:`~automl.report.facts.ReportFacts`.
    without_weight : str or None
        The column of the weights that the estimate rests on, where these rows have none: each counts alike.
    learned_from : bool
        Whether these are the very rows that the model learned from.
    unparsed, unseen : dict of str to int
        Cells per column that could not be read, and whose category is new.
    seconds : float
    version : str
        Of the program.
    """

    model: str
    source: str
    created: str
    target: str
    task: str
    labels: tuple[str, ...]
    metric: str
    greater_is_better: bool
    rows: int
    left_out: int
    metrics: dict[str, tuple[float, float, float]]
    baseline: dict[str, float]
    estimate: EstimateFact
    within_estimate: bool | None
    agrees_with_estimate: bool | None
    min_score: float | None = None
    min_score_met: bool = True
    target_counts: tuple[tuple[str, int], ...] = ()
    by: BreakdownFact | None = None
    fairness: tuple[FairnessFact, ...] = ()
    offsets: tuple[OffsetFact, ...] = ()
    slices: tuple[SliceFact, ...] = ()
    worst: tuple[WorstRow, ...] = ()
    gains: tuple[dict[str, float], ...] = ()
    without_weight: str | None = None
    learned_from: bool = False
    threshold: float | None = None
    coverage: dict[str, Any] | None = None
    quantiles: tuple[dict[str, Any], ...] = ()
    per_class: tuple[dict[str, Any], ...] = ()
    roc: tuple[CurvePoints, ...] = ()
    precision_recall: tuple[CurvePoints, ...] = ()
    calibration: tuple[CurvePoints, ...] = ()
    calibration_before: tuple[CurvePoints, ...] = ()
    trade_offs: tuple[tuple[float, float, float, float], ...] = ()
    confusion: tuple[tuple[int, ...], ...] = ()
    residuals: tuple[tuple[float, float], ...] = ()
    unparsed: dict[str, int] = field(default_factory=dict)
    unseen: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    version: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the facts as JSON-ready values; each metric as its ``value`` and ``interval``."""
        scores = {name: {"value": value, "interval": [low, high]} for name, (value, low, high) in self.metrics.items()}
        return {**asdict(self), "metrics": scores}
