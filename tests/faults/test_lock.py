"""Two fits to one output: the second is refused while the first lives."""

import signal

import pytest
from faulty_runs import QUICK, left_in, run, started, wait_for_trials, write_table

SHORT = ("fit", "train.csv", "--target", "churn", "--trials", "2", "--no-report", *QUICK)


LONG = ("--time-budget", "10m", *QUICK)


def test_the_lock_of_a_fit_that_was_killed_is_taken_over(tmp_path):
    write_table(tmp_path)
    with started(tmp_path, *LONG) as process:
        wait_for_trials(tmp_path, process)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert (tmp_path / ".train.automl.lock").exists()
    done = run(tmp_path, *SHORT, "--overwrite")
    assert done.returncode == 0, done.stderr
    assert ".train.automl.lock" not in left_in(tmp_path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("locked")
    write_table(folder)
    return folder


@pytest.fixture(scope="module")
def running(folder):
    with started(folder, *LONG) as process:
        wait_for_trials(folder, process)
        yield process


def test_a_second_fit_to_the_same_output_is_refused_and_names_the_first(folder, running):
    done = run(folder, *SHORT)
    assert (done.returncode, done.stdout) == (75, "")
    assert f"Process {running.pid} is fitting 'train.automl'" in done.stderr
    assert running.poll() is None


def test_another_output_is_free(folder, running):
    assert run(folder, *SHORT, "--output", "other.automl").returncode == 0


def test_a_second_fit_that_would_search_in_the_same_folder_is_refused_and_names_the_first(tmp_path):
    write_table(tmp_path)
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    with started(tmp_path, *LONG, "--output", "a/m.automl", "--work-dir", "D") as process:
        wait_for_trials(tmp_path, process)
        done = run(tmp_path, *SHORT, "--output", "b/m.automl", "--work-dir", "D", "--overwrite")
        assert (done.returncode, done.stdout) == (75, "")
        assert f"Process {process.pid} is searching in 'D/m.automl.work'" in done.stderr
        assert "choose another --work-dir" in done.stderr
        assert process.poll() is None
        assert (tmp_path / "D" / "m.automl.work" / "trials.jsonl").exists()
