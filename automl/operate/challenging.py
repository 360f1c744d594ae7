"""What a fit is told that is to replace a model: where to begin, and what to do with the model before it is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from automl.models.portfolio import Candidate
from automl.report.facts import ReportFacts
from automl.report.retraining_facts import RetrainingFacts

__all__ = ["Challenge", "Settle", "Settled"]


@dataclass(frozen=True)
class Settled:
    """What became of a challenger: its facts with its lineage, where it and its report go, and what is told of it."""

    facts: ReportFacts
    output: Path
    report: Path | None
    told: RetrainingFacts


#: Takes the challenger as a model file in the work folder, its facts, and why it is not to be compared, or "".
Settle = Callable[[Path, ReportFacts, str], Settled]


@dataclass(frozen=True)
class Challenge:
    """A fit against a champion.

    Attributes
    ----------
    first : tuple of Candidate
        Tried before the portfolio.
    reserve : float
        Seconds that settling it takes.
    settle : callable
        Decides which of the two stands; as :data:`Settle`.
    """

    first: tuple[Candidate, ...]
    reserve: float
    settle: Settle
