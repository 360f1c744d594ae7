"""A whole fit in a process of its own, and everything that reads what it wrote; some more fits in this one."""

import csv
import io
import json
import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

ROWS = 400
SMALL = ("--trials", "4", "--families", "constant,linear,random_forest", "--seed", "1")


def run(*arguments, folder, stdin="", env=None):
    return subprocess.run(
        [sys.executable, "-m", "automl", *map(str, arguments)],
        cwd=folder,
        input=stdin,
        env={name: os.environ[name] for name in ("PATH", "XDG_STATE_HOME")} if env is None else env,
        capture_output=True,
        text=True,
        check=False,
    )


def customers(rows=ROWS):
    """Return a table whose target depends on two of its columns."""
    draw = random.Random(7)
    lines = ["id,age,city,plan,churn"]
    for number in range(rows):
        age, city = draw.randint(18, 80), draw.choice(["Bern", "Rom", "Oslo"])
        risk = (age < 40) + (city == "Rom") + draw.random()
        lines.append(f"{number:05d},{age},{city},{draw.choice('ab')},{'Yes' if risk > 1.4 else 'No'}")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    """Return a folder with a table, its model and its report, and how the fit ended."""
    folder = tmp_path_factory.mktemp("fitted")
    (folder / "train.csv").write_text(customers())
    done = run("fit", "train.csv", "--target", "churn", *SMALL, folder=folder)
    assert done.returncode == 0, done.stderr
    return folder, done


@pytest.fixture
def folder(fitted):
    return fitted[0]


def test_fit_prints_the_path_and_leaves_model_and_report_alone(fitted):
    folder, done = fitted
    assert done.stdout == "train.automl\n"
    assert {path.name for path in folder.iterdir()} >= {"train.csv", "train.automl", "train.html"}
    assert not list(folder.glob("*work*")), "the work folder stays behind"


def test_the_report_shows_how_predictions_follow_the_columns(folder):
    page = (folder / "train.html").read_text(encoding="utf-8")
    assert 'id="dependence"' in page
    assert "Average probability of Yes with every row set to the value" in page
    assert 'id="tree"' in page


def test_the_model_file_is_a_zip_without_a_pickle(folder):
    names = zipfile.ZipFile(folder / "train.automl").namelist()
    assert not [name for name in names if name.endswith((".pkl", ".pickle", ".joblib"))]


def test_a_row_in_is_a_row_out_in_order(folder):
    done = run("predict", "train.automl", "train.csv", "--keep", "id", "--proba", folder=folder)
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["id"] for row in rows] == [f"{number:05d}" for number in range(ROWS)]
    assert set(rows[0]) == {"id", "prediction", "proba_No", "proba_Yes"}
    assert {row["prediction"] for row in rows} == {"No", "Yes"}
    assert all(abs(float(row["proba_No"]) + float(row["proba_Yes"]) - 1) < 1e-6 for row in rows)


def test_column_order_and_case_do_not_matter(folder):
    given = run("predict", "train.automl", "-", folder=folder, stdin="age,city,plan\n30,Rom,a\n70,Bern,b\n")
    other = run("predict", "train.automl", "-", folder=folder, stdin="PLAN,City,Age\na,Rom,30\nb,Bern,70\n")
    assert given.returncode == 0
    assert given.stdout == other.stdout


def test_no_rows_give_the_header_alone(folder):
    done = run("predict", "train.automl", "-", "--proba", folder=folder, stdin="age,city,plan\n")
    assert (done.returncode, done.stdout) == (0, "prediction,proba_No,proba_Yes\n")


def test_what_does_not_fit_is_counted_and_still_scored(folder):
    done = run("predict", "train.automl", "-", folder=folder, stdin="age,city,plan,moon\nold,Rom,a,1\n40,Paris,b,2\n")
    assert len(done.stdout.splitlines()) == 3
    assert "'age' 1" in done.stderr
    assert "'city' 1" in done.stderr
    assert "'moon'" in done.stderr


