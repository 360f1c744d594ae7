"""Parts of the rows are scored by the weights and groups that all of them are scored by."""

import json
import random

import pytest

from automl.cli.run import run

WEIGHTED = ("--target", "churn", "--weight", "counts", "--group", "customer", "--no-report", "--quiet", "--no-log")


def customers(rows, seed):
    """Return rows of which the old ones, whose answers are noise, count ten times; all of one region."""
    draw = random.Random(seed)
    lines = ["age,counts,customer,region,churn"]
    for row in range(rows):
        age = draw.randint(18, 80)
        leaves = draw.random() < 0.5 if age > 60 else age < 40
        lines.append(f"{age},{10 if age > 60 else 1},c{row // 3}-{seed},all,{'Yes' if leaves else 'No'}")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("weighted")
    (folder / "train.csv").write_text(customers(300, 1))
    (folder / "new.csv").write_text(customers(400, 2))
    for family in ("constant", "lightgbm"):
        words = ("fit", folder / "train.csv", "--output", folder / f"{family}.automl", "--families", family)
        assert run([str(word) for word in (*words, "--trials", "1", *WEIGHTED)]) == 0
    return folder


def test_a_level_that_holds_all_rows_scores_as_all_rows_do(folder, automl):
    done = automl("evaluate", folder / "lightgbm.automl", folder / "new.csv", "--by", "region", "--json")
    said = json.loads(done.out)
    level, whole = said["by"]["levels"][0], said["metrics"]["roc_auc"]
    assert (level["level"], level["rows"]) == ("all", 400)
    assert level["value"] == whole["value"]
    width, width_of_level = (high - low for low, high in (whole["interval"], level["interval"]))
    assert width_of_level == pytest.approx(width, rel=0.2)


def test_models_are_as_far_apart_on_a_level_that_holds_all_rows_as_on_all_rows(folder, automl):
    models = (folder / "constant.automl", folder / "lightgbm.automl")
    said = json.loads(automl("compare", *models, "--data", folder / "new.csv", "--by", "region", "--json").out)
    assert said["by"][0]["difference"] == said["difference"]
    assert said["by"][0]["interval"] == said["interval"]
