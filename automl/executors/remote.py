"""What a process of a Dask cluster does with a task: it hands it to a worker process of its own, which can be killed.

So a task ends at its time limit there as it does on one machine, and a fit that ends its process ends nothing else.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from distributed import get_worker

from automl.models.registry import family
from automl.search.pool import Nursery, WorkerPool
from automl.search.tasks import FILES_A_FIT, FoldTask, RankingTask, TaskResult, WorkFolder, encoding_key

__all__ = ["RemoteResult", "Shipment", "as_it_is", "carry_out", "close_site", "files_of", "used_site"]

#: How often a task that runs is asked for still.
_LOOK_SECONDS = 0.5
#: States of a Dask task that nobody waits for any more.
_UNWANTED = ("cancelled", "released", "forgotten")


@dataclass(frozen=True)
class Shipment:
    """The training data of one search as they lie in its work folder, by file name."""

    key: str
    files: Mapping[str, bytes]


@dataclass(frozen=True)
class RemoteResult:
    """What came of a task, and the files it left, by their places in the work folder."""

    result: TaskResult
    files: Mapping[str, bytes] = field(default_factory=dict)


def as_it_is(shipment: Shipment) -> Shipment:
    """Return what was sent, so that it lies on the cluster as the result of a task."""
    return shipment


class _SharedNursery(Nursery):
    """One that the threads of a process ask for workers: each gets the answer to its own question."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()

    def start_worker(self, folder: Path) -> tuple[Connection, int]:
        with self._lock:
            return super().start_worker(folder)


class _Site:
    """The work folder of one search on a process of the cluster, and the worker processes that were started there."""

    def __init__(self, shipment: Shipment, place: Path) -> None:
        self.folder = WorkFolder(place)
        try:
            self._write(shipment)
            self._nursery = _SharedNursery()
        except BaseException:
            # The next task makes it anew, and fails with the same reason if at all.
            shutil.rmtree(place, ignore_errors=True)
            raise
        self._lock = threading.Lock()
        self._free: list[WorkerPool] = []
        self.n_used = 0

    def _write(self, shipment: Shipment) -> None:
        self.folder.data.mkdir(parents=True)
        (self.folder.path / "trials").mkdir()
        for name, content in shipment.files.items():
            (self.folder.data / name).write_bytes(content)

    @contextmanager
    def worker(self) -> Iterator[WorkerPool]:
        """Lend a worker process; as many are started as tasks run at once."""
        with self._lock:
            pool = self._free.pop() if self._free else WorkerPool(self._nursery, 1, self.folder.path)
        yield pool
        # One that failed meanwhile is not lent again: it may be at work still.
        with self._lock:
            self._free.append(pool)

    def close(self) -> None:
        """End the processes and remove the folder."""
        self._nursery.close()
        shutil.rmtree(self.folder.path, ignore_errors=True)


_SITES: dict[str, _Site] = {}
_SITES_LOCK = threading.Lock()


def carry_out(shipment: Shipment, task: FoldTask | RankingTask, limit: float) -> RemoteResult | None:
    """Carry out a task; None where nobody waits for it any more.

    Parameters
    ----------
    shipment : Shipment
    task : FoldTask or RankingTask
    limit : float
        Seconds of work after which it is ended.
    """
    with used_site(shipment) as site, site.worker() as pool:
        pool.submit(task, limit)
        while not (results := pool.wait(_LOOK_SECONDS)):
            if not _is_wanted():
                pool.abandon()
                return None
        return RemoteResult(results[0], _contents(site.folder, task) if results[0].status == "ok" else {})


def _is_wanted() -> bool:
    worker = get_worker()
    state = worker.state.tasks.get(worker.get_current_task())
    return state is not None and state.state not in _UNWANTED


@contextmanager
def used_site(shipment: Shipment) -> Iterator[_Site]:
    """Lend the search's place on this process, which stays meanwhile; what former searches left is removed."""
    with _SITES_LOCK:
        site = _SITES.get(shipment.key) or _made_site(shipment)
        site.n_used += 1
    try:
        yield site
    finally:
        with _SITES_LOCK:
            site.n_used -= 1


def _made_site(shipment: Shipment) -> _Site:
    for key in [key for key, site in _SITES.items() if not site.n_used]:
        _SITES.pop(key).close()
    _SITES[shipment.key] = _Site(shipment, Path(get_worker().local_directory) / f"automl-{shipment.key}")
    return _SITES[shipment.key]


def files_of(folder: WorkFolder, task: FoldTask | RankingTask) -> tuple[Path, ...]:
    """Return the files of a task that a model is made of: what a fit writes, and the encoder it learned through."""
    if isinstance(task, RankingTask):
        return ()
    fitted = (
        folder.predictions(task.candidate, task.fold),
        folder.golden(task.candidate, task.fold),
        folder.model(task.candidate, task.fold, family(task.family).suffix),
    )
    if task.encoding == "none":
        return fitted
    encoded = folder.encoded(encoding_key(task.encoding, task.columns), task.fold)
    return (*fitted, encoded / "meta.json", encoded / "encoder.bin")


def _contents(folder: WorkFolder, task: FoldTask | RankingTask) -> dict[str, bytes]:
    """Return what a task left, by its place in the work folder; the fit itself need not lie here any longer."""
    files = files_of(folder, task)
    contents = {str(path.relative_to(folder.path)): path.read_bytes() for path in files}
    for path in files[:FILES_A_FIT]:
        path.unlink()
    return contents


def close_site(key: str) -> None:
    """Remove what a search left on this process."""
    with _SITES_LOCK:
        site = _SITES.pop(key, None)
    if site is not None:
        site.close()
