"""After a search on drawn rows: the winners learn from all of them, where that makes them better."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np

from automl.all_rows.fitting import fit_again
from automl.all_rows.judging import Judge, outcomes
from automl.all_rows.passing import FRESH_SHARE, MOST_FRESH, FreshRows, StoppedError, pass_by
from automl.all_rows.planning import Chosen, Room, choose_members, free_disk
from automl.conclusions import finish_blend
from automl.decisions import Decisions, processes
from automl.errors import AutomlError
from automl.evaluation.estimate import Estimate
from automl.evaluation.postprocessing import Postprocessing
from automl.events import Note, PhaseStarted, Sink
from automl.findings import Finding, Severity
from automl.models.registry import family
from automl.preparation.prepare import PreparedData
from automl.search.board import Evidence, Trial
from automl.search.deadline import Deadline
from automl.search.executor import local_workers
from automl.search.loop import SearchOutcome
from automl.search.memory import memory_limit, used_bytes
from automl.search.plan import SearchPlan
from automl.search.pool import Nursery
from automl.search.stop import StopToken
from automl.search.training_data import TrainingData
from automl.settings import FitSettings
from automl.tables import Schema
from automl.tables.table import Draw

__all__ = ["AllRows", "Learned", "learn_from_all_rows"]

#: Rows to choose by, and as many to judge by, without which nothing is said about what was gained.
_FEWEST_FRESH = 500
#: On fewer, the estimate by the search's own rows is the surer one, though it is of the models before.
_ENOUGH_TO_ESTIMATE = 10_000
_BYTES_OF_PROCESSES = 300_000_000
_BYTES_OF_A_WORKER = 60_000_000
_TO_PUBLISH = 1.5
_SECONDS_TO_PUBLISH = 2.0


@dataclass(frozen=True)
class AllRows:
    """What learning from all rows needs to know.

    Attributes
    ----------
    settings : FitSettings
    prepared : PreparedData
    decisions : Decisions
    draw : Draw
        Which rows the search saw.
    plan : SearchPlan
        Of the search.
    deadline : Deadline
        Of the whole fit.
    passing : float
        Seconds that passing by all rows takes, about.
    nursery : Nursery
        Workers are forked from it.
    """

    settings: FitSettings
    prepared: PreparedData
    decisions: Decisions
    draw: Draw
    plan: SearchPlan
    deadline: Deadline
    passing: float
    nursery: Nursery

    @property
    def threads(self) -> int:
        """How many threads a fit may use; as in the search where its outcome is to be the same each time."""
        return processes(self.settings) if self.plan.timed else self.plan.threads

    @property
    def free_memory(self) -> int:
        """Bytes that a worker may use beside what this process uses, guessed where the outcome is to be the same."""
        used = _BYTES_OF_PROCESSES
        if self.plan.timed:
            used = used_bytes((os.getpid(), self.nursery.pid)) + _BYTES_OF_A_WORKER
        return memory_limit(self.plan.memory) - used

    @property
    def seconds_left(self) -> float:
        """Seconds until the model has to be published; infinite where no clock bounds the fit."""
        return self.deadline.remaining - _TO_PUBLISH * self.plan.reserve - _SECONDS_TO_PUBLISH


@dataclass(frozen=True)
class Learned:
    """What came of it.

    Attributes
    ----------
    found : SearchOutcome
        What predicts: as the search left it, or with members that were fitted again.
    estimate : Estimate or None
        On rows from which nothing learned; None where the search's own holds.
    rows : int or None
        From how many rows the members learned that were fitted again; None where none of them predicts.
    finding : Finding
    """

    found: SearchOutcome
    estimate: Estimate | None
    rows: int | None
    finding: Finding


def learn_from_all_rows(
    known: AllRows, found: SearchOutcome, evidence: Evidence, sink: Sink, stop: StopToken
) -> Learned | None:
    """Fit the blend's members again on as many rows as time, memory and disk allow, and keep what is better.

    Parameters
    ----------
    known : AllRows
    found : SearchOutcome
    evidence : Evidence
        Of the search.
    sink : Sink
        Is told what happens; also of whatever went wrong, since the search's models are there in any case.
    stop : StopToken
        Ends it early when requested.

    Returns
    -------
    Learned or None
        None where nothing was fitted again.
    """
    chosen = _chosen(known, found, evidence)
    if chosen is None:
        sink.emit(Note(f"None of the winners could be fitted again on many more of the {known.draw.rows:,} rows."))
        return None
    on_rows = f"about {chosen.rows:,} of {known.draw.rows:,} rows"
    sink.emit(PhaseStarted("all rows", f"{_titles(chosen.members)} on {on_rows}"))
    try:
        return _learned(known, chosen, found, evidence, lambda: stop.requested is None and known.seconds_left > 0)
    except StoppedError as error:
        reason = str(error) if stop.requested is None else f"{stop.requested} came first."
    except Exception as error:  # noqa: BLE001 - whatever this stumbles over, the search's models are there and must not be lost
        reason = error.message if isinstance(error, AutomlError) else f"{type(error).__name__}: {error}"
    sink.emit(Note(f"The winners were not fitted again on all rows: {reason}", warning=True))
    return None


def _chosen(known: AllRows, found: SearchOutcome, evidence: Evidence) -> Chosen | None:
    """Return what to fit again; None where there is no time, or too few rows could be kept aside."""
    assert known.draw.positions is not None
    rest = known.draw.rows - len(known.draw.positions)
    fresh, left = min(int(FRESH_SHARE * rest), MOST_FRESH), known.seconds_left - known.passing
    if left <= 0 or fresh < 2 * _FEWEST_FRESH:
        return None
    room = Room(left, known.free_memory, free_disk(evidence.folder.path), known.threads)
    return choose_members(found, evidence, known.plan, known.draw.rows - fresh, room)


def _titles(trials: Iterable[Trial]) -> str:
    return ", ".join(dict.fromkeys(family(trial.candidate.family).title for trial in trials))


def _learned(
    known: AllRows, chosen: Chosen, found: SearchOutcome, evidence: Evidence, go_on: Callable[[], bool]
) -> Learned:
    """Pass by all rows, fit on them, and judge.

    Raises
    ------
    StoppedError
        If there was no time for that, or the rows kept aside cannot tell models apart.
    """
    fold = len(evidence.splits.folds) + 1
    members, rows = chosen.members, chosen.rows
    kept = pass_by(known.settings, known.prepared, known.draw, members, evidence.folder, rows, fold, go_on)
    if min(len(np.unique(half.target)) for half in (kept.choosing, kept.judging)) < 2:
        raise StoppedError("the rows kept aside are all of one class.")
    again = _fitted(known, chosen, evidence, fold, go_on)
    if not again:
        raise StoppedError("there was no time.")
    return _settled(known, found, again, kept, evidence)


def _fitted(
    known: AllRows, chosen: Chosen, evidence: Evidence, fold: int, go_on: Callable[[], bool]
) -> tuple[Trial, ...]:
    """Return the members that could be fitted again in time, the heaviest first."""
    data = TrainingData(evidence.folder)
    pool = local_workers(known.nursery)(replace(known.plan, workers=1), evidence.folder.path)
    again: list[Trial] = []
    try:
        for place, trial in enumerate(chosen.members):
            if not go_on():
                break
            seconds = known.seconds_left / (len(chosen.members) - place) if known.plan.timed else None
            fitted = fit_again(trial, data, fold, pool, known.threads, known.plan.seed, seconds, go_on)
            if fitted is not None:
                again.append(fitted)
    finally:
        pool.close()
    return tuple(again)


def _settled(
    known: AllRows, found: SearchOutcome, again: tuple[Trial, ...], kept: FreshRows, evidence: Evidence
) -> Learned:
    """Choose by one half of the rows that were kept aside, and tell by the other what that is worth."""
    judge = Judge(
        Schema(known.prepared.feature_columns),
        evidence.folder,
        evidence.metric,
        evidence.n_classes,
        known.settings.group,
        known.plan.seed,
    )

    def finish(each: SearchOutcome) -> Postprocessing:
        return finish_blend(known.settings, each, evidence, known.decisions)

    best = min(outcomes(found, again, evidence), key=lambda each: judge.loss(each, kept.choosing, finish(each)))
    before = judge.estimate(found, kept.judging, finish(found))
    after = judge.estimate(best, kept.judging, finish(best))
    rows, further = f"{kept.learned:,} of {known.draw.rows:,} rows", f"{after.rows:,} further rows"
    names = _titles(again)
    if evidence.metric.to_loss(after.value) > evidence.metric.to_loss(before.value):
        message = (
            f"{names}, fitted again on {rows}, came to {after.value:.4f} {after.metric} on {further}, "
            f"the models of the search to {before.value:.4f}: these stay."
        )
        return Learned(found, None, None, Finding("not_better_on_all_rows", Severity.INFO, message))
    message = (
        f"{names} learned from {rows}, and came to {after.value:.4f} {after.metric} on {further} "
        f"from which nothing was learned; the models of the search came to {before.value:.4f}."
    )
    stands = known.prepared.time is not None or after.rows < _ENOUGH_TO_ESTIMATE
    action = "The estimate is that of the models of the search." if stands else "The estimate rests on these rows."
    finding = Finding("learned_from_all_rows", Severity.INFO, message, action=action)
    return Learned(best, None if stands else after, kept.learned, finding)
