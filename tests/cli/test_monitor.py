"""New rows held against a model: whole fits, then what ``automl monitor`` says of batches with known changes."""

import hashlib
import json
import random
import shutil
from datetime import datetime, timedelta

import pytest
from browser import complaints_about

from automl.bundle.archive import Archive, write_archive
from automl.cli.run import run

HEADER = "age,income,city,visits,seen,churn"
TRAINING_ROWS = 600
WORDS = ["slow", "quick", "friendly", "broken", "parcel", "came", "late", "support", "nobody", "kindly"]


def customers(rows, seed, *, city=None, missing=0.05, older=0.0, since="2024-01-01"):
    """Return rows as lists of cells; ``older`` is added to the age, every twentieth row may get another city."""
    draw = random.Random(seed)
    made = []
    for row in range(rows):
        age = round(draw.gauss(45, 12), 1)
        leaves = age + older + draw.gauss(0, 8) < 45
        place = city if city and row % 20 == 0 else draw.choices(["Bern", "Rom", "Oslo"], [5, 3, 2])[0]
        shown = "" if draw.random() < missing else f"{age + older:.1f}"
        income = f"{draw.lognormvariate(8, 0.5):.2f}"
        made.append([shown, income, place, str(draw.randint(0, 9)), since, "Yes" if leaves else "No"])
    return made


def text(rows, header=HEADER, without=()):
    names = header.split(",")
    kept = [place for place, name in enumerate(names) if name not in without]
    lines = [[names[place] for place in kept], *([row[place] for place in kept] for row in rows)]
    return "\n".join(",".join(line) for line in lines) + "\n"


