"""Predictions into what does not take them, and by many processes at a time."""

import os
import signal
import subprocess
import sys

import pytest
from faulty_runs import assert_all_end, environment, family_of, run, wait_until, write_table

PREDICT = [sys.executable, "-m", "automl", "predict", "train.automl", "train.csv", "--proba"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with a table and its model."""
    folder = tmp_path_factory.mktemp("predicting")
    write_table(folder, rows=20_000)
    options = ("--families", "constant,linear", "--folds", "2", "--no-report", "--optimize", "speed")
    done = run(folder, "fit", "train.csv", "--target", "churn", "--trials", "2", *options)
    assert done.returncode == 0, done.stderr
    return folder


def start(folder, **streams):
    return subprocess.Popen(PREDICT, cwd=folder, env=environment(folder), text=True, **streams)


def test_many_processes_predict_the_same_from_one_model_file(folder):
    processes = [start(folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(8)]
    answers = [process.communicate() for process in processes]
    assert [process.returncode for process in processes] == [0] * 8, answers
    assert len({out for out, _ in answers}) == 1
    assert len(answers[0][0].splitlines()) == 20_001


def test_a_reader_that_has_seen_enough_ends_it_quietly(folder):
    with start(folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.readline().startswith("prediction")
        process.stdout.close()
        said = process.stderr.read()
    assert process.returncode in (0, 141)
    assert not [line for line in said.splitlines() if "rror" in line or "Traceback" in line], said


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no disk that is always full")
def test_a_disk_that_takes_nothing_is_said(folder):
    with open("/dev/full", "w") as full, start(folder, stdout=full, stderr=subprocess.PIPE) as process:
        said = process.stderr.read()
    assert process.returncode == 74
    assert "error: " in said
    assert "Traceback" not in said


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
@pytest.mark.parametrize("options", [(), ("--isolated",)])
def test_a_signal_ends_it_with_nothing_left_behind(folder, tmp_path, number, options):
    words = [
        sys.executable,
        "-m",
        "automl",
        "predict",
        folder / "train.automl",
        "-",
        "--output",
        "scores.csv",
        *options,
    ]
    streams = {"stdin": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(words, cwd=tmp_path, env=environment(folder), text=True, **streams) as process:
        process.stdin.write("age,city,plan\n30,Rom,a\n")
        process.stdin.flush()
        wait_until(lambda: list(tmp_path.iterdir()), process)
        family = family_of(process)
        process.send_signal(number)
        said = process.stderr.read()
    assert process.returncode == 128 + number
    assert f"error: Ended by {number.name}.\n" in said
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) == []
    assert bool(family) == bool(options)
    assert_all_end(family)
