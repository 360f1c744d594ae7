"""A request that cannot be answered gets a status, a sentence and the name of the field, and the server goes on."""

import http.client
import json
import socket
import time

import pytest
from served_rows import ROW
from serving_processes import running

JSON = "application/json"
BEGUN = b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
V2 = "/v2/models/telecom_churn/infer"


def without(name):
    return {key: value for key, value in ROW.items() if key != name}


REFUSED = {
    "no JSON": ("{", JSON, 400, ""),
    "not UTF-8": (b'{"records": [{"region": "\xff"}]}', JSON, 400, ""),
    "nested without end": ("[" * 100_000, JSON, 400, ""),
    "infinity": ('{"records": [{"data_gb": Infinity}]}', JSON, 400, ""),
    "a list": ("[]", JSON, 422, ""),
    "nothing asked": ({}, JSON, 422, "records"),
    "both forms": ({"records": [], "columns": {}}, JSON, 422, "records"),
    "a misspelled field": ({"record": [ROW]}, JSON, 422, "record"),
    "records of another kind": ({"records": {"a": 1}}, JSON, 422, "records"),
    "a record of another kind": ({"records": [ROW, 5]}, JSON, 422, "records[1]"),
    "a list as a cell": ({"records": [ROW, {**ROW, "region": [1]}]}, JSON, 422, "records[1].region"),
    "half of a character": (
        json.dumps({"records": [ROW | {"region": "\ud800"}]}),
        JSON,
        422,
        "records[0].region",
    ),
    "a missing column": ({"records": [without("contract")]}, JSON, 422, "records[0].contract"),
    "a missing column of columns": (
        {"columns": {key: [value] for key, value in without("plan").items()}},
        JSON,
        422,
        "columns.plan[0]",
    ),
    "columns of two lengths": ({"columns": {"plan": ["a", "b"], "region": ["x"]}}, JSON, 422, "columns.region"),
    "columns of another kind": ({"columns": [1]}, JSON, 422, "columns"),
    "a level above one": ({"records": [ROW], "interval": 9}, JSON, 422, "interval"),
    "a level that is a text": ({"records": [ROW], "interval": "0.9"}, JSON, 422, "interval"),
    "a level that the rows cannot bear": ({"records": [ROW], "interval": 0.99999}, JSON, 422, "interval"),
    "a switch that is a number": ({"records": [ROW], "contributions": 1}, JSON, 422, "contributions"),
    "a form": ("a=1", "application/x-www-form-urlencoded", 415, ""),
    "no table": (b"\x00\x01\x02\x03", "text/csv", 400, ""),
    "an empty table": (b"", "text/csv", 400, ""),
    "a table of other columns": (b"a,b\n1,2\n3,4\n", "text/csv", 422, ""),
    "damaged Arrow": (b"ARROW1 and more", "application/vnd.apache.arrow.file", 400, ""),
    "an Arrow stream of nothing": (b"", "application/vnd.apache.arrow.stream", 400, ""),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_wrong_is_said(server, name):
    body, kind, status, field = REFUSED[name]
    answer = server.post("/predict", body, kind)
    assert (answer.status, answer.error.get("field", "")) == (status, field), answer.body
    assert answer.error["message"].endswith(".")
    assert "Traceback" not in answer.body.decode()
    assert server.get("/health/live").status == 200


def test_a_near_name_of_a_column_is_proposed(server):
    answer = server.post("/predict", {"records": [without("contract") | {"contrat": "two years"}]})
    assert answer.error["hint"] == "Is it called 'contrat'?"


@pytest.mark.parametrize("kind", [JSON, "text/csv"])
def test_a_misspelled_parameter_of_the_address_is_refused(server, kind):
    body = {"records": [ROW]} if kind == JSON else ",".join(ROW) + "\n" + ",".join(map(str, ROW.values())) + "\n"
    answer = server.post("/predict?intreval=0.9", body, kind)
    assert (answer.status, answer.error["field"]) == (422, "intreval")
    assert "interval" in answer.error["hint"]


def test_a_parameter_of_the_address_holds_for_records_too(server):
    answer = server.post("/predict?interval=0.9", {"records": [ROW]})
    assert "prediction_set" in answer.json["predictions"][0]


def tensor(name, data, **more):
    return {"name": name, "shape": [len(data)], "datatype": "BYTES", "data": data} | more


V2_REFUSED = {
    "no inputs": {},
    "inputs of another kind": {"inputs": [1]},
    "no name": {"inputs": [{"shape": [1], "datatype": "BYTES", "data": ["x"]}]},
    "a type that is none": {"inputs": [tensor("plan", ["a"], datatype="TEXT")]},
    "a shape of nothing": {"inputs": [tensor("plan", ["a"], shape=[])]},
    "a shape that goes below zero": {"inputs": [tensor("plan", ["a"], shape=[-1])]},
    "a shape beyond reason": {"inputs": [tensor("plan", ["a"], shape=["9" * 30])]},
    "more values than the shape": {"inputs": [tensor("plan", ["a", "b"], shape=[1])]},
    "data that is none": {"inputs": [tensor("plan", ["a"]) | {"data": 5}]},
    "bytes that are not there": {"inputs": [tensor("plan", ["a"], parameters={"binary_data_size": 9})]},
    "several columns in one of several": {
        "inputs": [tensor("plan", ["a", "b"], shape=[1, 2]), tensor("region", ["x"])]
    },
    "tensors of two lengths": {"inputs": [tensor("plan", ["a", "b"]), tensor("region", ["x"])]},
    "a column that is missing": {"inputs": [tensor("plan", ["a"])]},
    "an output that is none": {
        "inputs": [{"name": "m", "shape": [1, 14], "datatype": "BYTES", "data": [None] * 14}],
        "outputs": [{"name": "sum"}],
    },
}


@pytest.mark.parametrize("name", V2_REFUSED)
def test_what_is_wrong_with_tensors_is_said_as_one_text(server, name):
    answer = server.post(V2, V2_REFUSED[name])
    assert answer.status == 422, answer.body
    assert isinstance(answer.json["error"], str)


def test_a_header_length_beyond_the_body_is_refused(server):
    answer = server.post(V2, "{}", **{"Inference-Header-Content-Length": "99"})
    assert answer.status == 400


@pytest.mark.parametrize("path", ["/models/nobody/predict", "/v2/models/nobody/infer"])
def test_a_model_that_is_not_served_is_not_found(server, path):
    answer = server.post(path, {})
    assert answer.status == 404
    assert "nobody" in answer.body.decode()


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nothing", 404), ("GET", "/predict", 405)])
def test_another_address_is_refused_as_everything_is(server, method, path, status):
    answer = server.ask(method, path)
    assert answer.status == status
    assert answer.error["message"]


def test_a_packed_body_is_not_unpacked(server):
    assert server.post("/predict", b"x", **{"Content-Encoding": "gzip"}).status == 415


@pytest.fixture(scope="module")
def tight(models, tmp_path_factory):
    """A server with little patience and small limits."""
    options = ("--max-body", "20000", "--max-rows", "5", "--timeout", "1s", "--max-waiting", "0")
    with running(tmp_path_factory.mktemp("tight"), models / "telecom_churn.automl", *options) as started:
        yield started


def test_a_body_over_the_limit_is_refused_before_it_is_read(tight):
    answer = tight.post("/predict", b" " * 1_000_000)
    assert answer.status == 413
    assert "20,000 bytes" in answer.error["message"]


def test_a_body_without_a_stated_length_is_refused_where_it_grows_too_large(tight):
    connection = tight.connect()
    chunks = iter([b" " * 10_000] * 5)
    connection.request("POST", "/predict", chunks, {"Content-Type": JSON}, encode_chunked=True)
    assert connection.getresponse().status == 413
    connection.close()


def test_more_rows_than_the_limit_are_refused(tight):
    answer = tight.post("/predict", {"records": [ROW] * 6})
    assert (answer.status, answer.error["message"]) == (413, "A request may bring 5 rows; this one brings 6.")


def test_a_body_that_does_not_arrive_is_given_up(tight):
    with socket.create_connection(("127.0.0.1", tight.port), 30) as slow:
        slow.sendall(
            b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
        )
        assert slow.recv(1_000).startswith(b"HTTP/1.1 408 ")


def test_a_connection_that_asks_nothing_is_closed(tight):
    with socket.create_connection(("127.0.0.1", tight.port), 30) as silent:
        silent.sendall(b"GET /metadata HTTP/1.1\r\nHost: x\r\nSlow: ")
        assert silent.recv(1_000) == b""


def test_a_header_without_end_is_cut(tight):
    with socket.create_connection(("127.0.0.1", tight.port), 30) as endless:
        endless.sendall(b"GET /metadata HTTP/1.1\r\nHost: x\r\n")
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            endless.sendall(b"X: " + b"x" * 100_000_000)


@pytest.mark.parametrize(
    ("asked", "after"),
    [
        (b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n", b"\r\n"),
        (b"POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n", b"x"),
    ],
)
def test_a_byte_after_an_answer_does_not_hold_the_connection(tight, asked, after):
    with socket.create_connection(("127.0.0.1", tight.port), 30) as idle:
        idle.sendall(asked)
        assert idle.recv(10_000).startswith(b"HTTP/1.1 ")
        idle.sendall(after)
        while idle.recv(10_000):
            pass


def test_a_head_in_two_parts_follows_a_large_body(server):
    body = json.dumps({"records": [ROW]}).encode().ljust(100_000)
    head = f"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: {JSON}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", server.port), 30) as connection:
        for _ in range(2):
            connection.sendall(head[:30])
            time.sleep(0.1)
            connection.sendall(head[30:] + body)
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            assert answer.status == 200
            answer.read()


