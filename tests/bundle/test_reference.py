"""What a fit leaves in the model file for later rows to be held against."""

import json
import random

import numpy as np
import pytest
from model_files import forge, members_of

from automl.bundle import load_model, read_facts, read_reference
from automl.bundle.reference import Reference, significant
from automl.cli.run import run
from automl.errors import ModelFileError
from automl.evaluation.label_free import expected_score
from automl.evaluation.metrics import METRICS
from automl.remembering import grid_of

ROWS = 300
CITIES = ("Bern", "Rom", "Oslo")


def people(seed=1):
    """Return a table with a number, two categories with rare levels, a date, a text and an e-mail address."""
    draw = random.Random(seed)
    lines = ["age,city,since,note,mail,branch,churn"]
    for row in range(ROWS):
        age = draw.randint(18, 80)
        city = f"Hamlet{row}" if row % 60 == 0 else draw.choice(CITIES)
        note = " ".join(draw.choice(["calm", "warm", "cold", "quiet", "loud", "late", "soon"]) for _ in range(9))
        since = f"20{draw.randint(10, 24)}-0{draw.randint(1, 9)}-1{draw.randint(0, 9)}"
        branch = f"Outpost{row}" if row % 75 == 0 else draw.choice(["east", "west"])
        cells = ["" if row % 10 == 0 else str(age), city, since, f"{note} {row}", f"p{row}@example.org", branch]
        lines.append(",".join([*cells, "Yes" if age < 45 + draw.randint(-9, 9) else "No"]))
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    """Return the path of a model fitted to the people, and one that keeps no rows."""
    folder = tmp_path_factory.mktemp("reference")
    (folder / "people.csv").write_text(people())
    for name, options in (("with", ()), ("without", ("--no-reference-rows",))):
        output = folder / f"{name}.automl"
        fit = ["fit", str(folder / "people.csv"), "--target", "churn", "--output", str(output)]
        bounds = [
            "--trials",
            "3",
            "--families",
            "constant,linear,lightgbm",
            "--drop",
            "branch",
            "--no-report",
            "--quiet",
        ]
        assert run([*fit, *bounds, *options]) == 0
    return folder


@pytest.fixture(scope="module")
def reference(fitted):
    return read_reference(fitted / "with.automl")


def test_it_sums_up_the_columns_that_the_model_uses(fitted, reference):
    names = [column.name for column in reference.columns]
    assert set(names) == set(load_model(fitted / "with.automl").required_columns)
    age = next(column for column in reference.columns if column.name == "age")
    assert (age.rows, age.missing, age.unparsed) == (ROWS, ROWS // 10, 0)
    assert age.grid.rows == ROWS - ROWS // 10
    assert 18 <= age.grid.knots[0] < age.grid.mean < age.grid.knots[-1] <= 80


def test_rare_levels_are_counted_but_not_named(fitted, reference):
    city = next(column for column in reference.columns if column.name == "city")
    assert set(city.levels) == set(CITIES)
    assert city.others == city.once == ROWS // 60
    assert "Hamlet" not in members_of((fitted / "with.automl").read_bytes())["reference.json"].decode()


def test_levels_of_a_column_that_is_left_out_stand_nowhere_in_the_file(fitted):
    members = members_of((fitted / "with.automl").read_bytes())
    assert b"branch" in members["schema.json"]
    assert [name for name, content in members.items() if b"Outpost" in content] == []


def test_personal_data_is_not_remembered(fitted):
    assert "example.org" not in members_of((fitted / "with.automl").read_bytes())["reference.json"].decode()


def test_a_few_rows_stand_beside_their_out_of_fold_predictions(reference):
    sample = reference.sample
    assert len(sample.predictions) == len(sample.cells["age"]) == ROWS
    assert all(0 <= first <= 1 and abs(first + second - 1) < 1e-5 for first, second in sample.predictions)
    assert not {"note", "mail"} & sample.cells.keys()


def test_rows_are_left_out_where_none_are_to_be_kept(fitted):
    without = read_reference(fitted / "without.automl")
    assert without.sample is None
    assert without.columns
    assert "--no-reference-rows" in read_facts(fitted / "without.automl").command


def test_it_knows_the_score_and_what_labels_drawn_say_of_it(reference):
    assert reference.prediction.metric == "roc_auc"
    assert 0.7 < reference.prediction.score <= 1
    assert abs(reference.prediction.estimated - reference.prediction.score) < 0.15
    assert sum(reference.prediction.decided) == ROWS


def test_it_comes_back_from_json_as_it_was(reference):
    assert Reference.from_dict(json.loads(json.dumps(reference.to_dict()))).to_dict() == reference.to_dict()


def test_a_file_without_it_still_predicts(fitted, tmp_path):
    path = tmp_path / "old.automl"
    path.write_bytes(forge((fitted / "with.automl").read_bytes(), {"reference.json": None}))
    assert read_reference(path) is None
    assert load_model(path).labels == ("No", "Yes")


@pytest.mark.parametrize(
    "change",
    [
        lambda values: values.pop("prediction"),
        lambda values: values.update(columns=[{}]),
        lambda values: values["columns"][0].update(missing=-1),
        lambda values: values["prediction"]["grids"][0].update(knots=[2, 1]),
        lambda values: values["sample"].update(predictions=[1.0]),
    ],
)
def test_a_damaged_one_is_refused(fitted, reference, tmp_path, change):
    values = json.loads(json.dumps(reference.to_dict()))
    change(values)
    path = tmp_path / "damaged.automl"
    path.write_bytes(forge((fitted / "with.automl").read_bytes(), {"reference.json": json.dumps(values).encode()}))
    with pytest.raises(ModelFileError, match="remembers"):
        read_reference(path)


def test_a_grid_counts_what_lies_below_its_knots_exactly():
    values = significant(np.random.default_rng(0).normal(size=5_000))
    grid = grid_of(values)
    assert len(grid.knots) <= 101
    assert list(grid.below) == [int((values <= knot).sum()) for knot in grid.knots]


def test_a_grid_of_few_values_knows_each():
    grid = grid_of(np.repeat([3.0, 1.0, 2.0], [5, 2, 1]))
    assert (grid.knots, grid.below) == ((1.0, 2.0, 3.0), (2, 3, 8))


@pytest.mark.parametrize("value", [1234567.8, -0.000123456789, 0.0, 1e-300, 1e300])
def test_values_are_rounded_to_six_digits(value):
    assert significant(np.array([value]))[0] == pytest.approx(float(f"{value:.5e}"), rel=1e-12)


def test_the_expected_score_of_calibrated_probabilities_is_the_true_one():
    generator = np.random.default_rng(0)
    positive = generator.beta(1, 2, 20_000)
    target = (generator.random(20_000) < positive).astype(int)
    prediction = np.column_stack([1 - positive, positive])
    for name in ("roc_auc", "log_loss", "f1"):
        expected = expected_score(METRICS[name], prediction, None, None)
        assert abs(expected.value - METRICS[name].score(target, prediction)) < 5 * expected.error


def test_nothing_is_expected_where_errors_are_not_known():
    assert np.isnan(expected_score(METRICS["rmse"], np.zeros(9), None, None).value)
