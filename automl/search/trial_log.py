"""The record of a search on disk: what was proposed, what its folds said and how it ended, to go on from."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from automl.models.portfolio import Candidate
from automl.models.registry import family
from automl.search.board import Trial
from automl.search.journal import Journal, read_records
from automl.search.tasks import TaskResult, WorkFolder

__all__ = ["History", "PastTrial", "TrialLog", "read_history"]


@dataclass
class PastTrial:
    """A candidate as a former run left it.

    Attributes
    ----------
    results : dict of int to TaskResult
        Finished folds, where files lie in the work folder as the record says.
    status : str
        As :attr:`Trial.status`; ``"running"`` where the run ended before the candidate did.
    timed : bool
        Whether a clock bounded the search that proposed it.
    """

    number: int
    candidate: Candidate
    columns: tuple[str, ...] | None
    results: dict[int, TaskResult] = field(default_factory=dict)
    status: str = "running"
    loss: float = float("nan")
    found_at: float = 0.0
    timed: bool = False


@dataclass(frozen=True)
class History:
    """What a work folder holds of former runs.

    Attributes
    ----------
    trials : tuple of PastTrial
        By number, without gaps.
    ranks : tuple of TaskResult
    elapsed : float
        Seconds of the budget that were used when the last record was written.
    """

    trials: tuple[PastTrial, ...] = ()
    ranks: tuple[TaskResult, ...] = ()
    elapsed: float = 0.0

    @property
    def timed(self) -> bool:
        """Whether a clock had a say in what was proposed, so that it cannot be proposed again."""
        return any(trial.timed for trial in self.trials)

    @property
    def finished(self) -> int:
        """How many candidates were scored, the constant baseline aside."""
        return sum(trial.status == "ok" and trial.candidate.family != "constant" for trial in self.trials)


def read_history(folder: WorkFolder) -> History:
    """Return what the log of a work folder says, as far as the files that it speaks of are sound."""
    trials: dict[int, PastTrial] = {}
    ranks: dict[int, TaskResult] = {}
    elapsed = 0.0
    for record in read_records(folder.trial_log):
        elapsed = max(elapsed, float(record["elapsed"]))
        number = int(record["candidate"])
        match record["kind"]:
            case "proposed":
                trials[number] = _proposed(number, record)
            case "fold":
                trials[number].results[int(record["fold"])] = _result(record)
            case "ended":
                trials[number].status = str(record["status"])
                trials[number].loss = float(record["loss"] if record["loss"] is not None else math.nan)
                trials[number].found_at = elapsed
            case "rank":
                ranks[int(record["fold"])] = _result(record)
    for trial in trials.values():
        _drop_unsound(trial, folder)
    return History(tuple(trials[number] for number in sorted(trials)), tuple(ranks.values()), elapsed)


def _proposed(number: int, record: dict[str, Any]) -> PastTrial:
    candidate = Candidate(record["family"], record["encoding"], record["hyperparameters"])
    columns = None if record["columns"] is None else tuple(record["columns"])
    return PastTrial(number, candidate, columns, timed=bool(record.get("timed", False)))


def _result(record: dict[str, Any]) -> TaskResult:
    return TaskResult(
        int(record["candidate"]),
        int(record["fold"]),
        str(record["status"]),
        float(record["seconds"]),
        tuple(record["stages"]),
        record["resolved"],
        record["importance"],
    )


def _drop_unsound(trial: PastTrial, folder: WorkFolder) -> None:
    """Forget folds whose files did not survive: after a loss of power the log may be ahead of them."""
    suffix = family(trial.candidate.family).suffix
    lost = [
        fold
        for fold, result in trial.results.items()
        if result.status == "ok"
        and not (
            _readable(folder.predictions(trial.number, fold))
            and _readable(folder.golden(trial.number, fold))
            and _holds_something(folder.model(trial.number, fold, suffix))
        )
    ]
    for fold in lost:
        del trial.results[fold]
    if lost:
        trial.status, trial.loss = "running", math.nan


def _readable(path: Path) -> bool:
    try:
        np.load(path, mmap_mode="r")
    except (OSError, ValueError, EOFError):
        return False
    return True


def _holds_something(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


class TrialLog:
    """Writes down what happens, once: what a former run wrote already is not written again.

    Parameters
    ----------
    folder : WorkFolder
    history : History
        What the folder holds already.
    """

    def __init__(self, folder: WorkFolder, history: History) -> None:
        self.history = history
        self._journal = Journal(folder.trial_log)
        self._written = {("rank", -1, result.fold) for result in history.ranks}
        for trial in history.trials:
            self._written.add(("proposed", trial.number, 0))
            self._written.update(("fold", trial.number, fold) for fold in trial.results)
            if trial.status != "running":
                self._written.add(("ended", trial.number, 0))

    def past_result(self, trial: Trial, fold: int) -> TaskResult | None:
        """Return what a former run found for a fold of the very same candidate."""
        if trial.number >= len(self.history.trials):
            return None
        past = self.history.trials[trial.number]
        same = (past.candidate, past.columns) == (trial.candidate, trial.columns)
        return past.results.get(fold) if same else None

    def past_rank(self, fold: int) -> TaskResult | None:
        """Return what a former run found of the columns' ranks."""
        return next((result for result in self.history.ranks if result.fold == fold), None)

    def proposed(self, trial: Trial, elapsed: float, *, timed: bool) -> None:
        """Write down a candidate, ``elapsed`` seconds after the search began that a clock may bound."""
        record = {**asdict(trial.candidate), "columns": trial.columns, "timed": timed}
        self._append("proposed", trial.number, 0, record, elapsed)

    def finished(self, result: TaskResult, elapsed: float) -> None:
        """Write down the result of a task."""
        self._append("rank" if result.candidate < 0 else "fold", result.candidate, result.fold, asdict(result), elapsed)

    def ended(self, trial: Trial, elapsed: float) -> None:
        """Write down how a candidate ended, and see that this and all before is on the disk."""
        loss = None if math.isnan(trial.loss) else trial.loss
        self._append("ended", trial.number, 0, {"status": trial.status, "loss": loss}, elapsed, sync=True)

    def close(self) -> None:
        """Close the file."""
        self._journal.close()

    def _append(
        self, kind: str, number: int, fold: int, record: dict[str, Any], elapsed: float, *, sync: bool = False
    ) -> None:
        if (kind, number, fold) not in self._written:
            self._written.add((kind, number, fold))
            content = {"kind": kind, "candidate": number, "elapsed": round(elapsed, 3), **record}
            self._journal.append(content, sync=sync)
