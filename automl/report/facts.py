"""The typed facts of a fit: computed once, stored in the model file, only rendered elsewhere."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

from automl.report.behaviour_facts import Behaviour
from automl.report.importance_facts import GlobalImportance
from automl.report.lineage_facts import GenerationFact, lineage_from

__all__ = [
    "CandidateFact",
    "ColumnFact",
    "CurvePoints",
    "EstimateFact",
    "FeatureFact",
    "IndependentEstimate",
    "Repeats",
    "ReportFacts",
    "is_measured",
]

#: What became of test rows that stand in the training data too: ``left_out`` of the score; ``usual``, counted since
#: training rows repeat one another as often; ``scored``, counted since too few others are there to score.
Repeats = Literal["left_out", "usual", "scored"]


@dataclass(frozen=True)
class EstimateFact:
    """How good the final model is expected to be on new rows.

    ``method`` is one of :class:`automl.evaluation.estimate.Estimate`; ``interval`` is
    a 95 % interval ``[low, high]`` in the metric's own units; ``rows`` is the number of rows it rests on.
    """

    metric: str
    value: float
    interval: tuple[float, float]
    method: str
    rows: int


@dataclass(frozen=True)
class IndependentEstimate(EstimateFact):
    """The score on labelled rows that only the estimate saw.

    ``repeated_rows`` of the test data stand in the training data too; ``repeats`` says what became of them.
    """

    repeated_rows: int = 0
    repeats: Repeats = "scored"


@dataclass(frozen=True)
class ColumnFact:
    """One column of the training table as the profile saw it.

    ``histogram`` holds counts over equal bins between ``minimum`` and ``maximum`` (numeric, datetime as ISO text);
    ``top_values`` the most frequent levels with their counts (category, boolean). ``examples`` are a few cells.
    All four are empty where the column is ``personal``: data that identifies people is not shown.
    """

    name: str
    kind: str
    missing: int
    unique: int
    minimum: str | None = None
    maximum: str | None = None
    mean: float | None = None
    histogram: tuple[int, ...] = ()
    top_values: tuple[tuple[str, int], ...] = ()
    examples: tuple[str, ...] = ()
    personal: bool = False


@dataclass(frozen=True)
class FeatureFact:
    """One column's rank: permutation importance with its spread over folds, and whether the final model uses it.

    One fold has no spread: it is None then.
    """

    name: str
    kind: str
    importance: float
    spread: float | None
    selected: bool


def is_measured(features: Sequence[FeatureFact]) -> bool:
    """Whether the search measured what the columns matter before it ended: it measures all of them or none."""
    return any(feature.importance or feature.spread for feature in features)


@dataclass(frozen=True)
class CandidateFact:
    """One candidate tried: its selection score, spread over folds, cost, and weight in the blend.

    The constant candidate's score is that of one answer learned from all rows: without class weights, the baseline.

    ``gain`` is by how much the blend got better when it was found, in the metric's own units; None where that is not
    known: there was no blend before it, it was not scored, or a former run found it.

    ``score`` knows no threshold but one half. Where the model has another one that the metric sees, ``score_decided``
    is that of a simple candidate with a threshold of its own, chosen as the model's was.
    """

    rank: int
    family: str
    score: float | None
    spread: float | None
    seconds: float
    found_at: float
    weight: float
    status: str
    hyperparameters: dict[str, Any] = field(default_factory=dict)
    gain: float | None = None
    score_decided: float | None = None

    @property
    def as_judged(self) -> float | None:
        """The score that is to be held against the model's."""
        return self.score if self.score_decided is None else self.score_decided

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> CandidateFact:
        """Return what was stored; former versions wrote NaN for the spread where a fold has no score."""
        spread = values["spread"]
        return cls(**{**values, "spread": spread if spread is None or math.isfinite(spread) else None})


@dataclass(frozen=True)
class CurvePoints:
    """A curve for one class label (or ``""``), with the figure that sums it up (an area, an error)."""

    label: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    summary: float | None = None


