"""What a metric asks for is what the models learn: medians, quantiles, positive means."""

import numpy as np
import pytest
from model_problems import QUICK, make_request

from automl.evaluation.metrics import METRICS
from automl.models.arrays import TargetScale
from automl.models.objectives import SQUARED_ERROR, Objective
from automl.models.registry import family
from automl.tables.schema import Task

OBJECTIVES = {metric.objective for metric in METRICS.values()}
REGRESSION = [metric for metric in METRICS.values() if Task.REGRESSION in metric.tasks]
BOOSTERS = ("lightgbm", "xgboost", "catboost")
LEARNERS = (*BOOSTERS, "hist_gradient_boosting", "linear", "multilayer_perceptron")
SETTINGS = {
    "hist_gradient_boosting": {"learning_rate": 0.06, "max_leaf_nodes": 12},
    "multilayer_perceptron": {"iterations": 40},
}
#: The median absolute error is made of no row's own loss; the absolute error stands in for it.
OF_ROWS = [metric for metric in REGRESSION if metric.name not in ("rmse", "r2", "rmsle", "median_absolute_error")]


def skewed_request(name, objective, rows=3_000, **changes):
    """Return a request whose target is positive, and spread the more the larger its mean is."""
    request = make_request(family(name).encodings[0], Task.REGRESSION, rows=rows)

    def target(values):
        noise = np.random.default_rng(len(values)).gamma(2.0, 0.5, len(values))
        return np.exp(1.5 * values[:, 0]) * noise + 0.01

    settings = SETTINGS.get(name, {**QUICK, "iterations": 80, "learning_rate": 0.1})
    return make_request(
        family(name).encodings[0],
        Task.REGRESSION,
        rows=rows,
        target=target(request.values),
        valid_target=target(request.valid_values),
        hyperparameters=settings,
        objective=objective,
        **changes,
    )


def predicted(name, objective):
    request = skewed_request(name, objective)
    return family(name).implementation().fit(request).predict(request.valid_values), request


def test_a_rows_loss_is_the_squared_error_unless_something_else_is_asked_for():
    losses = SQUARED_ERROR.row_losses(np.array([1.0, 3.0], dtype=np.float32), np.array([1.5, 3.0]))
    assert losses.tolist() == [0.25, 0.0]


def test_a_rows_loss_is_the_negative_log_likelihood_of_its_class():
    losses = SQUARED_ERROR.row_losses(np.array([[0.2, 0.8], [0.5, 0.5]]), np.array([1, 0]))
    np.testing.assert_allclose(losses, -np.log([0.8, 0.5]))


def test_a_certainty_that_was_wrong_costs_much_but_not_infinitely_much():
    assert 10 < SQUARED_ERROR.row_losses(np.array([[1.0, 0.0]]), np.array([1]))[0] < 20


@pytest.mark.parametrize("metric", OF_ROWS, ids=lambda metric: metric.name)
def test_the_mean_of_the_rows_losses_is_the_metric(metric):
    rng = np.random.default_rng(0)
    target, prediction = rng.uniform(0.5, 3.0, 50), rng.uniform(0.5, 3.0, 50)
    losses = metric.objective.row_losses(prediction, target)
    assert losses.mean() == pytest.approx(metric.score(target, prediction))


def test_squared_log_errors_are_those_of_rmsle():
    rng = np.random.default_rng(0)
    target, prediction = rng.uniform(0.5, 3.0, 50), rng.uniform(0.5, 3.0, 50)
    losses = METRICS["rmsle"].objective.row_losses(prediction, target)
    assert np.sqrt(losses.mean()) == pytest.approx(METRICS["rmsle"].score(target, prediction))


@pytest.mark.parametrize("weighted", [False, True], ids=["alike", "weighted"])
@pytest.mark.parametrize("metric", OF_ROWS, ids=lambda metric: metric.name)
def test_no_other_constant_is_better_than_the_best(metric, weighted):
    target = np.random.default_rng(1).gamma(2.0, 2.0, 401) + 0.1
    weight = target**2 if weighted else None
    best = metric.objective.best_constant(target, metric.objective.weights(target, weight))
    tried = np.linspace(target.min(), target.max(), 60)
    others = [metric.score(target, np.full(401, other), weight) for other in tried]
    assert metric.score(target, np.full(401, best), weight) <= min(others) + 1e-9


def test_relative_errors_weigh_small_targets_more_but_none_without_bound():
    weights = Objective("relative_error").weights(np.array([0.0, 1.0, 10.0]), np.ones(3))
    assert weights is not None
    assert weights[0] > weights[1] == pytest.approx(10 * weights[2])
    assert np.isfinite(weights).all()


@pytest.mark.parametrize("name", ["poisson", "gamma", "tweedie"])
def test_the_logarithm_of_a_mean_comes_back_and_stays_within_what_was_seen(name):
    target = np.array([1.0, 10.0, 1000.0])
    scale = TargetScale.of(target, {}, Objective(name, 1.5))
    restored = TargetScale(*scale.numbers)
    assert restored.invert(np.array([0.0]))[0] == pytest.approx(target.mean())
    assert restored.invert(np.array([50.0]))[0] == pytest.approx(1000.0)
    np.testing.assert_allclose(scale.apply(target), target / target.mean())


@pytest.mark.parametrize("name", LEARNERS)
@pytest.mark.parametrize("objective", ["poisson", "gamma", "tweedie"])
def test_a_deviance_is_lower_where_it_is_what_was_learned(name, objective):
    asked = Objective(objective, 1.5)
    direct, request = predicted(name, asked)
    assert (direct > 0).all()
    squared, _ = predicted(name, SQUARED_ERROR)
    assert (
        asked.row_losses(direct, request.valid_target).mean() < asked.row_losses(squared, request.valid_target).mean()
    )


@pytest.mark.parametrize("name", LEARNERS)
@pytest.mark.parametrize("asked", [Objective("absolute_error"), Objective("quantile", 0.9), Objective("quantile", 0.1)])
def test_a_quantile_is_met_better_where_it_is_what_was_learned(name, asked):
    direct, request = predicted(name, asked)
    squared, _ = predicted(name, SQUARED_ERROR)
    assert (
        asked.row_losses(direct, request.valid_target).mean() < asked.row_losses(squared, request.valid_target).mean()
    )
    assert asked.level is not None
    assert np.mean(request.valid_target <= direct) == pytest.approx(asked.level, abs=0.1)


@pytest.mark.parametrize("name", LEARNERS)
@pytest.mark.parametrize(
    "objective", sorted(OBJECTIVES, key=repr), ids=lambda each: f"{each.name}{each.parameter or ''}"
)
def test_a_model_of_any_objective_predicts_the_same_once_saved(name, objective, tmp_path):
    request = skewed_request(name, objective, rows=240)
    implementation = family(name).implementation()
    model = implementation.fit(request)
    model.save(tmp_path / "model")
    read = implementation.load((tmp_path / "model").read_bytes())
    np.testing.assert_allclose(read.predict(request.valid_values), model.predict(request.valid_values), rtol=1e-6)


@pytest.mark.parametrize("name", [name for name in LEARNERS if name != "linear"])
@pytest.mark.parametrize("objective", [Objective("poisson"), Objective("quantile", 0.9)], ids=lambda each: each.name)
def test_the_stages_of_any_objective_end_at_the_prediction(name, objective):
    request = skewed_request(name, objective, rows=240)
    model = family(name).implementation().fit(request)
    stages = model.predict_stages(request.valid_values, (5, model.iterations))
    np.testing.assert_allclose(stages[-1], model.predict(request.valid_values), rtol=1e-5)
