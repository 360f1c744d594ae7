"""The typed facts of monitoring: batches of new rows held against what a model file remembers of its training rows."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

__all__ = [
    "AlarmFact",
    "AlarmKind",
    "BatchFact",
    "ColumnDriftFact",
    "DomainFact",
    "DriftTestFact",
    "MonitoringFacts",
    "MovedFact",
    "PerformanceFact",
    "PredictionDriftFact",
]

AlarmKind = Literal["data", "drift", "performance"]


@dataclass(frozen=True)
class AlarmFact:
    """One alarm: of what kind, in which batch, of which column (empty for none), by which test, and in a sentence."""

    kind: AlarmKind
    batch: str
    column: str
    test: str
    message: str


@dataclass(frozen=True)
class DriftTestFact:
    """One test: how large the difference is, how often chance makes it as large, and whether that is an alarm."""

    name: str
    effect: float
    p_value: float
    alarm: bool


@dataclass(frozen=True)
class ColumnDriftFact:
    """A column of a batch beside that of the training rows.

    Attributes
    ----------
    alarm : bool
        Whether any of its tests raised one.
    effect, test, p_value
        Of the test that decides: an alarm's, else that of the distribution.
    psi : float or None
        The population stability index.
    kind : str
    importance : float
    missing, missing_before : float
        Shares.
    mean, mean_before : float or None
        Of numbers (texts by their length).
    new_levels : tuple of str
        The most frequent levels that the training rows had not.
    tests : tuple of DriftTestFact
    """

    alarm: bool
    effect: float
    test: str
    p_value: float
    psi: float | None
    kind: str
    importance: float
    missing: float
    missing_before: float
    mean: float | None = None
    mean_before: float | None = None
    new_levels: tuple[str, ...] = ()
    tests: tuple[DriftTestFact, ...] = ()


@dataclass(frozen=True)
class PredictionDriftFact:
    """The predictions of a batch beside the out-of-fold ones; the first fields as for a column.

    Attributes
    ----------
    now, before : dict of str to float
        The mean of predicted numbers (``"mean"``), or the share of each predicted label.
    """

    alarm: bool
    effect: float
    test: str
    p_value: float
    psi: float | None
    now: dict[str, float]
    before: dict[str, float]
    tests: tuple[DriftTestFact, ...] = ()


@dataclass(frozen=True)
class DomainFact:
    """How well a classifier tells the batch from training rows: its out-of-fold ROC AUC with its 95 % interval.

    ``columns`` are those that it tells them by, the most telling first.
    """

    alarm: bool
    auc: float
    interval: tuple[float, float]
    p_value: float
    rows: int
    columns: tuple[str, ...]


@dataclass(frozen=True)
class PerformanceFact:
    """The model's score on a batch, measured where the truth is known and estimated where it is not.

    Attributes
    ----------
    metric : str
    value : float
    interval : tuple of float
        95 %.
    labelled : bool
    rows : int
    alarm : bool
    promised : float
    promised_interval : tuple of float
        The model's own estimate.
    p_value : float
        Of its being as good as promised.
    assumption : str
        What has to hold for the figure to be right.
    """

    metric: str
    value: float
    interval: tuple[float, float]
    labelled: bool
    rows: int
    alarm: bool
    promised: float
    promised_interval: tuple[float, float]
    p_value: float
    assumption: str


@dataclass(frozen=True)
class MovedFact:
    """By how much a column moved the mean prediction from the reference rows' to the batch's, with standard error."""

    column: str
    value: float
    error: float


@dataclass(frozen=True)
class BatchFact:
    """Everything that is said of one batch.

    Attributes
    ----------
    name : str
        The file, or when the stretch of time begins.
    rows : int
    duplicates : int
        Rows that repeat another one in every cell.
    alarm : bool
    alarms : tuple of AlarmFact
    columns : dict of str to ColumnDriftFact
    missing_columns, extra_columns : tuple of str
        Columns that the model uses and that are not there, and columns that it does not know.
    prediction, domain, performance
        None where they could not be made; the notes say why.
    moved : tuple of MovedFact
        Which columns moved the mean prediction, the most first.
    moved_label : str
        The label whose probability that is; empty for numbers.
    notes : tuple of str
    rows_judged : bool
        Whether the number of rows can raise an alarm: not where the data only partly cover a stretch of time, nor where
        it has none and that is usual.
    """

    name: str
    rows: int
    duplicates: int = 0
    alarm: bool = False
    alarms: tuple[AlarmFact, ...] = ()
    columns: dict[str, ColumnDriftFact] = field(default_factory=dict)
    missing_columns: tuple[str, ...] = ()
    extra_columns: tuple[str, ...] = ()
    prediction: PredictionDriftFact | None = None
    domain: DomainFact | None = None
    performance: PerformanceFact | None = None
    moved: tuple[MovedFact, ...] = ()
    moved_label: str = ""
    notes: tuple[str, ...] = ()
    rows_judged: bool = True


@dataclass(frozen=True)
class MonitoringFacts:
    """Everything that monitoring says. Values only; JSON-ready through :meth:`to_dict`.

    Attributes
    ----------
    model, created, target, task, metric, greater_is_better
        As for :class:`~automl.report.facts.ReportFacts`.
    fail_on : {"drift", "data", "performance", "any"}
        Which kind of alarm counts.
    batches : tuple of BatchFact
        In the order given, or the oldest first.
    reference_rows : int
        Training rows that the batches are held against; 0 where the model file remembers none.
    notes : tuple of str
        What could not be done, and why.
    """

    model: str
    created: str
    target: str
    task: str
    metric: str
    greater_is_better: bool
    fail_on: str
    batches: tuple[BatchFact, ...]
    reference_rows: int = 0
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    version: str = ""

    @property
    def counting(self) -> tuple[AlarmFact, ...]:
        """The alarms of the kind that counts, in the order of the batches."""
        return tuple(alarm for batch in self.batches for alarm in batch.alarms if self.counts(alarm))

    def counts(self, alarm: AlarmFact) -> bool:
        """Return whether an alarm is of the kind that counts."""
        return self.fail_on in ("any", alarm.kind)

    @property
    def alarm(self) -> bool:
        """Whether there is one of the kind that counts."""
        return bool(self.counting)

    @property
    def first_alarm(self) -> str | None:
        """The name of the first batch with an alarm that counts."""
        return self.counting[0].batch if self.counting else None

    def to_dict(self) -> dict[str, Any]:
        """Return the facts as JSON-ready values.

        The fields of the last batch stand at the top; ``alarm`` and ``alarms`` are those of all batches, and with
        several ``batches`` holds each.
        """
        own = {name: value for name, value in vars(self).items() if name not in ("batches", "notes")}
        batches = [asdict(batch) for batch in self.batches]
        last = {name: value for name, value in batches[-1].items() if name not in ("name", "alarm", "alarms", "notes")}
        return {
            **own,
            "alarm": self.alarm,
            "alarms": [asdict(alarm) for alarm in self.counting],
            "first_alarm": self.first_alarm,
            "batch": self.batches[-1].name,
            **last,
            "notes": [*self.notes, *self.batches[-1].notes],
            "batches": batches if len(batches) > 1 else [],
        }
