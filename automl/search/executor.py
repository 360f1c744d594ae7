"""Where the tasks of a search are carried out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from automl.search.plan import SearchPlan
from automl.search.pool import Nursery, WorkerPool
from automl.search.tasks import FoldTask, RankingTask, TaskResult

__all__ = ["Executor", "StartExecutor", "local_workers"]


class Executor(Protocol):
    """Workers with at most one task each: processes of this machine, or of many."""

    @property
    def idle(self) -> int:
        """How many workers have nothing to do."""

    @property
    def running(self) -> tuple[FoldTask | RankingTask, ...]:
        """The tasks under way."""

    def submit(self, task: FoldTask | RankingTask, limit: float) -> None:
        """Give a task to an idle worker, to be ended after ``limit`` seconds of work."""

    def wait(self, seconds: float) -> list[TaskResult]:
        """Return what has finished, or failed, within the next ``seconds``; its files lie in the work folder."""

    def cancel(self, candidate: int) -> None:
        """End what is done for a candidate."""

    def abandon(self) -> None:
        """End every task."""

    def close(self) -> None:
        """End every task, and give the workers up."""


#: Makes the executor of a search, whose work folder is written.
StartExecutor = Callable[[SearchPlan, Path], Executor]


def local_workers(nursery: Nursery) -> StartExecutor:
    """Return how processes of this machine are started, forked from ``nursery``."""

    def start(plan: SearchPlan, folder: Path) -> Executor:
        return WorkerPool(nursery, plan.workers, folder, plan.memory)

    return start
