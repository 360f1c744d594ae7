"""What a fit is held against."""

import json

import pytest


def test_the_baseline_is_a_constant_answer_even_where_no_constant_was_tried(automl, tmp_path):
    rows = "".join(f"{number * 7 % 31},{'yes' if number % 3 else 'no'}\n" for number in range(90))
    (tmp_path / "thirds.csv").write_text("number,answer\n" + rows)
    command = ("fit", "thirds.csv", "--target", "answer", "--families", "linear")
    options = ("--trials", "1", "--metric", "accuracy", "--no-report", "--json")
    done = automl(*command, *options)
    assert json.loads(done.out)["baseline_score"] == 60 / 90


def test_a_constant_candidate_and_a_model_that_is_nothing_else_score_what_the_baseline_does(automl, tmp_path):
    rows = "".join(f"{number * 7 % 31},{'xy'[number % 2]}\n" for number in range(53))
    (tmp_path / "coins.csv").write_text("number,side\n" + rows)
    command = ("fit", "coins.csv", "--target", "side", "--families", "constant")
    options = ("--trials", "1", "--json")
    done = automl(*command, *options)
    model = json.loads(done.out)
    assert model["baseline_score"] == 0.5
    assert model["estimate"]["value"] == model["selection_score"] == model["metrics"]["roc_auc"]["value"] == 0.5
    assert model["candidates"][0]["score"] == 0.5
    assert (tmp_path / "coins.html").stat().st_size > 10_000


def test_for_f1_the_one_answer_is_the_label_to_find_here_and_where_the_model_is_judged_anew(automl, tmp_path):
    rows = "".join(f"{number * 7 % 31},{'no' if number % 4 else 'yes'}\n" for number in range(200))
    (tmp_path / "quarter.csv").write_text("number,answer\n" + rows)
    fitted = automl(
        "fit", "quarter.csv", "--target", "answer", "--metric", "f1", "--trials", "1", "--no-report", "--json"
    )
    always_yes = 2 * 50 / (200 + 50)
    assert json.loads(fitted.out)["baseline_score"] == pytest.approx(always_yes)
    judged = json.loads(automl("evaluate", "quarter.automl", "quarter.csv", "--json").out)
    assert judged["baseline"]["f1"] == pytest.approx(always_yes)
    assert judged["baseline"]["accuracy"] == pytest.approx(0.75)
