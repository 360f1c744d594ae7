"""What wrong input gets: one error line, one hint line, the right exit code, and no file."""

import random
from pathlib import Path

import pytest

ROWS = 60


def table(path="train.csv", rows=ROWS, header=True, **columns):
    """Write a table of two features and a binary target; a column given replaces or follows them."""
    draw = random.Random(1)
    cells = {
        "age": [str(draw.randint(18, 80)) for _ in range(rows)],
        "city": [draw.choice(["Bern", "Rom", "Oslo"]) for _ in range(rows)],
        "Churn": [draw.choice(["yes", "no"]) for _ in range(rows)],
        **columns,
    }
    lines = [",".join(row) for row in zip(*cells.values(), strict=True)]
    Path(path).write_text("\n".join([",".join(cells), *lines][0 if header else 1 :]) + "\n")
    return path


@pytest.fixture
def refused(automl):
    """Run ``automl``, check that it refused in two lines and wrote nothing, and return what it said."""

    def call(code, *arguments):
        before = set(Path().rglob("*"))
        outcome = automl(*arguments)
        assert (outcome.code, outcome.out) == (code, ""), outcome.err
        assert outcome.error
        assert outcome.hint
        assert set(Path().rglob("*")) == before
        return outcome

    return call


@pytest.fixture
def refused_fit(refused):
    """Run ``automl fit train.csv --target Churn`` with a short budget and expect a refusal."""

    def call(code, *arguments, data="train.csv", target="Churn"):
        return refused(code, "fit", data, "--target", target, "--time-budget", "20", "--quiet", *arguments)

    return call


def test_no_such_file(refused_fit):
    table()
    assert "train.csv" in refused_fit(3, data="trian.csv").hint


def test_a_folder(refused_fit, tmp_path):
    (tmp_path / "nothing").mkdir()
    assert "folder" in refused_fit(3, data="nothing").error


def test_an_empty_file(refused_fit):
    Path("train.csv").touch()
    assert "empty" in refused_fit(3).error


def test_a_header_only(refused_fit):
    table(rows=0)
    refused_fit(3)


def test_one_row(refused_fit):
    table(rows=1)
    refused_fit(3)


def test_binary_garbage(refused_fit):
    Path("train.csv").write_bytes(random.Random(0).randbytes(5000))
    refused_fit(3)


def test_a_target_that_is_not_there_gets_the_nearest_name(refused_fit):
    table()
    wrong = refused_fit(3, target="Chrun")
    assert "'Chrun'" in wrong.error
    assert "'Churn'" in wrong.hint


def test_a_constant_target(refused_fit):
    table(Churn=["yes"] * ROWS)
    assert "Churn" in refused_fit(3).error


def test_a_target_that_is_missing_everywhere(refused_fit):
    table(Churn=["NA"] * ROWS)
    assert "Churn" in refused_fit(3).error


def test_a_target_that_is_different_on_every_row(refused_fit):
    table(Churn=[f"name {index}" for index in range(ROWS)])
    assert "Churn" in refused_fit(3).error


def test_fewer_rows_than_folds(refused_fit):
    table(rows=12)
    assert "folds" in refused_fit(3, "--folds", "20").error


def test_a_target_whose_name_stands_twice(refused_fit):
    Path("train.csv").write_text("age,Churn,Churn\n" + "1,yes,no\n2,no,yes\n" * 40)
    assert "Churn" in refused_fit(3).error


@pytest.mark.parametrize(
    ("option", "wrong", "right"),
    [("--metric", "rocauc", "roc_auc"), ("--families", "xgbost", "xgboost"), ("--task", "binry", "binary")],
)
def test_an_unknown_name_gets_the_nearest_one(refused_fit, option, wrong, right):
    table()
    assert right in refused_fit(2, option, wrong).hint


def test_a_metric_that_does_not_fit_the_task_asked_for(refused_fit):
    table()
    assert "rmse" in refused_fit(2, "--metric", "rmse", "--task", "binary").error


def test_a_metric_that_does_not_fit_the_target(refused_fit):
    table()
    assert refused_fit(2, "--metric", "f1_macro").error


def test_a_budget_that_is_not_understood(refused):
    table()
    assert "10m" in refused(2, "fit", "train.csv", "--target", "Churn", "--time-budget", "soon").hint


def test_a_budget_too_short_to_train_anything(refused):
    table()
    refused(4, "fit", "train.csv", "--target", "Churn", "--time-budget", "0.01", "--quiet")


def test_an_output_folder_that_is_missing(refused_fit):
    table()
    assert "nowhere" in refused_fit(74, "--output", "nowhere/model.automl").error


def test_an_output_folder_that_is_not_writable(refused_fit):
    table()
    refused_fit(74, "--output", "/proc/model.automl", "--no-report")


def test_an_output_that_exists(refused_fit):
    table()
    Path("train.automl").write_text("precious")
    assert "--overwrite" in refused_fit(2).hint
    assert Path("train.automl").read_text() == "precious"


