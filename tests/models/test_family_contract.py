"""What the search and the model file expect of every family; a new family is tested by its line in the registry."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from model_problems import (
    CASES,
    KEEPS_MISSING,
    QUICK,
    TASKS,
    assert_valid_prediction,
    fit,
    fitted,
    loss,
    make_request,
    with_columns,
    without_class,
)

from automl.features import ENCODING_NAMES
from automl.models.family import Choice, stages_up_to
from automl.models.registry import FAMILY_NAMES, available_families, family, missing_requirements
from automl.tables.schema import Task

every_case = pytest.mark.parametrize(("name", "encoding"), CASES)
every_task = pytest.mark.parametrize("task", TASKS)
every_family = pytest.mark.parametrize("name", FAMILY_NAMES)
native_families = pytest.mark.parametrize("name", [name for name, encoding in CASES if encoding == "native"])

HYPERPARAMETERS = [
    (name, parameter, task)
    for name in FAMILY_NAMES
    for parameter in family(name).space
    for task in (Task.BINARY, Task.REGRESSION)
    if task.is_classification or parameter not in family(name).class_parameters
]
#: Families whose library refuses features or a target that do not vary; the search then goes on without them.
NEEDS_VARIANCE = ("catboost",)


def ends(parameter):
    """Return the two ends of a hyperparameter's range."""
    if isinstance(parameter, Choice):
        return parameter.options[0], parameter.options[-1]
    return parameter.low, parameter.high


def at_end(name, end):
    """Return every hyperparameter of a family at the lower (0) or upper (1) end of its range."""
    return {key: ends(parameter)[end] for key, parameter in family(name).space.items()}


def saved_and_loaded(name, model, folder):
    path = folder / f"model.{family(name).suffix}"
    model.save(path)
    return family(name).implementation().load(path.read_bytes())


# -- the description


@every_family
def test_the_description_is_complete(name):
    described = family(name)
    assert described.name == name
    assert described.title
    assert described.encodings
    assert set(described.encodings) <= {*ENCODING_NAMES, "none"}


