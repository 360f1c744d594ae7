"""Worker processes that are killed at their limit and replaced."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path

from automl.search.memory import MemoryWatch
from automl.search.peaks import Peaks
from automl.search.smaller import KILLED, OVER_THE_LIMIT
from automl.search.tasks import TIME_LIMIT, FoldTask, RankingTask, TaskResult, WorkFolder

__all__ = ["Nursery", "WorkerPool", "end_worker"]

_START = (
    "import sys, json; sys.path[:] = json.loads(sys.argv[2]); "
    "from automl.search.nursery import main; main(int(sys.argv[1]))"
)

#: How often the memory of the workers is looked at.
_LOOK_SECONDS = 0.25

#: One thread a library unless a fit asks for more: pools of threads made before a fork would hang after it.
_ENVIRONMENT = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class Nursery:
    """Starts the process that workers are forked from; its imports run while the caller goes on."""

    def __init__(self) -> None:
        self._control, self._process = _launch()

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    def start_worker(self, folder: Path) -> tuple[Connection, int]:
        """Fork a worker; return its connection and process id."""
        try:
            return self._fork(folder)
        except (OSError, EOFError):
            # The process itself has ended, killed for the machine's memory perhaps: its workers ended with it.
            self.close()
            self._control, self._process = _launch()
            return self._fork(folder)

    def _fork(self, folder: Path) -> tuple[Connection, int]:
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._control, [json.dumps({"folder": str(folder)}).encode()], [theirs.fileno()])
        answer = self._control.recv(8)
        if not answer:
            raise EOFError("the process that workers are forked from has ended")
        return Connection(ours.detach()), int.from_bytes(answer, "little")

    def close(self) -> None:
        """End the process, and with it every worker."""
        self._control.close()
        self._process.kill()
        self._process.wait()


def _launch() -> tuple[socket.socket, subprocess.Popen[bytes]]:
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and program
            [sys.executable, "-c", _START, str(theirs.fileno()), json.dumps(sys.path)],
            pass_fds=[theirs.fileno()],
            env={**os.environ, **_ENVIRONMENT},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    return ours, process


@dataclass
class _Worker:
    connection: Connection
    pid: int
    task: FoldTask | RankingTask | None = None
    seconds: float = float("inf")
    begun: float | None = None

    @property
    def is_busy(self) -> bool:
        """Whether it is at work; a task that was not begun waits for memory."""
        return self.task is not None and self.begun is not None

    @property
    def limit(self) -> float:
        """When it is killed."""
        return float("inf") if self.begun is None else self.begun + self.seconds


class WorkerPool:
    """A fixed number of workers with at most one task each.

    Parameters
    ----------
    nursery : Nursery
    count : int
        Number of workers.
    folder : Path
        The work folder; made absolute, since workers do not share our current folder for ever.
    memory : int or None
        Bytes that all processes may use together; a task waits while others run that leave it no room, as far as can
        be foreseen, and the largest worker is ended when they use more.
    """

    def __init__(self, nursery: Nursery, count: int, folder: Path, memory: int | None = None) -> None:
        self._nursery = nursery
        self._watch = None if memory is None else MemoryWatch(memory)
        self._folder = folder.resolve()
        self._peaks = Peaks(_table_bytes(WorkFolder(self._folder)))
        self._workers = [self._start() for _ in range(count)]

    def _start(self) -> _Worker:
        return _Worker(*self._nursery.start_worker(self._folder))

    @property
    def idle(self) -> int:
        """How many workers have nothing to do."""
        return sum(worker.task is None for worker in self._workers)

    @property
    def running(self) -> tuple[FoldTask | RankingTask, ...]:
        """The tasks under way."""
        return tuple(worker.task for worker in self._workers if worker.task is not None)

    def submit(self, task: FoldTask | RankingTask, limit: float) -> None:
        """Give a task to an idle worker, to be killed after ``limit`` seconds of work."""
        worker = next(worker for worker in self._workers if worker.task is None)
        worker.task, worker.seconds, worker.begun = task, limit, None
        self._begin_waiting()

    def _begin_waiting(self) -> None:
        """Begin the tasks that wait, as far as memory allows; one is always at work."""
        for worker in self._workers:
            if worker.task is not None and not worker.is_busy and self._has_room_for(worker.task):
                self._begin(worker, worker.task)

    def _has_room_for(self, task: FoldTask | RankingTask) -> bool:
        others = [worker.task.family for worker in self._workers if worker.task is not None and worker.is_busy]
        if self._watch is None or not others:
            return True
        wanted = sum(self._peaks.expected(name) for name in (task.family, *others))
        return self._watch.has_room(wanted, (os.getpid(), self._nursery.pid))

    def _begin(self, worker: _Worker, task: FoldTask | RankingTask) -> None:
        try:
            worker.connection.send(task)
        except OSError:
            # It died while it had nothing to do.
            self._renew(worker)
            worker.connection.send(task)
        worker.task, worker.begun = task, time.monotonic()

    def wait(self, seconds: float) -> list[TaskResult]:
        """Return what has finished, or failed, within the next ``seconds``."""
        self._begin_waiting()
        busy = {worker.connection: worker for worker in self._workers if worker.is_busy}
        seconds = seconds if self._watch is None else min(seconds, _LOOK_SECONDS)
        until = min([time.monotonic() + seconds, *(worker.limit for worker in busy.values())])
        ready = wait(list(busy), timeout=max(0.0, until - time.monotonic()))
        results = [self._receive(busy[connection]) for connection in ready if isinstance(connection, Connection)]
        now = time.monotonic()
        results += [
            self._replace(worker, TIME_LIMIT) for worker in self._workers if worker.is_busy and now >= worker.limit
        ]
        return results + self._end_too_large()

    def _end_too_large(self) -> list[TaskResult]:
        """End the busy worker that uses most memory, where all processes together use too much."""
        if self._watch is None:
            return []
        busy = {worker.pid: worker for worker in self._workers if worker.is_busy}
        pid = self._watch.too_large(tuple(busy), (os.getpid(), self._nursery.pid))
        return [] if pid is None else [self._replace(busy[pid], OVER_THE_LIMIT)]

    def cancel(self, candidate: int) -> None:
        """Kill the workers that are busy with a candidate, and replace them."""
        for worker in self._workers:
            if worker.task is not None and worker.task.candidate == candidate:
                self._replace(worker, "cancelled")

    def abandon(self) -> None:
        """Kill the workers that are busy, and replace them."""
        for worker in self._workers:
            if worker.task is not None:
                self._replace(worker, "cancelled")

    def close(self) -> None:
        """Kill every worker."""
        for worker in self._workers:
            end_worker(worker.connection, worker.pid)

    def _receive(self, worker: _Worker) -> TaskResult:
        assert worker.task is not None
        try:
            result: TaskResult = worker.connection.recv()
        except (EOFError, OSError):
            return self._replace(worker, KILLED)
        self._peaks.learn(worker.task.family, result.peak)
        if result.status != "ok" and isinstance(worker.task, FoldTask) and worker.task.device == "gpu":
            # A process whose GPU has failed once cannot be counted on to find it again.
            self._renew(worker)
        worker.task = worker.begun = None
        return result

    def _replace(self, worker: _Worker, reason: str) -> TaskResult:
        assert worker.task is not None
        now = time.monotonic()
        task, begun = worker.task, now if worker.begun is None else worker.begun
        self._renew(worker)
        return TaskResult(task.candidate, task.fold, reason, now - begun)

    def _renew(self, worker: _Worker) -> None:
        end_worker(worker.connection, worker.pid)
        fresh = self._start()
        worker.connection, worker.pid, worker.task, worker.begun = fresh.connection, fresh.pid, None, None


def end_worker(connection: Connection, pid: int) -> None:
    """Kill a worker with whatever it started, and close the connection to it."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    connection.close()


def _table_bytes(folder: WorkFolder) -> int:
    try:
        return (folder.data / "frame.arrow").stat().st_size
    except OSError:
        return 0
