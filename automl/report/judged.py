"""What a chart or a table of predictions against the truth needs to know; fits and evaluations both have it."""

from __future__ import annotations

from typing import Protocol

from automl.report.facts import CurvePoints

__all__ = ["Judged", "class_shares"]


class Judged(Protocol):
    """Facts about predictions and the truth; the fields are those of :class:`~automl.report.facts.ReportFacts`."""

    @property
    def task(self) -> str: ...  # noqa: D102
    @property
    def labels(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def target_counts(self) -> tuple[tuple[str, int], ...]: ...  # noqa: D102
    @property
    def roc(self) -> tuple[CurvePoints, ...]: ...  # noqa: D102
    @property
    def precision_recall(self) -> tuple[CurvePoints, ...]: ...  # noqa: D102
    @property
    def calibration(self) -> tuple[CurvePoints, ...]: ...  # noqa: D102
    @property
    def calibration_before(self) -> tuple[CurvePoints, ...]: ...  # noqa: D102
    @property
    def trade_offs(self) -> tuple[tuple[float, float, float, float], ...]: ...  # noqa: D102
    @property
    def confusion(self) -> tuple[tuple[int, ...], ...]: ...  # noqa: D102
    @property
    def residuals(self) -> tuple[tuple[float, float], ...]: ...  # noqa: D102


def class_shares(facts: Judged) -> dict[str, float]:
    """Return the share of each class among the rows that the curves are of, by their weights; empty where not known.

    Where every row is called a class, the precision of that is the share of the class: there its curve ends.
    """
    shares = {curve.label: curve.y[-1] for curve in facts.precision_recall if curve.y}
    if len(facts.labels) == 2 and facts.labels[1] in shares:
        shares[facts.labels[0]] = 1 - shares[facts.labels[1]]
    return shares
