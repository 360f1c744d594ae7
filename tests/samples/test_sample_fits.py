"""Each sample table from file to predictions, as a stranger would do it."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

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


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLES)
def test_a_sample_table_gets_a_model_that_beats_the_baseline_and_scores_every_row(name, tmp_path):
    target, task, labels = TABLES[name]
    bounded = ("--trials", "3", "--families", FAMILIES, "--json")
    fitted = run("fit", SAMPLES / f"{name}.csv", "--target", target, *bounded, folder=tmp_path)
    assert fitted.returncode == 0, fitted.stderr
    said = json.loads(fitted.stdout)
    assert said["task"] == task
    low, high = said["estimate"]["interval"]
    assert low > said["baseline_score"] if said["greater_is_better"] else high < said["baseline_score"]
    new = SAMPLES / f"{name}_new.csv"
    data = new if new.exists() else SAMPLES / f"{name}.csv"
    scored = run("predict", f"{name}.automl", data, folder=tmp_path)
    assert scored.returncode == 0, scored.stderr
    predictions = [row["prediction"] for row in csv.DictReader(io.StringIO(scored.stdout))]
    with data.open(encoding="utf-8-sig", newline="") as stream:
        assert len(predictions) == sum(1 for _ in csv.reader(stream)) - 1
    assert (set(predictions) <= labels) if labels else all(float(each) == float(each) for each in predictions)
