"""The typed facts of a comparison: two models on the same labelled rows."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["ComparisonFacts", "DisagreementFact", "ModelFact", "PairedFact"]


@dataclass(frozen=True)
class ModelFact:
    """What a model costs, and which cells of the rows did not fit it.

    Attributes
    ----------
    name : str
    bytes : int
        Of its file.
    fitted_models : int
    families : tuple of str
    loading_seconds, rows_per_second : float
    unparsed, unseen : dict of str to int
        Cells that it could not read and takes as missing, and cells of levels that its training never saw, of the
        columns that have any.
    learned_from : bool
        Whether it was fitted on the very table that it is compared on.
    weight : str or None
        The column whose weights its rows counted by when it was fitted.
    """

    name: str
    bytes: int
    fitted_models: int
    families: tuple[str, ...]
    loading_seconds: float
    rows_per_second: float
    unparsed: dict[str, int] = field(default_factory=dict)
    unseen: dict[str, int] = field(default_factory=dict)
    learned_from: bool = False
    weight: str | None = None


@dataclass(frozen=True)
class PairedFact:
    """Both scores on some rows and their difference, the second model's less the first's, with its 95 % interval.

    Attributes
    ----------
    name : str
        The metric, or what the rows have in common.
    rows : int
    first, second, difference : float or None
        None where the metric is not defined on the rows.
    interval : tuple of float or None
    better : {"a", "b", "undecided"}
    why : str
        Why the rows cannot tell, where more than an interval that holds zero says so; one sentence.
    """

    name: str
    rows: int
    first: float | None
    second: float | None
    difference: float | None
    interval: tuple[float, float] | None
    better: str
    why: str = ""


@dataclass(frozen=True)
class DisagreementFact:
    """A row, counted from 0 in the file, of which the models say very different things."""

    row: int
    actual: str | float
    first: str | float
    second: str | float
    distance: float


@dataclass(frozen=True)
class ComparisonFacts:
    """Everything a comparison says. Values only; JSON-ready through :meth:`to_dict`.

    Attributes
    ----------
    a, b : ModelFact
    source, created, target, task, metric
        As for :class:`~automl.report.facts.ReportFacts`; the metric decides the verdict.
    greater_is_better : bool
    rows : int
        Labelled rows that both models scored.
    left_out : int
    verdict : {"a", "b", "undecided"}
    difference : float or None
        Of the metric: B's score less A's.
    interval : tuple of float or None
        Its 95 % interval.
    metrics : tuple of PairedFact
        Every metric that fits the task, the deciding one first.
    by : tuple of PairedFact
        The deciding metric on the rows of each level of the column ``by_column``.
    by_column : str
    slices : tuple of PairedFact
        Parts of the rows where the difference is not what it is elsewhere.
    disagreeing : int
        Rows that get different labels, or numbers that are further apart than a tenth of the target's spread.
    disagreements : tuple of DisagreementFact
        The rows that are furthest apart.
    without_weight : str or None
        The column of the weights that the first model was fitted by, where these rows have none: each counts alike.
    """

    a: ModelFact
    b: ModelFact
    source: str
    created: str
    target: str
    task: str
    metric: str
    greater_is_better: bool
    rows: int
    left_out: int
    verdict: str
    difference: float | None
    interval: tuple[float, float] | None
    metrics: tuple[PairedFact, ...]
    by: tuple[PairedFact, ...] = ()
    by_column: str = ""
    slices: tuple[PairedFact, ...] = ()
    disagreeing: int = 0
    disagreements: tuple[DisagreementFact, ...] = ()
    without_weight: str | None = None
    seconds: float = 0.0
    version: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the facts as JSON-ready values."""
        return asdict(self)