def houses(rows, seed, wider=0):
    draw = random.Random(seed)
    areas = [round(draw.uniform(30, 200), 1) for _ in range(rows)]
    return "area,price\n" + "".join(
        f"{area + wider:.1f},{area * 3 + draw.gauss(0, 4 + area / 8):.1f}\n" for area in areas
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with a model of two classes, with and without reference rows, and one of a number."""
    folder = tmp_path_factory.mktemp("monitored")
    (folder / "churn.csv").write_text(text(customers(TRAINING_ROWS, 1), without=("seen",)))
    (folder / "price.csv").write_text(houses(TRAINING_ROWS, 1))
    for name, target, options in (
        ("churn", "churn", ()),
        ("without", "churn", ("--no-reference-rows",)),
        ("price", "price", ()),
    ):
        words = ["fit", str(folder / f"{target}.csv"), "--target", target, "--output", str(folder / f"{name}.automl")]
        words += ["--trials", "3", "--families", "constant,linear,lightgbm", "--no-report", "--quiet", "--no-log"]
        assert run([*words, *options]) == 0
    return folder


@pytest.fixture
def watched(folder, automl, tmp_path):
    """Monitor a batch, given as text, and return exit code and JSON object."""

    def watch(content, *options, model="churn"):
        (tmp_path / "batch.csv").write_text(content)
        done = automl("monitor", folder / f"{model}.automl", "batch.csv", "--json", "--no-log", *options)
        return done.code, json.loads(done.out)

    return watch


def alarms(said):
    return {(alarm["column"], alarm["test"]) for alarm in said["alarms"]}


def test_rows_like_the_training_rows_raise_no_alarm(watched):
    code, said = watched(text(customers(500, 2), without=("seen",)))
    assert (code, said["alarm"], said["alarms"], said["batches"]) == (0, False, [], [])
    assert set(said["columns"]["age"]) >= {"alarm", "effect", "test"}
    assert said["performance"]["labelled"]
    assert said["domain"]["auc"] < 0.6


def test_rows_with_too_few_cells_are_counted(watched, folder, automl):
    content = text(customers(60, 2), without=("seen",)) + "41\n"
    assert watched(content)[1]["ragged_rows"] == {"short": 1, "long": 0, "repaired": 0}
    shown = automl("monitor", folder / "churn.automl", "batch.csv", "--no-log")
    assert "1 row does not have a cell for each column: 1 too short." in shown.err


def test_a_shifted_column_is_named(watched):
    code, said = watched(text(customers(500, 2, older=6), without=("seen", "churn")))
    assert (code, said["alarm"]) == (1, True)
    assert ("age", "wasserstein") in alarms(said)
    assert said["columns"]["age"]["effect"] == pytest.approx(0.5, abs=0.15)
    assert not said["columns"]["income"]["alarm"]


def test_of_longer_texts_the_mean_length_is_told(folder, automl, tmp_path):
    draw = random.Random(3)

    def reviews(words):
        said = (
            (" ".join(draw.choices(WORDS, k=draw.randint(5, words))), draw.choice(["Yes", "No"])) for _ in range(300)
        )
        return "review,good\n" + "".join(f"{review},{good}\n" for review, good in said)

    (tmp_path / "reviews.csv").write_text(reviews(12))
    (tmp_path / "longer.csv").write_text(reviews(30))
    words = ("--trials", "1", "--families", "linear", "--no-report", "--quiet", "--no-log")
    assert automl("fit", "reviews.csv", "--target", "good", *words).code == 0
    said = json.loads(automl("monitor", "reviews.automl", "longer.csv", "--json", "--no-log").out)
    assert any("Its mean length is" in alarm["message"] for alarm in said["alarms"])


def test_a_new_level_is_named(watched):
    code, said = watched(text(customers(500, 2, city="Wien"), without=("seen", "churn")))
    assert code == 1
    assert ("city", "new_levels") in alarms(said)
    assert said["columns"]["city"]["new_levels"] == ["Wien"]


def test_more_missing_cells_are_a_data_alarm(watched):
    content = text(customers(500, 2, missing=0.2), without=("seen", "churn"))
    code, said = watched(content, "--fail-on", "data")
    assert code == 1
    assert alarms(said) == {("age", "missing")}
    assert watched(content, "--fail-on", "performance")[0] == 0


def test_a_column_that_is_not_there_is_an_alarm_and_the_others_are_still_tested(watched):
    code, said = watched(text(customers(500, 2, city="Wien"), without=("seen", "churn", "age")))
    assert code == 1
    assert {("age", "schema"), ("city", "new_levels")} <= alarms(said)
    assert said["prediction"] is None
    assert said["performance"] is None


def test_a_column_of_another_kind_is_said_to_be_one(watched):
    rows = [["old" if int(float(row[1])) % 4 else row[0], *row[1:]] for row in customers(500, 2)]
    _, said = watched(text(rows, without=("seen", "churn")))
    assert any("does not read as numeric any more" in alarm["message"] for alarm in said["alarms"])


def test_rows_delivered_twice_are_an_alarm(watched):
    rows = customers(150, 2)
    code, said = watched(text([*rows, *rows], without=("seen", "churn")), "--fail-on", "data")
    assert code == 1
    assert ("", "duplicates") in alarms(said)


def test_a_batch_without_rows_is_an_alarm(watched):
    code, said = watched("age,income,city,visits\n")
    assert code == 1
    assert alarms(said) == {("", "volume")}


def test_far_fewer_rows_than_usual_are_an_alarm(watched):
    content = text(customers(90, 2), without=("seen", "churn"))
    code, said = watched(content, "--fail-on", "data", "--usual-rows", "500")
    assert (code, alarms(said)) == (1, {("", "volume")})
    assert said["alarms"][0]["message"] == "It has 90 rows; 500 are usual."
    assert watched(content, "--fail-on", "data", "--usual-rows", "400")[0] == 0


def test_labels_that_contradict_the_model_are_a_decline(watched):
    rows = [[*row[:-1], "No" if row[-1] == "Yes" else "Yes"] for row in customers(300, 2)]
    code, said = watched(text(rows, without=("seen",)), "--fail-on", "performance")
    assert code == 1
    assert said["performance"]["value"] < said["performance"]["promised"]


def test_without_labels_the_score_is_estimated_and_the_assumption_said(watched):
    _, with_labels = watched(text(customers(600, 3), without=("seen",)))
    code, said = watched(text(customers(600, 3), without=("seen", "churn")))
    assert code == 0
    low, high = said["performance"]["interval"]
    assert not said["performance"]["labelled"]
    assert low <= with_labels["performance"]["value"] <= high
    assert "concept drift" in said["performance"]["assumption"]


def test_it_is_said_why_labels_of_one_class_measure_no_score(watched):
    rows = [row for row in customers(300, 3) if row[-1] == "Yes"]
    _, said = watched(text(rows, without=("seen",)))
    assert not said["performance"]["labelled"]
    assert any(note.startswith("'churn' is there, but does not tell the roc_auc:") for note in said["notes"])


def test_errors_of_numbers_are_estimated_to_grow_where_predictions_do(watched):
    code, said = watched(houses(500, 2), model="price")
    assert (code, said["performance"]["metric"]) == (0, "rmse")
    (_, few), (_, many) = (
        watched("area\n" + "".join(f"{area}\n" for area in areas), model="price")
        for areas in (range(30, 80), range(150, 200))
    )
    assert many["performance"]["value"] > few["performance"]["value"]
    assert set(few["prediction"]["now"]) == {"mean"}


def test_what_moved_the_predictions_is_explained(watched):
    _, said = watched(text(customers(400, 2, older=8), without=("seen", "churn")), "--explain")
    assert said["moved"][0]["column"] == "age"
    assert said["moved_label"] == "Yes"
    assert said["moved"][0]["value"] < 0


def test_explaining_needs_reference_rows(folder, automl):
    done = automl("monitor", folder / "without.automl", folder / "churn.csv", "--explain", "--no-log")
    assert done.code == 2
    assert "--no-reference-rows" in done.hint


def test_without_reference_rows_columns_are_still_tested(watched):
    code, said = watched(text(customers(500, 2, older=6), without=("seen", "churn")), model="without")
    assert code == 1
    assert ("age", "wasserstein") in alarms(said)
    assert said["domain"] is None
    assert any("--no-reference-rows" in note for note in said["notes"])


def test_a_model_of_an_older_version_is_held_against_its_schema(folder, automl, tmp_path):
    new = Archive(folder / "churn.automl")
    parts = {name: new.member(name) for name in new.manifest["members"] if name != "reference.json"}
    write_archive(tmp_path / "old.automl", new.manifest, parts)
    shutil.copy(folder / "churn.csv", tmp_path / "rows.csv")
    said = json.loads(automl("monitor", "old.automl", "rows.csv", "--json", "--no-log").out)
    assert (said["columns"], said["prediction"], said["reference_rows"]) == ({}, None, 0)
    assert said["performance"]["labelled"]
    assert any("older" in note or "before" in note for note in said["notes"])


@pytest.fixture
def days(tmp_path):
    """Return a file with six days, whose customers grow older from the fifth on."""
    rows = []
    for day in range(6):
        rows += customers(200, 10 + day, older=9 if day >= 4 else 0, since=f"2024-03-0{day + 1}")
    (tmp_path / "days.csv").write_text(text(rows, without=("churn",)))
    return tmp_path / "days.csv"


def test_stretches_of_time_make_a_time_line_and_the_first_alarm_is_marked(folder, automl, days):
    done = automl("monitor", folder / "churn.automl", days, "--since", "seen", "--window", "1d", "--json", "--no-log")
    said = json.loads(done.out)
    assert done.code == 1
    assert [batch["name"] for batch in said["batches"]] == [f"2024-03-0{day}" for day in range(1, 7)]
    assert said["first_alarm"] == "2024-03-05"
    assert said["batch"] == "2024-03-06"


@pytest.mark.parametrize("ending", ["html", "md", "json"])
def test_the_time_line_is_written_as_a_report(folder, automl, tmp_path, days, ending):
    output = f"report.{ending}"
    done = automl("monitor", folder / "churn.automl", days, "--since", "seen", "--output", output, "--no-log")
    assert done.code == 1
    assert "The first alarm is in 2024-03-05" in done.out
    said = (tmp_path / output).read_text()
    assert "2024-03-05" in said
    if ending == "html":
        assert said.count('<svg class="plot"') >= 4


@pytest.mark.browser
def test_the_report_is_read_by_everybody_and_asks_for_nothing(folder, automl, tmp_path, days, page):
    automl(
        "monitor", folder / "churn.automl", days, "--since", "seen", "--explain", "--output", "days.html", "--no-log"
    )
    assert complaints_about(page, tmp_path / "days.html") == []


def test_several_files_are_batches(folder, automl, tmp_path):
    for name, older in (("a", 0), ("b", 9)):
        (tmp_path / f"{name}.csv").write_text(text(customers(300, 2, older=older), without=("seen", "churn")))
    said = json.loads(automl("monitor", folder / "churn.automl", "a.csv", "b.csv", "--json", "--no-log").out)
    assert [(batch["name"], batch["alarm"]) for batch in said["batches"]] == [("a.csv", False), ("b.csv", True)]


def test_files_of_one_name_raise_each_their_own_alarm(folder, automl, tmp_path):
    for name in ("monday", "tuesday"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "s.csv").write_text(text(customers(300, 2, older=9), without=("seen", "churn")))
    done = automl("monitor", folder / "churn.automl", "monday/s.csv", "tuesday/s.csv", "--no-log")
    assert "The first alarm is in monday/s.csv; 2 batches raised one." in done.out


@pytest.fixture(scope="module")
def hourly(folder):
    """Return a model that learned from hourly rows of the winter, with the time among its columns."""
    rows = customers(TRAINING_ROWS, 1)
    (folder / "hourly.csv").write_text(text(dated(rows, "2023-12-01")))
    words = ("--trials", "1", "--families", "linear", "--no-report", "--quiet", "--no-log")
    output = folder / "hourly.automl"
    assert run(["fit", str(folder / "hourly.csv"), "--target", "churn", "--output", str(output), *words]) == 0
    return output


def dated(rows, first):
    """Return rows an hour apart."""
    start = datetime.fromisoformat(first)
    return [[*row[:4], str(start + timedelta(hours=place)), row[5]] for place, row in enumerate(rows)]


def test_later_times_are_no_alarm_by_themselves(hourly, automl, tmp_path):
    (tmp_path / "later.csv").write_text(text(dated(customers(400, 2), "2024-05-01")))
    done = automl("monitor", hourly, "later.csv", "--json", "--no-log")
    said = json.loads(done.out)
    assert (done.code, said["alarms"]) == (0, [])
    assert said["columns"]["seen"]["test"] == "missing"


def test_times_that_are_missing_or_cannot_be_read_are_an_alarm(hourly, automl, tmp_path):
    rows = [[*row[:4], "" if place % 3 else "soon", row[5]] for place, row in enumerate(customers(400, 2))]
    (tmp_path / "later.csv").write_text(text(rows))
    said = json.loads(automl("monitor", hourly, "later.csv", "--json", "--no-log", "--fail-on", "data").out)
    assert {("seen", "missing"), ("seen", "unparsed")} <= alarms(said)


def test_missing_days_are_a_data_alarm(hourly, automl, tmp_path):
    rows = [row for row in dated(customers(240, 2), "2024-05-01") if "2024-05-04" not in row[4]]
    (tmp_path / "later.csv").write_text(text(rows))
    done = automl("monitor", hourly, "later.csv", "--since", "seen", "--fail-on", "data", "--json", "--no-log")
    assert done.code == 1
    assert [(alarm["batch"], alarm["test"]) for alarm in json.loads(done.out)["alarms"]] == [("2024-05-04", "volume")]


def test_a_week_that_the_data_only_begin_is_no_alarm_for_its_rows(hourly, automl, tmp_path):
    (tmp_path / "later.csv").write_text(text(dated(customers(24 * 38, 2), "2024-05-05")))
    words = ("--since", "seen", "--window", "1w", "--fail-on", "data", "--json", "--no-log")
    done = automl("monitor", hourly, "later.csv", *words)
    said = json.loads(done.out)
    assert (done.code, said["alarms"]) == (0, [])
    assert [batch["name"] for batch in said["batches"]][:2] == ["2024-05-05", "2024-05-06"]


def test_doubtful_dates_are_told_in_text_and_json(folder, automl, tmp_path):
    rows = [[*row[:4], f"{place % 12 + 1:02}/02/2023", row[5]] for place, row in enumerate(customers(240, 2))]
    (tmp_path / "doubtful.csv").write_text(text(rows))
    words = ("monitor", folder / "churn.automl", "doubtful.csv", "--since", "seen", "--no-log")
    assert any("write them as year-month-day" in note for note in json.loads(automl(*words, "--json").out)["notes"])
    assert "write them as year-month-day" in automl(*words).out


def test_a_window_without_a_column_of_times_is_refused(folder, automl):
    done = automl("monitor", folder / "churn.automl", folder / "churn.csv", "--window", "1d")
    assert done.code == 2
    assert "--since" in done.error


def test_a_monitoring_leaves_a_line_in_the_record(folder, automl):
    assert (
        automl("monitor", folder / "churn.automl", folder / "churn.csv", "--runs", "runs.sqlite", "--quiet").code == 0
    )
    listed = json.loads(automl("runs", "list", "--runs", "runs.sqlite", "--json").out)
    assert [line["kind"] for line in listed["runs"]] == ["monitor"]


def test_the_record_of_a_monitoring_that_failed_says_the_target(folder, automl):
    words = ("monitor", folder / "churn.automl", "nothing.csv", "--runs", "runs.sqlite")
    assert automl(*words).code == 3
    run = json.loads(automl("runs", "show", "1", "--runs", "runs.sqlite", "--json").out)
    assert (run["target"], run["exit_code"]) == ("churn", 3)


def test_the_record_says_which_model_which_files_and_which_report(folder, automl, tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.csv").write_text(text(customers(100, 2 if name == "a" else 3), without=("seen", "churn")))
    words = ("monitor", folder / "churn.automl", "a.csv", "b.csv", "--runs", "runs.sqlite", "--output", "two.html")
    assert automl(*words).code in (0, 1)
    run = json.loads(automl("runs", "show", "1", "--runs", "runs.sqlite", "--json").out)
    digests = [hashlib.sha256((tmp_path / f"{name}.csv").read_bytes()).hexdigest() for name in ("a", "b")]
    assert run["details"]["data_sha256"] == digests
    assert run["details"]["model_sha256"] == hashlib.sha256((folder / "churn.automl").read_bytes()).hexdigest()
    assert run["output_sha256"] == hashlib.sha256((tmp_path / "two.html").read_bytes()).hexdigest()
    assert (run["rows"], run["columns"]) == (200, 4)
