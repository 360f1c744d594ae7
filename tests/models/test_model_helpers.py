"""Arrays in files, probabilities from scores, and how boosting uses the time it has."""

import time
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from catboost import CatBoost
from model_problems import make_request

from automl.models import catboost, lightgbm, xgboost
from automl.models.arrays import (
    TargetScale,
    read_arrays,
    sigmoid_pair,
    softmax,
    to_probabilities,
    write_arrays,
)
from automl.models.boosting import Patience, rounds_for_other_folds, scaled_learning_rate, seconds_an_iteration
from automl.tables.schema import Task

# -- arrays


def test_arrays_come_back_with_their_types(tmp_path):
    path = tmp_path / "arrays.npz"
    written = {"a": np.arange(3), "b": np.array([[0.5]], dtype=np.float32), "empty": np.empty((0, 4))}
    write_arrays(path, **written)
    read = read_arrays(path.read_bytes())
    assert set(read) == set(written)
    for name, array in written.items():
        np.testing.assert_array_equal(read[name], array)
        assert read[name].dtype == array.dtype


def test_an_object_is_not_written(tmp_path):
    with pytest.raises(ValueError, match="pickle"):
        write_arrays(tmp_path / "arrays.npz", a=np.array([{}], dtype=object))


def test_an_object_is_not_read():
    stream = BytesIO()
    np.savez(stream, a=np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match="pickle"):
        read_arrays(stream.getvalue())


# -- probabilities


def test_softmax_survives_large_scores():
    probabilities = softmax(np.array([[1000.0, 0.0, -1000.0], [3.0, 3.0, 3.0]]))
    np.testing.assert_allclose(probabilities, [[1, 0, 0], [1 / 3] * 3])


def test_softmax_gives_nothing_to_a_class_that_cannot_be():
    np.testing.assert_allclose(softmax(np.array([[0.0, -np.inf, 0.0]])), [[0.5, 0, 0.5]])


def test_log_odds_become_a_pair():
    pair = sigmoid_pair(np.array([0.0, 800.0, -800.0, np.log(3)]))
    np.testing.assert_allclose(pair, [[0.5, 0.5], [0, 1], [1, 0], [0.25, 0.75]], atol=1e-12)


def test_one_column_of_scores_is_log_odds_and_several_are_classes():
    np.testing.assert_allclose(to_probabilities(np.array([[0.0], [2.0]])), sigmoid_pair(np.array([0.0, 2.0])))
    np.testing.assert_allclose(to_probabilities(np.array([[0.0, 2.0]])), softmax(np.array([[0.0, 2.0]])))


# -- the target's scale


def test_a_standardised_target_has_mean_zero_and_spread_one():
    target = np.array([10.0, 20.0, 60.0])
    scaled = TargetScale.of(target).apply(target)
    assert scaled.mean() == pytest.approx(0)
    assert scaled.std() == pytest.approx(1)
    np.testing.assert_allclose(TargetScale.of(target).invert(scaled), target)


def test_a_constant_target_is_only_shifted():
    target = np.array([4.0, 4.0])
    scale = TargetScale.of(target)
    assert scale.apply(target).tolist() == [0.0, 0.0]
    assert scale.invert(np.zeros(2)).tolist() == [4.0, 4.0]


# -- boosting


def test_a_learning_rate_that_can_be_afforded_stays():
    assert scaled_learning_rate(0.05, 400, effort=20) == 0.05
    assert scaled_learning_rate(0.05, 10**6, effort=20) == 0.05


def test_half_the_iterations_double_the_learning_rate():
    assert scaled_learning_rate(0.05, 200, effort=20) == pytest.approx(0.1)


@pytest.mark.parametrize("affordable", [0.0, 1e-9, 1.0, 10.0])
@pytest.mark.parametrize("wanted", [0.01, 0.12, 0.3])
def test_haste_has_a_limit_and_never_lowers_the_rate(wanted, affordable):
    assert wanted <= scaled_learning_rate(wanted, affordable, effort=20) <= max(0.25, wanted)