def test_an_unknown_key_in_the_configuration(refused_fit):
    table()
    Path("automl.toml").write_text("[fit]\nmetrik = 'roc_auc'\n")
    assert "'metric'" in refused_fit(2).hint


@pytest.mark.parametrize("command", ["inspect", "leaderboard"])
def test_a_model_file_that_is_missing(refused, command):
    refused(5, command, "none.automl")


@pytest.mark.parametrize("command", ["inspect", "leaderboard"])
def test_a_model_file_of_another_program(refused, command):
    Path("other.automl").write_text("not a model")
    refused(5, command, "other.automl")


def test_predicting_with_a_missing_model_file(refused):
    refused(5, "predict", "none.automl", table())


def test_a_report_of_a_missing_model_file(refused):
    refused(5, "report", "none.automl", "--output", "r.html")


def test_predictions_as_json_need_an_output(refused):
    assert "--output" in refused(2, "predict", "m.automl", table(), "--json").hint


def test_predictions_of_an_unknown_format(refused):
    refused(2, "predict", "m.automl", table(), "--output", "p.xlsx")


def test_a_profile_of_no_such_file(refused):
    refused(3, "profile", "none.csv")


def test_a_profile_with_a_target_that_is_not_there(refused):
    assert "'Churn'" in refused(3, "profile", table(), "--target", "Chrun").hint


def test_a_delimiter_of_many_characters(refused):
    refused(2, "profile", table(), "--delimiter", "abcde")


def test_an_unknown_topic(refused):
    refused(2, "list", "metric")


def test_a_metric_that_is_not_defined_for_the_target(refused_fit):
    table(sold=[str(number % 7 - 1) for number in range(ROWS)])
    error = refused_fit(2, "--metric", "mean_poisson_deviance", target="sold").error
    assert "mean_poisson_deviance" in error
    assert "-1" in error


def test_a_column_to_be_monotone_in_that_is_not_there(refused_fit):
    table()
    assert "'age'" in refused_fit(2, "--monotone", "aeg=+").hint


def test_a_column_to_be_monotone_in_that_has_no_order(refused_fit):
    table()
    assert "city" in refused_fit(2, "--monotone", "city=+").error


def test_a_direction_that_is_none(refused_fit):
    assert "age=up" in refused_fit(2, "--monotone", "age=up").error


def test_families_none_of_which_can_be_monotone(refused_fit):
    table()
    refused_fit(2, "--monotone", "age=+", "--families", "random_forest,nearest_neighbors")


def test_a_patience_that_is_no_number(refused_fit):
    assert "--patience" in refused_fit(2, "--patience", "long").error


@pytest.mark.parametrize("place", [".", "/"])
def test_an_output_that_is_written_as_a_folder(refused_fit, place):
    table()
    refusal = refused_fit(2, "--output", place)
    assert refusal.error == f"'{place}' is a folder."
    assert "file name" in refusal.hint


def test_a_challenger_that_is_to_be_written_as_a_folder(refused):
    assert refused(2, "retrain", "m.automl", table(), "--output", ".").error == "'.' is a folder."


def test_less_memory_than_the_program_itself_takes(refused_fit):
    table()
    refusal = refused_fit(2, "--max-memory", "10MB")
    assert "at least 256 MB" in refusal.error
    assert "256 MB" in refusal.hint


def test_a_list_without_a_topic_names_the_topics_in_one_line(refused):
    assert refused(2, "list").error.endswith("Choose from: metrics, families, formats, findings")


@pytest.mark.parametrize(
    "words",
    [
        ("predict", "m.automl", "x.csv", "--threshold"),
        ("predict", "m.automl", "x.csv", "--interval"),
        ("evaluate", "m.automl", "x.csv", "--threshold"),
        ("evaluate", "m.automl", "x.csv", "--min-score"),
        ("fit", "x.csv", "--target", "y", "--holdout"),
        ("fit", "x.csv", "--target", "y", "--min-score"),
    ],
)
@pytest.mark.parametrize("given", ["nan", "inf"])
def test_a_number_that_is_none(automl, words, given):
    wrong = automl(*words, given)
    assert wrong.code == 2
    assert words[-1] in wrong.error
    assert given in wrong.error


@pytest.mark.parametrize(
    "words", [("--timeout", "soon"), ("--timeout", "0"), ("--max-body", "lots"), ("--max-body", "9" * 400)]
)
def test_a_limit_of_the_server_that_is_none(refused, words):
    pytest.importorskip("uvicorn")
    wrong = refused(2, "serve", "m.automl", *words)
    assert words[0] in wrong.error
    assert "--time-budget" not in wrong.hint


def test_a_window_longer_than_all_times(refused):
    words = ("--since", "day", "--window", "9" * 400 + "d")
    assert "window" in refused(2, "monitor", "m.automl", "x.csv", *words).error


def test_a_run_is_not_shown_by_target_or_limit(refused):
    for option in ("--target", "--limit"):
        wrong = refused(2, "runs", "show", "1", option, "3", "--runs", "runs.sqlite")
        assert wrong.error == f"'automl runs show' has no {option}."
