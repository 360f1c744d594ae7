"""The search: candidates from the portfolio, then from the studies, fold by fold, until time or trials are used up."""

from __future__ import annotations

from dataclasses import dataclass

from automl.ensemble.greedy import Blend
from automl.errors import WriteError
from automl.events import Note, Sink
from automl.files import is_full
from automl.search.blending import contenders
from automl.search.board import Evidence, Trial
from automl.search.choosing import choose
from automl.search.executor import StartExecutor
from automl.search.plan import SearchPlan
from automl.search.ranking import ColumnRank
from automl.search.refit import refit
from automl.search.run import SearchRun
from automl.search.stop import StopToken
from automl.search.trial_log import TrialLog

__all__ = ["CANNOT_WRITE", "SearchOutcome", "search"]

#: Why a search ended whose state could not be written any more.
CANNOT_WRITE = "cannot_write"

_ENDS = ("time_budget", "trials", "exhausted", "patience", "perfect")


@dataclass(frozen=True)
class SearchOutcome:
    """What the search leaves: candidates, blend, ranks of the columns, how it ended, which families were on a GPU."""

    trials: tuple[Trial, ...]
    blend: Blend
    members: tuple[Trial, ...]
    ranks: tuple[ColumnRank, ...]
    progress: tuple[tuple[float, float], ...]
    stopped_by: str
    on_gpu: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether the search came to an end of its own, and nobody asked it to stop."""
        return self.stopped_by in _ENDS


def search(
    plan: SearchPlan,
    evidence: Evidence,
    log: TrialLog,
    start_executor: StartExecutor,
    sink: Sink,
    stop: StopToken,
    column_count: int,
) -> SearchOutcome:
    """Run the search and return everything that was learned.

    With ``plan.trials`` alone the outcome depends on data, options and seed only: candidates are proposed in
    generations of fixed size and told in the order asked, every fit uses one thread, and no decision reads a clock.
    What ``log`` holds of a former run is not done again: such a search is repeated with the results that are known, so
    that it ends as it would have ended; one that a clock bounds, or bounded before, begins with the candidates as they
    were left.
    """
    pool = start_executor(plan, evidence.folder.path)
    try:
        run = SearchRun(plan, evidence, log, pool, sink, column_count)
        stopped_by = _run_to_its_end(run, stop, sink)
        pool.abandon()
        complete = contenders(run.trials)
        blend = choose(plan.optimize, complete, evidence) if complete else run.blending.blend
        if plan.single and complete and stop.requested is None and stopped_by in _ENDS:
            refit(complete[blend.members[0]], plan, evidence, pool, stop)
            stopped_by = stop.requested or stopped_by
    finally:
        pool.close()
    progress = tuple(run.blending.progress)
    return SearchOutcome(tuple(run.trials), blend, complete, run.ranks, progress, stopped_by, plan.on_gpu)


def _run_to_its_end(run: SearchRun, stop: StopToken, sink: Sink) -> str:
    """Search until there is a reason to stop; return the reason.

    Raises
    ------
    WriteError
        If the state cannot be written before there is any model.
    """
    folder = run.evidence.folder.path

    def reason_to_stop() -> str | None:
        return stop.requested or (CANNOT_WRITE if is_full(folder) else None)

    try:
        run.begin()
        reason = run.until_stopped(reason_to_stop)
        message = f"The disk of '{folder}' is full."
    except WriteError as error:
        if not run.blending.complete:
            raise
        reason, message = CANNOT_WRITE, error.message
    if reason == CANNOT_WRITE:
        # What was found stands; where the model goes there may be more room.
        sink.emit(Note(f"The search ends here. {message}", warning=True))
    return reason
