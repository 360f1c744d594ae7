"""After a search on drawn rows: the winners learn from all of them, where that makes them better."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from automl.all_rows.fitting import fit_again
from automl.all_rows.judging import Judge, outcomes
from automl.all_rows.passing import FRESH_SHARE, MOST_FRESH, FreshRows, StoppedError, pass_by
from automl.all_rows.planning import Learner, Room, choose_learners, free_disk
from automl.conclusions import finish_blend
from automl.decisions import Decisions, processes
from automl.errors import AutomlError
from automl.evaluation.estimate import Estimate
from automl.evaluation.postprocessing import Postprocessing
from automl.events import Note, PhaseStarted, Sink
from automl.findings import Finding, Severity
from automl.memory import give_back_memory
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
#: For each row that is kept aside.
_SECONDS_TO_JUDGE = 1e-4
#: Of the time a model has; after its fit it predicts the rows that are watched.
_SHARE_OF_FITTING = 0.85
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
        """Seconds until what was fitted has to be judged and published; infinite where no clock bounds the fit."""
        judging = _SECONDS_TO_JUDGE * self.fresh
        return self.deadline.remaining - judging - _TO_PUBLISH * self.plan.reserve - _SECONDS_TO_PUBLISH

    @property
    def fresh(self) -> int:
        """How many rows are kept aside."""
        assert self.draw.positions is not None
        return min(int(FRESH_SHARE * (self.draw.rows - len(self.draw.positions))), MOST_FRESH)


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
        From how many rows the models learned that were fitted again, at most; None where none of them predicts.
    finding : Finding
    """

    found: SearchOutcome
    estimate: Estimate | None
    rows: int | None
    finding: Finding


