"""Families that say so keep their predictions monotone in a feature, whatever they are trained by."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from model_problems import QUICK, make_request

import automl
from automl.events import Note
from automl.models.objectives import Objective
from automl.models.registry import FAMILY_NAMES, family
from automl.tables.schema import Task

MONOTONE = [(name, encoding) for name in FAMILY_NAMES if family(name).monotone for encoding in family(name).encodings]
LEARNING = [(name, encoding) for name, encoding in MONOTONE if name != "constant"]
OBJECTIVES = [
    Objective("squared_error"),
    Objective("absolute_error"),
    Objective("quantile", 0.9),
    Objective("poisson"),
    Objective("gamma"),
    Objective("tweedie", 1.5),
]
SETTINGS = {**QUICK, "iterations": 60, "learning_rate": 0.1}


def grid_of(request, feature):
    """Return the validation rows again and again, with the feature going from its lowest to its highest value."""
    steps = np.linspace(-2.5, 2.5, 15, dtype=np.float32)
    grid = np.repeat(request.valid_values[None, :40], len(steps), axis=0)
    grid[:, :, feature] = steps[:, None]
    return grid


def changes(model, request, feature):
    """Return how the prediction (of a class: the second one's probability) changes from step to step."""
    predictions = [model.predict(np.ascontiguousarray(rows)) for rows in grid_of(request, feature)]
    return np.diff([each if each.ndim == 1 else each[:, 1] for each in predictions], axis=0)


def constrained(name, encoding, task, **changed):
    """Return a model that may only fall in the first feature, with which the target rises, and in the second."""
    request = make_request(encoding, task, rows=600, hyperparameters=SETTINGS, **changed)
    signs = (-1, -1, *(0 for _ in range(request.values.shape[1] - 2)))
    # A deviance needs numbers above zero.
    above = 0 if request.n_classes else 100.0
    request = replace(request, monotone=signs, target=request.target + above, valid_target=request.valid_target + above)
    return family(name).implementation().fit(request), request


@pytest.mark.parametrize("task", [Task.BINARY, Task.REGRESSION])
@pytest.mark.parametrize(("name", "encoding"), LEARNING)
def test_predictions_never_move_against_the_sign(name, encoding, task):
    model, request = constrained(name, encoding, task)
    assert changes(model, request, 0).max() <= 1e-6
    falls = changes(model, request, 1)
    assert falls.max() <= 1e-6
    assert falls.min() < -1e-3


@pytest.mark.parametrize("objective", OBJECTIVES, ids=lambda each: each.name)
@pytest.mark.parametrize(("name", "encoding"), LEARNING)
def test_nor_do_they_with_any_objective(name, encoding, objective):
    model, request = constrained(name, encoding, Task.REGRESSION, objective=objective)
    assert changes(model, request, 0).max() <= 1e-6
    assert changes(model, request, 1).max() <= 1e-6


def test_catboost_finds_a_constrained_number_behind_categories():
    request = make_request("native", Task.REGRESSION, rows=600, hyperparameters=SETTINGS)
    order = [4, 5, 0, 1, 2, 3]
    request = replace(
        request,
        values=np.ascontiguousarray(request.values[:, order]),
        valid_values=np.ascontiguousarray(request.valid_values[:, order]),
        categorical=(0, 1),
        monotone=(0, 0, -1, 0, 0, 0),
    )
    model = family("catboost").implementation().fit(request)
    assert changes(model, request, 2).max() <= 1e-6


class Notes:
    def __init__(self):
        self.texts = []

    def emit(self, event):
        if isinstance(event, Note):
            self.texts.append(event.message)


@pytest.mark.slow
@pytest.mark.parametrize("metric", ["rmse", "mae"])
def test_a_fitted_blend_is_monotone_and_the_families_that_cannot_be_are_named(metric):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"size": rng.uniform(0, 10, 400), "age": rng.uniform(0, 10, 400)})
    frame["town"] = rng.choice(["a", "b", "c"], 400)
    frame["price"] = np.exp(0.1 * frame["size"] + 0.1 * np.sin(3 * frame["size"]) + 0.4 * rng.normal(size=400))
    notes = Notes()
    model = automl.fit(
        frame, target="price", trials=10, folds=2, metric=metric, monotone=["size=+", "age=-"], jobs=1, sink=notes
    )
    rows = frame.drop(columns="price").iloc[:30]
    steps = [model.predict(rows.assign(size=size)) for size in np.linspace(0, 10, 25)]
    assert np.diff(np.array(steps, dtype=float), axis=0).min() >= -1e-6
    steps = [model.predict(rows.assign(age=age)) for age in np.linspace(0, 10, 25)]
    assert np.diff(np.array(steps, dtype=float), axis=0).max() <= 1e-6
    assert any("extra_trees" in text and "--monotone" in text for text in notes.texts)
    assert set(model.families) <= {name for name, _ in MONOTONE}
