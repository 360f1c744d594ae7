"""A model read in a process of its own: the same answers, and nothing reached from there."""

import json
import socket
import subprocess
import sys

import numpy as np
import pytest
from model_files import forge

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


def test_what_it_may_not_do_is_said(binary):
    assert load_model(binary.path).restrictions == ""
    assert "GB of memory" in load_model(binary.path, isolated=True).restrictions


def test_nothing_stays_behind(binary):
    model = load_model(binary.path, isolated=True)
    process = model._members._process
    assert process.poll() is None
    del model
    assert process.wait(60) is not None
    assert np.isfinite(process.returncode)
