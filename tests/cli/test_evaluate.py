"""How good a model is on labelled rows: a whole fit, then what ``automl evaluate`` says of it."""

import json
import random
from pathlib import Path

import pytest

from automl.cli.run import run

SMALL = ("--trials", "3", "--families", "constant,linear,lightgbm", "--no-report", "--quiet")


def customers(rows, seed, upside_down=False):
    """Return a table that is noisy in Oslo and predictable elsewhere; ``upside_down`` swaps the labels."""
    draw = random.Random(seed)
    lines = ["age,city,churn"]
    for _ in range(rows):
        age, city = draw.randint(18, 80), draw.choice(["Bern", "Rom", "Oslo"])
        noise = draw.random() * 6 - 3 if city == "Oslo" else draw.random() * 0.4 - 0.2
        leaves = ((age < 45) + noise > 0.5) != upside_down
        lines.append(f"{age},{city},{'Yes' if leaves else 'No'}")
    return "\n".join(lines) + "\n"


def houses(rows, seed):
    draw = random.Random(seed)
    lines = ["area,street,price"]
    for _ in range(rows):
        area, street = draw.randint(30, 200), draw.choice("abc")
        lines.append(f"{area},{street},{area * 3 + 40 * (street == 'a') + draw.gauss(0, 12):.1f}")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Return a folder with two models and rows that neither has seen."""
    folder = tmp_path_factory.mktemp("models")
    for name, target, make in (("churn", "churn", customers), ("price", "price", houses)):
        (folder / f"{name}_train.csv").write_text(make(500, 1))
        (folder / f"{name}.csv").write_text(make(600, 2))
        fit = ("fit", folder / f"{name}_train.csv", "--target", target, "--output", folder / f"{name}.automl", *SMALL)
        assert run([str(word) for word in fit]) == 0
    return folder


@pytest.fixture
def said(models, automl):
    """Evaluate one of the models and return the JSON object."""

    def evaluate(name, *options, data=None):
        done = automl("evaluate", models / f"{name}.automl", data or models / f"{name}.csv", "--json", *options)
        assert done.code == 0, done.err
        return json.loads(done.out)

    return evaluate


def test_every_metric_has_a_value_inside_its_interval(said):
    found = said("churn")
    assert found["schema_version"] == 1
    assert found["rows"] == 600
    assert {"roc_auc", "average_precision", "log_loss", "brier_score", "matthews_corrcoef"} <= set(found["metrics"])
    for name, metric in found["metrics"].items():
        low, high = metric["interval"]
        assert low <= metric["value"] <= high, name


def test_a_regression_is_scored_in_the_target_s_units(said):
    found = said("price")
    assert 10 < found["metrics"]["rmse"]["value"] < 30
    assert found["baseline"]["rmse"] > 100
    assert found["confusion"] == []


def test_rows_like_the_training_rows_score_as_promised(said):
    found = said("churn")
    low, high = found["estimate"]["interval"]
    assert found["within_estimate"] is (low <= found["metrics"]["roc_auc"]["value"] <= high)
    assert found["agrees_with_estimate"] is True


def test_the_very_rows_it_learned_from_are_told_to_judge_nothing(models, said, automl):
    train = models / "churn_train.csv"
    assert said("churn", data=train)["learned_from"]
    assert "the rows the model learned from" in automl("evaluate", models / "churn.automl", train).out
    assert not said("churn")["learned_from"]


def test_rows_of_another_world_do_not_score_as_promised(said):
    Path("other.csv").write_text(customers(300, 3, upside_down=True))
    found = said("churn", data="other.csv")
    assert found["within_estimate"] is False
    assert found["agrees_with_estimate"] is False


def test_each_level_of_a_column_is_scored_on_its_own(said):
    levels = {each["level"]: each for each in said("churn", "--by", "city")["by"]["levels"]}
    assert set(levels) == {"Bern", "Rom", "Oslo"}
    assert sum(each["rows"] for each in levels.values()) == 600
    assert levels["Oslo"]["interval"][1] < levels["Bern"]["interval"][0]


def test_a_column_that_the_model_never_saw_can_part_the_rows_too(said):
    lines = customers(100, 4).splitlines()
    rows = [f"{line},{'north' if place % 2 else 'south'}" for place, line in enumerate(lines[1:])]
    Path("regions.csv").write_text("\n".join([f"{lines[0]},region", *rows]) + "\n")
    levels = said("churn", "--by", "region", data="regions.csv")["by"]["levels"]
    assert [(each["level"], each["rows"]) for each in levels] == [("south", 50), ("north", 50)]


def test_levels_that_are_read_as_true_or_false_keep_their_spelling(said):
    lines = customers(100, 4).splitlines()
    rows = [f"{line},{'yes' if place % 2 else 'no'}" for place, line in enumerate(lines[1:])]
    Path("members.csv").write_text("\n".join([f"{lines[0]},member", *rows]) + "\n")
    levels = said("churn", "--by", "member", data="members.csv")["by"]["levels"]
    assert sorted((each["level"], each["rows"]) for each in levels) == [("no", 50), ("yes", 50)]


def test_the_part_of_the_rows_where_it_does_worst_is_named(said):
    slices = said("churn")["slices"]
    assert slices
    assert any("Oslo" in condition for condition in slices[0]["conditions"])


def test_the_worst_rows_are_found_in_the_file(said, models):
    lines = (models / "churn.csv").read_text().splitlines()[1:]
    worst = said("churn")["worst"]
    assert len(worst) == 20
    for each in worst:
        assert lines[each["row"]].rpartition(",")[2] == each["actual"]
        assert each["probability"] < 0.5


def test_a_score_that_is_missed_is_exit_code_1(models, automl):
    done = automl("evaluate", models / "churn.automl", models / "churn.csv", "--min-score", "0.999")
    assert done.code == 1
    assert "0.9990, is missed" in done.out
    assert automl("evaluate", models / "churn.automl", models / "churn.csv", "--min-score", "0.5").code == 0


def test_of_an_error_less_is_better(models, automl):
    assert automl("evaluate", models / "price.automl", models / "price.csv", "--min-score", "100").code == 0
    assert automl("evaluate", models / "price.automl", models / "price.csv", "--min-score", "1").code == 1


def test_rows_without_the_target_are_exit_code_3(models, automl):
    Path("new.csv").write_text("age,city\n30,Rom\n")
    done = automl("evaluate", models / "churn.automl", "new.csv")
    assert done.code == 3
    assert "'churn' is not in new.csv" in done.error


def test_rows_without_a_column_that_the_model_uses_are_exit_code_6(models, automl):
    Path("new.csv").write_text("city,churn\nRom,Yes\nBern,No\n")
    assert automl("evaluate", models / "churn.automl", "new.csv").code == 6


def test_labels_that_are_all_new_are_exit_code_3(models, automl):
    Path("new.csv").write_text("age,city,churn\n30,Rom,perhaps\n40,Bern,perhaps\n")
    done = automl("evaluate", models / "churn.automl", "new.csv")
    assert done.code == 3
    assert "No, Yes" in done.error


def test_rows_with_an_unknown_target_are_left_out_and_counted(said):
    Path("some.csv").write_text(customers(50, 5) + "30,Rom,\n30,Rom,perhaps\n")
    found = said("churn", data="some.csv")
    assert (found["rows"], found["left_out"]) == (50, 2)


def test_rows_with_too_few_cells_are_counted(said, models, automl, tmp_path):
    (tmp_path / "ragged.csv").write_text(customers(60, 3) + "41\n")
    assert said("churn", data="ragged.csv")["ragged_rows"] == {"short": 1, "long": 0, "repaired": 0}
    shown = automl("evaluate", models / "churn.automl", "ragged.csv")
    assert "1 row does not have a cell for each column: 1 too short." in shown.err


def test_one_class_alone_leaves_ranking_metrics_undefined(said):
    Path("one.csv").write_text("age,city,churn\n30,Rom,Yes\n31,Rom,Yes\n")
    found = said("churn", data="one.csv")
    assert "roc_auc" not in found["metrics"]
    assert found["within_estimate"] is None
    assert found["metrics"]["log_loss"]["value"] > 0


@pytest.mark.parametrize("ending", ["html", "md", "json"])
@pytest.mark.parametrize("name", ["churn", "price"])
def test_the_report_says_what_was_found_in_each_format(models, automl, name, ending):
    data = models / f"{name}.csv"
    assert automl("evaluate", models / f"{name}.automl", data, "--output", f"evaluation.{ending}").code == 0
    text = Path(f"evaluation.{ending}").read_text(encoding="utf-8")
    assert {"churn": "roc_auc", "price": "rmse"}[name] in text.replace("\\_", "_")
    assert ("Content-Security-Policy" in text) == (ending == "html")
    if ending == "json":
        assert json.loads(text)["rows"] == 600


def test_a_level_with_markup_in_its_name_is_shown_as_text(models, automl):
    Path("hostile.csv").write_text(customers(40, 6).replace("Rom", "<b>Rom</b>"))
    done = automl("evaluate", models / "churn.automl", "hostile.csv", "--by", "city", "--output", "evaluation.html")
    assert done.code == 0
    page = Path("evaluation.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;Rom" in page
    assert "<b>Rom" not in page


def test_the_report_never_replaces_what_is_read(models, automl):
    Path("rows.json").write_text("[]")
    assert automl("evaluate", models / "churn.automl", "rows.json", "--output", "rows.json").code == 2
    assert automl("evaluate", models / "churn.automl", models / "churn.csv", "--output", "report.txt").code == 2


WANTED = ("--threshold-for", "recall=0.8")


@pytest.fixture(scope="module")
def leaning(tmp_path_factory):
    """Return a folder with models of a rare class: one made for F1, one with costs, one for a recall."""
    folder = tmp_path_factory.mktemp("leaning")
    draw = random.Random(1)
    for name, rows in (("train", 900), ("new", 900)):
        lines = ["age,points,fraud"]
        for _ in range(rows):
            age, points = draw.randint(18, 80), draw.random()
            lines.append(f"{age},{points:.3f},{'yes' if draw.random() < 0.5 * points**3 else 'no'}")
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")
    for name, options in (("f1", ("--metric", "f1")), ("costs", ("--costs", "fp=1,fn=8")), ("recall", WANTED)):
        fit = ("fit", folder / "train.csv", "--target", "fraud", "--output", folder / f"{name}.automl", *options)
        assert run([str(word) for word in (*fit, *SMALL)]) == 0
    return folder


def stored_threshold(automl, model):
    return json.loads(automl("inspect", model, "--json").out)["postprocessing"]["threshold"]


@pytest.mark.parametrize("name", ["f1", "costs", "recall"])
def test_a_chosen_threshold_is_stored_and_predict_uses_it(leaning, automl, name):
    threshold = stored_threshold(automl, leaning / f"{name}.automl")
    assert threshold["by"] == name
    assert 0.03 < threshold["value"] < 0.45
    chosen = automl("predict", leaning / f"{name}.automl", leaning / "new.csv").out
    given = automl("predict", leaning / f"{name}.automl", leaning / "new.csv", "--threshold", threshold["value"]).out
    half = automl("predict", leaning / f"{name}.automl", leaning / "new.csv", "--threshold", "0.5").out
    assert chosen == given
    assert chosen.count("yes") > half.count("yes")


def test_metrics_of_labels_are_those_of_the_labels_that_predict_gives(leaning, automl):
    rows = automl("predict", leaning / "f1.automl", leaning / "new.csv", "--keep", "fraud").out.splitlines()[1:]
    both = [row.split(",") for row in rows]
    right = sum(actual == said for actual, said in both) / len(both)
    found = json.loads(automl("evaluate", leaning / "f1.automl", leaning / "new.csv", "--json").out)
    assert found["metrics"]["accuracy"]["value"] == pytest.approx(right)
    assert found["threshold"] == stored_threshold(automl, leaning / "f1.automl")["value"]
    assert sum(map(sum, found["confusion"])) == len(both)
    assert found["confusion"][0][0] + found["confusion"][1][1] == pytest.approx(right * len(both))


def test_a_wanted_recall_is_found_on_new_rows_and_shown_in_the_report(leaning, automl):
    found = json.loads(automl("evaluate", leaning / "recall.automl", leaning / "new.csv", "--json").out)
    assert found["metrics"]["recall"]["value"] == pytest.approx(0.8, abs=0.12)
    assert automl("report", leaning / "recall.automl", "--output", "recall.html").code == 0
    page = Path("recall.html").read_text()
    assert "chosen to reach a recall of 0.8" in page
    assert 'id="figure-thresholds"' in page


def test_a_threshold_that_is_given_decides_what_is_scored(leaning, automl):
    low, high = (
        json.loads(automl("evaluate", leaning / "f1.automl", leaning / "new.csv", "--threshold", cut, "--json").out)
        for cut in ("0.02", "0.6")
    )
    assert low["metrics"]["recall"]["value"] > high["metrics"]["recall"]["value"]
    assert low["metrics"]["roc_auc"] == high["metrics"]["roc_auc"]
    assert (low["threshold"], high["threshold"]) == (0.02, 0.6)
    assert {row["predicted"] for row in low["worst"]} == {"yes"} or low["worst"] != high["worst"]


def test_a_threshold_is_for_two_classes(models, automl):
    done = automl("evaluate", models / "price.automl", models / "price.csv", "--threshold", "0.3")
    assert done.code == 2
    assert "binary" in done.error


def test_costs_and_a_wanted_recall_exclude_each_other(leaning, automl):
    fit = ("fit", leaning / "train.csv", "--target", "fraud", "--output", "x.automl", "--costs", "fp=1,fn=2", *WANTED)
    assert automl(*fit, *SMALL).code == 2


def test_the_estimate_is_of_the_decided_labels(leaning, automl):
    found = json.loads(automl("evaluate", leaning / "f1.automl", leaning / "new.csv", "--json").out)
    assert found["agrees_with_estimate"] is True
    assert found["estimate"]["value"] > 0.2


def test_a_model_without_a_threshold_predicts_the_more_probable_label(said):
    assert said("churn")["threshold"] is None


def test_bounds_are_held_against_the_truth_too(said):
    coverage = said("price")["coverage"]
    assert coverage["level"] == 0.9
    assert 0.85 < coverage["value"] < 0.95


def test_the_bounds_of_numbers_are_scored_as_quantiles(said):
    found = said("price")["quantiles"]
    assert [each["quantile"] for each in found] == [0.05, 0.1, 0.25, 0.75, 0.9, 0.95]
    for each in found:
        assert abs(each["below"] - each["quantile"]) < 0.1
        low, high = each["interval"]
        assert 0 < low < each["pinball"] < high
    assert said("churn")["quantiles"] == []


def test_how_often_sets_of_labels_hold_is_told_by_class_and_by_tenth(models, said, automl):
    coverage = said("churn")["coverage"]
    assert len(coverage["by_class"]) == 2
    assert len(coverage["by_tenth"]) == 10
    shown = automl("evaluate", models / "churn.automl", models / "churn.csv", "--verbose").out
    assert "How often sets hold, by class" in shown


def test_fairness_figures_hold_each_group_against_the_largest(models, said, automl):
    found = said("churn", "--fairness", "city")["fairness"]
    assert [each["column"] for each in found] == ["city"]
    groups = {each["group"]: each for each in found[0]["groups"]}
    assert set(groups) == {"Bern", "Rom", "Oslo"}
    assert sum(each["reference"] for each in groups.values()) == 1
    largest = max(groups.values(), key=lambda each: each["rows"])
    assert largest["reference"]
    assert largest["impact_ratio"] is None
    labels = automl("predict", models / "churn.automl", models / "churn.csv", "--keep", "city").out.splitlines()[1:]
    oslo = [row.split(",")[1] for row in labels if row.startswith("Oslo")]
    assert groups["Oslo"]["selection_rate"]["value"] == pytest.approx(oslo.count("Yes") / len(oslo))


def test_the_report_says_what_each_fairness_figure_means(models, automl):
    done = automl(
        "evaluate", models / "churn.automl", models / "churn.csv", "--fairness", "city", "--output", "fair.md"
    )
    assert done.code == 0
    text = Path("fair.md").read_text()
    assert "Fairness by city" in text
    assert all(f"{name}: " in text for name in ("Selection rate", "Disparate impact", "Equal opportunity"))


def test_fairness_is_of_decisions_between_two_classes(models, automl):
    done = automl("evaluate", models / "price.automl", models / "price.csv", "--fairness", "street")
    assert done.code == 2
    assert "--by" in done.err


def test_residuals_by_column_find_where_a_model_says_too_little(models, said):
    rows = [line.rsplit(",", 1) for line in houses(600, 3).splitlines()[1:]]
    dearer = [f"{cells},{float(price) + 30 * (',b' in cells):.1f}" for cells, price in rows]
    Path("dearer.csv").write_text("\n".join(["area,street,price", *dearer]) + "\n")
    offsets = said("price", data="dearer.csv")["offsets"]
    by_street = {each["level"]: each for each in offsets if each["column"] == "street"}
    assert by_street["b"]["interval"][0] > 20
    assert abs(by_street["c"]["value"]) < 8


def test_a_metric_that_is_told_on_request_is_told(said, models, automl):
    assert "pinball_0.9" not in said("price")["metrics"]
    assert said("price", "--metric", "pinball_0.9")["metrics"]["pinball_0.9"]["value"] > 0
    wrong = automl("evaluate", models / "churn.automl", models / "churn.csv", "--metric", "pinball_0.9")
    assert wrong.code == 2


def test_a_model_card_is_written_as_markdown_alone(models, automl):
    assert automl("report", models / "churn.automl", "--card", "--output", "card.md").code == 0
    assert Path("card.md").read_text().startswith("---\nlibrary_name: automl\n")
    assert automl("report", models / "churn.automl", "--card", "--output", "-").out.startswith("---\n")
    refused = automl("report", models / "churn.automl", "--card", "--output", "card.html")
    assert refused.code == 2
    assert ".md" in refused.err


def test_costs_are_for_two_classes(models, automl):
    fit = ("fit", models / "price_train.csv", "--target", "price", "--costs", "fp=1,fn=2", "--output", "x.automl")
    done = automl(*fit, *SMALL)
    assert done.code == 2
    assert "binary" in done.error


def test_one_row_is_scored_without_an_interval_and_without_a_verdict(models, said, automl, tmp_path):
    one = tmp_path / "one.csv"
    one.write_text("area,street,price\n100,a,900\n")
    found = said("price", data=one)
    assert found["metrics"]["rmse"]["interval"] == [None, None]
    assert (found["within_estimate"], found["agrees_with_estimate"]) == (None, None)
    told = automl("evaluate", models / "price.automl", one)
    assert "too few to tell" in told.out + told.err
    assert "chance" not in told.out + told.err


def test_rows_without_the_target_are_refused_in_words_of_the_model(models, automl, tmp_path):
    (tmp_path / "new.csv").write_text("age,city,left\n30,Bern,No\n")
    done = automl("evaluate", models / "churn.automl", "new.csv")
    assert (done.code, done.error) == (3, "Column 'churn' is not in new.csv.")
    assert "What the model predicts must be one of its columns: age, city, left." in done.err
    assert "--target" not in done.err


def test_a_table_without_rows_is_said_to_have_none(models, automl, tmp_path):
    (tmp_path / "new.csv").write_text("age,city,churn\n")
    done = automl("evaluate", models / "churn.automl", "new.csv")
    assert (done.code, done.error) == (3, "new.csv has no rows.")
