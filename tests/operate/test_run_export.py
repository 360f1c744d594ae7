"""The run log in other forms; MLflow's where it is installed."""

import csv
import io
import json

import pytest

from automl.errors import DataError
from automl.operate.run_export import export_to_mlflow, runs_as_csv, runs_as_json
from automl.operate.run_log import Run

RUNS = [
    Run("retrain", "2026-02-01T06:00:00+00:00", 9.0, 1, target="churn", details={"verdict": "a"}, id=2),
    Run(
        "fit",
        "2026-01-01T06:00:00+00:00",
        8.5,
        0,
        target="churn",
        metric="roc_auc",
        score=0.84,
        low=0.8,
        high=0.9,
        settings={"trials": 3, "drop": ["a", "b"], "metric": None},
        id=1,
    ),
]


def test_csv_has_a_line_a_run():
    lines = list(csv.DictReader(io.StringIO(runs_as_csv(RUNS))))
    assert [(line["id"], line["kind"], line["score"]) for line in lines] == [("2", "retrain", ""), ("1", "fit", "0.84")]
    assert json.loads(lines[1]["settings"]) == {"trials": 3, "drop": ["a", "b"], "metric": None}


def test_csv_of_no_runs_is_the_header():
    assert runs_as_csv([]).startswith("id,kind,started,")


def test_json_holds_everything():
    assert json.loads(runs_as_json(RUNS))["runs"][0]["details"] == {"verdict": "a"}


def test_without_mlflow_what_to_type_is_said(monkeypatch):
    monkeypatch.setattr("automl.operate.run_export.not_installed", tuple)
    with pytest.raises(DataError) as raised:
        export_to_mlflow(RUNS, "store")
    assert "pip install 'automl-cli[mlflow]'" in raised.value.hint


@pytest.mark.slow
@pytest.mark.parametrize("place", ["{folder}/store", "sqlite:///{folder}/mlflow.db"])
def test_mlflow_reads_what_was_exported_and_a_second_export_adds_nothing(tmp_path, place):
    mlflow = pytest.importorskip("mlflow")
    pytest.importorskip("sqlalchemy")
    place = place.format(folder=tmp_path)
    assert export_to_mlflow(RUNS, place) == 2
    assert export_to_mlflow(RUNS, place) == 0
    client = mlflow.MlflowClient(tracking_uri=place if "://" in place else f"file://{place}")
    experiment = client.get_experiment_by_name("automl")
    found = {run.info.run_name: run for run in client.search_runs([experiment.experiment_id])}
    assert set(found) == {"fit 1", "retrain 2"}
    assert found["fit 1"].data.metrics == {"roc_auc": 0.84, "roc_auc_low": 0.8, "roc_auc_high": 0.9, "seconds": 8.5}
    assert found["fit 1"].data.params == {"trials": "3", "drop": '["a", "b"]'}
    assert found["retrain 2"].data.tags["automl.details.verdict"] == "a"
