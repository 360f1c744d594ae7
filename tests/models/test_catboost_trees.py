"""CatBoost's symmetric trees as trees of nodes: they say what CatBoost says."""

from dataclasses import replace

import numpy as np
import pytest
from model_problems import TASKS, fit, make_request

from automl.export.modelling import model_of
from automl.models.catboost import pool


def said_by_catboost(model, values, iterations):
    raw = model.model.predict(pool(values, model.categorical), prediction_type="RawFormulaVal", ntree_end=iterations)
    return raw.reshape(len(values), -1)


def said_by_nodes(model, values, iterations):
    symmetric = model.trees(iterations)
    trees, total = symmetric.trees, np.zeros((len(values), symmetric.outputs.shape[1]))
    for begin in trees.first_nodes[: len(trees.counts)]:
        for place, row in enumerate(values):
            node = 0
            while trees.left[begin + node] >= 0:
                number = row[trees.feature[begin + node]]
                first = trees.missing_left[begin + node] if np.isnan(number) else number < trees.below[begin + node]
                node = trees.left[begin + node] + (not first)
            total[place] += symmetric.outputs[begin + node]
    return total


@pytest.mark.parametrize("missing", [False, True])
@pytest.mark.parametrize("task", TASKS)
def test_nodes_say_what_catboost_says(task, missing):
    request = make_request("native_target", task, rows=450, missing=missing)
    model = fit("catboost", request)
    values = request.valid_values.copy()
    values[:5] = np.nan

    for iterations in (1, model.iterations):
        assert np.array_equal(said_by_nodes(model, values, iterations), said_by_catboost(model, values, iterations)), (
            iterations
        )


def test_numbers_at_the_borders_go_the_same_way():
    request = make_request("native_target", TASKS[0])
    model = fit("catboost", request)
    trees = model.trees(model.iterations).trees
    inner = np.flatnonzero(~trees.is_leaf)
    values = np.repeat(request.valid_values[:1], 2 * len(inner), axis=0)
    above = trees.below[inner]
    values[np.arange(len(inner)), trees.feature[inner]] = above
    values[len(inner) + np.arange(len(inner)), trees.feature[inner]] = np.nextafter(above, np.float32(-np.inf))

    got, expected = (said(model, values, model.iterations) for said in (said_by_nodes, said_by_catboost))

    np.testing.assert_array_equal(got, expected)


def test_categories_that_are_split_by_are_no_trees_of_numbers():
    request = make_request("native", TASKS[2], rows=600)
    model = fit("catboost", replace(request, values=request.values * [0, 0, 0, 0, 1, 1]))

    assert model.trees(model.iterations) is None


@pytest.mark.parametrize("task", TASKS)
def test_pruned_trees_say_the_same_with_fewer_nodes(task):
    request = make_request("native_target", task, missing=True)
    model = fit("catboost", request)
    formula = model_of(model, model.iterations)
    symmetric = model.trees(model.iterations)

    assert sum(len(tree.left) for tree in formula.trees) < 0.9 * len(symmetric.trees.left)
    for row in request.valid_values:
        numbers = [None if np.isnan(number) else float(number) for number in row]
        expected = model.predict(row[None])[0]
        np.testing.assert_allclose(formula.predict(numbers), np.atleast_1d(expected), rtol=1e-12)
