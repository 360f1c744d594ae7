"""``automl export --to python``: a script without libraries predicts what automl does."""

import csv
import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

from automl.cli.run import run

SAMPLES = Path(__file__).resolve().parents[2] / "sample_data"
TABLES = {
    "churn": ("telecom_churn_new", True),
    "bikes": ("bike_demand_new", False),
    "wine": ("wine", True),
    "boosted": ("card_fraud_new", True),
    "boosted_by_xgboost": ("card_fraud_new", True),
    "wine_by_xgboost": ("wine", True),
    "symmetric": ("telecom_churn_new", True),
    "symmetric_bikes": ("bike_demand_new", False),
}


@pytest.fixture(scope="session")
def scripts(folder, request):
    def of(name: str) -> tuple[Path, Path]:
        model = request.getfixturevalue(name)
        script = folder / f"{name}.py"
        if not script.exists():
            assert run(["export", str(model), str(script), "--to", "python"]) == 0
        return model, script

    return of


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))


def run_alone(script: Path, *words: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run a script where no installed library can be imported."""
    command = [sys.executable, "-I", "-S", str(script), *words]
    return subprocess.run(command, capture_output=True, text=True, input=text, check=False)


def same(ours: dict[str, str], theirs: dict[str, str]) -> bool:
    def close(name: str) -> bool:
        try:
            return abs(float(ours[name]) - float(theirs[name])) <= 1e-9 * max(1.0, abs(float(ours[name])))
        except ValueError:
            return ours[name] == theirs[name]

    return ours.keys() == theirs.keys() and all(map(close, ours))


@pytest.mark.parametrize("name", TABLES)
def test_a_script_predicts_what_automl_does_without_any_library(name, scripts, tmp_path):
    model, script = scripts(name)
    table, has_classes = TABLES[name]
    options = ["--proba"] if has_classes else []
    data, ours, theirs = SAMPLES / f"{table}.csv", tmp_path / "ours.csv", tmp_path / "theirs.csv"
    assert run(["predict", str(model), str(data), "--output", str(ours), "--quiet", *options]) == 0
    done = run_alone(script, str(data), "--output", str(theirs), *options)
    assert (done.returncode, done.stderr) == (0, "")
    rows = read(ours)
    assert len(rows) == len(read(theirs)) > 50
    assert all(same(*pair) for pair in zip(rows, read(theirs), strict=True))


def test_a_script_can_be_imported(scripts, monkeypatch):
    _, script = scripts("wine")
    specification = importlib.util.spec_from_file_location("scoring_wine", script)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    monkeypatch.setitem(sys.modules, "scoring_wine", module)
    specification.loader.exec_module(module)
    (answer,) = module.predict([{**read(SAMPLES / "wine.csv")[0], "color_intensity": None}])
    assert answer["prediction"] in ("barolo", "grignolino", "barbera")
    assert abs(sum(value for name, value in answer.items() if name.startswith("proba_")) - 1) < 1e-12


def test_a_script_reads_standard_input_and_finds_columns_by_name_whatever_their_order_and_case(scripts):
    _, script = scripts("wine")
    rows = read(SAMPLES / "wine.csv")[:3]
    turned = [",".join(reversed([name.upper() for name in rows[0]]))]
    turned += [",".join(reversed(list(row.values()))) for row in rows]
    straight = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    first, second = (run_alone(script, "-", text="\n".join(lines)) for lines in (turned, straight))
    assert first.returncode == 0
    assert first.stdout == second.stdout
    assert len(first.stdout.splitlines()) == 4


def test_a_script_says_which_columns_are_missing(scripts):
    _, script = scripts("wine")
    done = run_alone(script, "-", text="alcohol\n12\n")
    assert done.returncode == 6
    assert done.stderr.startswith("error: not among the columns: ")
    assert done.stdout == ""


def test_a_script_of_no_rows_writes_the_header(scripts):
    _, script = scripts("wine")
    done = run_alone(script, "-", "--proba", text=",".join(read(SAMPLES / "wine.csv")[0]) + "\n")
    assert done.stdout == "prediction,proba_barbera,proba_barolo,proba_grignolino\n"


def test_of_columns_with_one_name_a_script_takes_the_one_that_automl_takes(scripts, tmp_path):
    model, script = scripts("twins")
    data, ours = tmp_path / "rows.csv", tmp_path / "ours.csv"
    cells = "".join(f"{at},{60 - at},{at // 2},{at},Rome\n" for at in range(0, 60, 7))
    data.write_text(f"Age,Age,age,,city\n{cells}")
    assert run(["predict", str(model), str(data), "--proba", "--output", str(ours), "--quiet"]) == 0
    theirs = list(csv.DictReader(run_alone(script, str(data), "--proba").stdout.splitlines()))
    assert len({row["prediction"] for row in theirs}) == 2
    assert all(same(*pair) for pair in zip(read(ours), theirs, strict=True))


def test_names_and_labels_are_data_in_a_script(tmp_path):
    hostile = "'''\\N\"\"\"); raise SystemExit(9)  # {}"
    table = tmp_path / "rows.csv"
    with table.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([hostile, "other", "target"])
        writer.writerows([at % 17, "ab"[at % 2], hostile if at % 17 > 8 else "x\ny"] for at in range(120))
    model, script = tmp_path / "m.automl", tmp_path / "m.py"
    words = ["--families", "small_tree", "--trials", "1", "--no-report", "--quiet", "--no-log", "--output", str(model)]
    assert run(["fit", str(table), "--target", "target", *words]) == 0
    assert run(["export", str(model), str(script), "--to", "python"]) == 0
    done = run_alone(script, str(table))
    assert done.returncode == 0
    answers = [row["prediction"] for row in csv.DictReader(done.stdout.splitlines(keepends=True))]
    assert set(answers) == {hostile, "x\ny"}


def test_words_of_a_text_are_refused_by_the_name_of_their_column(spam, tmp_path, capsys):
    assert run(["export", str(spam), str(tmp_path / "spam.py"), "--to", "python"]) == 2
    assert "it uses the words of the column 'message'" in capsys.readouterr().err
    assert not (tmp_path / "spam.py").exists()


def test_what_stands_there_is_replaced_only_when_asked(wine, tmp_path, capsys):
    script = tmp_path / "wine.py"
    script.write_text("mine")
    assert run(["export", str(wine), str(script), "--to", "python"]) == 2
    assert script.read_text() == "mine"
    assert run(["export", str(wine), str(script), "--to", "python", "--overwrite", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["format"], answer["output"]) == ("python", str(script))
    assert script.read_text().startswith('"""Scores rows')


def test_the_model_itself_is_never_replaced(wine, capsys):
    before = wine.read_bytes()
    assert run(["export", str(wine), str(wine), "--to", "python", "--overwrite"]) == 2
    assert wine.read_bytes() == before
