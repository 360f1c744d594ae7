"""Where two fits of one thread each stop being faster than one fit after another with two threads, by rows and family.

usage: python tests/benchmarks/threads.py [--columns 30] [--iterations 100] [--repeats 3] [ROWS ...]

Both ways fit the same two candidates on the same rows of the binary table of shapes.py; the seconds are those from the
moment when every process has its libraries and rows until the last fit has ended. In turn, so that a busy machine slows
both; the median of the repeats is told. A ratio above 1 means that two threads are faster.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path

import numpy as np
from shapes import table

from automl.models.family import FitRequest
from automl.models.registry import family
from automl.tables.schema import Task

FAMILIES = ("lightgbm", "xgboost", "catboost", "extra_trees")


def fit_some(place: Path, name: str, iterations: int, threads: int, fits: int, barrier: Barrier) -> None:
    """Fit so many candidates, one after another, when every process is ready; wait until all have ended."""
    values, target = np.load(place / "values.npy", mmap_mode="r"), np.load(place / "target.npy")
    implementation, validation = family(name).implementation(), len(target) // 5
    settings = {"iterations": iterations} if family(name).space.get("learning_rate") else {}
    requests = [
        FitRequest(
            values=np.asarray(values[validation:]),
            categorical=(),
            target=target[validation:],
            weight=None,
            valid_values=np.asarray(values[:validation]),
            valid_target=target[:validation],
            valid_weight=None,
            task=Task.BINARY,
            n_classes=2,
            hyperparameters=settings,
            seed=seed,
            threads=threads,
        )
        for seed in range(fits)
    ]
    barrier.wait()
    for request in requests:
        implementation.fit(request)
    barrier.wait()


def seconds(place: Path, name: str, iterations: int, processes: int) -> float:
    """Return how long two fits take: in two processes of one thread, or in one process of two threads."""
    context = get_context("spawn")
    barrier = context.Barrier(processes + 1)
    shape = (1, 1) if processes == 2 else (2, 2)
    workers = [
        context.Process(target=fit_some, args=(place, name, iterations, *shape, barrier)) for _ in range(processes)
    ]
    for worker in workers:
        worker.start()
    barrier.wait()
    begun = time.monotonic()
    barrier.wait()
    taken = time.monotonic() - begun
    for worker in workers:
        worker.join()
    return taken


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", type=int, default=[3_000, 10_000, 30_000, 100_000, 300_000])
    parser.add_argument("--columns", type=int, default=30)
    parser.add_argument("--iterations", type=int, default=100)
    parser.add_argument("--repeats", type=int, default=3)
    given = parser.parse_args()
    for rows in given.rows:
        with tempfile.TemporaryDirectory() as folder:
            frame = table(rows, given.columns, 1)
            target = frame.pop("outcome").astype("category").cat.codes.to_numpy(np.int64)
            np.save(Path(folder) / "values.npy", frame.select_dtypes("number").to_numpy(np.float32))
            np.save(Path(folder) / "target.npy", target)
            for name in FAMILIES:
                taken: dict[int, list[float]] = {2: [], 1: []}
                for _ in range(given.repeats):
                    for processes, each in taken.items():
                        each.append(seconds(Path(folder), name, given.iterations, processes))
                apart, together = statistics.median(taken[2]), statistics.median(taken[1])
                both = f"apart {apart:7.2f} s  together {together:7.2f} s  {apart / together:.2f}"
                print(f"{rows:9,d} rows  {name:24s} {both}", flush=True)
