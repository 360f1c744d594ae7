"""``automl export --to mlflow``: MLflow loads the folder and predicts what automl does."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pandas as pd
import pytest

from automl.bundle import load_model
from automl.cli.run import run
from automl.export.mlflow_loader import PyfuncModel
from automl.tables import Table, read_blocks
from automl.tables.options import ReadOptions
from automl.tables.schema import ColumnKind

SAMPLES = Path(__file__).resolve().parents[2] / "sample_data"
TABLES = {"churn": "telecom_churn_new", "bikes": "bike_demand_new", "boosted": "card_fraud_new"}
SECONDS = 120


def texts(name: str) -> pd.DataFrame:
    (block,) = read_blocks(str(SAMPLES / f"{TABLES[name]}.csv"), ReadOptions())
    return block.cells


def expected(model, rows: pd.DataFrame) -> pd.DataFrame:
    probabilities = {} if not model.labels else dict(zip(model.labels, model.predict_proba(rows).T, strict=True))
    return pd.DataFrame({"prediction": model.predict(rows), **{f"proba_{k}": v for k, v in probabilities.items()}})


@pytest.mark.parametrize("name", TABLES)
def test_what_mlflow_calls_predicts_what_automl_does(name, request):
    model = load_model(request.getfixturevalue(name))
    rows = texts(name)
    pd.testing.assert_frame_equal(PyfuncModel(model).predict(rows), expected(model, rows), check_dtype=False)


@pytest.mark.parametrize("name", ["churn", "bikes"])
def test_numbers_and_truth_values_mean_what_they_say_whatever_the_notation_was(name, request):
    model = load_model(request.getfixturevalue(name))
    rows = texts(name)
    typed = model.read(Table(rows, "rows", "")).frame
    kinds = {column: model.schema.column(column).kind for column in typed.columns}
    numbers = {column: typed[column] for column, kind in kinds.items() if kind is ColumnKind.NUMERIC}
    truths = {
        column: typed[column].map({1.0: True, 0.0: False}).astype(object)
        for column, kind in kinds.items()
        if kind is ColumnKind.BOOLEAN
    }
    assert numbers
    given = rows.assign(**numbers, **truths)
    answers = PyfuncModel(model).predict(given)
    pd.testing.assert_frame_equal(answers, expected(model, rows), check_dtype=False)


def test_the_index_of_the_rows_stays(wine):
    rows = pd.read_csv(SAMPLES / "wine.csv").set_index(pd.Index(range(1000, 1178)))
    assert list(PyfuncModel(load_model(wine)).predict(rows).index) == list(range(1000, 1178))


def test_whole_numbers_beyond_64_bits_are_numbers(wine):
    model = load_model(wine)
    given = pd.Series([10**30, None, float("nan")], dtype=object)
    written = pd.Series(["1" + 30 * "0", "", ""], dtype="str")
    answers = PyfuncModel(model).predict(pd.DataFrame(dict.fromkeys(model.required_columns, given)))
    rows = pd.DataFrame(dict.fromkeys(model.required_columns, written))
    pd.testing.assert_frame_equal(answers, expected(model, rows), check_dtype=False)


def test_a_model_that_uses_no_column_says_the_same_of_every_row(constant):
    answers = PyfuncModel(load_model(constant)).predict(pd.DataFrame({"x": [1, 2, 3]}, index=[7, 8, 9]))
    assert list(answers.index) == [7, 8, 9]
    assert len(answers.drop_duplicates()) == 1


def test_without_mlflow_what_to_type_is_said(wine, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("automl.export.mlflow_folder.not_installed", lambda names: tuple(names))
    assert run(["export", str(wine), str(tmp_path / "model"), "--to", "mlflow"]) == 2
    assert "pip install 'automl-cli[mlflow]'" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def exported(churn, folder):
    pytest.importorskip("mlflow", reason="MLflow is not installed")
    place = folder / "churn_model"
    assert run(["export", str(churn), str(place), "--to", "mlflow"]) == 0
    return place


def test_mlflow_loads_the_folder_with_signature_and_example(exported, churn):
    import mlflow

    loaded = mlflow.pyfunc.load_model(str(exported))
    model = load_model(churn)
    assert [each.name for each in loaded.metadata.get_input_schema()] == list(model.required_columns)
    assert [each.name for each in loaded.metadata.get_output_schema()] == ["prediction", "proba_No", "proba_Yes"]
    rows = pd.DataFrame(load_example(exported))
    assert len(rows) > 0
    pd.testing.assert_frame_equal(loaded.predict(rows), PyfuncModel(model).predict(rows))


def test_mlflow_lets_missing_cells_pass(exported, churn):
    import mlflow

    rows = pd.DataFrame(load_example(exported))
    for row, name in enumerate(rows.columns):
        rows.loc[row % len(rows), name] = None
    answers = mlflow.pyfunc.load_model(str(exported)).predict(rows)
    pd.testing.assert_frame_equal(answers, PyfuncModel(load_model(churn)).predict(rows))


def test_mlflow_loads_a_model_that_uses_no_column(constant, tmp_path):
    mlflow = pytest.importorskip("mlflow", reason="MLflow is not installed")
    assert run(["export", str(constant), str(tmp_path / "constant"), "--to", "mlflow"]) == 0
    loaded = mlflow.pyfunc.load_model(str(tmp_path / "constant"))
    assert len(loaded.predict(pd.DataFrame({"x": [1, 2, 3]}))) == 3


def test_mlflow_serves_the_folder(exported, churn):
    if not full_mlflow():
        pytest.skip("the full MLflow, which can serve, is not installed")
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
    words = ["models", "serve", "-m", str(exported), "-p", str(port), "--env-manager", "local"]
    # MLflow starts uvicorn by its name.
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    server = subprocess.Popen([sys.executable, "-m", "mlflow", *words], env=environment, start_new_session=True)
    try:
        wait_for(f"http://127.0.0.1:{port}/ping", server)
        rows = load_example(exported)
        body = json.dumps({"dataframe_split": {"columns": list(rows), "data": list(zip(*rows.values(), strict=True))}})
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/invocations", body.encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            served = json.load(answer)["predictions"]
    finally:
        os.killpg(server.pid, 15)
        server.wait(SECONDS)
    expected_shares = PyfuncModel(load_model(churn)).predict(pd.DataFrame(rows))["proba_Yes"]
    assert [each["proba_Yes"] for each in served] == expected_shares.tolist()


def full_mlflow() -> bool:
    import importlib.util

    return all(importlib.util.find_spec(name) for name in ("fastapi", "mlflow.pyfunc.scoring_server"))


def load_example(exported: Path) -> dict[str, list]:
    example = json.loads((exported / "input_example.json").read_text())
    return {name: [row[at] for row in example["data"]] for at, name in enumerate(example["columns"])}


def wait_for(address: str, server: subprocess.Popen) -> None:
    end = time.monotonic() + SECONDS
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except (urllib.error.URLError, ConnectionError):
            assert server.poll() is None
            assert time.monotonic() < end
            time.sleep(0.5)
