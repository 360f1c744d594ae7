"""The Python API: what the README shows of it, from a fit to why a row got its prediction."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import automl
from automl.bundle.model import Model
from automl.errors import DataError, ModelFileError, UsageError


def people(rows, seed):
    rng = np.random.default_rng(seed)
    age, city = rng.integers(18, 80, rows), rng.choice(["Bern", "Rom"], rows)
    leaves = age + 15 * (city == "Rom") + rng.normal(0, 8, rows) > 55
    return pd.DataFrame({"age": age, "city": city, "churn": np.where(leaves, "yes", "no")})


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    """Return the model that a fit returns, and the file that it left."""
    path = tmp_path_factory.mktemp("api") / "train.automl"
    settings = {"trials": 2, "families": "constant,linear", "no_report": True}
    return automl.fit(people(300, 1), target="churn", output=path, **settings), path


def test_a_fit_returns_the_model_that_its_file_holds(fitted):
    model, path = fitted
    rows = people(20, 2).drop(columns="churn")
    assert isinstance(model, Model)
    assert model.predict_proba(rows).shape == (20, 2)
    assert list(automl.load(path).predict(rows)) == list(model.predict(rows))


def test_evaluating_returns_scores_with_their_intervals(fitted):
    facts = automl.evaluate(fitted[1], people(400, 3), by="city", fairness=("city",))
    value, low, high = facts.metrics["roc_auc"]
    assert 0.7 < low < value < high <= 1
    assert {level.level for level in facts.by.levels} == {"Bern", "Rom"}
    assert [each.column for each in facts.fairness] == ["city"]


def test_explaining_returns_contributions_that_add_up_to_the_prediction(fitted):
    rows = people(60, 4)
    found = automl.explain(fitted[1], rows, rows=[0, 7, 7])
    assert [row.row for row in found.rows] == [0, 7]
    for row in found.rows:
        assert math.fsum(row.contributions.values()) == pytest.approx(row.prediction - row.base, abs=1e-6)


def test_explaining_without_rows_says_what_the_model_relies_on(fitted):
    found = automl.explain(fitted[1])
    assert {name for each in found.importance.columns for name in each.columns} == {"age", "city"}


@pytest.mark.parametrize("rows", [[1_000], [-1, 5, 5], range(60, 70)])
def test_rows_to_explain_that_are_not_in_the_data_are_refused(fitted, rows):
    with pytest.raises(UsageError, match="not in the data"):
        automl.explain(fitted[1], people(60, 4), rows=rows)


@pytest.mark.parametrize("named", [str, Path])
def test_a_file_of_rows_is_predicted_as_a_frame_of_them_is(fitted, tmp_path, named):
    rows, path = people(20, 2).drop(columns="churn"), tmp_path / "new.csv"
    rows.to_csv(path, index=False)
    model = automl.load(str(fitted[1]))
    assert list(model.predict(named(path))) == list(model.predict(rows))
    assert (model.predict_proba(named(path)) == model.predict_proba(rows)).all()
    assert model.predict_set(named(path)) == model.predict_set(rows)


@pytest.mark.parametrize("data", [None, [[30, "Rom"]], np.zeros((2, 2)), pd.Series([1, 2]), b"new.csv"])
def test_data_that_is_neither_a_frame_nor_a_path_is_refused_with_what_to_give(fitted, data):
    model, path = fitted
    calls = (
        model.predict,
        model.predict_proba,
        model.predict_set,
        lambda data: automl.evaluate(path, data),
        lambda data: automl.profile(data),
        lambda data: automl.fit(data, target="churn"),
    )
    for call in calls:
        with pytest.raises(UsageError, match="must be a DataFrame or a path") as error:
            call(data)
        assert "DataFrame" in error.value.hint


def test_a_model_that_is_no_path_is_refused_with_what_to_give(fitted):
    model, _ = fitted
    for call in (automl.load, automl.explain, lambda given: automl.evaluate(given, people(20, 1))):
        for given in (None, model, 5):
            with pytest.raises(UsageError, match="must be the path of a model file") as error:
                call(given)
            assert "path" in error.value.hint


def test_a_file_that_is_not_there_is_said_as_the_command_says_it(fitted, tmp_path):
    with pytest.raises(DataError, match="There is no file"):
        fitted[0].predict(tmp_path / "new.csv")
    with pytest.raises(ModelFileError, match="There is no model file"):
        automl.load(tmp_path / "m.automl")


def test_an_error_is_an_exception_with_a_hint(fitted):
    with pytest.raises(DataError) as error:
        automl.evaluate(fitted[1], people(50, 5).drop(columns="churn"))
    assert "churn" in error.value.message