def learn_from_all_rows(
    known: AllRows, found: SearchOutcome, evidence: Evidence, sink: Sink, stop: StopToken
) -> Learned | None:
    """Fit the winners again on as many rows as time, memory and disk allow, and keep what is better.

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
    learners = _learners(known, found, evidence)
    if not learners:
        sink.emit(Note(f"None of the winners could be fitted again on many more of the {known.draw.rows:,} rows."))
        return None
    rows = _on_rows([(learner.trial, learner.rows) for learner in learners], "on about", known.draw.rows)
    sink.emit(PhaseStarted("all rows", rows))
    try:
        return _learned(known, learners, found, evidence, lambda: stop.requested is None and known.seconds_left > 0)
    except StoppedError as error:
        reason = str(error) if stop.requested is None else f"{stop.requested} came first."
    except Exception as error:  # noqa: BLE001 - whatever this stumbles over, the search's models are there and must not be lost
        reason = error.message if isinstance(error, AutomlError) else f"{type(error).__name__}: {error}"
    sink.emit(Note(f"The winners were not fitted again on all rows: {reason}", warning=True))
    return None


def _learners(known: AllRows, found: SearchOutcome, evidence: Evidence) -> tuple[Learner, ...]:
    """Return what to fit again; none where there is no time, or too few rows could be kept aside."""
    left = known.seconds_left - known.passing
    if left <= 0 or known.fresh < 2 * _FEWEST_FRESH:
        return ()
    rows = known.draw.rows - known.fresh
    room = Room(rows, left, known.free_memory, free_disk(evidence.folder.path), known.threads)
    return choose_learners(found, evidence, known.plan, room)


def _on_rows(learned: Sequence[tuple[Trial, int]], preposition: str, total: int) -> str:
    """Say which family learns from how many rows: ``LightGBM from 1,000 of 9,000 rows, CatBoost from 500``."""
    rows = dict[str, int]()
    for trial, count in learned:
        title = family(trial.candidate.family).title
        rows[title] = max(count, rows.get(title, 0))
    (first, count), *others = rows.items()
    return ", ".join(
        [f"{first} {preposition} {count:,} of {total:,} rows", *(f"{name} {preposition} {n:,}" for name, n in others)]
    )


def _learned(
    known: AllRows, learners: tuple[Learner, ...], found: SearchOutcome, evidence: Evidence, go_on: Callable[[], bool]
) -> Learned:
    """Pass by all rows, fit on them, and judge.

    Raises
    ------
    StoppedError
        If there was no time for that, or the rows kept aside cannot tell models apart.
    """
    fold = len(evidence.splits.folds) + 1
    kept = pass_by(known.settings, known.prepared, known.draw, learners, evidence.folder, fold, go_on)
    if min(len(np.unique(half.target)) for half in (kept.choosing, kept.judging)) < 2:
        raise StoppedError("the rows kept aside are all of one class.")
    give_back_memory()
    again = _fitted(known, learners, evidence, fold, kept.choosing.weight, go_on)
    if not again:
        raise StoppedError("there was no time.")
    fitted = [(trial, kept.learned[place]) for place, trial in again.items()]
    return _settled(known, found, fitted, kept, evidence)


def _fitted(
    known: AllRows,
    learners: tuple[Learner, ...],
    evidence: Evidence,
    fold: int,
    watched_weight: NDArray[np.float64] | None,
    go_on: Callable[[], bool],
) -> dict[int, Trial]:
    """Return, by their place among the learners, the models that could be fitted again in time."""
    data = TrainingData(evidence.folder)
    pool = local_workers(known.nursery)(replace(known.plan, workers=1), evidence.folder.path)
    again: dict[int, Trial] = {}
    try:
        for place, learner in enumerate(learners):
            if not go_on():
                break
            seconds = None
            if known.plan.timed:
                share = learner.seconds / sum(other.seconds for other in learners[place:])
                seconds = share * _SHARE_OF_FITTING * known.seconds_left
            fitted = fit_again(
                learner.trial, data, fold + place, pool, known.threads, known.plan.seed, seconds, watched_weight, go_on
            )
            if fitted is not None:
                again[place] = fitted
    finally:
        pool.close()
    return again


def _settled(
    known: AllRows, found: SearchOutcome, again: Sequence[tuple[Trial, int]], kept: FreshRows, evidence: Evidence
) -> Learned:
    """Choose by one half of the rows that were kept aside, and tell by the other what that is worth."""
    choosing, judging = (
        Judge(rows, Schema(known.prepared.feature_columns), evidence, known.settings.group, known.plan.seed)
        for rows in (kept.choosing, kept.judging)
    )

    def finish(each: SearchOutcome) -> Postprocessing:
        return finish_blend(known.settings, each, evidence, known.decisions)

    fitted = [trial for trial, _ in again]
    possible = (*outcomes(found, fitted, evidence), choosing.weighed(found, fitted))
    best = min(possible, key=lambda each: evidence.metric.to_loss(choosing.score(each, finish(each))))
    before = judging.score(found, finish(found))
    after = judging.estimate(best, finish(best))
    predicting = [best.members[place] for place in best.blend.members]
    used = [(trial, rows) for trial, rows in again if any(trial is member for member in predicting)]
    scores = f"{after.value:.4f} {after.metric} on {after.rows:,} further rows", f"{before:.4f}"
    if not used or evidence.metric.to_loss(after.value) > evidence.metric.to_loss(before):
        message = (
            f"{_on_rows(again, 'fitted again on', known.draw.rows)}, came to {scores[0]}, "
            f"the models of the search to {scores[1]}: these stay."
        )
        return Learned(found, None, None, Finding("not_better_on_all_rows", Severity.INFO, message))
    message = (
        f"{_on_rows(used, 'learned from', known.draw.rows)}, and came to {scores[0]} from which nothing was learned; "
        f"the models of the search came to {scores[1]}."
    )
    stands = known.prepared.time is not None or after.rows < _ENOUGH_TO_ESTIMATE
    action = "The estimate is that of the models of the search." if stands else "The estimate rests on these rows."
    finding = Finding("learned_from_all_rows", Severity.INFO, message, action=action)
    return Learned(best, None if stands else after, max(rows for _, rows in used), finding)
