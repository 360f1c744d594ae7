"""A model read in a process of its own: the same answers, and nothing reached from there."""

import json
import resource
import signal
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from model_files import forge

from automl.bundle import isolated as other_end
from automl.bundle import isolation, load_model
from automl.errors import ModelFileError
from automl.tables import Task


@pytest.mark.parametrize("task", [Task.BINARY, Task.REGRESSION])
def test_the_answers_are_the_same(task, request):
    example = request.getfixturevalue(str(task))
    isolated = load_model(example.path, isolated=True)
    assert isolated.predict(example.table).tolist() == example.expected.values.tolist()
    if task is Task.BINARY:
        assert (isolated.predict_proba(example.table) == example.expected.probabilities).all()
    assert len(isolated.predict(example.table.cells.head(0))) == 0


def test_a_damaged_member_is_refused_there_as_here(binary, tmp_path):
    path = tmp_path / "damaged.automl"
    path.write_bytes(forge(binary.content, {"models/1-0.npz": b"nothing of ours"}))
    messages = set()
    for isolated in (False, True):
        with pytest.raises(ModelFileError) as refused:
            load_model(path, isolated=isolated).predict(binary.table)
        messages.add(refused.value.message)
    assert messages == {f"'{path}' holds a damaged linear model."}


def test_a_file_that_was_exchanged_meanwhile_is_refused(binary, regression, tmp_path):
    path = tmp_path / "model.automl"
    path.write_bytes(binary.content)
    model = load_model(path, isolated=True)
    path.unlink()
    path.write_bytes(regression.content)
    with pytest.raises(ModelFileError, match="was changed while it was read"):
        model.predict(binary.table)


def test_a_process_that_crashes_is_an_error_and_no_crash_of_ours(binary, monkeypatch):
    monkeypatch.setattr(isolation, "_START", "import os; os.abort()")
    with pytest.raises(ModelFileError, match=r"has ended \(SIGABRT\)"):
        load_model(binary.path, isolated=True)


@pytest.mark.parametrize(
    "answer", [b"", b"0too few", b"1[]", b"1{", b"1" + b"[" * 50_000, b"0" * 90_000, b"x" * 200_000]
)
def test_an_answer_that_is_no_prediction_is_an_error(binary, monkeypatch, answer):
    program = (
        "import sys, json; from multiprocessing.connection import Connection; "
        "connection = Connection(json.loads(sys.argv[1])['descriptor']); connection.send_bytes(b'0captured'); "
        f"connection.recv_bytes(); connection.send_bytes({answer[:1]!r} + {answer[1:2]!r} * {len(answer[1:])})"
    )
    monkeypatch.setattr(isolation, "_START", program)
    model = load_model(binary.path, isolated=True)
    with pytest.raises(ModelFileError):
        model.predict(binary.table)


def answering(program):
    """Return a program that says what it may not do, as ours does, and then goes on as given."""
    return (
        "import sys, os, json; from multiprocessing.connection import Connection; "
        f"connection = Connection(json.loads(sys.argv[1])['descriptor']); {program}"
    )


def test_a_process_that_ends_between_two_questions_is_an_error(binary, monkeypatch):
    monkeypatch.setattr(isolation, "_START", answering("connection.send_bytes(b'0ready'); connection.poll(None)"))
    model = load_model(binary.path, isolated=True)
    model._members._process.kill()
    model._members._process.wait()
    with pytest.raises(ModelFileError, match=r"has ended \(SIGKILL\)"):
        model.predict(binary.table)


@pytest.mark.parametrize("answer", [b"", b"13", b"1[]", b"1{"])
def test_a_first_word_that_is_none_is_an_error(binary, monkeypatch, answer):
    monkeypatch.setattr(isolation, "_START", answering(f"connection.send_bytes({answer!r})"))
    with pytest.raises(ModelFileError, match="answered with something that is no prediction"):
        load_model(binary.path, isolated=True)


def test_a_process_that_ends_of_itself_is_an_error(binary, monkeypatch):
    monkeypatch.setattr(isolation, "_START", answering("sys.exit(0)"))
    with pytest.raises(ModelFileError, match=r"has ended\.$"):
        load_model(binary.path, isolated=True)


_ZEROS = "connection.send_bytes(b'0ready'); connection.recv_bytes(); connection.send_bytes(b'0' + bytes({}))"


@pytest.mark.parametrize("rows", [1, 20_000])
def test_as_many_numbers_as_the_rows_have_classes_are_an_answer(binary, monkeypatch, rows):
    monkeypatch.setattr(isolation, "_START", answering(_ZEROS.format(16 * rows)))
    answer = load_model(binary.path, isolated=True)._members.predict(pd.DataFrame({"age": np.zeros(rows)}))
    assert (answer.shape, answer.any()) == ((rows, 2), False)


def test_one_number_more_than_the_rows_have_classes_is_no_answer(binary, monkeypatch):
    monkeypatch.setattr(isolation, "_START", answering(_ZEROS.format(24)))
    with pytest.raises(ModelFileError, match="answered with something that is no prediction"):
        load_model(binary.path, isolated=True)._members.predict(pd.DataFrame({"age": [0.0]}))


def test_nothing_stays_behind_of_a_process_that_does_not_listen(binary, monkeypatch):
    monkeypatch.setattr(
        isolation, "_START", answering("connection.send_bytes(b'0ready'); import time; time.sleep(900)")
    )
    model = load_model(binary.path, isolated=True)
    process = model._members._process
    assert process.poll() is None
    del model
    assert process.returncode == -signal.SIGKILL


