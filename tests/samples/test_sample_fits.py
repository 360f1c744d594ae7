"""Each sample table from file to predictions, as a stranger would do it."""

import csv
import io
import subprocess
import sys
from pathlib import Path

import pytest
from serving_processes import running

from automl.bundle import read_manifest
from automl.cli.run import run as run_here
from automl.tables import read_table

SAMPLES = Path(__file__).resolve().parents[2] / "sample_data"
FAMILIES = "constant,linear,lightgbm"
TABLES = {
    "telecom_churn": ("churn", "binary", {"No", "Yes"}),
    "card_fraud": ("is_fraud", "binary", {"0", "1"}),
    "bike_demand": ("rentals", "regression", None),
    "message_spam": ("label", "binary", {"ham", "spam"}),
    "breast_cancer": ("diagnosis", "binary", {"benign", "malignant"}),
    "wine": ("cultivar", "multiclass", {"barbera", "barolo", "grignolino"}),
    "diabetes": ("disease_progression", "regression", None),
}


def run(*arguments, folder):
    command = [sys.executable, "-m", "automl", *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    """Return the folder with a sample table's model, and what the model says of itself; each is fitted once."""
    folder, said = tmp_path_factory.mktemp("samples"), {}

    def fit(name):
        if name not in said:
            output = folder / f"{name}.automl"
            words = ["fit", str(SAMPLES / f"{name}.csv"), "--target", TABLES[name][0], "--output", str(output)]
            assert run_here([*words, "--trials", "3", "--families", FAMILIES, "--quiet"]) == 0
            said[name] = read_manifest(output)
        return folder, said[name]

    return fit


def new_rows(name):
    new = SAMPLES / f"{name}_new.csv"
    return new if new.exists() else SAMPLES / f"{name}.csv"


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLES)
def test_a_sample_table_gets_a_model_that_beats_the_baseline_and_scores_every_row(name, fitted):
    _, task, labels = TABLES[name]
    folder, said = fitted(name)
    assert said["task"] == task
    low, high = said["estimate"]["interval"]
    assert low > said["baseline_score"] if said["greater_is_better"] else high < said["baseline_score"]
    data = new_rows(name)
    scored = run("predict", f"{name}.automl", data, folder=folder)
    assert scored.returncode == 0, scored.stderr
    predictions = [row["prediction"] for row in csv.DictReader(io.StringIO(scored.stdout))]
    with data.open(encoding="utf-8-sig", newline="") as stream:
        assert len(predictions) == sum(1 for _ in csv.reader(stream)) - 1
    assert (set(predictions) <= labels) if labels else all(float(each) == float(each) for each in predictions)


@pytest.mark.slow
def test_every_sample_model_is_served_as_it_predicts(fitted, tmp_path):
    for name in TABLES:
        folder, _ = fitted(name)
    with running(folder, *(f"{name}.automl" for name in TABLES)) as server:
        for name, (_, _, labels) in TABLES.items():
            scored = tmp_path / f"{name}.csv"
            words = ["predict", folder / f"{name}.automl", new_rows(name), "--output", scored, "--quiet"]
            assert run_here([*map(str, words), *(["--proba"] if labels else [])]) == 0
            expected = list(csv.DictReader(io.StringIO(scored.read_text(encoding="utf-8"))))
            records = read_table(new_rows(name)).cells.to_dict("records")
            as_file = server.post(f"/models/{name}/predict", new_rows(name).read_bytes(), "text/csv")
            as_json = server.post(f"/models/{name}/predict", {"records": records})
            for answer in (as_file, as_json):
                got = answer.json["predictions"]
                assert [{key: str(value) for key, value in row.items()} for row in got] == expected, name
            for record, alone in list(zip(records, expected, strict=True))[:10]:
                got = server.post(f"/models/{name}/predict", {"records": [record]}).json["predictions"]
                assert [{key: str(value) for key, value in row.items()} for row in got] == [alone], name
