"""Class weights change what models learn, and nothing of what is said of them: new rows know no class weights."""

import csv
import io
import json
import math
import random

import pytest

QUICK = ("--trials", "2", "--families", "constant,linear", "--seed", "1", "--no-report", "--no-log")


def loans(rows, seed):
    """Return loans of which few fail, most of them those of high debt."""
    draw = random.Random(seed)
    lines = ["debt,region,failed"]
    for _ in range(rows):
        debt = draw.gauss(0, 1)
        fails = draw.random() < 1 / (1 + math.exp(3.5 - 1.5 * debt))
        lines.append(f"{debt:.4f},{draw.choice('abc')},{'yes' if fails else 'no'}")
    return "\n".join(lines) + "\n"


@pytest.fixture
def fit(automl, tmp_path):
    """Fit with balanced classes and return the manifest."""

    def fitted(rows, *options):
        (tmp_path / "old.csv").write_text(loans(rows, 1))
        (tmp_path / "new.csv").write_text(loans(3_000, 2))
        words = ("fit", "old.csv", "--target", "failed", "--positive", "yes", "--output", "m.automl", "--json")
        done = automl(*words, "--class-weight", "balanced", *QUICK, *options)
        assert done.code == 0, done.err
        return json.loads(done.out)

    return fitted


@pytest.fixture
def chances(automl):
    """Return what the model says of the new rows: the probability of the rare class."""

    def said():
        rows = csv.DictReader(io.StringIO(automl("predict", "m.automl", "new.csv", "--proba").out))
        return [float(row["proba_yes"]) for row in rows]

    return said


def share_of_new_rows(folder):
    answers = [row["failed"] for row in csv.DictReader((folder / "new.csv").open())]
    return answers.count("yes") / len(answers)


def test_the_estimate_with_balanced_classes_is_what_new_rows_come_to(fit, automl, tmp_path):
    manifest = fit(3_000, "--metric", "average_precision", "--test-data", "new.csv")
    low, high = manifest["test"]["interval"]
    assert manifest["estimate"]["interval"][0] < high
    assert manifest["estimate"]["interval"][1] > low
    assert manifest["baseline_score"] == pytest.approx(share_of_new_rows(tmp_path), abs=0.02)

    said = json.loads(automl("evaluate", "m.automl", "new.csv", "--json").out)
    assert said["metrics"]["average_precision"]["value"] == manifest["test"]["value"]
    assert said["agrees_with_estimate"]


def test_probabilities_learned_from_balanced_classes_are_calibrated_to_how_often_each_happens(fit, chances, tmp_path):
    manifest = fit(2_000, "--metric", "log_loss")
    assert manifest["postprocessing"]["calibration"] is not None
    found = chances()
    assert sum(found) / len(found) == pytest.approx(share_of_new_rows(tmp_path), abs=0.02)


def test_models_learn_as_if_the_rare_class_were_as_frequent(fit, chances):
    manifest = fit(600, "--metric", "roc_auc")
    assert manifest["postprocessing"]["calibration"] is None
    found = chances()
    assert sum(found) / len(found) > 0.25


def test_the_estimate_of_a_constant_answer_is_that_of_the_answer_in_the_model_file(fit, automl):
    manifest = fit(600, "--metric", "log_loss", "--families", "constant", "--trials", "1")
    said = json.loads(automl("evaluate", "m.automl", "old.csv", "--json").out)
    assert manifest["estimate"]["value"] == pytest.approx(said["metrics"]["log_loss"]["value"], abs=1e-3)
    assert manifest["baseline_score"] == pytest.approx(said["baseline"]["log_loss"], abs=1e-3)
    assert manifest["baseline_score"] < manifest["estimate"]["value"]
