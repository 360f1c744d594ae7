"""Champion and challenger on rows that neither has seen: whole fits, then what ``automl compare`` says of them."""

import json
import random

import pytest
from browser import complaints_about

from automl.cli.run import run

FAMILIES = {"weak": "constant", "good": "constant,linear,lightgbm"}


def customers(rows, seed):
    """Return a table whose target depends on the age everywhere but in Oslo."""
    draw = random.Random(seed)
    lines = ["age,city,churn"]
    for _ in range(rows):
        age, city = draw.randint(18, 80), draw.choice(["Bern", "Rom", "Oslo"])
        noise = draw.random() * 6 - 3 if city == "Oslo" else draw.random() * 0.4 - 0.2
        lines.append(f"{age},{city},{'Yes' if (age < 45) + noise > 0.5 else 'No'}")
    return "\n".join(lines) + "\n"


def houses(rows, seed):
    draw = random.Random(seed)
    areas = [draw.randint(30, 200) for _ in range(rows)]
    return "area,price\n" + "".join(f"{area},{area * 3 + draw.gauss(0, 12):.1f}\n" for area in areas)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with weak and good models of two targets, and rows that none has seen."""
    folder = tmp_path_factory.mktemp("models")
    for target, make in (("churn", customers), ("price", houses)):
        (folder / f"{target}_train.csv").write_text(make(400, 1))
        (folder / f"{target}.csv").write_text(make(600, 2))
        for name, families in FAMILIES.items():
            fit = [
                "fit",
                folder / f"{target}_train.csv",
                "--target",
                target,
                "--output",
                folder / f"{target}_{name}.automl",
            ]
            options = ["--families", families, "--trials", "3", "--no-report", "--quiet"]
            assert run([str(word) for word in [*fit, *options]]) == 0
    return folder


@pytest.fixture
def compared(folder, automl):
    """Compare two of the models and return exit code and JSON object."""

    def compare(first, second, *options, data="churn"):
        files = (folder / f"{first}.automl", folder / f"{second}.automl")
        done = automl("compare", *files, "--data", folder / f"{data}.csv", "--json", *options)
        return done.code, json.loads(done.out)

    return compare


def test_a_better_challenger_is_said_to_be_better(compared):
    code, said = compared("churn_weak", "churn_good")
    assert (code, said["verdict"]) == (0, "b")
    low, high = said["interval"]
    assert 0 < low <= said["difference"] <= high


def test_a_worse_challenger_is_said_to_be_worse(compared):
    code, said = compared("churn_good", "churn_weak")
    assert (code, said["verdict"]) == (1, "a")
    assert said["difference"] < 0


def test_a_model_is_not_told_apart_from_itself(compared):
    code, said = compared("churn_good", "churn_good")
    assert (code, said["verdict"], said["difference"], said["disagreeing"]) == (1, "undecided", 0, 0)


def test_of_an_error_less_is_better(compared):
    code, said = compared("price_weak", "price_good", data="price")
    assert (code, said["verdict"], said["metric"]) == (0, "b", "rmse")
    assert said["difference"] < 0


def test_another_metric_can_decide(compared):
    _, said = compared("churn_weak", "churn_good", "--metric", "accuracy")
    assert said["metric"] == said["metrics"][0]["name"] == "accuracy"


def test_the_levels_of_a_column_are_compared_one_by_one(compared):
    _, said = compared("churn_weak", "churn_good", "--by", "city")
    levels = {level["name"]: level for level in said["by"]}
    assert set(levels) == {"Bern", "Rom", "Oslo"}
    assert levels["Rom"]["better"] == "b"
    assert levels["Rom"]["difference"] > levels["Oslo"]["difference"]


def test_rows_that_they_disagree_on_are_named(compared, folder):
    _, said = compared("churn_weak", "churn_good")
    first = said["disagreements"][0]
    line = (folder / "churn.csv").read_text().splitlines()[first["row"] + 1]
    assert line.endswith(first["actual"])
    assert 0 < said["disagreeing"] <= 600


def test_no_row_is_told_in_words_where_the_models_agree_on_all(folder, automl):
    model = folder / "price_good.automl"
    done = automl("compare", model, model, "--data", folder / "price.csv")
    assert "No row gets numbers far apart from them." in done.out


@pytest.mark.parametrize(
    ("models", "said"),
    [
        (("churn_good", "churn_good"), "1 cell could not be read and counts as missing: 'age' 1."),
        (("churn_weak", "churn_good"), "B: 1 cell could not be read and counts as missing: 'age' 1."),
    ],
)
def test_cells_that_cannot_be_read_are_told_once_or_for_the_model_that_cannot_read_them(folder, automl, models, said):
    dirty = (folder / "churn.csv").read_text().replace("\n30,", "\nthirty,", 1)
    assert "thirty" in dirty
    (folder / "dirty.csv").write_text(dirty)
    call = ("compare", *(folder / f"{name}.automl" for name in models), "--data", folder / "dirty.csv")
    assert [line for line in automl(*call).err.splitlines() if "could not be read" in line] == [said]
    assert "could not be read" not in automl(*call, "--quiet").err
    content = json.loads(automl(*call, "--json").out)
    assert content["b"]["unparsed"] == {"age": 1}


def test_rows_that_models_learned_from_are_told_to_judge_nothing(folder, automl, compared):
    files = (folder / "churn_weak.automl", folder / "churn_good.automl")
    text = automl("compare", *files, "--data", folder / "churn_train.csv").out
    assert "These are the rows that A and B learned from: on new rows both will be worse." in text
    _, said = compared("churn_weak", "churn_good", data="churn_train")
    assert said["a"]["learned_from"]
    assert said["b"]["learned_from"]
    assert "learned from" not in automl("compare", *files, "--data", folder / "churn.csv").out
    _, said = compared("churn_weak", "churn_good")
    assert not said["a"]["learned_from"]
    assert not said["b"]["learned_from"]


def test_the_one_model_that_learned_from_the_rows_is_named(folder, automl):
    fit = ("fit", folder / "churn.csv", "--target", "churn", "--families", "constant", "--trials", "1")
    assert automl(*fit, "--output", "other.automl", "--no-report").code == 0
    done = automl("compare", folder / "churn_good.automl", "other.automl", "--data", folder / "churn.csv")
    assert "These are the rows that B learned from: on new rows B will be worse" in done.out


def test_models_of_different_targets_are_refused(folder, automl):
    done = automl("compare", folder / "churn_good.automl", folder / "price_good.automl", "--data", folder / "churn.csv")
    assert done.code == 2
    assert "task is" in done.error


def test_rows_without_the_target_are_refused(folder, automl, tmp_path):
    (tmp_path / "new.csv").write_text("age,city\n30,Bern\n")
    done = automl("compare", *[folder / "churn_good.automl"] * 2, "--data", "new.csv")
    assert done.code == 3
    assert "churn" in done.error


@pytest.mark.parametrize("ending", ["html", "md", "json"])
def test_the_comparison_is_written_as_a_report(folder, automl, tmp_path, ending):
    files = (folder / "churn_weak.automl", folder / "churn_good.automl")
    done = automl("compare", *files, "--data", folder / "churn.csv", "--output", f"report.{ending}")
    assert done.code == 0
    assert "B is better" in done.out
    said = (tmp_path / f"report.{ending}").read_text()
    assert ("B is better" in said) or json.loads(said)["verdict"] == "b"


@pytest.mark.browser
@pytest.mark.parametrize(("target", "options"), [("churn", ("--by", "city")), ("price", ())])
def test_the_report_is_read_by_everybody_and_asks_for_nothing(folder, automl, tmp_path, page, target, options):
    files = (folder / f"{target}_weak.automl", folder / f"{target}_good.automl")
    automl("compare", *files, "--data", folder / f"{target}.csv", "--output", "report.html", *options)
    assert complaints_about(page, tmp_path / "report.html") == []


def test_lines_that_are_no_rows_are_told(folder, automl, tmp_path):
    noted = tmp_path / "noted.csv"
    noted.write_text((folder / "churn.csv").read_text() + "\nSource: our shops\n")
    words = ("compare", folder / "churn_weak.automl", folder / "churn_good.automl", "--data", noted)
    assert "1 line around the table was taken for notes or totals and left out" in automl(*words).err
    assert json.loads(automl(*words, "--json").out)["lines_left_out"] == {"footer": 1, "comments": 0}


def test_three_rows_of_a_class_decide_nothing_and_the_reason_is_said(folder, automl, tmp_path):
    rare, left = tmp_path / "rare.csv", 3
    lines = (folder / "churn.csv").read_text().splitlines()
    kept = [lines[0]]
    for line in lines[1:]:
        left -= line.endswith("Yes")
        kept += [line] if left >= 0 or line.endswith("No") else []
    rare.write_text("\n".join(kept) + "\n")
    models = [folder / f"churn_{name}.automl" for name in FAMILIES]
    done = automl("compare", *models, "--data", rare, "--json")
    found = json.loads(done.out)
    assert (found["verdict"], found["interval"]) == ("undecided", None)
    assert "fewer than 5" in found["metrics"][0]["why"]
