"""What is handed over by the workers of a cluster: a result that comes late, from workers that die or stand still."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import distributed
import pytest

from automl.errors import UsageError
from automl.executors import dask
from automl.executors.dask import DaskPool, open_cluster
from automl.executors.remote import RemoteResult
from automl.search.tasks import FoldTask, TaskResult

#: Longer than any patience for a connection.
LONG = 5.5

#: A process of Dask in which no automl can be imported.
WITHOUT_AUTOML = "import sys; sys.modules['automl'] = None; from distributed.cli.{0} import main; main()"
WITH_AUTOML = "from distributed.cli.{0} import main; main()"


class HardToSend(Mapping[str, bytes]):
    """No files, which take long to be sent the first time, or end the process that sends them."""

    def __init__(self, how: str, begun: Path) -> None:
        self._how, self._begun = how, begun

    def __reduce__(self):
        if not self._begun.exists():
            self._begun.touch()
            if self._how == "killed":
                os.kill(os.getpid(), signal.SIGKILL)
            time.sleep(LONG)
        return dict, ()

    def __getitem__(self, name: str) -> bytes:
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def carried_out(shipment, task, limit):
    """Do nothing, at once but where it is done again."""
    result = TaskResult(task.candidate, task.fold, "ok", 0.0)
    begun = Path(task.hyperparameters["begun"])
    if begun.exists():
        time.sleep(LONG)
        return RemoteResult(result)
    return RemoteResult(result, HardToSend(task.family, begun))


@pytest.fixture(scope="module")
def client():
    """A client of two workers of one thread each, in processes of their own that are replaced when they die."""
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        open_cluster(cluster.scheduler_address) as opened,
    ):
        yield opened


@pytest.fixture
def pool(client, monkeypatch, tmp_path):
    monkeypatch.setattr(dask, "carry_out", carried_out)
    (tmp_path / "data").mkdir()
    made = DaskPool(client, tmp_path)
    yield made
    made.close()


def send(pool, number, how, limit=float("inf")):
    """Return the file that is written once the result is being sent."""
    begun = pool._folder.path / f"{number}.begun"
    pool.submit(FoldTask(number, 0, how, "none", None, {"begun": str(begun)}, 0, 1, None), limit)
    return begun


def wait_for(path):
    end = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < end
        time.sleep(0.05)


def received(pool):
    """Return what came of every task, in the order in which it came."""
    results = []
    end = time.monotonic() + 60
    while pool.running:
        assert time.monotonic() < end
        results += pool.wait(0.5)
    return [(result.candidate, result.status) for result in results]


def test_a_result_whose_worker_dies_while_it_hands_it_over_is_made_again(pool):
    send(pool, 1, "killed")
    assert received(pool) == [(1, "ok")]


def test_a_result_that_takes_long_to_arrive_is_kept_though_its_limit_passes_meanwhile(pool, monkeypatch):
    monkeypatch.setattr(dask, "_GRACE", 1.0)
    send(pool, 1, "slow", limit=1.0)
    assert received(pool) == [(1, "ok")]


def test_a_result_is_asked_for_again_where_the_connection_is_lost_on_the_way(client, pool):
    wait_for(send(pool, 1, "slow"))

    async def lose_connections():
        for connection in [each for used in client.rpc.occupied.values() for each in used]:
            connection.abort()

    client.sync(lose_connections)
    assert received(pool) == [(1, "ok")]


def test_a_worker_that_stands_still_does_not_hold_up_the_end(client, pool, monkeypatch):
    monkeypatch.setattr(dask, "_CLOSE_SECONDS", 0.5)
    pid, *_ = client.run(os.getpid).values()
    os.kill(pid, signal.SIGSTOP)
    try:
        pool.close()
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.mark.parametrize("bare", ["scheduler", "worker"])
def test_a_place_without_automl_is_named_with_what_to_do(tmp_path, bare):
    address = tmp_path / "scheduler.json"
    processes = [
        subprocess.Popen(
            [
                sys.executable,
                "-c",
                (WITHOUT_AUTOML if kind == bare else WITH_AUTOML).format(f"dask_{kind}"),
                *("--scheduler-file", str(address), "--no-dashboard"),
                *words,
            ],
            cwd=tmp_path,
            stderr=subprocess.DEVNULL,
        )
        for kind, words in (("scheduler", ("--port", "0")), ("worker", ("--no-nanny", "--nthreads", "1")))
    ]
    try:
        wait_for(address)
        with pytest.raises(UsageError, match=rf"The Dask {bare}.* has no automl") as raised, open_cluster(str(address)):
            pass
    finally:
        for process in reversed(processes):
            process.kill()
            process.wait()
    assert "Install the same version" in raised.value.hint
