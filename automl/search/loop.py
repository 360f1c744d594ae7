"""The search: candidates from the portfolio, then from the studies, fold by fold, until time or trials are used up."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from automl.ensemble.greedy import Blend
from automl.events import Note, SearchProgress, Sink, TrialFinished
from automl.search.blending import Blending, contenders
from automl.search.board import RACED_OUT, Evidence, Trial
from automl.search.choosing import SELECTIONS, choose
from automl.search.finishing import FinishingTime
from automl.search.plan import SearchPlan
from automl.search.pool import Nursery, WorkerPool
from automl.search.proposals import Proposals, is_skewed
from automl.search.racing import is_hopeless, presumed_loss
from automl.search.ranking import ColumnRank, summarise_ranks
from automl.search.refit import refit, refit_seconds
from automl.search.stop import StopToken
from automl.search.tasks import FoldTask, RankingTask, TaskResult
from automl.search.training_data import TrainingData
from automl.search.worker import fit_fold

__all__ = ["SearchOutcome", "search"]

_BASELINE = "constant"
_GENERATION = 4
_CANDIDATES_BEFORE_RANKING = 3
_SHARE_OF_TIME = 0.16
_RANKING_FAMILIES = ("lightgbm", "xgboost", "hist_gradient_boosting")
_RANKING_FOLDS = 3
_TICK = 0.5
_GRACE = 1.5
_ENDS = ("time_budget", "trials", "exhausted")


@dataclass(frozen=True)
class SearchOutcome:
    """What the search leaves: every candidate tried, the blend, the columns' ranks and how it ended."""

    trials: tuple[Trial, ...]
    blend: Blend
    members: tuple[Trial, ...]
    ranks: tuple[ColumnRank, ...]
    progress: tuple[tuple[float, float], ...]
    stopped_by: str

    @property
    def complete(self) -> bool:
        """Whether the search came to an end of its own, and nobody asked it to stop."""
        return self.stopped_by in _ENDS


def search(
    plan: SearchPlan, evidence: Evidence, nursery: Nursery, sink: Sink, stop: StopToken, column_count: int
) -> SearchOutcome:
    """Run the search and return everything that was learned.

    With ``plan.trials`` alone the outcome depends on data, options and seed only: candidates are proposed in
    generations of fixed size and told in the order asked, every fit uses one thread, and no decision reads a clock.
    """
    pool = WorkerPool(nursery, plan.workers, evidence.folder.path)
    try:
        run = _Run(plan, evidence, pool, sink, column_count)
        run.begin_with_baseline()
        stopped_by = run.until_stopped(lambda: stop.requested)
        pool.abandon()
        complete = contenders(run.trials)
        blend = choose(plan.optimize, complete, evidence) if complete else run.blending.blend
        if plan.single and complete and stop.requested is None:
            refit(complete[blend.members[0]], plan, evidence, pool)
    finally:
        pool.close()
    return SearchOutcome(tuple(run.trials), blend, complete, run.ranks, tuple(run.blending.progress), stopped_by)


