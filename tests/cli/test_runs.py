"""What a fit leaves in the run log, and how ``automl runs`` shows it."""

import hashlib
import json
import os
import random
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing

import pytest

from automl.cli.run import run

FIT = ("--trials", "2", "--families", "constant,linear", "--no-report", "--quiet")


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """Return a folder with a table, two models of it, a fit that failed, and the log of all three."""
    folder = tmp_path_factory.mktemp("recorded")
    draw = random.Random(3)
    lines = (f"{age},{draw.choice('ab')},{'Yes' if age + draw.gauss(0, 9) < 45 else 'No'}" for age in range(18, 81))
    (folder / "train.csv").write_text("age,plan,churn\n" + "\n".join([*lines] * 2) + "\n")
    log = ("--runs", str(folder / "runs.sqlite"))
    for target, output, code in (("churn", "a", 0), ("churn", "b", 0), ("chrun", "c", 3)):
        options = ("--seed", "1") if output == "b" else ()
        words = ("fit", str(folder / "train.csv"), "--target", target, "--output", str(folder / f"{output}.automl"))
        assert run([*words, *FIT, *log, *options]) == code
    return folder


@pytest.fixture
def runs(recorded, automl):
    """Run ``automl runs`` on that log and return its JSON object."""

    def call(*arguments):
        done = automl("runs", *arguments, "--runs", recorded / "runs.sqlite", "--json")
        assert done.code == 0, done.err
        return json.loads(done.out)

    return call


def test_a_fit_leaves_its_settings_its_data_its_score_and_its_output(recorded, runs):
    found = runs("show", 1)
    assert (found["kind"], found["target"], found["exit_code"]) == ("fit", "churn", 0)
    assert (found["rows"], found["columns"], found["metric"], found["stopped_by"]) == (126, 3, "roc_auc", "trials")
    assert found["low"] <= found["score"] <= found["high"]
    assert found["settings"]["trials"] == 2
    assert found["versions"]["automl"]
    assert found["data_sha256"] == hashlib.sha256((recorded / "train.csv").read_bytes()).hexdigest()
    assert found["output_sha256"] == hashlib.sha256((recorded / "a.automl").read_bytes()).hexdigest()


def test_a_fit_that_fails_is_recorded_with_its_exit_code(runs):
    found = runs("show", 3)
    assert (found["target"], found["exit_code"], found["score"], found["output"]) == ("chrun", 3, None, None)


def test_a_run_that_fails_is_recorded_with_the_reason(recorded, automl, runs):
    assert runs("show", 3)["details"] == {"error": "Column 'chrun' is not in train.csv."}
    shown = automl("runs", "show", 3, "--runs", recorded / "runs.sqlite").out
    assert "Column 'chrun' is not in train.csv." in shown


def test_a_reason_holds_no_cell_of_the_table(automl, tmp_path):
    (tmp_path / "people.csv").write_text("age,name\n" + "".join(f"{age},Ann O'Hara\n" for age in range(20, 40)))
    log = ("--runs", tmp_path / "own.sqlite")
    failed = automl("fit", "people.csv", "--target", "name", *FIT, *log)
    assert "Ann O'Hara" in failed.error
    (found,) = json.loads(automl("runs", *log, "--json").out)["runs"]
    assert found["details"]["error"] == "The target 'name' is constant: every row says …"
    assert "Ann" not in json.dumps(found)
    assert b"Hara" not in (tmp_path / "own.sqlite").read_bytes()


def test_a_retraining_that_fails_is_recorded_with_model_and_target(recorded, automl, tmp_path):
    log = ("--runs", tmp_path / "own.sqlite")
    model = recorded / "a.automl"
    assert automl("retrain", model, "nowhere.csv", *log).code == 3
    assert automl("retrain", "none.automl", "nowhere.csv", *log).code == 5
    without, found = json.loads(automl("runs", *log, "--json").out)["runs"]
    assert (found["target"], found["details"]["champion"]) == ("churn", str(model))
    assert found["details"]["error"] == "There is no file 'nowhere.csv'."
    assert (without["target"], without["details"]["error"]) == (None, "There is no model file 'none.automl'.")


def test_a_list_that_is_cut_says_of_how_many(recorded, automl, runs):
    done = automl("runs", "--limit", 2, "--runs", recorded / "runs.sqlite")
    assert "The newest 2 of 3 runs; --limit 3 shows all." in done.err
    cut = runs("list", "--limit", 2)
    assert (len(cut["runs"]), cut["recorded"]) == (2, 3)
    assert runs("list", "--target", "churn", "--limit", 1)["recorded"] == 2
    assert "newest" not in automl("runs", "--runs", recorded / "runs.sqlite").err
    assert "newest" not in automl("runs", "--limit", 2, "--quiet", "--runs", recorded / "runs.sqlite").err


