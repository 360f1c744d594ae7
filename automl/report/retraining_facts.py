"""The typed facts of a retraining: what the challenger learned from, what it was held against, what came of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from automl.report.comparison_facts import ComparisonFacts
from automl.report.facts import EstimateFact
from automl.report.lineage_facts import GenerationFact, VerdictFact

__all__ = ["GuardFact", "RetrainingFacts"]


@dataclass(frozen=True)
class GuardFact:
    """A question that is answered before the comparison counts, whether the answer lets it count, and the answer."""

    question: str
    passed: bool
    answer: str


@dataclass(frozen=True)
class RetrainingFacts:
    """Everything a retraining says. Values only; JSON-ready through :meth:`to_dict`.

    Attributes
    ----------
    champion : str
        The file that was to be replaced.
    written : str
        The file that was written: the champion's, ``--output``, or one beside it where nothing was promoted.
    created, source, target, task, metric, greater_is_better
        As for :class:`~automl.report.facts.ReportFacts`.
    added : bool
        Whether the earlier rows were learned from, too.
    new_rows, earlier_rows, fitted_rows : int
    held_back : str
        One sentence: which of the new rows, and how many.
    verdict : VerdictFact
    promised : EstimateFact
        The champion's own estimate.
    guards : tuple of GuardFact
    notes : tuple of str
        What could not be looked at, and why.
    comparison : ComparisonFacts or None
        None where it came to none.
    lineage : tuple of GenerationFact
        Of the challenger, itself first.
    """

    champion: str
    written: str
    created: str
    source: str
    target: str
    task: str
    metric: str
    greater_is_better: bool
    added: bool
    new_rows: int
    earlier_rows: int
    fitted_rows: int
    held_back: str
    verdict: VerdictFact
    promised: EstimateFact
    guards: tuple[GuardFact, ...] = ()
    notes: tuple[str, ...] = ()
    comparison: ComparisonFacts | None = None
    lineage: tuple[GenerationFact, ...] = ()
    seconds: float = 0.0
    version: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the facts as JSON-ready values."""
        return asdict(self)