def test_rows_with_too_few_or_too_many_cells_are_counted_and_still_scored(folder, tmp_path):
    (tmp_path / "ragged.csv").write_text(customers(40) + "00040,41\n00041,42,Rom,a,Yes,1,2,3,4\n00042,43\n")
    words = ("predict", folder / "train.automl", "ragged.csv", "--output", "scores.csv", "--json")
    done = run(*words, folder=tmp_path)
    assert "2 rows do not have a cell for each column: 2 too short." in done.stderr
    assert "1 row has a delimiter or quote too many" in done.stderr
    told = json.loads(done.stdout)
    assert (told["rows"], told["ragged_rows"]) == (43, {"short": 2, "long": 0, "repaired": 1})


def test_the_training_table_itself_fits_without_a_note(folder, tmp_path):
    done = run("predict", "train.automl", "train.csv", "--output", tmp_path / "p.csv", folder=folder)
    assert done.stderr == f"{ROWS} rows scored: {tmp_path / 'p.csv'}\n"


def test_the_summary_of_a_prediction_as_json(folder, tmp_path):
    (tmp_path / "new.csv").write_text("age,city,plan\nold,Paris,a\n")
    done = run("predict", folder / "train.automl", "new.csv", "--output", "p.csv", "--json", folder=tmp_path)
    summary = json.loads(done.stdout)
    assert (summary["rows"], summary["unparsed"], summary["unseen"]) == (1, {"age": 1}, {"city": 1})
    assert summary["seconds"] > 0


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".jsonl", ".parquet"])
def test_predictions_are_written_in_every_format(folder, tmp_path, ending):
    done = run("predict", "train.automl", "train.csv", "--output", tmp_path / f"p{ending}", folder=folder)
    assert (done.returncode, done.stdout) == (0, "")
    assert (tmp_path / f"p{ending}").stat().st_size > 0


def test_a_missing_column_that_the_model_uses_is_6(folder):
    done = run("predict", "train.automl", "-", folder=folder, stdin="city,plan\nRom,a\n")
    assert (done.returncode, done.stdout) == (6, "")
    assert "'age'" in done.stderr


def test_a_kept_column_named_prediction_is_wrong_usage(folder):
    done = run("predict", "train.automl", "-", "--keep", "prediction", folder=folder, stdin="prediction\n1\n")
    assert done.returncode == 2


def test_a_threshold_moves_the_labels(folder):
    always = run("predict", "train.automl", "train.csv", "--threshold", "0", folder=folder)
    assert set(always.stdout.splitlines()[1:]) == {"Yes"}


def test_inspect_as_json_has_the_promised_fields(folder):
    content = json.loads(run("inspect", "train.automl", "--json", folder=folder).stdout)
    promised = "schema_version model target task labels metric metrics estimate features findings complete stopped_by"
    assert {*promised.split(), "seconds", "trials"} <= set(content)
    assert {"metric", "value", "interval", "method", "rows"} <= set(content["estimate"])
    assert all({"name", "importance", "selected"} <= set(feature) for feature in content["features"])
    assert (content["target"], content["task"], content["labels"]) == ("churn", "binary", ["No", "Yes"])


def test_inspect_says_the_same_in_words(folder):
    shown = run("inspect", "train.automl", folder=folder)
    assert all(text in shown.stdout for text in ("churn", "binary", "roc_auc", "Features", "age"))


def test_fit_as_json_is_what_inspect_shows(automl, tmp_path):
    (tmp_path / "train.csv").write_text(customers(120))
    bounded = ("--trials", "2", "--families", "constant,linear", "--json")
    said = json.loads(automl("fit", "train.csv", "--target", "churn", *bounded).out)
    shown = json.loads(automl("inspect", "train.automl", "--json").out)
    # Only the file itself knows its members; only fit knows where it put things.
    of_the_file, of_the_fit = {"format", "format_version", "members"}, {"path", "report"}
    assert {name: said[name] for name in said if name not in of_the_fit} == {
        name: shown[name] for name in shown if name not in of_the_file
    }


def test_the_leaderboard_has_the_promised_fields(folder):
    candidates = json.loads(run("leaderboard", "train.automl", "--json", folder=folder).stdout)["candidates"]
    fields = {"rank", "family", "score", "spread", "seconds", "found_at", "gain", "weight", "status"}
    assert len(candidates) >= 3
    assert all(set(candidate) == fields for candidate in candidates)
    assert [candidate["rank"] for candidate in candidates] == sorted(candidate["rank"] for candidate in candidates)