def test_slow_clients_do_not_keep_others_waiting(tight):
    slow = [socket.create_connection(("127.0.0.1", tight.port), 30) for _ in range(200)]
    for each in slow:
        each.sendall(
            b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n"
        )
    assert tight.post("/predict", {"records": [ROW]}).status == 200
    for each in slow:
        each.close()


def test_requests_beyond_the_queue_are_told_to_come_again(tight):
    body = json.dumps({"records": [ROW] * 5, "contributions": True})
    connections = [tight.connect() for _ in range(12)]
    for each in connections:
        each.request("POST", "/predict", body, {"Content-Type": JSON})
    answers = [each.getresponse() for each in connections]
    statuses = {answer.status for answer in answers}
    assert 429 in statuses
    assert statuses <= {200, 429, 503}
    refused = next(answer for answer in answers if answer.status == 429)
    assert refused.getheader("Retry-After") == "1"
    for each in connections:
        each.close()


def test_a_short_request_is_answered_while_long_ones_hold_all_threads(tight):
    body = json.dumps({"records": [ROW] * 5, "contributions": True})
    connections = [tight.connect() for _ in range(12)]
    for each in connections:
        each.request("POST", "/predict", body, {"Content-Type": JSON})
    assert tight.post("/predict", {"records": [ROW]}).status == 200
    assert 429 in {each.getresponse().status for each in connections}
    for each in connections:
        each.close()


def test_a_broken_request_line_is_refused(tight):
    connection = http.client.HTTPConnection("127.0.0.1", tight.port, timeout=30)
    connection.putrequest("GET", "/metadata", skip_host=True)
    connection.endheaders()
    assert connection.getresponse().status in (200, 400)
    connection.close()
    with socket.create_connection(("127.0.0.1", tight.port), 30) as garbage:
        garbage.sendall(b"\x16\x03\x01 no HTTP\r\n\r\n")
        assert garbage.recv(100).startswith(b"HTTP/1.1 400 ")
