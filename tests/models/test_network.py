"""The network that is trained and applied on NumPy alone: its encoding, its gradient, its optimiser and its file."""

from dataclasses import replace

import numpy as np
import pytest
from model_problems import fit, fitted, make_request

from automl.errors import ModelFileError
from automl.models import multilayer_perceptron
from automl.models.arrays import read_arrays, write_arrays
from automl.models.network import Layout, forward, gradient, initial_parameters
from automl.models.optimizer import AveragedAdam
from automl.models.piecewise import PiecewiseLinear
from automl.tables.schema import Task

NAME = "multilayer_perceptron"


def column(*values):
    return np.array(values, dtype=np.float32)[:, None]


# -- the piecewise linear encoding


def test_a_value_is_told_by_how_far_it_lies_through_each_interval():
    pieces = PiecewiseLinear.of(column(0, 1, 2, 3, 4), 2)
    encoded = pieces.apply(column(-9, 0, 1, 2, 3, 9))
    np.testing.assert_allclose(encoded[:, 0], [-9, 0, 1, 2, 3, 9])
    np.testing.assert_allclose(encoded[:, 1] + 0.5, [0, 0, 0.5, 1, 1, 1])
    np.testing.assert_allclose(encoded[:, 2] + 0.5, [0, 0, 0, 0, 0.5, 1])


def test_features_of_two_values_or_one_are_left_as_they_are():
    values = np.hstack([column(0, 1, 1, 0), column(5, 5, 5, 5)])
    np.testing.assert_array_equal(PiecewiseLinear.of(values, 8).apply(values), values)


def test_no_interval_is_empty_where_a_value_is_frequent():
    values = column(*([0] * 90), *range(1, 11))
    encoded = PiecewiseLinear.of(values, 8).apply(values)
    assert np.isfinite(encoded).all()


def test_thousands_of_columns_do_not_multiply():
    values = np.random.default_rng(0).normal(size=(50, 3_000)).astype(np.float32)
    assert PiecewiseLinear.of(values, 8).apply(values).shape == (50, 3_000)


# -- the packed network


@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_the_gradient_is_that_of_the_loss(dropout):
    layout = Layout(inputs=3, width=5, members=2, outputs=2)
    rng = np.random.default_rng(0)
    parameters = initial_parameters(layout, np.zeros(2), rng).astype(np.float64)
    inputs = rng.normal(size=(7, 3))
    direction = rng.normal(size=parameters.shape)

    def sums_of_squares(distance):
        seen = []
        moved = layout.views(parameters + distance * direction)
        found = gradient(
            layout, moved, inputs, lambda raw: seen.append(raw) or 2 * raw, dropout, np.random.default_rng(1)
        )
        return float((seen[0] ** 2).sum()), float(found @ direction)

    below, above = sums_of_squares(-1e-6)[0], sums_of_squares(1e-6)[0]
    assert sums_of_squares(0.0)[1] == pytest.approx((above - below) / 2e-6, rel=1e-4)


def test_members_begin_apart_and_near_the_start_they_are_given():
    layout = Layout(inputs=4, width=32, members=3, outputs=1)
    rng = np.random.default_rng(0)
    raw = forward(layout.views(initial_parameters(layout, np.array([2.0]), rng)), np.ones((1, 4), dtype=np.float32))
    assert raw.shape == (3, 1, 1)
    assert len(np.unique(raw)) == 3
    np.testing.assert_allclose(raw, 2.0, atol=1.5)


def test_the_optimizer_finds_a_minimum_and_its_average_too():
    parameters = np.array([5.0, -3.0], dtype=np.float32)
    optimizer = AveragedAdam(parameters, decayed=0, learning_rate=0.05, penalty=0.0)
    for _ in range(1_000):
        optimizer.step(2 * (parameters - np.array([1.0, 2.0], dtype=np.float32)))
    np.testing.assert_allclose(optimizer.average, [1.0, 2.0], atol=0.02)


def test_only_the_weights_are_drawn_to_zero():
    parameters = np.ones(2, dtype=np.float32)
    optimizer = AveragedAdam(parameters, decayed=1, learning_rate=0.1, penalty=0.5)
    for _ in range(50):
        optimizer.step(np.zeros(2, dtype=np.float32))
    assert parameters[0] < 0.5
    assert parameters[1] == 1.0


# -- training


def test_training_ends_when_the_validation_rows_have_nothing_to_gain():
    request = make_request("onehot_scaled", Task.BINARY, rows=600)
    noise = np.random.default_rng(1).integers(0, 2, len(request.target))
    model = fit(NAME, replace(request, target=noise, hyperparameters={}))
    assert model.iterations < 60


def test_the_other_folds_are_told_how_many_rounds_are_enough():
    request = make_request("onehot_scaled", Task.REGRESSION, rows=600)
    first = fit(NAME, replace(request, hyperparameters={}))
    other = fit(NAME, replace(request, hyperparameters=first.resolved, seed=1))
    assert other.iterations <= first.resolved["iterations"]


def test_equal_weights_change_nothing():
    request = make_request("onehot_scaled", Task.MULTICLASS)
    twice = replace(request, weight=np.full(len(request.target), 2.0))
    before, after = (fit(NAME, each).predict(request.valid_values) for each in (request, twice))
    np.testing.assert_array_equal(before, after)


def test_more_rounds_than_were_trained_predict_as_the_last():
    model, request = fitted(NAME, "onehot_scaled", Task.BINARY)
    np.testing.assert_array_equal(model.predict(request.valid_values, 10_000), model.predict(request.valid_values))


# -- the file


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("parameters", lambda array: array[:, :-1]),
        ("parameters", lambda array: array[:1]),
        ("rounds", lambda array: array[:0]),
        ("sizes", lambda array: array + 1),
        ("sizes", lambda array: array[:3]),
        ("slope", lambda array: array[:-1]),
        ("feature", lambda array: array + 100),
        ("classes", lambda array: array + 9),
        ("scale", lambda array: np.ones(7)),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_a_network_whose_arrays_do_not_fit_each_other_is_refused(name, change, tmp_path):
    model, _ = fitted(NAME, "onehot_scaled", Task.BINARY)
    path = tmp_path / "model.npz"
    model.save(path)
    arrays = read_arrays(path.read_bytes())
    write_arrays(path, **{**arrays, name: change(arrays[name])})
    with pytest.raises(ModelFileError, match="damaged"):
        multilayer_perceptron.load(path.read_bytes())
