"""XGBoost's trees as trees of nodes: a formula made of them says what XGBoost says."""

import numpy as np
import pytest
from model_problems import TASKS, fit, make_request

from automl.export.modelling import model_of


@pytest.mark.parametrize("iterations", [1, None])
@pytest.mark.parametrize("encoding", ["native", "native_target"])
@pytest.mark.parametrize("task", TASKS)
def test_a_formula_says_what_xgboost_says(task, encoding, iterations):
    request = make_request(encoding, task, missing=True)
    model = fit("xgboost", request)
    values = request.valid_values.copy()
    if encoding == "native":
        values[:5, 4] = 40

    formula = model_of(model, iterations or model.iterations)

    if encoding == "native" and iterations is None:
        assert any(tree.codes for tree in formula.trees)
    for row, expected in zip(values, model.predict(values, iterations), strict=True):
        numbers = [None if np.isnan(number) else float(number) for number in row]
        np.testing.assert_allclose(formula.predict(numbers), np.atleast_1d(expected), rtol=1e-6)


def test_numbers_at_the_borders_go_the_same_way():
    request = make_request("native_target", TASKS[0])
    model = fit("xgboost", request)
    formula = model_of(model, model.iterations)
    for tree in formula.trees[:10]:
        for feature, below, left in zip(tree.feature, tree.below, tree.left, strict=True):
            if left < 0:
                continue
            rows = np.repeat(request.valid_values[:1], 2, axis=0)
            rows[:, feature] = below, np.nextafter(np.float32(below), np.float32(-np.inf))
            got = [formula.predict(row.tolist()) for row in rows]
            np.testing.assert_allclose(got, model.predict(rows), rtol=1e-6)
