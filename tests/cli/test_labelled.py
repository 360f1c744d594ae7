"""Labelled rows that only the estimate sees."""

import json
import random
from pathlib import Path

import pytest

SMALL = ("--trials", "2", "--families", "constant,linear", "--json")


def rows(count, seed):
    draw = random.Random(seed)
    lines = []
    for _ in range(count):
        age, city = draw.randint(18, 80), draw.choice(["Bern", "Rom", "Oslo"])
        lines.append(f"{age},{city},{'Yes' if (age < 40) + draw.random() > 1.2 else 'No'}")
    return lines


def write(path, lines, header="age,city,churn"):
    Path(path).write_text("\n".join([header, *lines]) + "\n")
    return path


@pytest.fixture
def train():
    return rows(200, seed=1)


@pytest.fixture
def fit(automl):
    """Fit the training rows in the test's folder."""

    def call(*options):
        return automl("fit", "train.csv", "--target", "churn", *SMALL, *options)

    return call


def test_the_score_on_the_test_data_stands_beside_the_estimate_everywhere(train, fit):
    write("train.csv", train)
    write("test.csv", rows(90, seed=2))
    done = fit("--test-data", "test.csv")
    assert done.code == 0, done.err
    said = json.loads(done.out)
    low, high = said["test"]["interval"]
    assert low <= said["test"]["value"] <= high
    assert (said["test"]["metric"], said["test"]["rows"], said["test"]["method"]) == ("roc_auc", 90, "test_data")
    assert said["estimate"]["rows"] == 200
    assert "On 90 rows of separate test data" in Path("train.html").read_text()
    assert "test data, 90 rows" in done.err


def test_the_model_is_the_same_with_test_data_and_without(train, fit):
    write("train.csv", train)
    write("test.csv", rows(90, seed=2))
    plain = json.loads(fit().out)
    tested = json.loads(fit("--test-data", "test.csv", "--output", "tested.automl").out)
    same = ("estimate", "selection_score", "baseline_score", "metrics", "rows")
    assert {name: plain[name] for name in same} == {name: tested[name] for name in same}
    assert plain["test"] is None


def test_columns_that_are_spread_otherwise_in_the_test_data_are_a_finding(train, fit):
    write("train.csv", train)
    ages = (row.split(",") for row in rows(90, seed=2))
    write("test.csv", [f"{int(age) + 40},{city},{churn}" for age, city, churn in ages])
    said = json.loads(fit("--test-data", "test.csv").out)
    assert [each["columns"] for each in said["findings"] if each["code"] == "drift_to_test_data"] == [["age"]]


def finer(lines, seed):
    """Give each row a length of its own, by which no two are equal by chance."""
    draw = random.Random(seed)
    return [f"{draw.random():.9f},{line}" for line in lines]


def test_rows_that_the_training_data_holds_too_are_left_out_of_the_score_on_the_test_data(train, fit):
    header, learned, new = "length,age,city,churn", finer(train, 4), finer(rows(60, seed=2), 5)
    write("train.csv", learned, header)
    write("test.csv", new, header)
    alone = json.loads(fit("--test-data", "test.csv").out)["test"]
    write("test.csv", [*learned[:30], *new], header)
    done = fit("--test-data", "test.csv", "--overwrite")
    said = json.loads(done.out)["test"]
    assert (said["repeated_rows"], said["repeats"], said["rows"]) == (30, "left_out", 60)
    assert said["value"] == alone["value"]
    told = "30 rows of the test data stand in the training data too; its score leaves them out."
    assert told in done.err
    assert told in Path("train.html").read_text()


def test_where_every_row_is_in_the_training_data_the_score_counts_them_and_says_that_it_is_too_good(train, fit):
    header, learned = "length,age,city,churn", finer(train, 4)
    write("train.csv", learned, header)
    write("test.csv", learned[:50], header)
    done = fit("--test-data", "test.csv")
    said = json.loads(done.out)["test"]
    assert (said["repeated_rows"], said["repeats"], said["rows"]) == (50, "scored", 50)
    assert "warning: 50 rows of the test data stand in the training data too and hardly any others" in done.err


def test_rows_that_are_equal_by_chance_as_often_as_training_rows_are_count(train, fit):
    """A few ages and cities: leaving out the rows whose label agrees would leave those that are hard to tell."""
    write("train.csv", train)
    write("test.csv", rows(90, seed=2))
    done = fit("--test-data", "test.csv")
    said = json.loads(done.out)["test"]
    assert 0 < said["repeated_rows"] < 90
    assert (said["repeats"], said["rows"]) == ("usual", 90)
    assert "no more often than training rows repeat one another" in done.err


def test_rows_without_a_known_label_are_left_out_and_said(train, fit):
    write("train.csv", train)
    write("test.csv", [*rows(60, seed=3), "30,Rom,", "30,Rom,Perhaps"])
    done = fit("--test-data", "test.csv")
    assert json.loads(done.out)["test"]["rows"] == 60
    assert "2 rows of the test data have no target that can be scored" in done.err


@pytest.mark.parametrize(
    ("header", "lines", "code", "said"),
    [
        ("age,city,outcome", rows(60, 3), 3, "'churn'"),
        ("age,town,churn", rows(60, 3), 6, "'city'"),
        ("age,city,churn", rows(5, 3), 3, "Only 5 rows"),
        ("age,city,churn", ["30,Rom,Yes"] * 40, 3, "same class"),
    ],
)
def test_test_data_that_cannot_be_scored_is_refused_before_the_search(train, fit, header, lines, code, said):
    write("train.csv", train)
    write("test.csv", lines, header)
    done = fit("--test-data", "test.csv")
    assert (done.code, done.out) == (code, "")
    assert done.err.splitlines()[-2:] == [f"error: {done.error}", f"hint: {done.hint}"]
    assert said in done.error
    assert "search" not in done.err


def test_test_data_that_is_not_there_is_refused(train, fit):
    write("train.csv", train)
    assert fit("--test-data", "none.csv").code == 3


def test_the_training_data_is_no_test_data(train, fit):
    write("train.csv", train)
    assert fit("--test-data", "train.csv").code == 2


def test_with_a_time_the_model_is_judged_on_what_follows(train, fit):
    days = [f"2024-{1 + row // 28:02d}-{1 + row % 28:02d},{line}" for row, line in enumerate(train)]
    write("train.csv", days, "day,age,city,churn")
    done = fit("--time", "day", "--time-gap", "3d")
    assert done.code == 0, done.err
    manifest = json.loads(done.out)
    assert (manifest["estimate"]["rows"], manifest["settings"]["time_gap"]) == (100, "3d")
    page = Path("train.html").read_text()
    assert "Trained on the past, validated on 4 consecutive parts of the latest half, with a gap of 3d between" in page
    assert "--time day --time-gap 3d" in page
