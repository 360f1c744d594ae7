"""Two fits to one output: the second is refused while the first lives."""

import signal

import pytest
from faulty_runs import QUICK, left_in, run, started, wait_for_trials, write_table

SHORT = ("fit", "train.csv", "--target", "churn", "--trials", "2", *QUICK)


@pytest.fixture
def folder(tmp_path):
    write_table(tmp_path)
    return tmp_path


@pytest.fixture
def running(folder):
    with started(folder, "--time-budget", "10m", *QUICK) as process:
        wait_for_trials(folder, process)
        yield process


def test_a_second_fit_to_the_same_output_is_refused_and_names_the_first(folder, running):
    done = run(folder, *SHORT)
    assert (done.returncode, done.stdout) == (75, "")
    assert f"Process {running.pid} is fitting 'train.automl'" in done.stderr
    assert running.poll() is None


def test_another_output_is_free(folder, running):
    assert run(folder, *SHORT, "--output", "other.automl").returncode == 0


def test_the_lock_of_a_fit_that_was_killed_is_taken_over(folder, running):
    running.send_signal(signal.SIGKILL)
    running.communicate()
    assert (folder / ".train.automl.lock").exists()
    done = run(folder, *SHORT, "--overwrite")
    assert done.returncode == 0, done.stderr
    assert ".train.automl.lock" not in left_in(folder)