def test_members_of_an_isolated_model_are_never_read_here(binary, monkeypatch):
    monkeypatch.setattr(isolation, "_START", answering("connection.send_bytes(b'0ready'); connection.poll(None)"))
    members = load_model(binary.path, isolated=True)._members
    part = members.blend.members[1].models[0]
    for read in (members.read_all, lambda: members._encoder(part.encoder)):
        with pytest.raises(AssertionError, match="in another process alone"):
            read()


def test_no_variable_of_ours_is_handed_on_but_those_it_needs(binary, monkeypatch, tmp_path):
    needed = {name: str(tmp_path) for name in ("HOME", "TMPDIR", "LD_LIBRARY_PATH")}
    needed |= {"LANG": "C", "LC_ALL": "C", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PATH": "/usr/bin"}
    for name, value in {**needed, "DATABASE_PASSWORD": "secret", "PYTHONPATH": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    variables = answering("connection.send_bytes(b'0' + json.dumps(dict(os.environ)).encode())")
    monkeypatch.setattr(isolation, "_START", variables)
    handed_on = json.loads(load_model(binary.path, isolated=True).restrictions)
    handed_on.pop("LC_CTYPE", None)  # which the interpreter sets itself
    assert handed_on == {**needed, "MALLOC_ARENA_MAX": "2"}


def test_an_error_that_is_not_ours_is_named_by_its_kind_alone():
    message, hint = other_end._words(KeyError("a cell of yours"), "model.automl")
    assert message == "'model.automl' cannot be applied: KeyError."
    assert hint


def in_another_process(program, *arguments):
    """Run a program that prints one JSON value; return it."""
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


_CONNECT = """
import ctypes, json, socket, sys
from automl.bundle import isolated
{before}
said = isolated._give_up_network()
try:
    socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=20).close()
    reached = True
except OSError:
    reached = False
print(json.dumps([said, reached]))
"""
_NO_NAMESPACES = "class System:\n  prctl = unshare = lambda self, *_: -1\nctypes.CDLL = lambda *_, **__: System()"


@pytest.mark.parametrize(("before", "how"), [("", "no "), (_NO_NAMESPACES, "no sockets from Python")])
def test_a_server_on_this_machine_is_not_reached(before, how):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        assert in_another_process(_CONNECT.format(before="isolated._give_up_network = str"), port) == ["", True]
        said, reached = in_another_process(_CONNECT.format(before=before), port)
    assert said.startswith(how)
    assert not reached


_USE = """
import json
from automl.bundle import isolated
isolated._limit_resources()
outcomes = []
for use in (lambda: bytearray(5 * 1024**3), lambda: open("written.txt", "w").write("x") and open("written.txt").read()):
    try:
        outcomes.append(str(bool(use())))
    except Exception as error:
        outcomes.append(type(error).__name__)
print(json.dumps(outcomes))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits are set on Linux")
def test_neither_much_memory_nor_a_file_is_to_be_had(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    memory, _ = in_another_process(_USE)
    assert memory == "MemoryError"
    assert (tmp_path / "written.txt").read_text() == ""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="namespaces are Linux's")
def test_who_may_make_no_namespace_of_networks_alone_makes_one_of_users_too(monkeypatch):
    new_users, new_network = 0x10000000, 0x40000000  # <linux/sched.h>
    asked = []

    class System:
        """A kernel as an ordinary user meets it."""

        def prctl(self, *_):
            return 0

        def unshare(self, flags):
            asked.append(flags)
            return 0 if flags & new_users else -1

    monkeypatch.setattr(other_end.ctypes, "CDLL", lambda *_, **__: System())
    monkeypatch.setattr(sys, "addaudithook", asked.append)
    assert other_end._give_up_network().startswith("no network (")
    assert asked == [new_network, new_users | new_network]


def test_where_memory_is_not_known_it_says_that_it_has_no_limit(monkeypatch):
    limited = []

    def refuse(*_, **__):
        raise FileNotFoundError

    monkeypatch.setattr(other_end.resource, "setrlimit", lambda what, limits: limited.append((what, limits)))
    monkeypatch.setattr(Path, "read_text", refuse)
    assert other_end._limit_resources().startswith("no limit of memory")
    assert limited == [(resource.RLIMIT_CORE, (0, 0)), (resource.RLIMIT_FSIZE, (0, 0))]


_GIVEN_UP = """
import ctypes, json, resource
from pathlib import Path
from automl.bundle import isolated
isolated._give_up_network()
pages = int(Path("/proc/self/statm").read_text().split()[0])
isolated._limit_resources()
limits = {name: resource.getrlimit(getattr(resource, f"RLIMIT_{name}")) for name in ("CORE", "FSIZE", "AS")}
signal = ctypes.c_int()
ctypes.CDLL(None).prctl(2, ctypes.byref(signal))
privileges = "NoNewPrivs:\\t1" in Path("/proc/self/status").read_text()
print(json.dumps([limits, pages * resource.getpagesize(), signal.value, privileges]))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits are set on Linux")
def test_what_it_gives_up_it_cannot_take_back():
    limits, used, signal_at_our_end, no_new_privileges = in_another_process(_GIVEN_UP)
    assert limits["CORE"] == limits["FSIZE"] == [0, 0]
    assert limits["AS"][0] == limits["AS"][1]
    assert 4 * 1024**3 <= limits["AS"][0] - used < 4.1 * 1024**3
    assert signal_at_our_end == signal.SIGKILL
    assert no_new_privileges


def test_what_it_may_not_do_is_said(binary):
    assert load_model(binary.path).restrictions == ""
    assert "GB of memory" in load_model(binary.path, isolated=True).restrictions