def test_the_leaderboard_says_what_each_candidate_added_to_the_blend(folder):
    candidates = json.loads(run("leaderboard", "train.automl", "--json", folder=folder).stdout)["candidates"]
    gains = {candidate["family"]: candidate["gain"] for candidate in candidates}
    assert gains["constant"] is None
    assert max(gain for gain in gains.values() if gain is not None) > 0


def test_the_leaderboard_is_a_table(folder):
    assert "linear" in run("leaderboard", "train.automl", folder=folder).stdout


@pytest.mark.parametrize(("ending", "start"), [(".html", "<!doctype html>"), (".md", "#"), (".json", "{")])
def test_the_report_is_written_again(folder, tmp_path, ending, start):
    path = tmp_path / f"report{ending}"
    done = run("report", "train.automl", "--output", path, folder=folder)
    assert (done.returncode, done.stdout) == (0, f"{path}\n")
    assert path.read_text().lower().startswith(start)


def test_a_truncated_model_file_is_5(folder, tmp_path):
    (tmp_path / "cut.automl").write_bytes((folder / "train.automl").read_bytes()[:-2000])
    for command in (["inspect"], ["leaderboard"], ["predict"]):
        done = run(*command, "cut.automl", *(["-"] if command == ["predict"] else []), folder=tmp_path)
        assert (done.returncode, done.stdout) == (5, ""), command


