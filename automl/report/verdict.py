"""How an estimate stands to the constant baseline, which decides what may be said of a model."""

from __future__ import annotations

import math
from dataclasses import dataclass

from automl.report.facts import EstimateFact, ReportFacts
from automl.report.metric_notes import metric_note

__all__ = ["Beat", "baseline_verdict", "beat_of", "is_of_no_use"]


@dataclass(frozen=True)
class Beat:
    """How the estimate stands to the constant baseline.

    Attributes
    ----------
    better, certain : bool
        Whether the value is better, and whether the whole interval is.
    share : float or None
        Share of the way from the baseline to a perfect score; None where no perfect score is known.
    """

    better: bool
    certain: bool
    share: float | None


def baseline_verdict(facts: ReportFacts) -> Beat | None:
    """Compare the estimate with the constant baseline; None where one of them is not a number."""
    return beat_of(facts.estimate, facts.baseline_score, greater_is_better=facts.greater_is_better)


def beat_of(estimate: EstimateFact, baseline: float | None, *, greater_is_better: bool) -> Beat | None:
    """Compare an estimate with the score of one answer for every row; None where one of them is not a number."""
    low, high = estimate.interval
    if baseline is None or not all(_finite(value) for value in (estimate.value, baseline, low, high)):
        return None
    sign = 1.0 if greater_is_better else -1.0
    gain = sign * (estimate.value - baseline)
    surest = sign * ((low if greater_is_better else high) - baseline)
    best = metric_note(estimate.metric).best
    way = None if best is None else sign * (best - baseline)
    return Beat(better=gain > 0, certain=surest > 0, share=gain / way if way and way > 0 else None)


def is_of_no_use(facts: ReportFacts) -> bool:
    """Whether the model is known to be no better than one answer for every row."""
    verdict = baseline_verdict(facts)
    return verdict is not None and not verdict.better


def _finite(value: float | None) -> bool:
    return value is not None and math.isfinite(value)
