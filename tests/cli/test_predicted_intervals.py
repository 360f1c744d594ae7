"""Bounds of predictions from a whole fit: ``automl predict --interval``."""

import csv
import io
import json
import random
from pathlib import Path

import pytest

from automl.bundle.archive import Archive, write_archive
from automl.cli.run import run

SMALL = ("--trials", "3", "--families", "constant,linear,lightgbm", "--no-report", "--quiet")


def houses(rows, seed):
    """Prices that sellers of one kind state more exactly than those of the other."""
    draw = random.Random(seed)
    lines = ["area,street,seller,price,class"]
    for _ in range(rows):
        area, street, seller = draw.randint(30, 200), draw.choice("abc"), draw.choice(["agent", "owner"])
        price = area * 3 + 40 * (street == "a") + draw.gauss(0, area / (8 if seller == "agent" else 2.5))
        name = "high" if price > 450 else "mid" if price > 250 else "low"
        lines.append(f"{area},{street},{seller},{price:.1f},{name}")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Return a folder with a regression, a classification and new rows."""
    folder = tmp_path_factory.mktemp("models")
    (folder / "train.csv").write_text(houses(600, 1))
    (folder / "new.csv").write_text(houses(1_000, 2))
    for target, *options in (
        ("price", "--drop", "class,seller", "--interval-by", "seller"),
        ("class", "--drop", "price,seller"),
    ):
        fit = (
            "fit",
            folder / "train.csv",
            "--target",
            target,
            "--output",
            folder / f"{target}.automl",
            *options,
        )
        assert run([str(word) for word in (*fit, *SMALL)]) == 0
    return folder


@pytest.fixture
def predicted(models, automl):
    """Predict the new rows and return them as dicts."""

    def predict(name, *options):
        done = automl("predict", models / f"{name}.automl", models / "new.csv", "--keep", name, *options)
        assert done.code == 0, done.err
        return list(csv.DictReader(io.StringIO(done.out)))

    return predict


def test_a_number_gets_a_lower_and_an_upper_bound_that_hold_as_often_as_asked(predicted):
    rows = predicted("price", "--interval", "0.9")
    assert list(rows[0]) == ["price", "prediction", "lower", "upper"]
    inside = [float(row["lower"]) <= float(row["price"]) <= float(row["upper"]) for row in rows]
    assert 0.86 < sum(inside) / len(inside) < 0.94


def test_bounds_by_a_column_hold_for_each_of_its_values(predicted):
    rows = predicted("price", "--interval", "0.9", "--keep", "seller")
    widths = {}
    for seller in ("agent", "owner"):
        own = [row for row in rows if row["seller"] == seller]
        inside = [float(row["lower"]) <= float(row["price"]) <= float(row["upper"]) for row in own]
        assert 0.84 < sum(inside) / len(inside) < 0.96
        widths[seller] = sum(float(row["upper"]) - float(row["lower"]) for row in own) / len(own)
    assert widths["owner"] > 2 * widths["agent"]


def test_the_fit_tells_how_often_bounds_held_for_each_value(models, automl):
    told = json.loads(automl("inspect", models / "price.automl", "--json").out)
    coverage = told["postprocessing"]["coverage"]
    assert (told["settings"]["interval_by"], coverage["by"]) == ("seller", "seller")
    assert [(each["group"], each["own"]) for each in coverage["by_group"]] == [("agent", True), ("owner", True)]
    assert all(0.82 < each["value"] < 0.96 for each in coverage["by_group"])
    assert "seller: agent 0." in automl("inspect", models / "price.automl").out
    for name in ("report.html", "report.md"):
        assert automl("report", models / "price.automl", "--output", name).code == 0
        assert "How often bounds hold, by seller" in Path(name).read_text(encoding="utf-8")


def test_an_evaluation_tells_how_often_bounds_held_for_each_value(models, automl):
    told = json.loads(automl("evaluate", models / "price.automl", models / "new.csv", "--json").out)
    groups = {each["group"]: each for each in told["coverage"]["by_group"]}
    assert sum(each["rows"] for each in groups.values()) == 1_000
    assert groups["owner"]["size"] > 2 * groups["agent"]["size"]


def test_without_the_column_that_bounds_are_made_by_only_they_are_refused(models, automl):
    Path("new.csv").write_text("area,street\n30,a\n")
    assert automl("predict", models / "price.automl", "new.csv").code == 0
    done = automl("predict", models / "price.automl", "new.csv", "--interval", "0.9")
    assert (done.code, "'seller'" in done.error) == (6, True)


def test_bounds_by_a_column_of_numbers_are_refused_before_any_work(models, automl):
    done = automl("fit", models / "train.csv", "--target", "price", "--interval-by", "area", "--output", "no.automl")
    assert done.code == 3
    assert "2 to 50" in done.error


def test_a_label_gets_a_set_of_labels(predicted):
    rows = predicted("class", "--interval", "0.95", "--proba")
    assert list(rows[0])[-1] == "prediction_set"
    sets = [json.loads(row["prediction_set"]) for row in rows]
    assert all(row["prediction"] in labels for row, labels in zip(rows, sets, strict=True))
    assert sum(row["class"] in labels for row, labels in zip(rows, sets, strict=True)) / len(rows) > 0.92
    assert {len(labels) for labels in sets} >= {1, 2}


def test_the_fit_tells_how_often_its_intervals_held(models, automl):
    coverage = json.loads(automl("inspect", models / "price.automl", "--json").out)["postprocessing"]["coverage"]
    assert (coverage["level"], coverage["rows"], len(coverage["by_tenth"])) == (0.9, 600, 10)
    assert 0.86 < coverage["value"] < 0.94
    assert automl("report", models / "price.automl", "--output", "report.html").code == 0
    assert "intervals at the level 0.9" in Path("report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("level", ["0", "1", "90"])
def test_a_level_that_is_no_share_is_wrong_usage(models, automl, level):
    done = automl("predict", models / "price.automl", models / "new.csv", "--interval", level)
    assert done.code == 2
    assert "between 0 and 1" in done.error


def test_a_level_that_the_rows_cannot_bear_is_wrong_usage(models, automl):
    done = automl("predict", models / "price.automl", models / "new.csv", "--interval", "0.9999")
    assert done.code == 2
    assert "--interval 0.996" in done.hint


def test_a_kept_column_named_like_a_bound_is_refused(models, automl):
    Path("new.csv").write_text("area,street,lower\n30,a,1\n")
    done = automl("predict", models / "price.automl", "new.csv", "--interval", "0.9", "--keep", "lower")
    assert done.code == 2


def test_no_rows_give_the_header_alone(models, automl):
    Path("none.csv").write_text("area,street,seller\n")
    assert automl("predict", models / "price.automl", "none.csv", "--interval", "0.9").out == "prediction,lower,upper\n"
    assert (
        automl("predict", models / "class.automl", "none.csv", "--interval", "0.9").out == "prediction,prediction_set\n"
    )


def test_a_model_file_without_bounds_predicts_and_says_what_it_lacks(models, automl):
    old = Archive(models / "price.automl")
    names = [name for name in old.manifest["members"] if name != "postprocessing.json"]
    write_archive(Path("old.automl"), old.manifest, {name: old.member(name) for name in names})
    assert automl("predict", "old.automl", models / "new.csv").code == 0
    done = automl("predict", "old.automl", models / "new.csv", "--interval", "0.9")
    assert done.code == 2
    assert "fit it again" in done.hint
