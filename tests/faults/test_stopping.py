"""A fit that is told to stop: the best so far is kept, nothing better is lost, and nothing stays behind."""

import json
import shutil
import signal

import pytest
from faulty_runs import (
    QUICK,
    assert_all_end,
    family_of,
    left_in,
    run,
    started,
    wait_for_trials,
    wait_until,
    write_table,
)

LONG = ("--time-budget", "10m", *QUICK)


@pytest.fixture
def folder(tmp_path):
    write_table(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory):
    """Return a folder with a complete model, and what a fit left that was to replace it and was told to stop."""
    folder = tmp_path_factory.mktemp("interrupted")
    write_table(folder)
    assert run(folder, "fit", "train.csv", "--target", "churn", "--trials", "2", "--no-report", *QUICK).returncode == 0
    complete = (folder / "train.automl").read_bytes()
    with started(folder, "--overwrite", *LONG) as process:
        wait_for_trials(folder, process, 3)
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=300)
    assert (process.returncode, out) == (143, "train.partial.automl\n")
    assert (folder / "train.automl").read_bytes() == complete
    return folder


def test_an_incomplete_model_goes_beside_a_complete_one(interrupted):
    manifest = json.loads(run(interrupted, "inspect", "train.partial.automl", "--json").stdout)
    assert (manifest["complete"], manifest["stopped_by"], manifest["model"]) == (
        False,
        "SIGTERM",
        "train.partial.automl",
    )
    assert {"train.partial.automl", "train.partial.html"} <= left_in(interrupted)
    assert run(interrupted, "predict", "train.partial.automl", "train.csv").returncode == 0


def test_a_search_that_is_finished_removes_what_it_left_beside_a_complete_model(interrupted, tmp_path):
    folder = shutil.copytree(interrupted, tmp_path / "resumed")
    done = run(folder, "fit", "train.csv", "--target", "churn", "--trials", "4", *QUICK, "--resume", "--overwrite")
    assert (done.returncode, done.stdout) == (0, "train.automl\n"), done.stderr
    assert left_in(folder) == {"train.automl", "train.html"}


def test_a_file_that_is_no_model_is_not_replaced_by_an_incomplete_one(folder):
    (folder / "train.automl").write_text("dear diary")
    with started(folder, "--overwrite", *LONG) as process:
        wait_for_trials(folder, process)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=300)
    assert (process.returncode, out) == (130, "train.partial.automl\n")
    assert (folder / "train.automl").read_text() == "dear diary"


def test_a_stop_leaves_no_process_and_nothing_temporary(folder):
    with started(folder, *LONG) as process:
        wait_for_trials(folder, process)
        family = family_of(process)
        assert family
        process.send_signal(signal.SIGHUP)
        process.communicate(timeout=300)
    assert process.returncode == 129
    assert_all_end(family)
    assert not list((folder / "tmp").iterdir())
    assert not [name for name in left_in(folder) if name.endswith((".tmp", ".lock"))]


def test_a_stop_before_the_search_leaves_nothing(folder):
    with started(folder, *LONG) as process:
        wait_until(lambda: (folder / ".train.automl.lock").exists(), process)
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=300)
    assert (process.returncode, out) == (143, "")
    assert "Stopped before a model could be written" in (folder / "said.txt").read_text()
    assert left_in(folder) == set()


def test_a_second_signal_leaves_at_once_with_nothing_half_written(folder):
    with started(folder, *LONG) as process:
        wait_for_trials(folder, process)
        family = family_of(process)
        process.send_signal(signal.SIGTERM)
        wait_until(lambda: "finishing with the best model" in (folder / "said.txt").read_text(), process)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=300)
    assert process.returncode == 130
    assert_all_end(family)
    assert not [name for name in left_in(folder) if name.endswith((".tmp", ".lock"))]
    if (folder / "train.automl").exists():
        assert run(folder, "predict", "train.automl", "train.csv").returncode == 0