@every_family
def test_describing_a_family_imports_no_learning_library(name):
    heavy = ("sklearn", "scipy", "skops", "lightgbm", "xgboost", "catboost", "optuna")
    probe = (
        f"import sys; from automl.models.registry import family, missing_requirements; family({name!r}); "
        f"missing_requirements({name!r}); print(*(name for name in {heavy!r} if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_a_family_that_is_not_registered_is_unknown():
    with pytest.raises(KeyError):
        family("os")


def test_a_family_whose_library_is_missing_is_left_out(monkeypatch):
    without = replace(family("linear"), requires=("a_library_that_is_not_there",))
    monkeypatch.setattr("automl.models.linear.FAMILY", without)
    assert missing_requirements("linear") == ("a_library_that_is_not_there",)
    assert [each.name for each in available_families(("constant", "linear"))] == ["constant"]


@every_family
def test_the_ends_of_a_range_are_in_order_and_positive_on_a_logarithmic_scale(name):
    for parameter in family(name).space.values():
        if isinstance(parameter, Choice):
            assert len(set(parameter.options)) > 1
        else:
            assert parameter.low < parameter.high
            assert parameter.low > 0 or not parameter.log


# -- predictions


@every_case
@every_task
def test_predictions_have_the_right_shape(name, encoding, task):
    model, request = fitted(name, encoding, task)
    assert_valid_prediction(model.predict(request.valid_values), request)


@pytest.mark.parametrize(("name", "encoding"), [case for case in CASES if case[1] in KEEPS_MISSING])
@every_task
def test_missing_values_are_learned_from(name, encoding, task):
    request = make_request(encoding, task, missing=True)
    model = fit(name, request)
    assert_valid_prediction(model.predict(request.valid_values), request)
    nothing_known = np.full((1, request.values.shape[1]), np.nan, dtype=np.float32)
    assert_valid_prediction(model.predict(nothing_known), request, rows=1)


@native_families
def test_a_category_that_was_not_trained_on_is_predicted(name):
    model, request = fitted(name, "native", Task.BINARY)
    unknown = request.valid_values[:3].copy()
    unknown[:, 4:] = 40
    assert_valid_prediction(model.predict(unknown), request, rows=3)


@every_case
@every_task
def test_weights_change_what_is_learned(name, encoding, task):
    model, plain = fitted(name, encoding, task)
    weights = np.where(plain.target > plain.target.mean(), 10.0, 0.5)
    weighted = replace(plain, weight=weights, valid_weight=np.ones(len(plain.valid_target)))
    before = model.predict(plain.valid_values)
    after = fit(name, weighted).predict(plain.valid_values)
    assert_valid_prediction(after, weighted)
    assert not np.array_equal(before, after)


@every_case
@pytest.mark.parametrize("absent", [0, 1, 2])
def test_a_class_without_training_rows_keeps_its_column(name, encoding, absent):
    request = without_class(make_request(encoding, Task.MULTICLASS), absent)
    assert_valid_prediction(fit(name, request).predict(request.valid_values), request)


@every_case
@pytest.mark.parametrize("task", [Task.BINARY, Task.MULTICLASS])
def test_a_single_class_in_the_training_rows_is_what_is_predicted(name, encoding, task):
    request = without_class(make_request(encoding, task), 0)
    if task is Task.MULTICLASS:
        request = without_class(request, 1)
    only = int(request.target[0])
    prediction = fit(name, request).predict(request.valid_values)
    assert_valid_prediction(prediction, request)
    assert (prediction.argmax(axis=1) == only).all()


@every_case
@every_task
def test_one_feature_is_enough(name, encoding, task):
    whole = make_request("onehot_scaled" if encoding == "native" else encoding, task)
    request = with_columns(whole, lambda values: np.ascontiguousarray(values[:, :1]))
    assert_valid_prediction(fit(name, request).predict(request.valid_values), request)


@native_families
@every_task
def test_a_category_alone_is_enough(name, task):
    whole = make_request("native", task)
    request = replace(with_columns(whole, lambda values: np.ascontiguousarray(values[:, 4:5])), categorical=(0,))
    assert_valid_prediction(fit(name, request).predict(request.valid_values), request)


@every_case
@every_task
def test_features_without_variance_do_no_harm(name, encoding, task):
    request = with_columns(make_request(encoding, task), lambda values: values * (np.arange(values.shape[1]) == 0))
    assert_valid_prediction(fit(name, request).predict(request.valid_values), request)


@pytest.mark.parametrize(("name", "encoding"), [case for case in CASES if case[0] not in NEEDS_VARIANCE])
@every_task
def test_a_table_in_which_nothing_varies_is_fitted(name, encoding, task):
    request = with_columns(make_request(encoding, task), lambda values: np.zeros_like(values))
    assert_valid_prediction(fit(name, request).predict(request.valid_values), request)


@pytest.mark.parametrize("name", NEEDS_VARIANCE)
def test_a_family_that_needs_variance_says_so(name):
    request = with_columns(make_request("native", Task.BINARY), lambda values: np.zeros_like(values))
    with pytest.raises(Exception, match="constant"):
        fit(name, request)


@every_case
@every_task
def test_a_table_of_twelve_rows_is_fitted(name, encoding, task):
    request = replace(make_request(encoding, task, rows=12), hyperparameters={**QUICK, **at_end(name, 1)})
    assert_valid_prediction(fit(name, request).predict(request.valid_values), request)


@every_case
@every_task
def test_a_row_is_predicted_to_the_last_digit_as_among_others(name, encoding, task):
    model, request = fitted(name, encoding, task)
    among_others = model.predict(request.valid_values)
    alone = [model.predict(row[None])[0] for row in request.valid_values[:40]]
    np.testing.assert_array_equal(alone, among_others[:40])
    np.testing.assert_array_equal(model.predict(request.valid_values[7:60]), among_others[7:60])


@every_case
def test_a_target_far_from_zero_is_predicted_in_its_own_units(name, encoding):
    model, request = fitted(name, encoding, Task.REGRESSION)
    far = replace(request, target=1e9 + request.target, valid_target=1e9 + request.valid_target)
    prediction = fit(name, far).predict(request.valid_values)
    near = model.predict(request.valid_values)
    np.testing.assert_allclose(prediction - 1e9, near, atol=0.05 * np.std(request.target) + 64)


@pytest.mark.parametrize(("name", "encoding"), [case for case in CASES if case[0] not in NEEDS_VARIANCE])
def test_a_constant_target_is_predicted(name, encoding):
    request = make_request(encoding, Task.REGRESSION)
    request = replace(request, target=np.full_like(request.target, 7.5))
    np.testing.assert_allclose(fit(name, request).predict(request.valid_values), 7.5, atol=0.5)


@pytest.mark.parametrize(("name", "encoding"), [case for case in CASES if case[0] != "constant"])
@every_task
def test_an_easy_problem_is_learned_better_than_by_the_constant(name, encoding, task):
    model, request = fitted(name, encoding, task)
    baseline = loss(fit("constant", request).predict(request.valid_values), request)
    assert loss(model.predict(request.valid_values), request) < 0.9 * baseline


# -- stages


@every_case
@every_task
def test_the_last_stage_is_the_prediction(name, encoding, task):
    model, request = fitted(name, encoding, task)
    stages = stages_up_to(model.iterations) if model.iterations else (0,)
    by_stage = model.predict_stages(request.valid_values, stages)
    assert len(by_stage) == len(stages)
    np.testing.assert_allclose(by_stage[-1], model.predict(request.valid_values), rtol=1e-5, atol=1e-6)


@every_case
@every_task
def test_a_stage_is_the_prediction_after_as_many_iterations(name, encoding, task):
    model, request = fitted(name, encoding, task)
    if not model.iterations:
        pytest.skip("no stages")
    stages = stages_up_to(model.iterations)
    for stage, prediction in zip(stages, model.predict_stages(request.valid_values, stages), strict=True):
        assert_valid_prediction(prediction, request)
        np.testing.assert_allclose(prediction, model.predict(request.valid_values, stage), rtol=1e-5, atol=1e-6)


# -- the file


@every_case
@every_task
def test_a_model_predicts_the_same_after_a_trip_through_its_file(name, encoding, task, tmp_path):
    request = make_request(encoding, task, weights=True)
    model = fit(name, request)
    again = saved_and_loaded(name, model, tmp_path)
    assert again.iterations == model.iterations
    np.testing.assert_array_equal(again.predict(request.valid_values), model.predict(request.valid_values))
    if model.iterations:
        early = max(1, model.iterations // 2)
        np.testing.assert_array_equal(
            again.predict(request.valid_values, early), model.predict(request.valid_values, early)
        )


@every_case
def test_a_model_with_an_absent_class_reads_back(name, encoding, tmp_path):
    request = without_class(make_request(encoding, Task.MULTICLASS), 1)
    model = fit(name, request)
    again = saved_and_loaded(name, model, tmp_path)
    np.testing.assert_array_equal(again.predict(request.valid_values), model.predict(request.valid_values))


@pytest.mark.parametrize(("name", "encoding"), [case for case in CASES if case[0] not in NEEDS_VARIANCE])
def test_a_model_that_found_nothing_to_split_on_reads_back(name, encoding, tmp_path):
    request = with_columns(make_request(encoding, Task.BINARY), lambda values: np.zeros_like(values))
    model = fit(name, request)
    again = saved_and_loaded(name, model, tmp_path)
    np.testing.assert_array_equal(again.predict(request.valid_values), model.predict(request.valid_values))


@every_family
def test_a_saved_model_holds_no_pickle(name, tmp_path):
    model, _ = fitted(name, family(name).encodings[0], Task.BINARY)
    path = tmp_path / "model"
    model.save(path)
    content = path.read_bytes()
    assert not content.startswith(b"\x80")
    assert b"sklearn.ensemble._forest" not in content
    assert b"pickle" not in content


@every_family
def test_garbage_is_refused_with_an_error_and_ends_no_process(name):
    program = (
        f"from automl.models.registry import family\nload = family({name!r}).implementation().load\n"
        "for garbage in (b'', bytes(64), b'not a model', b'{}', b'{L'):\n"
        "    try:\n        load(garbage)\n    except Exception:\n        print('refused')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.count("refused")) == (0, 5), done.stderr[-500:]


# -- the same answer twice, and the clock


@every_case
@every_task
def test_the_same_seed_gives_the_same_bytes(name, encoding, task):
    model, request = fitted(name, encoding, task)
    again = fit(name, make_request(encoding, task))
    assert again.predict(request.valid_values).tobytes() == model.predict(request.valid_values).tobytes()


@every_case
@every_task
def test_a_time_limit_is_accepted(name, encoding, task):
    request = replace(make_request(encoding, task), seconds=5.0)
    model = fit(name, request)
    assert_valid_prediction(model.predict(request.valid_values), request)
    again = fit(name, replace(request, hyperparameters={**QUICK, **model.resolved}))
    assert_valid_prediction(again.predict(request.valid_values), request)


@every_case
@every_task
def test_time_that_is_up_before_it_begins_still_gives_a_model(name, encoding, task):
    request = replace(make_request(encoding, task), seconds=1e-6)
    assert_valid_prediction(fit(name, request).predict(request.valid_values), request)


def test_neighbors_that_weigh_nothing_have_no_vote():
    request = make_request("onehot_scaled", Task.BINARY)
    far = (request.values[:, 0] > 1.0) | (np.arange(len(request.values)) >= 100)
    model = fit("nearest_neighbors", replace(request, weight=np.where(far, 0.0, 1.0)))
    kept = replace(request, values=request.values[~far], target=request.target[~far], weight=np.ones((~far).sum()))
    np.testing.assert_array_equal(
        model.predict(request.valid_values), fit("nearest_neighbors", kept).predict(request.valid_values)
    )


def test_there_are_no_more_neighbors_than_rows_that_weigh_something():
    request = make_request("onehot_scaled", Task.REGRESSION)
    model = fit("nearest_neighbors", replace(request, weight=np.where(np.arange(len(request.target)) < 3, 1.0, 0.0)))
    assert_valid_prediction(model.predict(request.valid_values), request)


# -- hyperparameters


@every_case
@every_task
@pytest.mark.parametrize("end", [0, 1], ids=["low", "high"])
def test_the_ends_of_the_space_are_fitted(name, encoding, task, end):
    request = make_request(encoding, task)
    request = replace(request, hyperparameters={**QUICK, **at_end(name, end)})
    assert_valid_prediction(fit(name, request).predict(request.valid_values), request)


@pytest.mark.parametrize(("name", "parameter", "task"), HYPERPARAMETERS)
def test_no_hyperparameter_is_ignored(name, parameter, task):
    encoding = "native" if "native" in family(name).encodings else family(name).encodings[0]
    request = make_request(encoding, task, rows=1_500)
    low, high = (
        fit(name, replace(request, hyperparameters={**QUICK, parameter: value})).predict(request.valid_values)
        for value in ends(family(name).space[parameter])
    )
    assert not np.array_equal(low, high)
