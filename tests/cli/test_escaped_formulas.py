"""``--escape-formulas``: what a spreadsheet would run stands as text in the outputs, and how much of it is said."""

import json

import pandas as pd
import pytest

ROWS = "".join(f"{i},{'=yes()' if i % 3 else 'no'},{-i}\n" for i in range(60))


@pytest.fixture
def data(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text(f"size,label,change\n{ROWS}")
    return path


def test_clean_escapes_and_logs_each_column(automl, data):
    told = automl("clean", data, "--output", "out.csv", "--escape-formulas", "--log", "log.jsonl", "--json")
    frame = pd.read_csv("out.csv")
    assert set(frame["label"]) == {"'=yes()", "no"}
    assert frame["change"].tolist() == [-i for i in range(60)]
    (change,) = (each for each in json.loads(told.out)["changes"] if each["step"] == "escape_formulas")
    assert (change["column"], change["count"]) == ("label", 40)
    assert "escape_formulas" in told.err
    with open("log.jsonl", encoding="utf-8") as log:
        assert any(json.loads(line).get("code") == "escape_formulas" for line in log)


def test_without_the_option_cells_come_back_as_they_stood(automl, data):
    automl("clean", data, "--output", "out.csv")
    assert set(pd.read_csv("out.csv")["label"]) == {"=yes()", "no"}


def test_predict_escapes_labels_and_kept_columns_and_says_how_many(automl, data):
    bounds = ("--trials", "1", "--families", "linear", "--folds", "2", "--jobs", "1", "--no-report")
    assert automl("fit", data, "--target", "label", *bounds).code == 0
    told = automl(
        "predict", "data.automl", data, "--keep", "label", "--proba", "--escape-formulas", "--output", "out.csv"
    )
    assert told.code == 0, told.err
    frame = pd.read_csv("out.csv")
    assert set(frame["label"]) == {"'=yes()", "no"}
    assert set(frame["prediction"]) <= {"'=yes()", "no"}
    summary = automl(
        *("predict", "data.automl", data, "--keep", "label", "--escape-formulas", "--output", "out.csv", "--json")
    )
    count = int(frame["label"].str.startswith("'").sum() + frame["prediction"].str.startswith("'").sum())
    assert json.loads(summary.out)["escaped"] == count
    assert f"{count} cells" in told.err
