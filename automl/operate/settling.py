"""How a challenge ends: the challenger is held against the champion, gets its lineage, and is told where to stand."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path

from automl import __version__
from automl.events import PhaseStarted, Sink
from automl.operate.challenging import Settled
from automl.operate.champion import Champion
from automl.operate.comparison import score_both
from automl.operate.promotion import Contest, contest, decided_without, verdict_of
from automl.report.comparison_facts import ComparisonFacts
from automl.report.facts import ReportFacts
from automl.report.lineage_facts import MOST_GENERATIONS, DataFact, GenerationFact, VerdictFact
from automl.report.retraining_facts import GuardFact, RetrainingFacts
from automl.search.stop import StopToken
from automl.tables import Table

__all__ = ["Match", "settle"]


@dataclass(frozen=True)
class Match:
    """All that is needed to decide once the challenger is there.

    Attributes
    ----------
    champion : Champion
    compared : Table
        The rows held back.
    held_back : str
        Which, and how many.
    rule : {"better", "not-worse"}
    trusted : bool
        Whether the user vouches for the new rows.
    faults : tuple of str or None
        As :func:`~automl.operate.sound_rows.faults_of` returns them.
    data : tuple of DataFact
        What the challenger learns from: earlier tables first, the new one last.
    added : bool
    new_rows, earlier_rows : int
    notes : tuple of str
    place, beside : Path
        Where the challenger goes with and without a promotion.
    report : Path or None
        The report that a promoted challenger's takes the place of.
    command : str
        What repeats the retraining.
    seed : int
    started : float
        ``time.monotonic()`` when it began.
    """

    champion: Champion
    compared: Table
    held_back: str
    rule: str
    trusted: bool
    faults: tuple[str, ...] | None
    data: tuple[DataFact, ...]
    added: bool
    new_rows: int
    earlier_rows: int
    notes: tuple[str, ...]
    place: Path
    beside: Path
    report: Path | None
    command: str
    seed: int
    started: float


def settle(
    match: Match, sink: Sink, stop: StopToken, challenger: Path, facts: ReportFacts, not_to_compare: str
) -> Settled:
    """Decide which of the two stands.

    Parameters
    ----------
    match : Match
    sink : Sink
    stop : StopToken
        Once it is requested, nothing is promoted.
    challenger : Path
        Its file, in the work folder.
    facts : ReportFacts
        Of its fit.
    not_to_compare : str
        Why it is not to be compared; empty where it is.

    Returns
    -------
    Settled
    """
    sink.emit(PhaseStarted("compare", match.held_back))
    reason = not_to_compare or _ended(stop) or _differing_labels(match.champion.facts, facts)
    held = None if reason else _held(match, challenger)
    verdict, guards = _verdict(match, held, reason)
    if verdict.promoted and (ended := _ended(stop)):
        verdict = replace(verdict, promoted=False, why=ended)
    output = match.place if verdict.promoted else match.beside
    own = GenerationFact(facts.created, "", match.data, facts.rows, facts.metric, facts.estimate.value, verdict)
    lineage = (own, match.champion.generation, *match.champion.facts.lineage[1:])[:MOST_GENERATIONS]
    comparison = None if held is None else _named(held.comparison, challenger=output.name)
    settled = replace(
        facts,
        model=output.name,
        seconds=round(time.monotonic() - match.started, 2),
        settings={**facts.settings, "output": str(output)},
        command=match.command,
        lineage=lineage,
    )
    told = _told(match, settled, str(output), verdict, guards, comparison)
    return Settled(settled, output, match.report if verdict.promoted else None, told)


def _ended(stop: StopToken) -> str:
    """Say that the retraining was told to end before anything was promoted; nothing where it was not."""
    return "" if stop.requested is None else f"{stop.requested} came before anything was promoted."


def _held(match: Match, challenger: Path) -> Contest:
    sides = score_both(match.champion.path, challenger, match.compared)
    return contest(sides, match.compared, match.champion.facts, match.seed)


def _verdict(match: Match, held: Contest | None, reason: str) -> tuple[VerdictFact, tuple[GuardFact, ...]]:
    if held is None:
        return decided_without(match.rule, match.champion.facts.metric, len(match.compared.cells), reason), ()
    verdict, guards = verdict_of(held, match.rule, match.champion, match.faults, trusted=match.trusted)
    if verdict.promoted and not match.champion.is_unchanged:
        why = f"'{match.champion.path}' was replaced by another model in the meantime."
        verdict = replace(verdict, promoted=False, why=why)
    return verdict, guards


def _differing_labels(champion: ReportFacts, challenger: ReportFacts) -> str:
    """Say which labels only one of the two knows; nothing where both know the same."""
    differing = sorted({*champion.labels} ^ {*challenger.labels})
    if not differing:
        return ""
    shown = ", ".join(f"'{label}'" for label in differing[:5])
    return f"Only one of the models knows the label {shown}, so they do not answer the same question; fit anew for it."


def _named(comparison: ComparisonFacts, challenger: str) -> ComparisonFacts:
    """Return a comparison with the challenger under the name that it gets."""
    return replace(comparison, b=replace(comparison.b, name=challenger))


def _told(
    match: Match,
    facts: ReportFacts,
    written: str,
    verdict: VerdictFact,
    guards: tuple[GuardFact, ...],
    comparison: ComparisonFacts | None,
) -> RetrainingFacts:
    return RetrainingFacts(
        champion=str(match.champion.path),
        written=written,
        created=facts.created,
        source=match.data[-1].name,
        target=facts.target,
        task=facts.task,
        metric=match.champion.facts.metric,
        greater_is_better=match.champion.facts.greater_is_better,
        added=match.added,
        new_rows=match.new_rows,
        earlier_rows=match.earlier_rows,
        fitted_rows=facts.rows,
        held_back=match.held_back,
        verdict=verdict,
        promised=match.champion.facts.estimate,
        guards=guards,
        notes=match.notes,
        comparison=comparison,
        lineage=facts.lineage,
        seconds=facts.seconds,
        version=__version__,
    )