def stopped_at(losses, seconds=None):
    patience = Patience(seconds)
    return next((number for number, loss in enumerate(losses, start=1) if patience.is_over(number, loss)), None)


def test_boosting_goes_on_while_it_gains():
    assert stopped_at([1 / number for number in range(1, 1000)]) is None


def test_boosting_ends_a_while_after_the_last_gain():
    assert stopped_at([1.0] + [2.0] * 100) == 27


def test_patience_grows_with_the_iterations_that_gained():
    gains = [1 / number for number in range(1, 401)]
    assert stopped_at(gains + [2.0] * 400) == 400 + 126


def test_boosting_ends_with_the_time():
    assert stopped_at([1 / number for number in range(1, 1000)], seconds=0.0) == 1


@pytest.mark.parametrize(("seconds", "tried"), [(0.2, [1, 1]), (1000.0, [1, 6])])
def test_one_more_iteration_is_tried_where_the_first_took_the_time_for_several(seconds, tried):
    asked = []

    def boost(rounds):
        asked.append(rounds)
        time.sleep(0.05)

    seconds_an_iteration(boost, seconds, 6)
    assert asked == tried


@pytest.mark.parametrize("booster", [catboost, lightgbm, xgboost])
def test_what_was_tried_is_taken_from_the_time(booster, monkeypatch):
    given = []

    class Told(Patience):
        def __init__(self, seconds):
            given.append(seconds)
            super().__init__(seconds)

    monkeypatch.setattr(booster, "Patience", Told)
    request = make_request("native_target", Task.BINARY)
    booster.fit(replace(request, hyperparameters={"iterations": 5}, seconds=30.0))
    assert given[0] < 30.0


def test_catboost_tries_two_iterations_where_these_take_the_time_for_all(monkeypatch):
    boosted = []

    class Told(CatBoost):
        def fit(self, *arguments, **named):
            super().fit(*arguments, **named)
            boosted.append(self.tree_count_)

    monkeypatch.setattr("catboost.CatBoost", Told)
    request = make_request("native_target", Task.BINARY)
    model = catboost.fit(replace(request, hyperparameters={"iterations": 30}, seconds=1e-6))
    assert boosted == [2, 1]
    assert model.iterations == 1


def test_catboost_goes_on_where_it_ended_by_itself_while_it_tried(monkeypatch):
    boosted = []

    class EndedAtOnce(CatBoost):
        def fit(self, *arguments, **named):
            if not boosted:
                self.set_params(iterations=1)
            super().fit(*arguments, **named)
            boosted.append(self.tree_count_)

    monkeypatch.setattr("catboost.CatBoost", EndedAtOnce)
    request = make_request("native_target", Task.BINARY)
    catboost.fit(replace(request, hyperparameters={"iterations": 30}, seconds=60.0))
    assert boosted[0] == 1 < boosted[1]


def test_other_folds_get_somewhat_more_rounds_than_the_first_needed():
    patience = Patience(None)
    for number in range(1, 101):
        patience.is_over(number, 1 / number)
    assert rounds_for_other_folds(patience) == 155


def test_a_logarithmic_target_comes_back():
    target = np.array([0.0, 1.0, 10.0, 1000.0])
    scale = TargetScale.of(target, {"log_target": True})
    np.testing.assert_allclose(scale.invert(scale.apply(target)), target, atol=1e-9)
    np.testing.assert_allclose(TargetScale(*scale.numbers).invert(scale.apply(target)), target, atol=1e-9)


def test_a_logarithm_never_predicts_beyond_what_was_seen():
    scale = TargetScale.of(np.array([1.0, 10.0, 1000.0]), {"log_target": True})
    assert scale.invert(np.array([50.0]))[0] == pytest.approx(1000.0)