class _Run:
    """The moving state of one search."""

    def __init__(self, plan: SearchPlan, evidence: Evidence, pool: WorkerPool, sink: Sink, column_count: int) -> None:
        self.plan, self.evidence, self.pool, self.sink = plan, evidence, pool, sink
        self.trials: list[Trial] = []
        self.blending = Blending(evidence, SELECTIONS[plan.optimize])
        self._finishing = FinishingTime(plan.reserve, plan.workers)
        self._rivals = self.blending.rivals
        self.ranks: tuple[ColumnRank, ...] = ()
        skewed = is_skewed(evidence.target, evidence.n_classes)
        self._proposals = Proposals(plan.families, plan.seed, evidence.splits, skewed)
        self._told = 0
        self._dispatched: dict[int, set[int]] = {}
        self._total = max(self._seconds_left, 1.0)
        ranker = next((name for name in _RANKING_FAMILIES if name in plan.families), None)
        folds = min(_RANKING_FOLDS, len(evidence.splits.folds))
        self._ranking = [(ranker, fold) for fold in range(folds)] if ranker and column_count > 1 else []
        self._ranking_wanted = len(self._ranking)
        self._rank_results: dict[int, TaskResult] = {}
        self._last_progress = 0.0

    def begin_with_baseline(self) -> None:
        """Fit the constant baseline here and now, so that a valid model exists before the first worker is ready."""
        if _BASELINE not in self.plan.families:
            return
        self._propose_one(None)
        trial, data = self.trials[0], TrainingData(self.evidence.folder)
        folds = range(len(self.evidence.splits.folds))
        self._dispatched[0] = set(folds)
        for fold in folds:
            self._take(fit_fold(self._task(trial, fold, None), data))

    def until_stopped(self, stop_requested: Callable[[], str | None]) -> str:
        """Keep the workers busy until there is a reason to stop; return the reason."""
        while True:
            if reason := stop_requested():
                return reason
            if self.plan.timed and self._seconds_left <= 0:
                return "time_budget"
            while self.pool.idle and self._dispatch():
                pass
            if not self.pool.running:
                return (
                    "trials"
                    if self.plan.trials is not None and self._proposed >= self.plan.trials
                    else self._exhausted()
                )
            for result in self.pool.wait(min(_TICK, max(self._seconds_left, 0.01))):
                self._take(result)
            self._report()

    @property
    def _seconds_left(self) -> float:
        """Seconds left for searching; infinite where no clock bounds the search."""
        if not self.plan.timed:
            return float("inf")
        best = self.blending.complete[self.blending.blend.members[0]] if self.blending.blend.members else None
        after = self._finishing.seconds + (refit_seconds(best) if self.plan.single else 0.0)
        return self.plan.deadline.remaining - after

    @property
    def _proposed(self) -> int:
        return len(self.trials)

    def _exhausted(self) -> str:
        return "time_budget" if self.plan.timed else "exhausted"

    # -- giving out work

    def _dispatch(self) -> bool:
        """Give one idle worker something to do; return whether there was anything."""
        if self._ranking and self._proposed >= _CANDIDATES_BEFORE_RANKING and self._worth_ranking():
            family, fold = self._ranking.pop(0)
            seconds = self._seconds_for_fold(0.06)
            self.pool.submit(
                RankingTask(fold, family, self.plan.seed, self.plan.threads, seconds), self._kill_after(seconds)
            )
            return True
        for trial in self.trials:
            if trial.status == "running" and (due := self._next_fold(trial)) is not None:
                self._submit(trial, due)
                return True
        before = self._proposed
        self._propose()
        return self._proposed > before

    def _worth_ranking(self) -> bool:
        return not self.plan.timed or self._seconds_left > 3

    def _next_fold(self, trial: Trial) -> int | None:
        """Return the fold to fit next. The first runs alone: it decides whether and how the others follow."""
        given = self._dispatched.get(trial.number)
        if given is None:
            return 0
        if 0 not in trial.results:
            return None
        return next((fold for fold in range(len(self.evidence.splits.folds)) if fold not in given), None)

    def _propose(self) -> None:
        """Add the next candidate; where the search must be repeatable, a whole generation at once."""
        if self.plan.timed:
            if self._seconds_left > 0.3:
                self._propose_one(self._seconds_left * self.plan.workers)
        elif self._told == self._proposed and (
            self._proposed < _CANDIDATES_BEFORE_RANKING or len(self._rank_results) == self._ranking_wanted
        ):
            self._rivals = self.blending.rivals
            for _ in range(_GENERATION):
                self._propose_one(None)

    def _propose_one(self, affordable: float | None) -> None:
        if self.plan.trials is not None and self._proposed >= self.plan.trials:
            return
        columns = self._proposals.columns_for_next()
        proposal = self._proposals.next(affordable)
        if proposal is not None:
            candidate, study = proposal
            self.trials.append(Trial(self._proposed, candidate, columns, study=study))

    def _submit(self, trial: Trial, fold: int) -> None:
        seconds = self._seconds_for_fold(_SHARE_OF_TIME)
        self._dispatched.setdefault(trial.number, set()).add(fold)
        self.pool.submit(self._task(trial, fold, seconds), self._kill_after(seconds))

    def _task(self, trial: Trial, fold: int, seconds: float | None) -> FoldTask:
        resolved = trial.results[0].resolved if 0 in trial.results else {}
        return FoldTask(
            trial.number,
            fold,
            trial.candidate.family,
            trial.candidate.encoding,
            trial.columns,
            {**trial.candidate.hyperparameters, **resolved},
            self.plan.seed + fold,
            self.plan.threads,
            seconds,
        )

    def _seconds_for_fold(self, share: float) -> float | None:
        if not self.plan.timed:
            return None
        folds = len(self.evidence.splits.folds)
        fair = share * self._total * self.plan.workers / folds
        return max(0.3, min(fair, 0.8 * self._seconds_left))

    def _kill_after(self, seconds: float | None) -> float:
        if seconds is None:
            return float("inf")
        return min(2.0 * seconds + _GRACE, max(self._seconds_left, 0.1))

    # -- taking results

    def _take(self, result: TaskResult) -> None:
        if result.candidate < 0:
            self._take_rank(result)
            return
        trial = self.trials[result.candidate]
        trial.results[result.fold] = result
        if trial.status != "running":
            return
        if result.status != "ok":
            self._end(trial, result.status)
        elif len(trial.results) == len(self.evidence.splits.folds):
            trial.complete(self.evidence, self.plan.deadline.elapsed)
        elif result.fold == 0 and is_hopeless(trial, self._rivals, self.evidence):
            trial.loss = presumed_loss(trial, self._rivals, self.evidence)
            self._end(trial, RACED_OUT)
        self._tell_finished()

    def _end(self, trial: Trial, status: str) -> None:
        trial.status = status
        if self.plan.timed:
            self.pool.cancel(trial.number)

    def _tell_finished(self) -> None:
        """Tell what is finished: in the order asked where the search must be repeatable, otherwise at once."""
        if self.plan.timed:
            waiting = [
                trial for trial in self.trials if trial.status != "running" and not self._proposals.knows(trial.number)
            ]
        else:
            waiting = []
            for trial in self.trials[self._told :]:
                if trial.status == "running" or self._still_running(trial):
                    break
                waiting.append(trial)
        for trial in waiting:
            self._tell(trial)

    def _still_running(self, trial: Trial) -> bool:
        return any(task.candidate == trial.number for task in self.pool.running)

    def _tell(self, trial: Trial) -> None:
        self._told += 1
        if trial.prediction is not None:
            self._refresh_blend()
        self._proposals.tell(trial, self.blending.shares())
        ok = trial.prediction is not None
        score = self.evidence.metric.to_score(trial.loss) if ok else None
        self.sink.emit(TrialFinished(trial.number, trial.candidate.family, score, trial.status, trial.seconds))
        if not ok and trial.status != RACED_OUT:
            self.sink.emit(
                Note(f"{trial.candidate.family}: {trial.status}; the search goes on without it.", warning=True)
            )

    def _refresh_blend(self) -> None:
        self.blending.refresh(self.trials, self.plan.deadline.elapsed)
        if self.plan.timed:
            self._rivals = self.blending.rivals
            self._finishing.measure(self.blending.model_files())

    def _take_rank(self, result: TaskResult) -> None:
        self._rank_results[result.fold] = result
        good = [each.importance for _, each in sorted(self._rank_results.items()) if each.status == "ok"]
        if len(self._rank_results) == self._ranking_wanted and good:
            self.ranks = summarise_ranks(good)
            self._proposals.offer_selection(tuple(rank.name for rank in self.ranks if rank.useful), len(self.ranks))

    def _report(self) -> None:
        if time.monotonic() - self._last_progress < 1.0:
            return
        self._last_progress = time.monotonic()
        trying = tuple(
            dict.fromkeys(
                self.trials[task.candidate].candidate.family for task in self.pool.running if task.candidate >= 0
            )
        )
        left = self._seconds_left if self.plan.timed else None
        self.sink.emit(SearchProgress(self._told, self.blending.score, left, trying))