def test_a_model_file_of_a_newer_format_is_5(folder, tmp_path):
    newer = tmp_path / "newer.automl"
    with zipfile.ZipFile(folder / "train.automl") as old, zipfile.ZipFile(newer, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "manifest.json":
                content = json.dumps({**json.loads(content), "format_version": 999}).encode()
            new.writestr(name, content)
    done = run("inspect", "newer.automl", folder=tmp_path)
    assert done.returncode == 5
    assert done.stderr.startswith("error: ")


def test_a_number_is_predicted_with_every_digit(automl, tmp_path):
    draw = random.Random(3)
    rows = [(x := draw.random(), f"{x:.4f},{3 * x + draw.gauss(0, 0.1):.4f}")[1] for _ in range(150)]
    (tmp_path / "houses.csv").write_text("size,price\n" + "\n".join(rows) + "\n")
    bounded = ("--trials", "2", "--families", "constant,linear", "--output", "m.automl", "--no-report")
    assert automl("fit", "houses.csv", "--target", "price", *bounded).code == 0
    assert not (tmp_path / "m.html").exists()
    values = automl("predict", "m.automl", "houses.csv").out.splitlines()[1:]
    assert all(repr(float(value)) == value for value in values)


def test_standard_input_is_fitted(tmp_path):
    bounded = ("--trials", "2", "--families", "constant,linear")
    done = run("fit", "-", "--target", "churn", *bounded, folder=tmp_path, stdin=customers(120))
    assert (done.returncode, done.stdout) == (0, "model.automl\n")


def test_a_score_that_is_missed_is_1_and_the_model_is_there(automl, tmp_path):
    (tmp_path / "train.csv").write_text(customers(120))
    bounded = ("--trials", "2", "--families", "constant,linear", "--min-score", "0.9999")
    assert automl("fit", "train.csv", "--target", "churn", *bounded).code == 1
    assert (tmp_path / "train.automl").exists()


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)])
def test_a_signal_leaves_the_best_model_so_far(tmp_path, number, code):
    (tmp_path / "train.csv").write_text(customers())
    arguments = ["fit", "train.csv", "--target", "churn", "--time-budget", "10m", "--verbose"]
    process = subprocess.Popen(
        [sys.executable, "-m", "automl", *arguments],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    for line in process.stderr:
        if line.startswith("trial ") and "score" in line:
            break
    process.send_signal(number)
    started = time.monotonic()
    out, err = process.communicate(timeout=60)
    assert (process.returncode, len(out.splitlines())) == (code, 1), err
    assert time.monotonic() - started < 30
    content = json.loads(run("inspect", out.strip(), "--json", folder=tmp_path).stdout)
    assert (content["complete"], content["stopped_by"]) == (False, number.name)
    assert run("predict", out.strip(), "train.csv", folder=tmp_path).returncode == 0


@pytest.mark.slow
def test_the_budget_is_kept_by_the_whole_command(tmp_path):
    (tmp_path / "train.csv").write_text(customers(2000))
    started = time.monotonic()
    assert run("fit", "train.csv", "--target", "churn", "--time-budget", "10", folder=tmp_path).returncode == 0
    assert time.monotonic() - started < 10 + 1


def test_a_read_only_current_folder_is_no_obstacle(tmp_path):
    table, out = tmp_path / "train.csv", tmp_path / "out"
    table.write_text(customers(120))
    out.mkdir()
    bounded = ("--trials", "2", "--families", "constant,linear", "--output", out / "m.automl")
    done = run("fit", table, "--target", "churn", *bounded, folder="/proc")
    assert done.returncode == 0, done.stderr
    assert {path.name for path in Path(out).iterdir()} == {"m.automl", "m.html"}


def test_a_class_with_one_row_is_named_and_does_no_harm(automl, tmp_path):
    (tmp_path / "train.csv").write_text(f"{customers(120)}99999,33,Bern,a,Perhaps\n")
    bounded = ("--trials", "2", "--families", "constant,linear", "--json")
    done = automl("fit", "train.csv", "--target", "churn", *bounded)
    assert done.code == 0, done.err
    assert any("Perhaps" in finding["message"] for finding in json.loads(done.out)["findings"])


def test_column_names_that_stand_twice_are_renamed_and_named(automl, tmp_path):
    (tmp_path / "train.csv").write_text(customers(120).replace("city,plan", "city,city", 1))
    bounded = ("--trials", "2", "--families", "constant,linear", "--json")
    done = automl("fit", "train.csv", "--target", "churn", *bounded)
    assert done.code == 0, done.err
    assert any(finding["code"] == "duplicate_column_name" for finding in json.loads(done.out)["findings"])


@pytest.mark.slow
def test_a_search_by_count_is_repeatable_whatever_is_around_it(tmp_path):
    """Other workers, another folder, locale, time zone, order of sets and terminal: the same predictions."""
    lines = customers().splitlines()
    days = [f"2024-{1 + number % 12:02d}-{1 + number % 28:02d} 23:30" for number in range(len(lines) - 1)]
    dated = [f"since,{lines[0]}", *(f"{day},{line}" for day, line in zip(days, lines[1:], strict=True))]
    (tmp_path / "train.csv").write_text("\n".join(dated) + "\n")
    (tmp_path / "other").mkdir()
    around = {"LC_ALL": "tr_TR.UTF-8", "TZ": "Asia/Kathmandu", "PYTHONHASHSEED": "77", "TERM": "dumb", "COLUMNS": "31"}
    bounded = ("--trials", "12", "--folds", "2", "--seed", "5", "--no-report")
    predictions = []
    for jobs, folder, more in ((1, tmp_path, {"PYTHONHASHSEED": "3", "TZ": "UTC"}), (2, tmp_path / "other", around)):
        data = Path(os.path.relpath(tmp_path, folder)) / "train.csv"
        env = {name: os.environ[name] for name in ("PATH", "XDG_STATE_HOME")} | more
        command = ("fit", data, "--target", "churn", *bounded, "--jobs", jobs, "--output", "m.automl")
        fitted = run(*command, folder=folder, env=env)
        assert fitted.returncode == 0, fitted.stderr
        predictions.append(run("predict", "m.automl", data, "--proba", folder=folder, env=env).stdout)
    assert len(predictions[0].splitlines()) == ROWS + 1
    assert predictions[0] == predictions[1]


def test_a_fold_of_one_class_ends_no_fit_and_is_left_out_of_the_spread(tmp_path):
    draw = random.Random(7)
    lines = ["age,fold,churn"]
    for row in range(150):
        age, fold = draw.randint(18, 80), row % 3
        lines.append(f"{age},{fold},{'Yes' if fold != 2 and age + draw.gauss(0, 10) < 45 else 'No'}")
    (tmp_path / "folds.csv").write_text("\n".join(lines) + "\n")
    options = ("--fold-column", "fold", "--trials", "2", "--families", "constant,linear", "--output", "folds.automl")
    done = run("fit", "folds.csv", "--target", "churn", *options, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    candidates = json.loads(run("leaderboard", "folds.automl", "--json", folder=tmp_path).stdout)["candidates"]
    assert 0 < candidates[0]["spread"] < 0.5
    assert run("report", "folds.automl", "--output", "again.html", folder=tmp_path).returncode == 0
