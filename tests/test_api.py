"""The Python API: what the README shows of it, from a fit to why a row got its prediction."""

import math

import numpy as np
import pandas as pd
import pytest

import automl
from automl.bundle.model import Model
from automl.errors import DataError


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
    found = automl.explain(fitted[1], rows, rows=[0, 7, 1_000])
    assert [row.row for row in found.rows] == [0, 7]
    for row in found.rows:
        assert math.fsum(row.contributions.values()) == pytest.approx(row.prediction - row.base, abs=1e-6)


def test_explaining_without_rows_says_what_the_model_relies_on(fitted):
    found = automl.explain(fitted[1])
    assert {name for each in found.importance.columns for name in each.columns} == {"age", "city"}


def test_an_error_is_an_exception_with_a_hint(fitted):
    with pytest.raises(DataError) as error:
        automl.evaluate(fitted[1], people(50, 5).drop(columns="churn"))
    assert "churn" in error.value.message
