"""What the server tells of itself and its models: metadata, description, metrics, and the reasons of predictions."""

import json
import math

import pytest
from served_rows import ROW, records, sample

from automl.cli.run import run


def test_metadata_tell_what_is_predicted_from_what_and_how_well(server):
    told = server.get("/metadata").json
    assert (told["model"], told["target"], told["task"], told["labels"]) == (
        "telecom_churn",
        "churn",
        "binary",
        ["No", "Yes"],
    )
    kinds = {column["name"]: column["kind"] for column in told["columns"]}
    assert (kinds["contract"], kinds["monthly_charge"], kinds["signup_date"]) == ("category", "numeric", "datetime")
    assert told["estimate"]["metric"] == "roc_auc"
    assert told == server.get("/models/telecom_churn/metadata").json
    assert [each["model"] for each in server.get("/models").json["models"]] == ["telecom_churn", "bike_demand", "wine"]


def test_the_server_tells_that_it_lives_and_is_ready(server):
    assert server.get("/health/live").json == {"status": "live"}
    assert server.get("/health/ready").json["models"] == ["telecom_churn", "bike_demand", "wine"]


def test_the_examples_of_the_description_are_answered(server):
    interface = server.get("/openapi.json").json
    answered = 0
    for path, methods in interface["paths"].items():
        content = methods.get("post", {}).get("requestBody", {}).get("content", {}).get("application/json", {})
        examples = [each["value"] for each in content.get("examples", {}).values()]
        for example in [*examples, *([content["example"]] if "example" in content else [])]:
            answer = server.post(path, example)
            assert answer.status == 200, (path, answer.body)
            answered += 1
    assert answered == 2 + 3 * 3


def test_the_description_has_every_column_with_its_types_and_an_example(server):
    schemas = server.get("/openapi.json").json["components"]["schemas"]
    columns = schemas["telecom_5f_churnRequest"]["properties"]["records"]["items"]["properties"]
    assert list(columns) == [column["name"] for column in server.get("/metadata").json["columns"]]
    assert columns["monthly_charge"]["type"] == ["number", "string", "null"]
    assert isinstance(columns["monthly_charge"]["examples"][0], float)
    assert "'two years'" in columns["contract"]["description"]
    predictions = schemas["telecom_5f_churnAnswer"]["properties"]["predictions"]["items"]["properties"]
    assert list(predictions) == ["prediction", "proba_No", "proba_Yes", "prediction_set", "reasons"]


def test_contributions_are_those_of_the_command_and_add_up(server, models, capsys):
    rows = records("telecom_churn")[:3]
    file = models / "three.csv"
    lines = sample("telecom_churn").read_text(encoding="utf-8").splitlines()[:4]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    capsys.readouterr()
    assert run(["explain", str(models / "telecom_churn.automl"), str(file), "--rows", "0:3", "--json"]) == 0
    expected = json.loads(capsys.readouterr().out)["rows"]
    got = server.post("/predict", {"records": rows, "contributions": True}).json["predictions"]
    for told, wanted in zip(got, expected, strict=True):
        assert told["reasons"]["contributions"] == wanted["contributions"]
        assert (told["reasons"]["base"], told["reasons"]["label"]) == (wanted["base"], wanted["label"])
        total = told["reasons"]["base"] + sum(told["reasons"]["contributions"].values())
        assert told["reasons"]["space"] == "log_odds"
        assert 1 / (1 + math.exp(-total)) == pytest.approx(told["proba_Yes"])


def test_contributions_of_too_many_rows_are_refused(server):
    answer = server.post("/predict", {"records": [ROW] * 101, "contributions": True})
    assert (answer.status, answer.error["field"]) == (413, "contributions")


def metrics(server):
    """Return the metrics by name and labels, as the format's own reader understands them where it is installed."""
    text = server.get("/metrics").body.decode()
    found = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            name, _, value = line.rpartition(" ")
            found[name] = float(value)
    return text, found


def test_metrics_count_requests_rows_and_cells(server):
    _, before = metrics(server)
    answered = 'automl_requests_total{endpoint="predict",model="telecom_churn",status="200",worker="0"}'
    refused = 'automl_requests_total{endpoint="predict",model="telecom_churn",status="422",worker="0"}'
    rows = 'automl_rows_total{model="telecom_churn",worker="0"}'
    cells = 'automl_cells_{}_total{{model="telecom_churn",column="{}",worker="0"}}'
    odd = ROW | {"monthly_charge": "much", "contract": "for ever", "payment_method": None}
    server.post("/predict", {"records": [odd] * 3})
    server.post("/predict", {"records": [5]})
    _, after = metrics(server)

    def grown(name):
        return after[name] - before.get(name, 0)

    assert (grown(answered), grown(refused), grown(rows)) == (1, 1, 3)
    assert grown(cells.format("missing", "payment_method")) == 3
    assert grown(cells.format("unparsed", "monthly_charge")) == 3
    assert grown(cells.format("unseen", "contract")) == 3
    last = 'automl_request_seconds_bucket{endpoint="predict",le="+Inf",worker="0"}'
    assert after[last] == after['automl_request_seconds_count{endpoint="predict",worker="0"}'] > 0


def test_metrics_tell_whether_the_last_rows_have_drifted(server):
    rows = records("wine") * 2
    assert server.post("/models/wine/predict", {"records": rows}).status == 200
    _, found = metrics(server)
    alarms = {name: value for name, value in found.items() if name.startswith('automl_drift_alarm{model="wine"')}
    assert len(alarms) == 13
    assert set(alarms.values()) == {0.0}
    assert len(rows) <= found['automl_drift_rows{model="wine",worker="0"}'] <= 1_000


def test_later_times_are_no_drift_by_themselves(server):
    assert server.post("/models/bike_demand/predict", {"records": records("bike_demand")}).status == 200
    _, found = metrics(server)
    (alarm,) = (value for name, value in found.items() if "drift_alarm" in name and 'column="starts"' in name)
    assert alarm == 0


def test_metrics_are_read_by_the_reader_of_prometheus(server):
    parser = pytest.importorskip("prometheus_client.parser", reason="prometheus_client is not installed")
    families = {family.name: family for family in parser.text_string_to_metric_families(metrics(server)[0])}
    assert families["automl_requests"].type == "counter"
    assert families["automl_request_seconds"].type == "histogram"
    assert all(family.documentation for family in families.values())