def test_the_newest_are_listed_first(runs):
    assert [each["id"] for each in runs()["runs"]] == [3, 2, 1]
    assert [each["id"] for each in runs("list", "--target", "churn", "--limit", 1)["runs"]] == [2]


def test_comparing_says_what_differed(runs):
    names = {each["name"]: (each["a"], each["b"]) for each in runs("compare", 1, 2)["differences"]}
    assert names["settings.seed"] == (0, 1)
    assert not {"target", "data_sha256", "rows"} & set(names)


def test_the_list_is_a_table_of_text(recorded, automl):
    shown = automl("runs", "--runs", recorded / "runs.sqlite")
    assert shown.code == 0
    assert [line.split()[0] for line in shown.out.splitlines()[2:5]] == ["3", "2", "1"]


@pytest.mark.parametrize("ending", ["csv", "json"])
def test_runs_are_exported(recorded, automl, tmp_path, ending):
    done = automl("runs", "export", "--runs", recorded / "runs.sqlite", "--output", f"runs.{ending}")
    assert done.code == 0
    assert "roc_auc" in (tmp_path / f"runs.{ending}").read_text()


def test_without_an_output_they_are_shown_as_csv(recorded, automl):
    lines = automl("runs", "export", "--runs", recorded / "runs.sqlite").out.splitlines()
    assert len(lines) == 4
    assert lines[0].startswith("id,")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show",), "the number of one run"),
        (("compare", 1), "the numbers of two runs"),
        (("list", 1), "no number"),
        (("export", "--output", "runs.xlsx"), "ending"),
        (("export", "--to", "mlflow"), "needs --output"),
        (("list", "--output", "runs.csv"), "has no --output"),
        (("shwo", 1), "There is no action 'shwo'."),
        (("show", 10**20), "is not in the range"),
        (("list", "--limit", 10**20), "is not in the range"),
    ],
)
def test_wrong_usage_is_said(automl, words, said):
    done = automl("runs", *words)
    assert done.code == 2
    assert said in done.error


def test_an_unknown_run_is_said(recorded, automl):
    assert automl("runs", "show", 9, "--runs", recorded / "runs.sqlite").code == 3


def test_the_environment_names_the_log(recorded, automl, monkeypatch):
    monkeypatch.setenv("AUTOML_RUNS", str(recorded / "runs.sqlite"))
    assert len(json.loads(automl("runs", "--json").out)["runs"]) == 3


def fit_in_a_process(folder, *options, env):
    words = ("fit", folder / "train.csv", "--target", "chrun", "--output", "x.automl", *options)
    return subprocess.run(
        [sys.executable, "-m", "automl", *map(str, words)],
        cwd=folder,
        env={"PATH": os.environ["PATH"], **env},
        capture_output=True,
        text=True,
        check=False,
    )


def test_no_log_leaves_nothing(recorded, tmp_path):
    fit_in_a_process(recorded, "--no-log", env={"HOME": str(tmp_path)})
    assert not list(tmp_path.iterdir())


def test_at_home_it_lies_in_the_folder_for_state(recorded, tmp_path):
    fit_in_a_process(recorded, env={"HOME": str(tmp_path)})
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()] == [
        ".local/state/automl/runs.sqlite"
    ]


@pytest.mark.parametrize("env", [{}, {"XDG_STATE_HOME": "/proc/nowhere"}], ids=["no home", "read-only home"])
def test_a_log_that_cannot_be_written_is_one_note(recorded, env):
    done = fit_in_a_process(recorded, env=env)
    assert done.returncode == 3
    (note,) = (line for line in done.stderr.splitlines() if line.startswith("note: "))
    assert "not recorded" in note
    assert "Traceback" not in done.stderr


def test_a_log_that_others_keep_busy_is_given_up_with_a_note(automl, tmp_path):
    log = tmp_path / "own.sqlite"
    assert automl("fit", "nowhere.csv", "--target", "a", "--runs", log).code == 3
    with closing(sqlite3.connect(log, isolation_level=None, check_same_thread=False)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        released = threading.Timer(20, connection.rollback)
        released.start()
        done = automl("fit", "nowhere.csv", "--target", "a", "--runs", log)
        released.cancel()
    assert "this run is not recorded" in done.err
    assert "database is locked" in done.err
