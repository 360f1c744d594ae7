"""The workers of a Dask cluster in the place of this machine's processes."""

from __future__ import annotations

import asyncio
import queue
import secrets
import time
import warnings
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import distributed

from automl.errors import UsageError, WriteError
from automl.executors.remote import RemoteResult, Shipment, as_it_is, carry_out, close_site, files_of
from automl.search.executor import StartExecutor
from automl.search.plan import SearchPlan
from automl.search.smaller import KILLED
from automl.search.tasks import TIME_LIMIT, FoldTask, RankingTask, TaskResult, WorkFolder
from automl.versions import versions

__all__ = ["DaskPool", "cluster_workers", "count_slots", "open_cluster"]

_CONNECT_SECONDS = 20
#: A task that nothing is heard of is given up so long after its own limit.
_GRACE = 5.0
#: A result is asked for again so long after the connection was lost.
_PAUSE_SECONDS = 0.2
#: How often the cluster is asked how many workers it has.
_LOOK_SECONDS = 2.0
_CLOSE_SECONDS = 5
#: The scheduler itself begins a task again three times before it gives it up.
_MOST_TRIES = 5


@contextmanager
def open_cluster(scheduler: str) -> Iterator[Any]:
    """Return a client of a cluster that answers, and runs the same program.

    Parameters
    ----------
    scheduler : str
        The scheduler's address, such as ``tcp://10.0.0.5:8786``, or the file that ``dask scheduler
        --scheduler-file`` writes.

    Raises
    ------
    UsageError
        If no scheduler answers, it has no worker, or a worker has another version of automl or of a library.
    """
    where: dict[str, Any] = {"scheduler_file": scheduler} if Path(scheduler).is_file() else {"address": scheduler}
    try:
        client: Any = distributed.Client(**where, timeout=_CONNECT_SECONDS, name="automl", set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(
            f"No Dask scheduler answers at '{scheduler}': {error or type(error).__name__}.",
            "Start one with 'dask scheduler', and name the address that it prints.",
        ) from error
    with client:
        _check_workers(client, scheduler)
        yield client


def count_slots(client: Any) -> int:
    """Return how many tasks a cluster can carry out at once."""
    return sum(client.nthreads().values())


def cluster_workers(client: Any) -> StartExecutor:
    """Return how a search is given to a cluster."""

    def start(plan: SearchPlan, folder: Path) -> DaskPool:
        del plan
        return DaskPool(client, folder)

    return start


def _check_workers(client: Any, scheduler: str) -> None:
    try:
        client.wait_for_workers(1, timeout=_CONNECT_SECONDS)
    except TimeoutError as error:
        raise UsageError(
            f"The Dask scheduler at '{scheduler}' has no worker.", f"Start some with 'dask worker {scheduler}'."
        ) from error
    here = versions()
    for place, there in _versions_there(client).items():
        if isinstance(there, Exception):
            raise UsageError(
                f"The Dask {place} has no automl that runs: {str(there) or type(there).__name__}.",
                "Install the same version there as here, with its libraries.",
            )
        other = [
            f"{name} {there.get(name, 'missing')} (here {here[name]})" for name in here if there.get(name) != here[name]
        ]
        if other:
            raise UsageError(
                f"The Dask {place} has other versions: {', '.join(other)}.",
                "Install the same ones there as here: models of other versions may be others.",
            )


def _versions_there(client: Any) -> dict[str, dict[str, str] | Exception]:
    """Return the versions in each place, or why it does not say them: one without automl cannot read the question."""
    found = {f"worker {address}": there for address, there in client.run(versions, on_error="return").items()}
    # The scheduler reads what tasks are made of.
    try:
        found["scheduler"] = client.run_on_scheduler(versions)
    except Exception as error:  # noqa: BLE001 - whatever it fails with is the reason that is given
        found["scheduler"] = error
    return found


@dataclass
class _Sent:
    task: FoldTask | RankingTask
    future: Any
    arrival: Future[RemoteResult | None]
    seconds: float
    begun: float
    tries: int

    @property
    def until(self) -> float:
        """When it is given up; what has finished is on its way, and is waited for."""
        return float("inf") if self.future.done() else self.begun + self.seconds + _GRACE


def _gone(error: Exception) -> WriteError:
    return WriteError(
        f"The Dask scheduler is gone: {(str(error) or type(error).__name__).rstrip('.')}.",
        "What was finished is kept: start it again, and run the same command with --resume.",
    )


class DaskPool:
    """The workers of a cluster, with at most one task for each of their threads.

    The training data are sent once, and go from worker to worker. A task whose worker dies is begun again on another
    one, by the scheduler.

    Parameters
    ----------
    client : distributed.Client
    folder : Path
        The work folder, to which the files of each finished task come.
    """

    def __init__(self, client: Any, folder: Path) -> None:
        self._client, self._folder = client, WorkFolder(folder.resolve())
        self._key = secrets.token_hex(8)
        self._sent: dict[int, _Sent] = {}
        self._done: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._number = 0
        self._slots, self._looked = 0, float("-inf")
        self._data = self._send_data()

    def _send_data(self) -> Any:
        """Send the data as what a task returns, which is made anew where every worker that held it is gone."""
        files = {path.name: path.read_bytes() for path in sorted(self._folder.data.iterdir())}
        with warnings.catch_warnings():
            # It asks for scattered data instead, which are lost with their workers.
            warnings.filterwarnings("ignore", message="Sending large graph")
            return self._client.submit(
                as_it_is, Shipment(self._key, files), pure=False, key=f"automl-{self._key}-data-{self._number}"
            )

    @property
    def idle(self) -> int:
        """How many threads of the cluster have nothing to do.

        One at least is counted on: a task that is sent while every worker is gone waits for one that comes.
        """
        if time.monotonic() - self._looked > _LOOK_SECONDS:
            self._slots, self._looked = self._count_slots(), time.monotonic()
        return max(0, max(1, self._slots) - len(self._sent))

    def _count_slots(self) -> int:
        try:
            return count_slots(self._client)
        except (OSError, TimeoutError) as error:
            raise _gone(error) from error

    @property
    def running(self) -> tuple[FoldTask | RankingTask, ...]:
        """The tasks under way."""
        return tuple(sent.task for sent in self._sent.values())

    def submit(self, task: FoldTask | RankingTask, limit: float) -> None:
        """Send a task, to be ended after ``limit`` seconds of work."""
        self._send(task, limit, 1)

    def _send(self, task: FoldTask | RankingTask, limit: float, tries: int) -> None:
        self._number += 1
        number = self._number
        future = self._client.submit(
            carry_out, self._data, task, limit, pure=False, key=f"automl-{self._key}-{number}", priority=-number
        )
        arrival = asyncio.run_coroutine_threadsafe(self._fetch(future), self._client.loop.asyncio_loop)
        self._sent[number] = _Sent(task, future, arrival, limit, time.monotonic(), tries)
        arrival.add_done_callback(lambda _: self._done.put(number))

    async def _fetch(self, future: Any) -> RemoteResult | None:
        """Return a result once it is here, on the client's own thread: the search goes on while one is on its way.

        A task whose worker dies before it has handed its result over is begun again, by the scheduler.
        """
        while True:
            try:
                found: RemoteResult | None = await self._client.gather(future, asynchronous=True)
            except OSError:
                if future.status == "error":
                    # It is the task that failed, not the connection.
                    raise
                await asyncio.sleep(_PAUSE_SECONDS)
            else:
                return found

    def wait(self, seconds: float) -> list[TaskResult]:
        """Return what has finished, or failed, within the next ``seconds``."""
        now = time.monotonic()
        until = min([now + seconds, *(sent.until for sent in self._sent.values())])
        results = []
        with suppress(queue.Empty):
            results += self._received(self._done.get(timeout=max(0.0, until - now)))
            while True:
                results += self._received(self._done.get_nowait())
        return results + self._given_up()

    def _received(self, number: int) -> list[TaskResult]:
        """Return the result of a task that ended; nothing where it was cancelled, or is sent again."""
        sent = self._sent.pop(number, None)
        if sent is None:
            return []
        try:
            found = sent.arrival.result()
        except distributed.client.FutureCancelledError as error:
            # Nobody here has cancelled it: a task that was is not waited for.
            raise _gone(error) from error
        except distributed.KilledWorker:
            return self._again(sent)
        except Exception as error:  # noqa: BLE001 - whatever a cluster fails with; the reason goes into the leaderboard
            reason = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"[:200]
            return [TaskResult(sent.task.candidate, sent.task.fold, reason, time.monotonic() - sent.begun)]
        if found is None:
            return [TaskResult(sent.task.candidate, sent.task.fold, "cancelled", time.monotonic() - sent.begun)]
        self._keep(sent.task, found.files)
        return [found.result]

    def _again(self, sent: _Sent) -> list[TaskResult]:
        """Send a task again that the scheduler gave up: workers die of other things than fits, which are apart."""
        if sent.tries >= _MOST_TRIES:
            return [TaskResult(sent.task.candidate, sent.task.fold, KILLED, time.monotonic() - sent.begun)]
        if self._data.status == "error":
            self._data = self._send_data()
        self._send(sent.task, sent.seconds, sent.tries + 1)
        return []

    def _keep(self, task: FoldTask | RankingTask, contents: Mapping[str, bytes]) -> None:
        """Write what came back to where a worker of this machine would have left it."""
        if not contents:
            return
        for path in files_of(self._folder, task):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(contents[str(path.relative_to(self._folder.path))])

    def _given_up(self) -> list[TaskResult]:
        """Give up tasks that nothing was heard of for too long."""
        now = time.monotonic()
        late = [number for number, sent in self._sent.items() if now > sent.until]
        results = []
        for number in late:
            sent = self._sent.pop(number)
            sent.future.cancel()
            task = sent.task
            results.append(TaskResult(task.candidate, task.fold, TIME_LIMIT, now - sent.begun))
        return results

    def cancel(self, candidate: int) -> None:
        """End what is done for a candidate."""
        for number in [number for number, sent in self._sent.items() if sent.task.candidate == candidate]:
            self._sent.pop(number).future.cancel()

    def abandon(self) -> None:
        """End every task."""
        for number in list(self._sent):
            self._sent.pop(number).future.cancel()

    def close(self) -> None:
        """End every task, and remove what was sent."""
        self.abandon()
        self._data.release()
        with suppress(Exception):
            self._client.sync(
                self._client.run, close_site, self._key, on_error="ignore", callback_timeout=_CLOSE_SECONDS
            )
