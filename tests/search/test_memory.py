"""How much memory there is, and who takes too much of it."""

import subprocess
import sys

import psutil
import pytest

from automl.search.memory import MemoryWatch, memory_limit
from automl.search.peaks import Peaks, begin_peak, grown_since
from automl.search.pool import WorkerPool
from automl.search.tasks import FoldTask

MIB = 1024**2


def group(tmp_path, lines, **limits):
    """Lay out control groups: what this process is in, and a limit for each of some folders."""
    membership = tmp_path / "membership"
    membership.write_text(lines)
    for place, limit in limits.items():
        file = tmp_path / "cgroup" / place.replace("__", "/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.with_name(file.name.replace("_max", ".max").replace("_limit", ".limit")).write_text(limit)
    return tmp_path / "cgroup", membership


def test_without_a_group_the_machine_is_the_limit(tmp_path):
    assert memory_limit(None, *group(tmp_path, "")) == psutil.virtual_memory().total


def test_a_group_of_version_2_lowers_it(tmp_path):
    assert memory_limit(None, *group(tmp_path, "0::/job\n", job__memory_max="104857600\n")) == 100 * MIB


def test_the_tightest_of_the_groups_above_counts(tmp_path):
    groups = group(tmp_path, "0::/a/b\n", a__b__memory_max="max\n", a__memory_max="52428800\n", memory_max="83886080\n")
    assert memory_limit(None, *groups) == 50 * MIB


def test_a_group_of_version_1_lowers_it(tmp_path):
    groups = group(tmp_path, "5:cpu:/x\n4:memory:/job\n0::/\n", memory__job__memory_limit_in_bytes="62914560\n")
    assert memory_limit(None, *groups) == 60 * MIB


def test_in_a_container_the_mount_itself_is_the_group(tmp_path):
    assert memory_limit(None, *group(tmp_path, "0::/not/seen/here\n", memory_max="73400320\n")) == 70 * MIB


def test_what_the_user_allows_lowers_it_and_never_raises_it(tmp_path):
    groups = group(tmp_path, "0::/job\n", job__memory_max="104857600\n")
    assert memory_limit(30 * MIB, *groups) == 30 * MIB
    assert memory_limit(900 * MIB, *groups) == 100 * MIB


@pytest.fixture
def hungry():
    """Start processes that hold so many MiB, and return their ids."""
    running = []

    def start(size):
        program = f"import sys; held = b'x' * {size * MIB}; print(flush=True); sys.stdin.read()"
        process = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        running.append(process)
        process.stdout.readline()
        return process.pid

    yield start
    for process in running:
        process.communicate()


def test_the_largest_worker_is_named_where_all_use_too_much(hungry):
    small, large, other = hungry(40), hungry(120), hungry(200)
    assert MemoryWatch(300 * MIB).too_large((small, large), (other,)) == large
    assert MemoryWatch(500 * MIB).too_large((small, large), (other,)) is None


def test_a_worker_that_has_ended_uses_nothing():
    assert MemoryWatch(MIB).too_large((2**22 + 1,), ()) is None


def test_a_worker_that_uses_too_much_is_ended_with_the_reason_and_replaced(nursery, evidence):
    pool = WorkerPool(nursery, 1, evidence.folder.path, memory=10 * MIB)
    try:
        pool.submit(FoldTask(0, 0, "hostile_loop", "native", None, {}, 0, 1, None), 600)
        results = []
        while not results:
            results = pool.wait(1.0)
        assert results[0].status == "ended for using too much memory"
        assert (pool.idle, len(pool.running)) == (1, 0)
    finally:
        pool.close()


def test_a_task_waits_while_another_leaves_it_no_room(nursery, evidence):
    pool = WorkerPool(nursery, 2, evidence.folder.path, memory=psutil.virtual_memory().total)
    pool._peaks.learn("hostile_loop", psutil.virtual_memory().total)
    try:
        for number in range(2):
            pool.submit(FoldTask(number, 0, "hostile_loop", "none", None, {}, 0, 1, None), 600)
        assert pool.idle == 0
        assert [worker.is_busy for worker in pool._workers] == [True, False]
        pool.cancel(0)
        assert pool.wait(0.1) == []
        assert [(worker.task and worker.task.candidate, worker.is_busy) for worker in pool._workers] == [
            (None, False),
            (1, True),
        ]
    finally:
        pool.close()


def test_what_a_fit_takes_is_learned(nursery, evidence):
    pool = WorkerPool(nursery, 1, evidence.folder.path)
    guessed = pool._peaks.expected("linear")
    try:
        pool.submit(FoldTask(0, 0, "linear", "onehot_scaled", None, {}, 0, 1, None), 600)
        results = []
        while not results:
            results = pool.wait(1.0)
        assert results[0].status == "ok"
        assert pool._peaks.expected("linear") == results[0].peak > guessed
    finally:
        pool.close()


def test_the_expected_peak_is_a_guess_by_the_table_until_the_largest_was_seen():
    peaks = Peaks(100)
    assert peaks.expected("lightgbm") == 400
    for seen in (50, 900, 0, 70):
        peaks.learn("lightgbm", seen)
    assert (peaks.expected("lightgbm"), peaks.expected("xgboost")) == (900, 400)


def test_the_peak_of_a_task_is_seen_after_its_memory_was_given_back():
    begun = begin_peak()
    held = b"x" * (80 * MIB)
    del held
    assert 70 * MIB <= grown_since(begun) < 200 * MIB
