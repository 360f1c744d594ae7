"""Nothing connects anywhere: a fit and a prediction run where every attempt is written down and refused."""

import subprocess
import sys

import pytest
from faulty_runs import QUICK, environment, run, write_table

_REFUSE = """
import os, sys

def refuse(event, arguments):
    if event in ("socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"):
        with open({place!r}, "a") as attempts:
            attempts.write(event + chr(10))
        raise PermissionError("no network here")

sys.addaudithook(refuse)
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return a folder with a table; Python programs that run there write down each attempt to use the network."""
    write_table(tmp_path)
    hook = tmp_path / "tmp" / "hook"
    hook.mkdir(parents=True)
    (hook / "sitecustomize.py").write_text(_REFUSE.format(place=str(tmp_path / "attempts.txt")))
    monkeypatch.setenv("PYTHONPATH", str(hook))
    return tmp_path


def test_an_attempt_would_be_seen(folder):
    program = "import socket; socket.create_connection(('127.0.0.1', 9), timeout=1)"
    done = subprocess.run([sys.executable, "-c", program], env=environment(folder), capture_output=True, check=False)
    assert done.returncode == 1
    assert "socket." in (folder / "attempts.txt").read_text()


def test_a_fit_its_report_and_a_prediction_connect_nowhere(folder):
    done = run(folder, "fit", "train.csv", "--target", "churn", "--trials", "4", *QUICK)
    assert done.returncode == 0, done.stderr
    assert run(folder, "predict", "train.automl", "train.csv", "--isolated").returncode == 0
    assert not (folder / "attempts.txt").exists()
