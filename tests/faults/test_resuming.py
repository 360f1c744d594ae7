"""A fit that was killed goes on: nothing that was finished is lost or counted twice, and nothing else is mixed in."""

import json
import random
import shutil
import signal
import time

import pytest
from faulty_runs import QUICK, finished_trials, left_in, run, said, started, wait_for_trials, write_table

TARGET = ("fit", "train.csv", "--target", "churn")
LONG = ("--time-budget", "10m", *QUICK)
SHORT = ("--time-budget", "5", *QUICK)
COUNTED = ("--trials", "7", "--seed", "3", "--no-report", *QUICK)


@pytest.fixture
def folder(tmp_path):
    write_table(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def left_by_a_kill(tmp_path_factory):
    """Return a folder with what a fit leaves that was killed after some candidates."""
    folder = tmp_path_factory.mktemp("killed")
    write_table(folder)
    with started(folder, *LONG) as process:
        wait_for_trials(folder, process, 5)
        process.kill()
        process.wait()
    assert (folder / "train.automl.work" / "trials.jsonl").exists()
    return folder


@pytest.fixture
def killed(left_by_a_kill, tmp_path):
    """Return a copy of that folder, to go on in or to change."""
    return shutil.copytree(left_by_a_kill, tmp_path / "killed")


def candidates_of(folder, model="train.automl"):
    manifest = json.loads(run(folder, "inspect", model, "--json").stdout)
    return [(each["family"], json.dumps(each["hyperparameters"]), each["score"]) for each in manifest["candidates"]]


def assert_none_lost_or_doubled(before, folder):
    after = candidates_of(folder)
    for family, hyperparameters, loss in before:
        found = [score for name, values, score in after if (name, values) == (family, hyperparameters)]
        assert len(found) == 1
        # The metric of these tables is roc_auc, whose loss is what is missing to 1.
        assert found[0] == pytest.approx(1 - loss)


def test_a_killed_search_goes_on_with_every_candidate_it_had_finished(killed):
    before = finished_trials(killed)
    assert len(before) >= 4
    done = run(killed, *TARGET, *SHORT, "--resume")
    assert (done.returncode, done.stdout) == (0, "train.automl\n"), done.stderr
    assert "Going on with the search in 'train.automl.work'" in done.stderr
    assert_none_lost_or_doubled(before, killed)
    assert left_in(killed) == {"train.automl", "train.html"}


def test_a_search_by_time_goes_on_by_count_with_every_candidate_it_had_finished(killed):
    before = finished_trials(killed)
    done = run(killed, *TARGET, "--trials", str(len(before) + 2), *QUICK, "--no-report", "--resume")
    assert done.returncode == 0, done.stderr
    assert_none_lost_or_doubled(before, killed)
    manifest = json.loads(run(killed, "inspect", "train.automl", "--json").stdout)
    assert (manifest["stopped_by"], manifest["trials"]) == ("trials", len(before) + 2), done.stderr


@pytest.mark.slow
def test_a_search_by_count_ends_as_if_it_had_never_been_killed(folder):
    with started(folder, *COUNTED) as process:
        wait_for_trials(folder, process, 3)
        process.kill()
        process.wait()
    before = finished_trials(folder)
    assert run(folder, *TARGET, *COUNTED, "--resume").returncode == 0
    assert_none_lost_or_doubled(before, folder)
    assert run(folder, *TARGET, *COUNTED, "--output", "whole.automl").returncode == 0
    assert candidates_of(folder) == candidates_of(folder, "whole.automl")
    predictions = [
        run(folder, "predict", name, "train.csv", "--proba").stdout for name in ("train.automl", "whole.automl")
    ]
    assert predictions[0] == predictions[1]


def test_a_candidate_whose_first_fold_did_not_survive_is_fitted_on_it_again(killed):
    before = finished_trials(killed)
    for place in (killed / "train.automl.work" / "trials").glob("1-0.*"):
        place.write_bytes(b"")
    done = run(killed, *TARGET, "--trials", str(len(before)), *QUICK, "--no-report", "--resume")
    assert done.returncode == 0, done.stderr
    assert_none_lost_or_doubled(before, killed)


def test_without_resume_a_search_that_was_found_is_named_and_stays(killed):
    done = run(killed, *TARGET, *SHORT)
    assert (done.returncode, done.stdout) == (2, "")
    assert "An unfinished search lies in 'train.automl.work'" in done.stderr
    assert "--resume" in done.stderr
    assert len(finished_trials(killed)) >= 4


def test_overwrite_begins_again(killed):
    done = run(killed, *TARGET, "--trials", "2", *QUICK, "--no-report", "--overwrite")
    assert done.returncode == 0, done.stderr
    assert len(candidates_of(killed)) == 2


def test_a_changed_table_is_refused_with_what_changed_and_the_search_stays(killed):
    before = finished_trials(killed)
    write_table(killed, rows=401)
    done = run(killed, *TARGET, *SHORT, "--resume")
    assert done.returncode == 3
    assert "it has 401 rows instead of 400" in done.stderr
    assert finished_trials(killed) == before


def test_another_target_is_refused(killed):
    done = run(killed, "fit", "train.csv", "--target", "plan", *SHORT, "--resume")
    assert done.returncode == 3
    assert "was begun for the target 'churn', not 'plan'" in done.stderr


def test_another_option_that_changes_the_search_is_refused(killed):
    done = run(killed, *TARGET, *SHORT, "--metric", "log_loss", "--resume")
    assert done.returncode == 2
    assert "was begun without --metric, not with --metric log_loss" in done.stderr


def test_a_number_of_zero_is_told_as_one_that_was_given(killed):
    done = run(killed, *TARGET, *SHORT, "--seed", "7", "--resume")
    assert done.returncode == 2
    assert "was begun with --seed 0, not with --seed 7" in done.stderr


@pytest.mark.parametrize("how", ["--resume", "--overwrite"])
def test_the_search_of_another_output_of_the_same_name_is_refused_and_stays(killed, how):
    before = finished_trials(killed)
    (killed / "other").mkdir()
    done = run(killed, *TARGET, *SHORT, "--output", "other/train.automl", "--work-dir", ".", how)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"is for '{killed / 'train.automl'}', not 'other/train.automl'" in done.stderr
    assert "Choose another --work-dir" in done.stderr
    assert finished_trials(killed) == before


def test_where_there_is_nothing_to_go_on_with_a_search_begins_and_its_end_is_final(folder):
    bounded = ("--trials", "2", *QUICK, "--no-report", "--resume")
    assert run(folder, *TARGET, *bounded).returncode == 0
    complete = (folder / "train.automl").read_bytes()
    again = run(folder, *TARGET, *bounded)
    assert (again.returncode, again.stdout) == (0, "train.automl\n")
    assert "is complete already" in again.stderr
    assert (folder / "train.automl").read_bytes() == complete
    write_table(folder, rows=401)
    assert run(folder, *TARGET, *bounded).returncode == 3


def test_a_stopped_search_replaces_its_own_incomplete_model_when_it_goes_on(folder):
    with started(folder, *LONG) as process:
        wait_for_trials(folder, process, 3)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=300)
    assert "--resume goes on with it" in said(folder)
    plain = run(folder, *TARGET, *SHORT)
    assert (plain.returncode, plain.stdout) == (2, "")
    assert "hint: Add --resume to go on with the search in 'train.automl.work'" in plain.stderr
    done = run(folder, *TARGET, "--trials", str(len(finished_trials(folder)) + 2), *QUICK, "--resume")
    assert (done.returncode, done.stdout) == (0, "train.automl\n"), done.stderr
    assert json.loads(run(folder, "inspect", "train.automl", "--json").stdout)["complete"]
    assert left_in(folder) == {"train.automl", "train.html"}


def test_a_folder_of_the_users_own_is_not_emptied(folder):
    (folder / "train.automl.work").mkdir()
    (folder / "train.automl.work" / "thesis.txt").write_text("three years")
    done = run(folder, *TARGET, "--trials", "2", *QUICK)
    assert done.returncode == 2
    assert (folder / "train.automl.work" / "thesis.txt").exists()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_kills_at_random_moments_lose_nothing(folder, seed):
    draw = random.Random(seed)
    for _ in range(2):
        with started(folder, "--time-budget", "10m", *QUICK, "--resume") as process:
            wait_for_trials(folder, process, 1)
            time.sleep(draw.uniform(0, 2))
            process.kill()
    before = finished_trials(folder)
    done = run(folder, *TARGET, "--time-budget", "4", *QUICK, "--no-report", "--resume")
    assert done.returncode == 0, done.stderr
    assert_none_lost_or_doubled(before, folder)
    assert run(folder, "predict", "train.automl", "train.csv").returncode == 0
