"""The column of row weights, in rows that a model is judged on: what stands in it, and that it is not there."""

import json
import random

import pytest

from automl.cli.run import run

QUICK = ("--trials", "1", "--families", "linear", "--optimize", "speed", "--no-report", "--no-log", "--quiet")
FIT = ("fit", "train.csv", "--target", "price", "--weight", "counts", "--output", "m.automl", *QUICK)


def houses(rows, seed, weight=1.0):
    """Return houses whose dear ones count more, in units of ``weight``."""
    draw = random.Random(seed)
    made = []
    for _ in range(rows):
        area = draw.randint(30, 200)
        price = round(area * 3 + draw.expovariate(0.02), 1)
        made.append([area, repr(weight * (1 + 9 * (price > 400))), price, "dear" if price > 500 else "cheap"])
    return made


def text(rows):
    return "\n".join(["area,counts,price,kind", *(",".join(map(str, row)) for row in rows)]) + "\n"


@pytest.fixture
def write(tmp_path):
    """Write rows to a file of the folder that commands run in."""
    return lambda name, rows: (tmp_path / name).write_text(text(rows))


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("weights")
    (folder / "train.csv").write_text(text(houses(200, 1)))
    words = ("fit", folder / "train.csv", "--target", "price", "--drop", "kind", "--weight", "counts", *QUICK)
    assert run([str(word) for word in (*words, "--output", folder / "m.automl")]) == 0
    return folder / "m.automl"


def test_rows_without_the_weights_of_the_model_are_said_to_count_alike(model, automl, write, tmp_path):
    write("new.csv", houses(100, 2))
    (tmp_path / "without.csv").write_text((tmp_path / "new.csv").read_text().replace("counts", "other"))
    said = [json.loads(automl("evaluate", model, name, "--json").out) for name in ("new.csv", "without.csv")]
    assert [each["without_weight"] for each in said] == [None, "counts"]
    assert "“counts”, whose weights the promise rests on, is not there" in automl("evaluate", model, "without.csv").out


@pytest.fixture
def unweighted(model, tmp_path):
    """Return a model of the same rows that was fitted without their weights."""
    words = ("fit", model.parent / "train.csv", "--target", "price", "--drop", "kind,counts", *QUICK)
    assert run([str(word) for word in (*words, "--output", tmp_path / "plain.automl")]) == 0
    return tmp_path / "plain.automl"


@pytest.fixture
def without(write, tmp_path):
    """Write rows with the column of weights to ``new.csv``, and the same without it to ``without.csv``."""
    write("new.csv", houses(100, 2))
    (tmp_path / "without.csv").write_text((tmp_path / "new.csv").read_text().replace("counts", "other"))
    return "without.csv"


def test_a_comparison_of_rows_without_the_weights_of_both_models_says_so(model, automl, without):
    words = ("compare", model, model, "--data")
    said = [json.loads(automl(*words, name, "--json").out) for name in ("new.csv", without)]
    assert [each["without_weight"] for each in said] == [None, "counts"]
    assert said[0]["metrics"][0]["first"] != said[1]["metrics"][0]["first"]
    line = "The column “counts”, whose weights A and B were fitted by, is not there: each row counts alike."
    assert line in automl(*words, without).out
    assert "counts" not in automl(*words, "new.csv").out


def test_a_comparison_by_a_model_without_weights_says_that_the_other_had_some(model, unweighted, automl, without):
    line = "B was fitted by the weights of “counts”, A was not: rows count as for A, each alike."
    assert line in automl("compare", unweighted, model, "--data", "new.csv").out
    assert "whose weights A was fitted by" in automl("compare", model, unweighted, "--data", without).out


def test_monitored_rows_without_the_weights_of_the_model_are_said_to_count_alike(model, automl, without):
    words = ("monitor", model, "--no-log")
    line = "The column “counts”, whose weights the promise rests on, is not there: each row counts alike."
    said = [json.loads(automl(*words, name, "--json").out) for name in ("new.csv", without)]
    assert [line in each["notes"] for each in said] == [False, True]
    assert said[0]["performance"]["value"] != said[1]["performance"]["value"]
    assert line in automl(*words, without).out


def test_a_score_that_is_estimated_without_labels_is_said_to_know_no_weights(model, automl, without, tmp_path):
    (tmp_path / "unlabelled.csv").write_text((tmp_path / "new.csv").read_text().replace("price", "another"))
    said = json.loads(automl("monitor", model, "unlabelled.csv", "--no-log", "--json").out)
    assert not said["performance"]["labelled"]
    assert any("counts each row alike" in note for note in said["notes"])


def test_a_test_row_without_target_and_weight_is_left_out_as_a_training_row_is(automl, write):
    write("train.csv", houses(200, 1))
    rows = houses(100, 2)
    rows[3][1] = rows[3][2] = ""
    write("new.csv", rows)
    done = automl(*FIT, "--drop", "kind", "--test-data", "new.csv", "--json")
    assert done.code == 0, done.err
    assert json.loads(done.out)["test"]["rows"] == 99


def test_test_rows_none_of_which_counts_are_refused_before_the_search(automl, write):
    write("train.csv", houses(200, 1))
    write("new.csv", houses(100, 2, weight=0))
    done = automl(*FIT, "--drop", "kind", "--test-data", "new.csv")
    assert done.code == 3
    assert done.error == "Every weight in 'counts' of new.csv is zero."


def test_no_score_is_told_of_rows_none_of_which_counts(model, automl, write):
    write("new.csv", houses(100, 2, weight=0))
    done = automl("evaluate", model, "new.csv", "--json")
    assert done.code == 3
    assert done.error == "Every weight in 'counts' of new.csv is zero."


@pytest.mark.parametrize(
    ("target", "metric"), [("price", "pinball_0.9"), ("price", "mae"), ("price", "mape"), ("kind", "log_loss")]
)
def test_rows_are_judged_beside_the_same_constant_answer_as_in_the_fit(automl, write, target, metric):
    write("train.csv", houses(200, 1))
    other = {"price": "kind", "kind": "price"}[target]
    words = ("--target", target, "--weight", "counts", "--drop", other, "--metric", metric, "--json")
    manifest = json.loads(automl("fit", "train.csv", "--output", "m.automl", *words, *QUICK).out)
    said = json.loads(automl("evaluate", "m.automl", "train.csv", "--json").out)
    assert said["baseline"][metric] == pytest.approx(manifest["baseline_score"])


def test_a_constant_answer_knows_the_classes_however_small_the_weights_are(automl, write):
    for name, seed in (("train.csv", 1), ("new.csv", 2)):
        write(name, [[area, "0.000001", *rest] for area, _, *rest in houses(300, seed)])
    words = ("--target", "kind", "--weight", "counts", "--drop", "price", "--metric", "log_loss")
    manifest = json.loads(automl("fit", "train.csv", "--output", "m.automl", *words, *QUICK, "--json").out)
    done = automl("retrain", "m.automl", "new.csv", "--no-log", "--json")
    assert done.code in (0, 1), done.err
    baseline = json.loads(done.out)["verdict"]["baseline"]
    assert baseline == pytest.approx(manifest["baseline_score"], abs=0.04)
    assert baseline < 0.66
