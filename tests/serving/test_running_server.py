"""The life of a server: files replaced under it, signals, workers, tokens, logs, and what it is not started with."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace

import pytest
from served_rows import ROW
from serving_processes import running

from automl.bundle import Archive
from automl.bundle.archive import write_archive
from automl.evaluation.postprocessing import Postprocessing
from automl.evaluation.thresholds import Threshold
from automl.serving.workers import open_socket

JSON = "application/json"
QUESTION = {"records": [ROW]}


def wait_until(found):
    deadline = time.monotonic() + 120
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def decision(server):
    return server.post("/predict", QUESTION).json["predictions"][0]["prediction"]


@pytest.fixture(scope="module")
def other_model(server, models, tmp_path_factory):
    """Return the same model with a threshold at which it decides otherwise, so that an answer tells which gave it."""
    old = Archive(models / "telecom_churn.automl")
    parts = {name: old.member(name) for name in old.manifest["members"]}
    threshold = Threshold(0.0001 if decision(server) == "No" else 0.9999, "recall", 0.5, 0.5, 0.5, ((0.5, 0.5),))
    postprocessing = replace(Postprocessing.from_dict(json.loads(parts["postprocessing.json"])), threshold=threshold)
    parts["postprocessing.json"] = json.dumps(postprocessing.to_dict()).encode()
    file = tmp_path_factory.mktemp("other") / "other.automl"
    write_archive(file, {**old.manifest, "created": "2030-01-01"}, parts)
    return file


@pytest.fixture(scope="module")
def swapping(models, tmp_path_factory):
    folder = tmp_path_factory.mktemp("swapping")
    shutil.copy(models / "telecom_churn.automl", folder / "model.automl")
    with running(folder, "model.automl") as started:
        yield started, folder


def replace_file(folder, source):
    shutil.copy(source, folder / "new")
    os.replace(folder / "new", folder / "model.automl")


def test_a_replaced_file_answers_without_a_request_lost_and_a_broken_one_is_refused(swapping, models, other_model):
    server, folder = swapping
    old, answers, ended = decision(server), [], threading.Event()
    new = {"No": "Yes", "Yes": "No"}[old]

    def ask():
        connection = server.connect()
        while not ended.is_set():
            connection.request("POST", "/predict", json.dumps(QUESTION), {"Content-Type": JSON})
            answer = connection.getresponse()
            answers.append((answer.status, json.loads(answer.read())["predictions"][0]["prediction"]))
        connection.close()

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        wait_until(lambda: len(answers) > 5)
        replace_file(folder, other_model)
        wait_until(lambda: (200, new) in answers)
        (folder / "broken").write_bytes(other_model.read_bytes()[:-2_000])
        os.replace(folder / "broken", folder / "model.automl")
        wait_until(lambda: server.get("/health/ready").json["refused"] == ["model"])
        seen = len(answers)
        wait_until(lambda: len(answers) > seen + 5)
    finally:
        ended.set()
        asking.join()
    assert {status for status, _ in answers} == {200}
    labels = [label for _, label in answers]
    assert labels == sorted(labels, key=(old, new).index)
    assert set(labels) == {old, new}
    assert "not a model file" in server.get("/metadata").json["refused"]
    assert "the new file is refused, the one before goes on" in server.log.read_text()
    replace_file(folder, models / "telecom_churn.automl")
    wait_until(lambda: server.get("/health/ready").json["refused"] == [])
    assert decision(server) == old


def test_a_file_that_answers_another_question_is_refused(swapping, models):
    server, folder = swapping
    before = server.get("/metadata").json
    replace_file(folder, models / "bike_demand.automl")
    wait_until(lambda: server.get("/health/ready").json["refused"] == ["model"])
    said = server.get("/metadata").json
    assert said["refused"].startswith("It predicts 'rentals' (regression), the one before 'churn' (binary).")
    assert (said["target"], said["loaded_at"]) == (before["target"], before["loaded_at"])
    replace_file(folder, models / "telecom_churn.automl")
    wait_until(lambda: server.get("/health/ready").json["refused"] == [])


def test_an_answer_is_sent_without_waiting_for_the_client_to_acknowledge_its_beginning():
    with open_socket("127.0.0.1", 0) as bound:
        bound.listen()
        with socket.create_connection(bound.getsockname()), bound.accept()[0] as accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_file_that_is_gone_leaves_its_model(swapping):
    server, folder = swapping
    os.rename(folder / "model.automl", folder / "away")
    time.sleep(1.5)
    assert server.post("/predict", QUESTION).status == 200
    os.rename(folder / "away", folder / "model.automl")


def test_a_terminate_signal_lets_a_request_be_answered_and_ends_with_0(models, tmp_path):
    with running(tmp_path, models / "telecom_churn.automl") as server:
        connection = server.connect()
        body = json.dumps({"records": [ROW] * 20, "contributions": True})
        connection.request("POST", "/predict", body, {"Content-Type": JSON})
        wait_until(lambda: b"automl_requests_open" in server.get("/metrics").body)
        server.process.send_signal(signal.SIGTERM)
        answer = connection.getresponse()
        assert (answer.status, len(json.loads(answer.read())["predictions"])) == (200, 20)
        connection.close()
        assert server.process.wait(30) == 0


def test_workers_share_port_and_metrics_one_that_dies_is_started_again_and_an_interrupt_ends_all(models, tmp_path):
    with running(tmp_path, models / "telecom_churn.automl", "--workers", "2") as server:

        def told():
            text = server.get("/metrics").body.decode()
            return {worker for worker in "01" if f'worker="{worker}"' in text}

        wait_until(lambda: told() == {"0", "1"})
        assert server.post("/predict", QUESTION).status == 200
        children = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(server.process.pid)], capture_output=True, text=True, check=True
        ).stdout.split()
        assert len(children) == 2
        os.kill(int(children[0]), signal.SIGKILL)
        server.wait_for_log("it is started again")
        wait_until(lambda: server.log.read_text().count("listening on") == 3)
        assert server.post("/predict", QUESTION).status == 200
        assert server.end(signal.SIGINT) == 130
        assert "Traceback" not in server.log.read_text()


def test_workers_that_still_begin_end_by_a_signal(models, tmp_path):
    with running(tmp_path, models / "wine.automl", "--workers", "2") as server:
        assert server.end() == 0
        with pytest.raises(ConnectionRefusedError):
            server.connect().connect()


@pytest.fixture(scope="module")
def guarded(models, tmp_path_factory):
    folder = tmp_path_factory.mktemp("guarded")
    (folder / "tokens").write_text("first-token-of-the-file\nsecond-token-of-the-file\n")
    (folder / "tokens").chmod(0o600)
    options = ("--token-file", "tokens", "--log-json", "--host", "0.0.0.0")
    with running(folder, models / "telecom_churn.automl", *options) as started:
        yield started


@pytest.mark.parametrize(
    "login",
    [
        "Bearer first-token-of-the-file",
        "bearer second-token-of-the-file",
        "Basic YW5uOnNlY29uZC10b2tlbi1vZi10aGUtZmlsZQ==",
    ],
)
def test_a_token_opens(guarded, login):
    assert guarded.post("/predict", QUESTION, Authorization=login).status == 200


@pytest.mark.parametrize(
    "login", ["", "Bearer", "Bearer first-token", "Basic !!", "Basic YW5u", "first-token-of-the-file", "Bearer \xff"]
)
@pytest.mark.parametrize("path", ["/predict", "/v2/models/telecom_churn/infer"])
def test_nothing_else_opens(guarded, login, path):
    answer = guarded.post(path, QUESTION, **({"Authorization": login} if login else {}))
    assert answer.status == 401
    assert "Bearer" in answer.headers["www-authenticate"]


@pytest.mark.parametrize("path", ["/", "/docs", "/openapi.json", "/metadata", "/metrics", "/models", "/v2/models/wine"])
def test_nothing_of_the_model_is_told_without_a_token(guarded, path):
    assert guarded.get(path).status == 401


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/v2/health/live", "/v2/health/ready"])
def test_an_orchestrator_needs_no_token(guarded, path):
    assert guarded.get(path).status == 200


def test_the_log_is_one_object_a_line_and_holds_no_cell_and_no_token(guarded):
    guarded.post("/predict?interval=0.9", QUESTION, Authorization="Bearer first-token-of-the-file")
    guarded.wait_for_log('"path": "/predict", "status": 200')
    lines = [json.loads(line) for line in guarded.log.read_text().splitlines()]
    asked = next(line for line in lines if line.get("status") == 200 and line["path"] == "/predict")
    assert set(asked) == {"time", "level", "message", "method", "path", "status", "milliseconds", "client"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", asked["time"])
    assert "two years" not in guarded.log.read_text()
    assert "first-token" not in guarded.log.read_text()


def test_a_client_writes_no_line_of_its_own_into_the_log(everywhere):
    everywhere.get("/x%0a2030-01-01T00:00:00Z%20info%20forged")
    everywhere.wait_for_log("forged")
    lines = everywhere.log.read_text().splitlines()
    assert [line for line in lines if line.startswith("2030")] == []
    assert sum("GET /x%0A2030" in line for line in lines) == 1


def serve(folder, *arguments, **more):
    command = [sys.executable, "-m", "automl", "serve", *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60, **more)


@pytest.fixture(scope="module")
def everywhere(models, tmp_path_factory):
    wine = models / "wine.automl"
    with running(tmp_path_factory.mktemp("everywhere"), f"red={wine}", f"white={wine}", "--host", "0.0.0.0") as started:
        yield started


def test_an_address_of_others_without_a_token_is_warned_of(everywhere):
    assert "warning anybody who reaches 0.0.0.0 may ask: there is no --token-file" in everywhere.log.read_text()


def test_a_model_is_served_by_the_name_that_is_given(everywhere):
    assert [each["model"] for each in everywhere.get("/models").json["models"]] == ["red", "white"]
    assert everywhere.get("/metadata").json["model"] == "red"


@pytest.mark.parametrize(
    ("mode", "content", "said"),
    [
        (0o644, "a-token-that-is-long-enough", "Others may read or change"),
        (0o620, "a-token-that-is-long-enough", "Others may read or change"),
        (0o600, "short", "at least 16 characters"),
        (0o600, "\n", "one token a line"),
        (0o600, "a-token-that-is-long-enough\n" * 50_000, "more than 1,048,576 bytes"),
    ],
)
def test_a_token_file_that_is_none_is_refused(tmp_path, mode, content, said):
    (tmp_path / "tokens").write_text(content)
    (tmp_path / "tokens").chmod(mode)
    done = serve(tmp_path, "x.automl", "--token-file", "tokens")
    assert done.returncode == 2
    assert said in done.stderr


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_model_that_is_none_is_said_once_and_exits_with_5(tmp_path, workers):
    (tmp_path / "x.automl").write_text("no model")
    done = serve(tmp_path, "x.automl", "--port", "0", "--workers", workers)
    assert (done.returncode, done.stderr.count("error:")) == (5, 1)


def test_two_models_of_one_name_are_refused(tmp_path):
    assert "Two models are called 'wine'" in serve(tmp_path, "wine.automl", "old/wine.automl").stderr


def test_a_port_that_is_taken_is_said(server, models, tmp_path):
    done = serve(tmp_path, models / "wine.automl", "--port", server.port)
    assert done.returncode == 2
    assert f"Cannot listen on 127.0.0.1 port {server.port}" in done.stderr


def test_without_the_extra_one_line_says_how_to_install_it():
    hidden = "import sys, importlib.util as u; real = u.find_spec; "
    hidden += "u.find_spec = lambda name, *more: None if name == 'uvicorn' else real(name, *more); "
    hidden += "from automl.cli.run import run; sys.exit(run(['serve', 'x.automl']))"
    done = subprocess.run([sys.executable, "-c", hidden], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "error: Serving needs uvicorn, which is not installed.",
        "hint: Type: pip install 'automl-cli[serve]'",
    ]