@dataclass(frozen=True)
class ReportFacts:
    """Everything a report says. Values only: no frames, no models; JSON-ready through :meth:`to_dict`.

    Attributes
    ----------
    model, source : str
        File names without folders.
    created : str
        ISO 8601, UTC.
    rows, columns_count : int
        Shape of the training table as used (rows with a target).
    drawn_from : int or None
        Rows of the table that these were drawn from at random; None where they are all of it.
    learned_rows : int or None
        From how many of all its rows winners learned after the search; None where none did.
    target, task : str
    labels : tuple of str
        Class labels; empty for regression. For binary tasks the second is the positive one.
    target_counts : tuple of (str, int)
        Rows per class; for regression the histogram's bins as text with counts.
    metric : str
    greater_is_better : bool
    estimate : EstimateFact
    test : IndependentEstimate or None
        The score on the test data; None where none was given.
    selection_score : float
        The model's out-of-fold score on the rows that it was chosen by, with its threshold where the metric sees one;
        never an estimate.
    baseline_score : float
        The score, in the same metric, of the one answer that is best for all rows.
    baseline_answer : tuple of float
        That answer: the classes' probabilities, or one number. Empty in files of before it was kept.
    metrics : dict of str to (value, low, high)
        Every metric that fits the task, for the final blend's out-of-fold predictions.
    findings : tuple of dict
        ``Finding.to_dict()`` of each.
    changes : tuple of dict
        ``Change.to_dict()`` of each: the cleaning log.
    columns : tuple of ColumnFact
    features : tuple of FeatureFact
        Most important first.
    candidates : tuple of CandidateFact
        Best first; failed ones last.
    split : str
        One sentence: the validation strategy.
    progress : tuple of (seconds, score)
        The blend's selection score as it improved.
    roc, precision_recall, calibration : tuple of CurvePoints
        Classification only; multiclass one per label (one against the rest).
    calibration_before : tuple of CurvePoints
        The same before probabilities were calibrated; empty where they were not.
    trade_offs : tuple of (threshold, recall, precision, f1)
        What other thresholds would bring (binary).
    confusion : tuple of tuple of int
        Rows are true labels, columns predicted ones, in the order of ``labels``; empty for regression.
    residuals : tuple of (actual, predicted)
        Regression only; at most 2,000 sampled pairs.
    complete : bool
    stopped_by : str
        ``"time_budget"``, ``"trials"``, ``"exhausted"``, ``"patience"``, ``"perfect"``, ``"SIGINT"``, ``"SIGTERM"`` …
    seconds : float
        Wall-clock seconds of the whole fit.
    trials : int
    settings : dict
        The resolved settings.
    command : str
        What reproduces the fit.
    versions : dict of str to str
        automl, Python and library versions.
    data_sha256 : str
    postprocessing : dict
        What is applied to predictions: ``coverage`` of the intervals (level, value, rows, size, by_tenth) or None,
        ``threshold`` (value, by, score, score_at_default, default, curve, costs) or None, and ``calibration`` (method,
        slope, intercept, log_loss, log_loss_before, error, error_before, rows) or None.
    lineage : tuple of GenerationFact
        Of a retrained model: itself first, then those it descends from. Empty for one that was fitted anew.
    behaviour : Behaviour or None
        How predictions depend on the most important columns; None where there was no time to look, and in the model
        file, which is written before.
    reliance : GlobalImportance or None
        How far the final model's predictions move with each column, and with those that go together; None where there
        was no time to look, as ``behaviour``.
    """

    model: str
    source: str
    created: str
    rows: int
    columns_count: int
    target: str
    task: str
    labels: tuple[str, ...]
    target_counts: tuple[tuple[str, int], ...]
    metric: str
    greater_is_better: bool
    estimate: EstimateFact
    selection_score: float
    baseline_score: float
    metrics: dict[str, tuple[float, float, float]]
    findings: tuple[dict[str, Any], ...]
    changes: tuple[dict[str, Any], ...]
    columns: tuple[ColumnFact, ...]
    features: tuple[FeatureFact, ...]
    candidates: tuple[CandidateFact, ...]
    split: str
    progress: tuple[tuple[float, float], ...]
    test: IndependentEstimate | None = None
    roc: tuple[CurvePoints, ...] = ()
    precision_recall: tuple[CurvePoints, ...] = ()
    calibration: tuple[CurvePoints, ...] = ()
    calibration_before: tuple[CurvePoints, ...] = ()
    trade_offs: tuple[tuple[float, float, float, float], ...] = ()
    confusion: tuple[tuple[int, ...], ...] = ()
    residuals: tuple[tuple[float, float], ...] = ()
    complete: bool = True
    stopped_by: str = ""
    seconds: float = 0.0
    trials: int = 0
    settings: dict[str, Any] = field(default_factory=dict)
    command: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    data_sha256: str = ""
    postprocessing: dict[str, Any] = field(default_factory=dict)
    lineage: tuple[GenerationFact, ...] = ()
    drawn_from: int | None = None
    learned_rows: int | None = None
    behaviour: Behaviour | None = None
    reliance: GlobalImportance | None = None
    baseline_answer: tuple[float, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the facts as JSON-ready values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> ReportFacts:
        """Rebuild the facts from what :meth:`to_dict` returned (also after a trip through JSON)."""
        known = {name: values[name] for name in (each.name for each in fields(cls)) if name in values}
        known["estimate"] = EstimateFact(**{**known["estimate"], "interval": tuple(known["estimate"]["interval"])})
        if known.get("test") is not None:
            known["test"] = IndependentEstimate(**{**known["test"], "interval": tuple(known["test"]["interval"])})
        known["metrics"] = {name: tuple(triple) for name, triple in known["metrics"].items()}
        known["columns"] = tuple(
            ColumnFact(
                **{
                    **column,
                    "histogram": tuple(column["histogram"]),
                    "top_values": tuple((value, count) for value, count in column["top_values"]),
                    "examples": tuple(column["examples"]),
                }
            )
            for column in known["columns"]
        )
        if known.get("behaviour") is not None:
            known["behaviour"] = Behaviour.from_dict(known["behaviour"])
        if known.get("reliance") is not None:
            known["reliance"] = GlobalImportance.from_dict(known["reliance"])
        known["lineage"] = lineage_from(known.get("lineage", ()))
        known["features"] = tuple(FeatureFact(**feature) for feature in known["features"])
        known["candidates"] = tuple(map(CandidateFact.from_dict, known["candidates"]))
        for curve in ("roc", "precision_recall", "calibration", "calibration_before"):
            known[curve] = tuple(
                CurvePoints(**{**points, "x": tuple(points["x"]), "y": tuple(points["y"])})
                for points in known.get(curve, ())
            )
        for pairs in ("target_counts", "progress", "residuals", "confusion", "trade_offs"):
            known[pairs] = tuple(tuple(pair) for pair in known.get(pairs, ()))
        for plain in ("labels", "findings", "changes", "baseline_answer"):
            known[plain] = tuple(known.get(plain, ()))
        return cls(**known)
