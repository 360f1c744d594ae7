"""A search on a real Dask cluster of several processes: the same results as here, whatever happens to its workers."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import distributed
import psutil
import pytest

from automl import load
from automl.cli.run import run
from automl.tables import read_table

DATA = Path(__file__).resolve().parents[2] / "sample_data" / "diabetes.csv"
FIT = (
    "fit",
    str(DATA),
    "--target",
    "disease_progression",
    "--families",
    "linear,lightgbm",
    "--folds",
    "2",
    "--no-report",
    "--quiet",
)


#: The command, which waits less long than usual for a scheduler that was lost to come back.
SOON_GIVEN_UP = "from automl.cli.run import main; from automl.executors import dask; dask._CONNECT_SECONDS = 8; main()"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Two workers of one thread each, in processes of their own that are replaced when they die."""
    place = tmp_path_factory.mktemp("workers")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, local_directory=str(place)
    ) as made:
        made.place = place
        yield made


def fit(output, *words, scheduler=None):
    where = () if scheduler is None else ("--executor", "dask", "--scheduler", scheduler)
    return run([*FIT, "--output", str(output), *words, *where])


def command(cluster, output, *words):
    where = ("--executor", "dask", "--scheduler", cluster.scheduler_address)
    return [sys.executable, "-m", "automl", *FIT, *words, *where, "--output", str(output)]


def workers_of(cluster):
    with distributed.Client(cluster.scheduler_address, set_as_default=False) as client:
        return [pid for pid in client.run(os.getpid, on_error="ignore").values() if isinstance(pid, int)]


def test_the_same_trials_give_the_same_predictions_as_here(cluster, tmp_path):
    assert fit(tmp_path / "there.automl", "--trials", "4", scheduler=cluster.scheduler_address) == 0
    assert fit(tmp_path / "here.automl", "--trials", "4") == 0
    rows = read_table(DATA).cells
    there, here = (load(tmp_path / f"{name}.automl").predict(rows) for name in ("there", "here"))
    assert there.tolist() == here.tolist()


def test_killed_workers_lose_no_finished_trial(cluster, tmp_path):
    over = threading.Event()
    killed = []

    def kill_now_and_then():
        while not over.wait(2.5) and len(killed) < 4:
            for pid in workers_of(cluster)[:1]:
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)

    killer = threading.Thread(target=kill_now_and_then)
    killer.start()
    try:
        code = fit(tmp_path / "killed.automl", "--trials", "8", scheduler=cluster.scheduler_address)
    finally:
        over.set()
        killer.join()
    assert code == 0
    assert killed
    candidates = load(tmp_path / "killed.automl").manifest["candidates"]
    assert len(candidates) == 8
    assert {each["status"] for each in candidates} <= {"ok", "raced out"}


def test_nothing_stays_on_the_workers(cluster, tmp_path):
    assert fit(tmp_path / "model.automl", "--trials", "3", scheduler=cluster.scheduler_address) == 0
    with distributed.Client(cluster.scheduler_address, set_as_default=False) as client:
        client.wait_for_workers(2)
        places = [Path(place) for place in client.run(lambda dask_worker: dask_worker.local_directory).values()]
        children = sum(client.run(lambda: len(psutil.Process().children(recursive=True))).values())
    assert [path for place in places for path in place.glob("automl-*")] == []
    assert children == 0


def test_a_fit_that_nobody_waits_for_any_more_ends(cluster, tmp_path):
    process = subprocess.Popen(
        command(cluster, tmp_path / "left.automl", "--trials", "200"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    with distributed.Client(cluster.scheduler_address, set_as_default=False) as client:
        wait_until(lambda: any(client.processing().values()))
        process.kill()
        process.wait()
        wait_until(lambda: not any(client.processing().values()))
        wait_until(lambda: not any(client.run(lambda dask_worker: len(dask_worker.state.executing)).values()))


def wait_until(is_so):
    end = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.2)


def test_a_time_budget_holds_there_too(cluster, tmp_path):
    subprocess.run(command(cluster, tmp_path / "timed.automl", "--time-budget", "10"), check=True)
    assert load(tmp_path / "timed.automl").manifest["stopped_by"] in ("time_budget", "patience")


def test_a_scheduler_that_is_gone_leaves_the_model_so_far_and_a_search_to_go_on_with(tmp_path):
    with distributed.LocalCluster(n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None) as lost:
        _, _, _, *words = command(lost, tmp_path / "lost.automl", "--trials", "200")
        words = [sys.executable, "-c", SOON_GIVEN_UP, *(each for each in words if each != "--quiet")]
        process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
        log = tmp_path / "lost.automl.work" / "trials.jsonl"
        wait_until(lambda: log.exists() and log.read_text().count('"ok"') > 7)
    said = process.communicate()[1]
    assert process.returncode == 74
    assert "The Dask scheduler is gone" in said
    assert load(tmp_path / "lost.automl").manifest["complete"] is False
    assert log.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--executor", "dask"), "both its kind and its address"),
        (("--scheduler", "tcp://127.0.0.1:1"), "both its kind and its address"),
        (("--executor", "ray"), "no executor 'ray'"),
    ],
)
def test_a_cluster_is_named_by_its_kind_and_its_address(capsys, tmp_path, words, said):
    assert fit(tmp_path / "none.automl", *words) == 2
    assert said in capsys.readouterr().err


def test_a_scheduler_that_does_not_answer_is_one_line(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr("automl.executors.dask._CONNECT_SECONDS", 1)
    assert fit(tmp_path / "none.automl", scheduler="tcp://127.0.0.1:1") == 2
    printed = capsys.readouterr().err
    assert "No Dask scheduler answers at 'tcp://127.0.0.1:1'" in printed
    assert "dask scheduler" in printed


def test_a_missing_library_is_one_line_with_what_to_type(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr("automl.executors.choosing.not_installed", lambda names: tuple(names))
    assert fit(tmp_path / "none.automl", scheduler="tcp://127.0.0.1:1") == 2
    assert "pip install 'automl-cli[dask]'" in capsys.readouterr().err
