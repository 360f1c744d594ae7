"""The run log: real files, and processes that write at once and are killed while they do."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from automl.errors import DataError, WriteError
from automl.operate.run_differences import differences
from automl.operate.run_log import Run, append_run, read_run, read_runs, runs_file

WRITER = """
import sys
from pathlib import Path
from automl.operate.run_log import Run, append_run
for number in range(int(sys.argv[2])):
    run = Run("fit", "2026-01-01T00:00:00+00:00", 1.0, 0, target=f"{sys.argv[3]} {number}")
    append_run(Path(sys.argv[1]), run, patience=60)
    print(number, flush=True)
"""


def run_of(target, **known):
    return Run("fit", "2026-01-01T00:00:00+00:00", 1.5, 0, target=target, **known)


def writer(path, count, name):
    return subprocess.Popen([sys.executable, "-c", WRITER, path, str(count), str(name)], stdout=subprocess.PIPE)


def is_whole(path):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state" / "runs.sqlite"


def test_a_run_comes_back_as_it_was_written(path):
    run = run_of("churn", score=0.84, low=0.8, high=0.9, rows=400, settings={"drop": ["a"], "trials": 3})
    number = append_run(path, run)
    found = read_run(path, number)
    assert found.to_dict() == {**run.to_dict(), "id": number}


def test_runs_are_listed_newest_first(path):
    for target in ("a", "b", "a"):
        append_run(path, run_of(target))
    assert [run.id for run in read_runs(path)] == [3, 2, 1]
    assert [run.id for run in read_runs(path, target="a")] == [3, 1]
    assert [run.id for run in read_runs(path, limit=1)] == [3]


def test_before_the_first_run_there_are_none(path):
    assert read_runs(path) == []
    assert not path.exists()


def test_an_unknown_number_is_refused(path):
    append_run(path, run_of("a"))
    with pytest.raises(DataError, match="no run 7"):
        read_run(path, 7)


def test_a_name_with_bytes_that_are_no_characters_is_recorded(path):
    append_run(path, run_of("churn", data=os.fsdecode(b"caf\xe9.csv"), settings={"data": os.fsdecode(b"caf\xe9.csv")}))
    assert read_run(path, 1).data == r"caf\udce9.csv"


def test_a_file_that_is_something_else_is_left_as_it_is(path):
    path.parent.mkdir()
    path.write_text("notes of mine, a hundred and more characters long\n" * 20)
    before = path.read_bytes()
    with pytest.raises(WriteError, match="not a database"):
        append_run(path, run_of("a"))
    with pytest.raises(DataError, match="not a database"):
        read_runs(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("theirs", ["runs", "diary"])
def test_another_program_s_database_is_left_as_it_is(tmp_path, theirs):
    path = tmp_path / "runs.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"CREATE TABLE {theirs} (mine TEXT)")
        connection.commit()
    before = path.read_bytes()
    with pytest.raises(WriteError, match="another program's database"):
        append_run(path, run_of("a"))
    assert path.read_bytes() == before


def test_a_log_of_a_newer_version_is_left_as_it_is(path):
    append_run(path, run_of("a"))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(WriteError, match="newer version"):
        append_run(path, run_of("b"))


def test_the_file_lies_in_the_folder_for_state(monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", "/state")
    assert runs_file(None) == Path("/state/automl/runs.sqlite")
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    monkeypatch.setenv("HOME", "/home/ann")
    assert runs_file(None) == Path("/home/ann/.local/state/automl/runs.sqlite")
    assert runs_file("here.sqlite") == Path("here.sqlite")


def test_without_a_home_the_place_is_not_known(monkeypatch):
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.delenv("HOME", raising=False)
    with pytest.raises(WriteError, match="HOME"):
        runs_file(None)


def test_processes_that_write_at_once_lose_nothing(path):
    writers = [writer(path, 5, name) for name in range(12)]
    assert [each.wait() for each in writers] == [0] * 12
    for each in writers:
        each.stdout.close()
    assert {run.target for run in read_runs(path)} == {f"{name} {number}" for name in range(12) for number in range(5)}


def test_a_process_killed_while_it_writes_leaves_the_file_whole(path):
    said = 0
    for name in range(4):
        process = writer(path, 100_000, name)
        process.stdout.readline()
        time.sleep(0.05 * name)
        process.send_signal(signal.SIGKILL)
        said += 1 + len(process.stdout.read().splitlines())
        process.stdout.close()
        process.wait()
        assert is_whole(path)
    append_run(path, run_of("after"))
    # What was said is there; the line that a kill came in the middle of may be there, or not.
    assert said <= len(read_runs(path)) - 1 <= said + 4


def test_what_differed_is_named_by_its_place(path):
    first = run_of("churn", rows=10, settings={"trials": 3, "metric": None})
    second = run_of("churn", rows=12, settings={"trials": 5, "metric": None})
    for run in (first, second):
        append_run(path, run)
    found = differences(read_run(path, 1), read_run(path, 2))
    assert [(each.name, each.first, each.second) for each in found] == [("rows", 10, 12), ("settings.trials", 3, 5)]
