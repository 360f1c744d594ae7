"""Requests to a model as they are read, without a server around it."""

import io
import json
from types import SimpleNamespace

import pandas as pd
import pyarrow as pa
import pytest
from served_rows import ROW, SAMPLES

from automl.bundle import load_model
from automl.cli.run import run
from automl.export.mlflow_loader import PyfuncModel
from automl.serving.answers import answer
from automl.serving.hosting import Host
from automl.serving.inference import infer
from automl.serving.media import ARROW_STREAM, question_of
from automl.serving.refusals import RefusedError
from automl.serving.settings import NamedModel

CSV = b"alcohol,ash\n14.2,2.4\n13.2,2.1\n12.9,2.3\n"
RECORDS = {"records": [{"alcohol": 14.2}, {"alcohol": 13.2}, {}]}


def served(path):
    return Host.load([NamedModel("asked", path)], 100).model()


def arrow(table):
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


@pytest.fixture(scope="module")
def churn(models):
    return served(models / "telecom_churn.automl")


@pytest.fixture(scope="module")
def constant(tmp_path_factory):
    """A model that uses no column."""
    output = tmp_path_factory.mktemp("constant") / "wine.automl"
    words = ("--trials", "1", "--families", "constant", "--folds", "2", "--no-report", "--quiet", "--no-log")
    assert run(["fit", str(SAMPLES / "wine.csv"), "--target", "cultivar", "--output", str(output), *words]) == 0
    return SimpleNamespace(path=output, served=served(output))


def asked(model, document):
    return answer(model, question_of(model.asker, "application/json", {}, json.dumps(document).encode()))


def test_a_model_without_columns_answers_every_row_of_each_form(constant):
    of_csv = answer(constant.served, question_of(constant.served.asker, "text/csv", {}, CSV))
    body = arrow(pa.table({"alcohol": [14.2, 13.2, 12.9]}))
    of_arrow = answer(constant.served, question_of(constant.served.asker, ARROW_STREAM, {}, body))
    of_json = asked(constant.served, RECORDS)
    assert (of_json["rows"], of_csv["rows"], of_arrow["rows"]) == (3, 3, 3)
    assert of_json["predictions"] == of_csv["predictions"] == of_arrow["predictions"]
    assert asked(constant.served, {"records": [{}] * 100})["rows"] == 100


def test_a_model_without_columns_answers_every_row_of_a_tensor(constant):
    tensor = {"name": "alcohol", "shape": [3, 1], "datatype": "FP64", "data": [14.2, 13.2, 12.9]}
    told = json.loads(infer(constant.served, json.dumps({"inputs": [tensor]}).encode(), "").content)
    assert {tuple(each["shape"]) for each in told["outputs"]} == {(3, 1)}


def test_a_model_without_columns_answers_every_row_of_mlflow(constant):
    rows = pd.DataFrame({"alcohol": [14.2, 13.2]}, index=[7, 8])
    assert list(PyfuncModel(load_model(constant.path)).predict(rows).index) == [7, 8]


def test_two_tensors_of_one_name_are_refused(churn):
    tensors = [{"name": name, "shape": [1], "datatype": "BYTES", "data": ["x"]} for name in (*ROW, "plan")]
    with pytest.raises(RefusedError, match="Two tensors are called 'plan'") as refused:
        infer(churn, json.dumps({"inputs": tensors}).encode(), "")
    assert refused.value.status == 422


@pytest.mark.parametrize("length", ["0" * 5_000, "9" * 5_000, "-1", "2.0", "3"])
def test_a_header_length_that_is_none_is_refused(churn, length):
    with pytest.raises(RefusedError, match="no number of bytes") as refused:
        infer(churn, b"{}", length)
    assert refused.value.status == 400


def test_a_long_name_of_nested_values_is_not_repeated_for_each_of_them(churn):
    name = "k" * 10_000
    nested = {name: {str(number): number for number in range(2_000)}}
    told = asked(churn, {"records": [ROW | nested]})
    assert told["extra_columns"] == [name]
    assert told["predictions"] == asked(churn, {"records": [ROW]})["predictions"]


def test_columns_of_arrow_that_the_model_does_not_know_are_named_and_change_nothing(churn):
    rows = pa.table({name: [None if value is None else str(value)] for name, value in ROW.items()})
    wide = rows.append_column("moon", pa.array(["full"])).append_column("tide", pa.nulls(1))
    told, of_wide = (answer(churn, question_of(churn.asker, ARROW_STREAM, {}, arrow(each))) for each in (rows, wide))
    assert of_wide["extra_columns"] == ["moon", "tide"]
    assert of_wide["predictions"] == told["predictions"]
    assert of_wide["missing_columns"] == told["missing_columns"]
