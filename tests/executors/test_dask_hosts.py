"""A search on a Dask cluster of several hosts: network namespaces, each with its own addresses and its own loopback."""

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import uuid4

import psutil
import pytest

from automl import load
from automl.tables import read_table

DATA = Path(__file__).resolve().parents[2] / "sample_data" / "diabetes.csv"
FIT = ("fit", str(DATA), "--target", "disease_progression", "--families", "linear,lightgbm", "--trials", "8")
HEAD = "10.77.0.1"
SCHEDULER = f"tcp://{HEAD}:8786"


@pytest.fixture
def hosts() -> Iterator[tuple[str, str, str]]:
    """Three namespaces, of which the first is the switch between the two others; there is no other network."""
    names = tuple(f"automl-{uuid4().hex[:6]}-{each}" for each in "abc")
    if shutil.which("ip") is None or subprocess.run(["ip", "netns", "add", names[0]], capture_output=True).returncode:
        pytest.skip("network namespaces need root, and the command 'ip' of iproute2")
    try:
        head, *others = names
        inside(head, "ip link add switch type bridge")
        for at, name in enumerate(others, start=2):
            subprocess.run(["ip", "netns", "add", name], check=True)
            inside(head, f"ip link add port{at} type veth peer name cable netns {name}")
            inside(head, f"ip link set port{at} master switch up")
            configure(name, "cable", f"10.77.0.{at}/24")
        configure(head, "switch", f"{HEAD}/24")
        yield names
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "del", name], capture_output=True)


def configure(host: str, link: str, address: str) -> None:
    inside(host, f"ip address add {address} dev {link}")
    inside(host, f"ip link set {link} up")
    inside(host, "ip link set lo up")


def inside(host: str, command: str) -> None:
    subprocess.run(on(host, *command.split()), check=True)


def on(host: str, *command: str) -> list[str]:
    return ["ip", "netns", "exec", host, *command]


@contextmanager
def running(command: list[str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def worker_below(nanny: subprocess.Popen[bytes]) -> psutil.Process | None:
    """Return the process that computes, once it has its own threads running."""
    below = psutil.Process(nanny.pid).children(recursive=True)
    return next((each for each in below if "spawn_main" in " ".join(each.cmdline())), None)


@pytest.mark.slow
def test_two_hosts_of_which_one_loses_its_workers_come_to_what_one_machine_does(hosts, tmp_path):
    head, *others = hosts
    dask = [sys.executable, "-m", "dask"]
    words = ["--no-report", "--quiet", "--no-log"]
    with ExitStack() as stack:
        begin = [*dask, "scheduler", "--host", HEAD, "--port", "8786", "--no-dashboard"]
        stack.enter_context(running(on(head, *begin), tmp_path))
        join = [*dask, "worker", SCHEDULER, "--nthreads", "1", "--nworkers", "1", "--no-dashboard"]
        nannies = [stack.enter_context(running(on(host, *join), tmp_path)) for host in others]
        there = ["--executor", "dask", "--scheduler", SCHEDULER, "--output", str(tmp_path / "there.automl")]
        fit = stack.enter_context(
            running(on(head, sys.executable, "-m", "automl", *FIT, *there, *words), tmp_path),
        )
        killed = 0
        while fit.poll() is None:
            time.sleep(3)
            if killed < 3 and (worker := worker_below(nannies[0])) is not None:
                worker.kill()
                killed += 1
        assert fit.returncode == 0
    assert killed
    here = [sys.executable, "-m", "automl", *FIT, "--output", str(tmp_path / "here.automl"), *words]
    subprocess.run(here, check=True)
    models = [load(tmp_path / f"{name}.automl") for name in ("there", "here")]
    assert [len(model.manifest["candidates"]) for model in models] == [8, 8]
    assert {each["status"] for each in models[0].manifest["candidates"]} <= {"ok", "raced out"}
    rows = read_table(DATA).cells
    first, second = (model.predict(rows).tolist() for model in models)
    assert first == second
