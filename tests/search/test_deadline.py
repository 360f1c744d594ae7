"""The budget's clock starts with the process and cannot be moved."""

import ast
import math
import subprocess
import sys
import time
from pathlib import Path

import pytest

import automl
from automl.search.deadline import Deadline, process_start
from automl.search.stop import StopToken


def test_what_is_used_and_what_is_left_make_the_budget():
    deadline = Deadline(time.monotonic() - 40, 100)
    assert deadline.elapsed + deadline.remaining == pytest.approx(100, abs=1e-3)
    assert 40 <= deadline.elapsed < 100


def test_a_budget_that_is_used_up_has_less_than_nothing_left():
    assert Deadline(time.monotonic() - 40, 30).remaining < 0


def test_without_a_budget_there_is_no_end():
    assert Deadline(time.monotonic(), None).remaining == math.inf


def test_a_part_of_the_budget_ends_no_later_than_the_whole():
    deadline = Deadline(time.monotonic() - 40, 100)
    assert deadline.within(10).remaining == pytest.approx(10, abs=0.1)
    assert deadline.within(500).remaining == pytest.approx(60, abs=0.1)
    assert Deadline(time.monotonic() - 40, None).within(10).remaining == pytest.approx(10, abs=0.1)


def test_what_comes_after_is_left_its_time_but_no_more_than_half_of_the_budget():
    deadline = Deadline(100.0, 60.0)
    assert deadline.earlier_by(10.0) == Deadline(100.0, 50.0)
    assert deadline.earlier_by(45.0) == Deadline(100.0, 30.0)


def test_without_a_budget_nothing_is_left_for_what_comes_after():
    assert Deadline(100.0, None).earlier_by(10.0) == Deadline(100.0, None)


def test_a_system_that_does_not_tell_when_a_process_began_is_asked_in_another_way(monkeypatch):
    before = process_start()

    def refuse(*_, **__):
        raise FileNotFoundError

    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_text", refuse)
        assert process_start() == pytest.approx(before, abs=0.5)


def test_the_process_started_before_its_first_line_ran():
    program = (
        "import time; time.sleep(0.3); from automl.search.deadline import process_start; "
        "print(time.monotonic() - process_start())"
    )
    before = time.monotonic()
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert 0.25 < float(done.stdout) <= time.monotonic() - before + 0.05


def test_a_wall_clock_set_back_does_not_move_the_start(monkeypatch):
    before = process_start()
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert process_start() == pytest.approx(before, abs=0.5)


def test_the_first_reason_to_stop_stays():
    stop = StopToken()
    assert stop.requested is None
    stop.request("SIGTERM")
    stop.request("SIGINT")
    assert stop.requested == "SIGTERM"


def test_no_module_but_the_deadlines_own_reads_the_wall_clock_to_measure_time():
    package = Path(automl.__file__).parent
    reading = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Attribute) and node.attr in ("time", "time_ns") and ast.unparse(node.value) == "time")
        or (isinstance(node, ast.ImportFrom) and node.module == "time")
    }
    # Where the system does not say when a process began by a clock that nobody can set, the other one has to do.
    assert reading == {"search/deadline.py"}
