"""One run of the search: which candidate is fitted next, on which fold, and what its results change."""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile

from automl.events import Sink
from automl.search.allowance import TICK, Allowance
from automl.search.blending import Blending
from automl.search.board import RACED_OUT, Evidence, Trial
from automl.search.choosing import SELECTIONS
from automl.search.executor import Executor
from automl.search.plan import SearchPlan
from automl.search.plateau import Plateau
from automl.search.proposals import Proposals, log_choices
from automl.search.racing import is_hopeless, presumed_loss
from automl.search.ranking import ColumnRank
from automl.search.ranks_wanted import RanksWanted
from automl.search.restoring import restore_trials
from automl.search.tasks import FoldTask, RankingTask, TaskResult
from automl.search.telling import Teller
from automl.search.training_data import TrainingData
from automl.search.trial_log import TrialLog
from automl.search.worker import fit_fold

__all__ = ["SearchRun"]

_BASELINE = "constant"
_GENERATION = 4
_CANDIDATES_BEFORE_RANKING = 3
_SHARE_OF_TIME = 0.16


class SearchRun:
    """The moving state of one search."""

    def __init__(
        self, plan: SearchPlan, evidence: Evidence, log: TrialLog, pool: Executor, sink: Sink, column_count: int
    ) -> None:
        self.plan, self.evidence, self.pool = plan, evidence, pool
        self._log, self._teller = log, Teller(sink, evidence.metric)
        self.trials: list[Trial] = []
        self.blending = Blending(evidence, SELECTIONS[plan.optimize])
        self._allowance = Allowance(plan, self.blending, len(evidence.splits.folds))
        self._rivals = self.blending.rivals
        self._ranking = RanksWanted(plan.families, plan.encodings, len(evidence.splits.folds), column_count)
        # A study that goes on must not draw again what it drew at its beginning.
        seed = plan.seed + (len(log.history.trials) if plan.timed else 0)
        logs = log_choices(evidence.target, evidence.n_classes, evidence.metric.objective)
        of_use = logs, plan.encodings, plan.first
        self._proposals = Proposals(plan.families, seed, evidence.splits, *of_use, classes=evidence.n_classes > 0)
        self._plateau = Plateau(plan.patience)
        self._told = 0
        self._dispatched: dict[int, set[int]] = {}

    @property
    def ranks(self) -> tuple[ColumnRank, ...]:
        """The columns' ranks; empty until they are known."""
        return self._ranking.ranks

    def begin(self) -> None:
        """Take up what a former run left, or see to the baseline."""
        if self._log.history.trials and (self.plan.timed or self._log.history.timed):
            self._go_on()
        else:
            self._begin_with_baseline()

    def _go_on(self) -> None:
        """Begin with the candidates of a former run, told as a whole: the blend is selected once."""
        for rank in self._log.history.ranks:
            self._take_rank(rank)
        self.trials = restore_trials(self._log.history, self.evidence)
        if any(trial.prediction is not None for trial in self.trials):
            self._refresh_blend()
        for trial in self.trials:
            self._proposals.repeat(trial)
            self._dispatched[trial.number] = set(trial.results)
            if trial.status != "running":
                self._told += 1
                self._proposals.tell(trial, self.blending.shares())
                self._log.ended(trial, self.plan.deadline.elapsed)

    def _begin_with_baseline(self) -> None:
        """Fit the constant baseline here and now, so that a valid model exists before the first worker is ready.

        Where reading alone took the whole budget, there is no time left for a model of any kind.
        """
        if _BASELINE not in self.plan.families or self.plan.deadline.remaining <= 0:
            return
        self._propose_one(None)
        trial, data = self.trials[0], TrainingData(self.evidence.folder)
        folds = range(len(self.evidence.splits.folds))
        self._dispatched[0] = set(folds)
        for fold in folds:
            self._take(self._log.past_result(trial, fold) or fit_fold(self._task(trial, fold, None), data))

    def until_stopped(self, stop_requested: Callable[[], str | None]) -> str:
        """Keep the workers busy until there is a reason to stop; return the reason."""
        while True:
            if reason := stop_requested():
                return reason
            if self.plan.timed and self._allowance.seconds_left <= 0:
                return "time_budget"
            if (self.plan.timed or self._told == self._proposed) and (reason := self._plateau.reason):
                return reason
            while self.pool.idle and self._dispatch():
                pass
            if not self.pool.running:
                return (
                    "trials"
                    if self.plan.trials is not None and self._proposed >= self.plan.trials
                    else self._exhausted()
                )
            self._report()
            for result in self.pool.wait(min(TICK, max(self._allowance.seconds_left, 0.01))):
                self._take(result)

    @property
    def _proposed(self) -> int:
        return len(self.trials)

    def _exhausted(self) -> str:
        return "time_budget" if self.plan.timed else "exhausted"

    # -- giving out work

    def _dispatch(self) -> bool:
        """Give one idle worker something to do; return whether there was anything."""
        if self._ranking.is_due and self._proposed >= _CANDIDATES_BEFORE_RANKING and self._worth_ranking():
            fold = self._ranking.next_fold()
            if past := self._log.past_rank(fold):
                self._take_rank(past)
                return True
            seconds = self._allowance.for_fold(0.06)
            family, encoding = self._ranking.family, self._ranking.encoding
            task = RankingTask(fold, family, encoding, self.plan.seed, self.plan.threads, seconds)
            self.pool.submit(task, self._allowance.before_kill(seconds))
            return True
        for trial in self.trials:
            if trial.status == "running" and (due := self._next_fold(trial)) is not None:
                self._submit(trial, due)
                return True
        before = self._proposed
        self._propose()
        return self._proposed > before

    def _worth_ranking(self) -> bool:
        return not self.plan.timed or self._allowance.seconds_left > 3

    def _next_fold(self, trial: Trial) -> int | None:
        """Return the fold to fit next. The first runs alone: it decides whether and how the others follow."""
        given = self._dispatched.setdefault(trial.number, set())
        if 0 not in trial.results:
            return None if 0 in given else 0
        return next((fold for fold in range(len(self.evidence.splits.folds)) if fold not in given), None)

    def _propose(self) -> None:
        """Add the next candidate; where the search must be repeatable, a whole generation at once."""
        if self.plan.timed:
            if self._allowance.seconds_left > 0.3:
                self._propose_one(self._allowance.seconds_left * self.plan.workers)
        elif self._told == self._proposed and (
            self._proposed < _CANDIDATES_BEFORE_RANKING or self._ranking.is_complete
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
            self._log.proposed(self.trials[-1], self.plan.deadline.elapsed, timed=self.plan.timed)

    def _submit(self, trial: Trial, fold: int) -> None:
        self._dispatched.setdefault(trial.number, set()).add(fold)
        if past := self._log.past_result(trial, fold):
            self._take(past)
            return
        seconds = self._allowance.for_fold(_SHARE_OF_TIME)
        self.pool.submit(self._task(trial, fold, seconds), self._allowance.before_kill(seconds))

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
            self.plan.device_of(trial.candidate.family),
        )

    # -- taking results

    def _take(self, result: TaskResult) -> None:
        self._log.finished(result, self.plan.deadline.elapsed)
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
        untold = [trial for trial in self.trials if not self._proposals.knows(trial.number)]
        if self.plan.timed:
            waiting = [trial for trial in untold if trial.status != "running"]
        else:
            waiting = list(takewhile(self._has_ended, untold))
        for trial in waiting:
            self._tell(trial)

    def _has_ended(self, trial: Trial) -> bool:
        return trial.status != "running" and all(task.candidate != trial.number for task in self.pool.running)

    def _tell(self, trial: Trial) -> None:
        self._told += 1
        if trial.prediction is not None:
            trial.gain = self._refresh_blend()
        self._proposals.tell(trial, self.blending.shares())
        self._plateau.tell(self.blending.blend.loss, tuned=trial.study is not None)
        self._log.ended(trial, self.plan.deadline.elapsed)
        self._teller.trial(trial)

    def _refresh_blend(self) -> float | None:
        begun = self.plan.deadline.elapsed
        gain = self.blending.refresh(self.trials, begun)
        if self.plan.timed:
            self._rivals = self.blending.rivals
            fits = sum(len(trial.results) for trial in self.trials)
            self._allowance.blended(self.plan.deadline.elapsed - begun, fits)
        return gain

    def _take_rank(self, result: TaskResult) -> None:
        if self._ranking.take(result):
            self._proposals.offer_selection(tuple(rank.name for rank in self.ranks if rank.useful), len(self.ranks))

    def _report(self) -> None:
        left = self._allowance.seconds_left if self.plan.timed else None
        running = [self.trials[task.candidate] for task in self.pool.running if task.candidate >= 0]
        self._teller.progress(self._told, self.blending.score, left, running)
