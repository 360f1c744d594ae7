"""Clients of the Open Inference protocol (V2) that others wrote work as they are."""

import os

import numpy as np
import pytest
from served_rows import ROW, records


def required(name):
    """Import a client; CI must not go without."""
    if os.environ.get("CI"):
        return __import__(name, fromlist=["_"])
    return pytest.importorskip(name, reason=f"{name} is not installed (pip install 'tritonclient[http]')")


@pytest.fixture(scope="module")
def triton():
    return required("tritonclient.http")


@pytest.fixture
def client(server, triton):
    made = triton.InferenceServerClient(f"127.0.0.1:{server.port}")
    yield made
    made.close()


@pytest.fixture(scope="module")
def expected(server):
    rows = [{name: row[name] for name in ROW} for row in records("telecom_churn")[:20]]
    answers = server.post("/predict", {"records": rows}).json["predictions"]
    return rows, [row["prediction"] for row in answers], [row["proba_Yes"] for row in answers]


def inputs_of(triton, rows, *, binary):
    tensors = []
    for name in ROW:
        values = np.array([[row[name]] for row in rows], dtype=np.object_)
        tensor = triton.InferInput(name, list(values.shape), "BYTES")
        tensor.set_data_from_numpy(values, binary_data=binary)
        tensors.append(tensor)
    return tensors


def test_a_client_sees_that_server_and_model_are_ready(client):
    assert client.is_server_live()
    assert client.is_server_ready()
    assert client.is_model_ready("telecom_churn")
    assert not client.is_model_ready("nobody")


def test_a_client_reads_the_metadata(client):
    assert client.get_server_metadata()["name"] == "automl"
    told = client.get_model_metadata("telecom_churn")
    assert {"name": "monthly_charge", "datatype": "FP64", "shape": [-1, 1]} in told["inputs"]
    assert [each["name"] for each in told["outputs"]] == ["prediction", "proba_No", "proba_Yes"]


@pytest.mark.parametrize("binary", [True, False])
def test_a_client_gets_the_same_predictions(client, triton, expected, binary):
    rows, labels, shares = expected
    wanted = [triton.InferRequestedOutput(name, binary_data=binary) for name in ("prediction", "proba_Yes")]
    answer = client.infer("telecom_churn", inputs_of(triton, rows, binary=binary), outputs=wanted, request_id="7")
    told = answer.as_numpy("prediction").ravel().tolist()
    assert [each.decode() if isinstance(each, bytes) else each for each in told] == labels
    assert answer.as_numpy("proba_Yes").ravel().tolist() == shares
    assert answer.as_numpy("proba_No") is None
    assert answer.get_response()["id"] == "7"


def test_a_client_that_asks_for_nothing_by_name_gets_all_as_bytes(client, triton, expected):
    rows, _, shares = expected
    answer = client.infer("telecom_churn", inputs_of(triton, rows, binary=True))
    assert answer.as_numpy("proba_Yes").shape == (len(rows), 1)
    assert answer.as_numpy("proba_Yes").ravel().tolist() == shares


@pytest.mark.parametrize(("datatype", "kind"), [("FP64", np.float64), ("FP32", np.float32)])
@pytest.mark.parametrize("binary", [True, False])
def test_one_matrix_of_numbers_is_taken_in_the_order_of_the_columns(server, client, triton, datatype, kind, binary):
    rows = records("wine")
    names = [each["name"] for each in client.get_model_metadata("wine")["inputs"]]
    matrix = np.array([[float(row[name]) for name in names] for row in rows], dtype=kind)
    tensor = triton.InferInput("input-0", list(matrix.shape), datatype)
    tensor.set_data_from_numpy(matrix, binary_data=binary)
    answer = client.infer("wine", [tensor]).as_numpy("proba_barolo").ravel().tolist()
    told = server.post("/models/wine/predict", {"records": rows}).json["predictions"]
    assert answer == [row["proba_barolo"] for row in told]


def test_a_client_is_told_what_is_wrong(client, triton):
    from tritonclient.utils import InferenceServerException

    with pytest.raises(InferenceServerException, match="The column 'signup_date' that the model uses is missing"):
        client.infer("telecom_churn", inputs_of(triton, [ROW], binary=True)[1:])
