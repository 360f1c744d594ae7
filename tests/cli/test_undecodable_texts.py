"""Names of files, and cells, that are no UTF-8: they are read, written and recorded as escapes."""

import json
import os

import pandas as pd
import pytest

NAME = os.fsdecode(b"caf\xe9.csv")
SHOWN = r"caf\udce9.csv"
HALF = '{"plan": "x\\ud800", "age\\ud800": 1}\n{"plan": "y", "age\\ud800": 2}\n'


@pytest.fixture
def fitted(automl, tmp_path):
    """Return the folder of a fit whose table, log, model and run log all have to do with such a name."""
    rows = (f"{row * 37 % 63},{'Yes' if row * 37 % 63 > 30 else 'No'}" for row in range(90))
    (tmp_path / NAME).write_text("\n".join(["age,churn", *rows]) + "\n")
    options = ("--trials", "1", "--families", "constant,linear", "--log-file", "events.jsonl", "--runs", "runs.sqlite")
    done = automl("fit", NAME, "--target", "churn", *options)
    assert done.code == 0, done.err
    return tmp_path


def test_a_table_with_such_a_name_is_fitted_logged_predicted_and_its_run_exported(fitted, automl):
    assert SHOWN in (fitted / "events.jsonl").read_text()
    assert json.loads((fitted / "events.jsonl").read_text().splitlines()[0])["event"] == "PhaseStarted"
    model = os.fsdecode(b"caf\xe9.automl")
    for output in ("scores.csv", "scores.parquet"):
        words = ("predict", model, NAME, "--source-column", "file", "--keep", "file", "--output", output)
        assert automl(*words).code == 0
    assert pd.read_csv("scores.csv")["file"].unique().tolist() == [SHOWN]
    assert pd.read_parquet("scores.parquet")["file"].unique().tolist() == [SHOWN]
    for output in ("runs.csv", "runs.json"):
        assert automl("runs", "export", "--runs", "runs.sqlite", "--output", output).code == 0
        assert SHOWN in (fitted / output).read_text()


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_half_of_a_pair_in_json_is_written_as_its_escape(automl, tmp_path, ending):
    (tmp_path / "odd.jsonl").write_text(HALF)
    done = automl("clean", "odd.jsonl", "--output", f"clean.{ending}", "--log", "changes.jsonl")
    assert done.code == 0, done.err
    read = {"csv": pd.read_csv, "jsonl": lambda place: pd.read_json(place, lines=True), "parquet": pd.read_parquet}
    found = read[ending](tmp_path / f"clean.{ending}")
    assert found.columns.tolist() == ["plan", r"age\ud800"]
    assert found["plan"].tolist() == [r"x\ud800", "y"]
    assert (tmp_path / "changes.jsonl").is_file()
