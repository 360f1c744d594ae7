"""``automl explain`` as users call it."""

import json

import numpy as np
import pandas as pd
import pytest

import automl as library


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("explain")
    rng = np.random.default_rng(3)
    age, plan = rng.integers(18, 80, 300), rng.choice(["basic", "gold"], 300)
    churn = np.where((age < 40) + (plan == "gold") + rng.random(300) > 1.4, "Yes", "No")
    frame = pd.DataFrame({"age": age, "plan": plan, "noise": rng.random(300).round(3), "churn": churn})
    frame.to_csv(folder / "rows.csv", index=False)
    settings = {"trials": 2, "families": "constant,linear", "seed": 1, "jobs": 1}
    library.fit(frame, target="churn", output=str(folder / "model.automl"), no_report=True, **settings)
    return folder


@pytest.fixture
def explain(automl, folder):
    return lambda *arguments: automl("explain", folder / "model.automl", *arguments)


def test_the_model_alone_tells_what_it_relies_on(explain):
    done = explain()
    assert done.code == 0
    assert done.err == "The search ended before it had measured what the columns matter; " + (
        "'automl explain MODEL DATA' measures it.\n"
    )
    assert "age" in done.out
    assert "shuffled" in done.out


def test_rows_are_told_in_words(explain, folder):
    done = explain(folder / "rows.csv", "--rows", "4")
    (line,) = (line for line in done.out.splitlines() if line.startswith("  row 4: "))
    assert " for Yes (average 0." in line
    assert "age " in line


def test_the_json_has_the_promised_fields(explain, folder):
    content = json.loads(explain(folder / "rows.csv", "--json").out)
    assert {"schema_version", "importance", "space", "rows"} <= set(content)
    assert content["space"] == "probability"
    assert [row["row"] for row in content["rows"]] == list(range(10))
    assert all({"column", "value", "interval"} <= set(each) for each in content["importance"])
    for row in content["rows"]:
        assert {"row", "label", "prediction", "base", "contributions"} <= set(row)
        assert sum(row["contributions"].values()) == pytest.approx(row["prediction"] - row["base"], abs=1e-6)


def test_the_model_alone_as_json_has_no_rows(explain):
    content = json.loads(explain("--json").out)
    assert (content["rows"], content["space"], content["importance_measure"]) == ([], "probability", "stored")


def test_rows_are_chosen_by_position(explain, folder):
    content = json.loads(explain(folder / "rows.csv", "--rows", "7,1:3", "--json").out)
    assert [row["row"] for row in content["rows"]] == [7, 1, 2]


@pytest.mark.parametrize("rows", ["ten", "1-3", "", "-1"])
def test_rows_that_are_not_understood_are_wrong_usage(explain, folder, rows):
    done = explain(folder / "rows.csv", "--rows", rows)
    assert done.code == 2
    assert "0:10" in done.hint


@pytest.fixture
def dirty(folder, tmp_path):
    """Return rows like those of the fit, of which the third one's age is no number."""
    lines = (folder / "rows.csv").read_text().splitlines()
    lines[3] = "unknown age" + lines[3][lines[3].index(",") :]
    (tmp_path / "dirty.csv").write_text("\n".join(lines) + "\n")
    return tmp_path / "dirty.csv"


@pytest.mark.parametrize("output", [(), ("--output", "why.md")])
def test_cells_that_cannot_be_read_are_told(explain, dirty, output):
    done = explain(dirty, "--rows", "2", *output)
    assert "1 cell could not be read and counts as missing: 'age' 1." in done.err
    assert "could not be read" not in explain(dirty, "--rows", "2", "--quiet", *output).err


def test_a_cell_that_could_not_be_read_is_not_shown_as_if_it_had_been(explain, dirty, tmp_path):
    explain(dirty, "--rows", "2", "--output", "why.html")
    report = (tmp_path / "why.html").read_text()
    assert "(missing, unread)" in report
    for said in (explain(dirty, "--rows", "2").out, report):
        assert "unknown age" not in said


def test_the_json_says_which_cells_could_not_be_read(explain, dirty):
    content = json.loads(explain(dirty, "--rows", "1,2", "--json").out)
    assert (content["unparsed"], content["unseen"]) == ({"age": 1}, {})
    assert [row["unread"] for row in content["rows"]] == [[], ["age"]]


def test_lines_that_are_no_rows_and_rows_of_another_length_are_told(explain, folder, tmp_path):
    lines = (folder / "rows.csv").read_text().splitlines()
    (tmp_path / "noted.csv").write_text(
        "\n".join([*lines[:40], "33,gold", *lines[40:], "", "Source: our shops"]) + "\n"
    )
    for output in ((), ("--output", "why.html")):
        said = explain("noted.csv", *output).err
        assert "1 line around the table was taken for notes or totals and left out" in said
        assert "1 row does not have a cell for each column: 1 too short" in said
    told = json.loads(explain("noted.csv", "--json").out)
    assert (told["lines_left_out"]["footer"], told["ragged_rows"]["short"]) == (1, 1)
    assert explain("noted.csv", "--quiet").err == ""


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--rows", "0"), "--rows needs DATA"),
        (("--rows", "0", "--fixed", "nonsense"), "--rows and --fixed need DATA"),
        (("--skip-rows", "1"), "--skip-rows needs DATA"),
    ],
)
def test_options_about_rows_without_data_are_wrong_usage(explain, options, said):
    done = explain(*options)
    assert done.code == 2
    assert said in done.error


def test_defaults_about_rows_are_no_fault_where_there_is_no_data(explain, tmp_path):
    (tmp_path / "automl.toml").write_text('[explain]\nrows = "0:3"\n')
    assert explain().code == 0


def test_rows_that_are_not_there_are_wrong_usage(explain, folder):
    done = explain(folder / "rows.csv", "--rows", "300:310")
    assert done.code == 2
    assert "300 rows" in done.hint


def test_a_missing_column_is_6(explain, tmp_path):
    (tmp_path / "other.csv").write_text("plan,noise\ngold,0.1\nbasic,0.2\n")
    done = explain(tmp_path / "other.csv")
    assert done.code == 6
    assert "'age'" in done.error


def test_a_missing_model_is_5_before_the_data_is_read(automl):
    assert automl("explain", "none.automl", "none.csv").code == 5


@pytest.mark.parametrize(("ending", "start"), [(".html", "<!doctype html>"), (".md", "#"), (".json", "{")])
def test_a_report_is_written(explain, folder, tmp_path, ending, start):
    path = tmp_path / f"why{ending}"
    done = explain(folder / "rows.csv", "--rows", "0:2", "--output", path)
    assert (done.code, done.out) == (0, f"{path}\n")
    assert path.read_text().strip().lower().startswith(start)


def test_the_output_is_never_an_input(explain, folder):
    assert explain(folder / "rows.csv", "--output", folder / "rows.csv").code == 2
    assert explain(folder / "rows.csv", "--output", "why.pdf").code == 2


def test_what_would_flip_a_decision_leaves_fixed_columns_alone(explain, folder):
    content = json.loads(explain(folder / "rows.csv", "--fixed", "age", "--json").out)
    changed = {
        change["column"] for row in content["rows"] for way in row["counterfactuals"] for change in way["changes"]
    }
    assert changed
    assert "age" not in changed


def test_a_fixed_column_that_is_not_there_is_wrong_usage(explain, folder):
    done = explain(folder / "rows.csv", "--fixed", "agee")
    assert done.code == 2
    assert "'age'" in done.hint
