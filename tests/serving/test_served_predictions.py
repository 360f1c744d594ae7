"""What is served is what ``automl predict`` writes, to the last bit, whatever form the rows come in."""

import csv
import io
import json
import re
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from served_rows import SAMPLES, TABLES, records, sample
from serving_processes import Answer

from automl.cli.run import run
from automl.tables import read_table

JSON = "application/json"


@pytest.fixture(scope="module")
def predicted(models):
    """Return what ``automl predict`` writes for the rows of a sample table: rows of texts by column."""

    def predict(name: str, *options: str, data: Path | None = None) -> list[dict[str, str]]:
        output = models / f"{name}-predicted.csv"
        words = ["predict", models / f"{name}.automl", data or sample(name), "--output", output, "--quiet", *options]
        assert run([str(word) for word in words]) == 0
        with output.open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))

    return predict


def as_number(text: str) -> object:
    """Return a text as the number of JSON that it writes, decimal comma or point; or the text."""
    plain = re.sub(r"(?<=\d),(?=\d+$)", ".", text)
    try:
        value = json.loads(plain)
    except ValueError:
        return text
    return value if isinstance(value, int | float) and repr(value) == plain else text


def assert_same(answer: Answer, expected: list[dict[str, str]]) -> None:
    assert answer.status == 200, answer.body
    got = answer.json["predictions"]
    assert len(got) == len(expected)
    for row, wanted in zip(got, expected, strict=True):
        assert set(row) == set(wanted)
        for name, value in row.items():
            assert (value if isinstance(value, str) else float(wanted[name])) == (
                wanted[name] if isinstance(value, str) else value
            ), name


def proba(name: str) -> tuple[str, ...]:
    return () if name == "bike_demand" else ("--proba",)


@pytest.mark.parametrize("name", TABLES)
def test_records_of_json_numbers_are_predicted_as_the_file_is(server, predicted, name):
    rows = [{column: as_number(text) for column, text in row.items()} for row in records(name)]
    answer = server.post(f"/models/{name}/predict", {"records": rows})
    assert_same(answer, predicted(name, *proba(name)))


@pytest.mark.parametrize("name", TABLES)
def test_the_file_itself_is_predicted_as_the_command_does(server, predicted, name):
    answer = server.post(f"/models/{name}/predict", sample(name).read_bytes(), "text/csv")
    assert_same(answer, predicted(name, *proba(name)))


def test_columns_of_texts_are_predicted_as_records_are(server, predicted):
    rows = records("telecom_churn")
    columns = {column: [row[column] for row in rows] for column in rows[0]}
    assert_same(server.post("/predict", {"columns": columns}), predicted("telecom_churn", "--proba"))


def test_a_batch_of_many_rows_is_predicted_as_the_file_is(server, predicted):
    data = SAMPLES / "telecom_churn.csv"
    rows = read_table(data).cells.to_dict("records")
    assert_same(server.post("/predict", {"records": rows}), predicted("telecom_churn", "--proba", data=data))


@pytest.mark.parametrize("kind", ["stream", "file"])
def test_an_arrow_table_is_predicted_as_its_file_is(server, predicted, models, kind):
    table = pa.Table.from_pandas(pd.read_csv(sample("telecom_churn")))
    sink = io.BytesIO()
    opener = pa.ipc.new_stream if kind == "stream" else pa.ipc.new_file
    with opener(sink, table.schema) as writer:
        writer.write_table(table)
    file = models / "rows.arrow"
    file.write_bytes(sink.getvalue())
    answer = server.post("/models/telecom_churn/predict", sink.getvalue(), f"application/vnd.apache.arrow.{kind}")
    assert_same(answer, predicted("telecom_churn", "--proba", data=file))


def test_a_row_alone_is_predicted_as_its_file_alone_is(server, predicted, models):
    first = records("telecom_churn")[0]
    file = models / "first.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(first))
        writer.writeheader()
        writer.writerow(first)
    assert_same(server.post("/predict", {"records": [first]}), predicted("telecom_churn", "--proba", data=file))


def test_bounds_of_a_number_are_those_of_the_command(server, predicted):
    answer = server.post("/models/bike_demand/predict", {"records": records("bike_demand"), "interval": 0.8})
    assert_same(answer, predicted("bike_demand", "--interval", "0.8"))


def test_sets_of_labels_are_those_of_the_command(server, predicted):
    answer = server.post("/models/telecom_churn/predict?interval=0.9", sample("telecom_churn").read_bytes(), "text/csv")
    expected = predicted("telecom_churn", "--interval", "0.9")
    sets = [row["prediction_set"] for row in answer.json["predictions"]]
    assert sets == [json.loads(row["prediction_set"]) for row in expected]
    assert any(sets)


def test_no_rows_are_no_predictions(server):
    answer = server.post("/predict", {"records": []})
    assert (answer.status, answer.json["rows"], answer.json["predictions"]) == (200, 0, [])


def test_what_was_not_understood_of_the_rows_is_said(server):
    row = records("telecom_churn")[0] | {"monthly_charge": "much", "contract": "for ever", "moon": "full"}
    del row["customer_id"]
    said = server.post("/predict", {"records": [row, row]}).json
    assert (said["unparsed"], said["unseen"]) == ({"monthly_charge": 2}, {"contract": 2})
    assert said["extra_columns"] == ["campaign", "moon"]
