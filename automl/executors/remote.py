"""What a process of a Dask cluster does with a task: it hands it to a worker process of its own, which can be killed.

So a task ends at its time limit there as it does on one machine, and a fit that ends its process ends nothing else.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from distributed import get_worker

from automl.models.registry import family
from automl.search.pool import Nursery, WorkerPool
from automl.search.tasks import FILES_A_FIT, FoldTask, RankingTask, TaskResult, WorkFolder, encoding_key

__all__ = ["RemoteResult", "Shipment", "as_it_is", "carry_out", "close_site", "files_of"]

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


class _Site:
    """The work folder of one search on a process of the cluster, and the worker processes that were started there."""

    def __init__(self, shipment: Shipment, place: Path) -> None:
        self.folder = WorkFolder(place)
        self.folder.data.mkdir(parents=True)
        (place / "trials").mkdir()
        for name, content in shipment.files.items():
            (self.folder.data / name).write_bytes(content)
        self._lock = threading.Lock()
        self._nursery = Nursery()
        self._free: list[WorkerPool] = []
        self._n_used = 0

    @property
    def is_used(self) -> bool:
        """Whether a task is under way."""
        return self._n_used > 0

    @contextmanager
    def worker(self) -> Iterator[WorkerPool]:
        """Lend a worker process; as many are started as tasks run at once."""
        with self._lock:
            self._n_used += 1
            pool = self._free.pop() if self._free else WorkerPool(self._nursery, 1, self.folder.path)
        try:
            yield pool
        finally:
            with self._lock:
                self._n_used -= 1
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
    site = _site(shipment)
    with site.worker() as pool:
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


def _site(shipment: Shipment) -> _Site:
    """Return the search's place on this process; what former searches left is removed."""
    with _SITES_LOCK:
        if shipment.key not in _SITES:
            for key in [key for key, site in _SITES.items() if not site.is_used]:
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
