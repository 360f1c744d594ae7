"""A worker that dies, hangs or raises is reported and replaced, and the others go on."""

import os
import signal
import time

import pytest

from automl.search.pool import Nursery, WorkerPool
from automl.search.tasks import FoldTask

PATIENCE = 120


@pytest.fixture
def pool(nursery, evidence):
    pool = WorkerPool(nursery, 2, evidence.folder.path)
    yield pool
    pool.close()


def task(family, number=0, fold=0):
    encoding = "onehot_scaled" if family == "linear" else "none"
    return FoldTask(number, fold, family, encoding, None, {}, 0, 1, None)


def results_of(pool, count):
    """Wait until ``count`` results are in; return them by candidate."""
    found, until = {}, time.monotonic() + PATIENCE
    while len(found) < count and time.monotonic() < until:
        found |= {result.candidate: result for result in pool.wait(1.0)}
    assert len(found) == count
    return found


def pids(pool):
    return [worker.pid for worker in pool._workers]


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def assert_ends(*processes):
    """Check that processes that were killed are gone in a moment."""
    until = time.monotonic() + PATIENCE
    while any(map(is_alive, processes)) and time.monotonic() < until:
        time.sleep(0.01)
    assert not any(map(is_alive, processes))


def assert_works(pool):
    """Check that every worker can still do something."""
    assert pool.idle == 2
    pool.submit(task("constant", 7), PATIENCE)
    pool.submit(task("linear", 8), PATIENCE)
    assert {result.status for result in results_of(pool, 2).values()} == {"ok"}


def test_a_task_leaves_predictions_and_a_model(pool, evidence):
    pool.submit(task("linear", 3), PATIENCE)
    assert [each.candidate for each in pool.running] == [3]
    result = results_of(pool, 1)[3]
    assert (result.status, result.stages, pool.running) == ("ok", (0,), ())
    assert evidence.folder.predictions(3, 0).exists()
    assert evidence.folder.model(3, 0, "npz").exists()


@pytest.mark.parametrize(
    ("family", "reason"),
    [
        ("hostile_abort", "its process died"),
        ("hostile_exit", "its process died"),
        ("hostile_raises", "ValueError: this table is not to my taste"),
        ("hostile_memory", "out of memory"),
        ("hostile_nan", "predicted values that are not numbers"),
        ("hostile_rows", "predicted the shape (44, 2) instead of (45, 2)"),
        ("hostile_columns", "predicted the shape (45, 3) instead of (45, 2)"),
        ("hostile_save", "OSError: [Errno 28] No space left on device"),
        ("no_such_family", "KeyError: 'no_such_family'"),
    ],
)
def test_a_failure_is_reported_and_the_others_go_on(pool, family, reason):
    pool.submit(task(family, 1), PATIENCE)
    pool.submit(task("linear", 2), PATIENCE)
    found = results_of(pool, 2)
    assert (found[1].status, found[2].status) == (reason, "ok")
    assert_works(pool)


def test_an_endless_loop_is_stopped_at_its_limit(pool):
    pool.submit(task("hostile_loop", 1), 0.5)
    pool.submit(task("linear", 2), PATIENCE)
    (hanging,) = [worker.pid for worker in pool._workers if worker.task.candidate == 1]
    found = results_of(pool, 2)
    assert (found[1].status, found[2].status) == ("stopped at its time limit", "ok")
    assert found[1].seconds >= 0.5
    assert_ends(hanging)
    assert_works(pool)


def test_a_cancelled_task_has_no_result(pool):
    pool.submit(task("hostile_loop", 1), PATIENCE)
    pool.submit(task("linear", 2), PATIENCE)
    pool.cancel(1)
    assert set(results_of(pool, 1)) == {2}
    assert_works(pool)


def test_a_worker_that_was_killed_while_idle_is_replaced(pool):
    for pid in pids(pool):
        os.kill(pid, signal.SIGKILL)
        assert_ends(pid)
    assert_works(pool)


def test_closing_ends_every_worker(nursery, evidence):
    pool = WorkerPool(nursery, 2, evidence.folder.path)
    pool.submit(task("hostile_loop"), PATIENCE)
    left = pids(pool)
    pool.close()
    assert_ends(*left)


@pytest.mark.slow
def test_workers_end_with_the_process_they_were_forked_from_and_a_new_one_takes_over(evidence):
    nursery = Nursery()
    pool = WorkerPool(nursery, 2, evidence.folder.path)
    try:
        left = pids(pool)
        pool.submit(task("linear", 1), PATIENCE)
        nursery._process.kill()
        nursery._process.wait()
        assert results_of(pool, 1)[1].status in ("its process died", "ok")
        assert_works(pool)
        assert not set(left) & set(pids(pool))
    finally:
        pool.close()
        nursery.close()
