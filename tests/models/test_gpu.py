"""Fitting on a GPU: what each library is told, and, where a GPU is present, the same models as on the processor."""

from dataclasses import replace

import numpy as np
import pytest
from catboost import CatBoostError
from model_problems import QUICK, TASKS, assert_valid_prediction, fit, loss, make_request

from automl.errors import UsageError
from automl.models import catboost, lightgbm, xgboost
from automl.models.gpu import GPU_WORKS, try_gpu
from automl.models.objectives import Objective
from automl.models.portfolio import PORTFOLIO
from automl.models.registry import FAMILY_NAMES, family
from automl.tables.schema import Task

ON_GPU = [name for name in FAMILY_NAMES if family(name).gpu]
REGRESSIONS = [
    Objective("absolute_error"),
    Objective("quantile", 0.9),
    Objective("poisson"),
    Objective("squared_error"),
]


def on_gpu(encoding="native", task=Task.REGRESSION, **changes):
    return make_request(encoding, task, device="gpu", **changes)


def test_xgboost_is_sent_to_the_first_cuda_device_and_stays_on_the_processor_otherwise():
    assert xgboost._parameters(on_gpu(), 0.1)["device"] == "cuda"
    assert "device" not in xgboost._parameters(make_request("native", Task.REGRESSION), 0.1)


def test_a_booster_that_xgboost_quietly_fitted_on_the_processor_is_told_from_one_of_a_gpu():
    with pytest.raises(UsageError, match="finds no GPU"):
        xgboost._leave_gpu(fit("xgboost", make_request("native", Task.REGRESSION)).booster)


def test_lightgbm_sums_up_in_double_precision_on_a_gpu_and_leaves_out_what_is_for_the_processor():
    told = lightgbm._parameters(on_gpu(), 0.1)
    assert (told["device_type"], told["gpu_use_dp"]) == ("gpu", True)
    assert not {"deterministic", "force_row_wise"} & told.keys()


@pytest.mark.parametrize(("levels", "device"), [(250, "gpu"), (251, "cpu")])
def test_lightgbm_stays_on_the_processor_where_a_category_has_more_levels_than_fit_on_a_gpu(levels, device):
    request = on_gpu()
    values = request.values.copy()
    values[0, 5], values[1, 4] = levels - 1, np.nan
    assert lightgbm._device(replace(request, values=values)) == device


def test_catboost_is_told_for_a_gpu_what_it_does_on_a_processor_without_being_told():
    told = catboost._parameters(on_gpu(hyperparameters={**QUICK, "rsm": 0.5, "depth": 4}), 0.1, 50)
    assert (told["task_type"], told["boosting_type"], told["depth"]) == ("GPU", "Plain", 4)
    assert "rsm" not in told


@pytest.mark.parametrize(
    "changes",
    [{"monotone": (1, 0, 0, 0, 0, 0)}, {"objective": Objective("tweedie", 1.5)}, {"objective": Objective("gamma")}],
)
def test_catboost_stays_on_the_processor_for_what_it_cannot_do_on_a_gpu(changes):
    assert catboost._device(on_gpu(**changes)) == "cpu"


@pytest.mark.parametrize(
    "changes", [*({"task": task} for task in TASKS), *({"objective": each} for each in REGRESSIONS)]
)
def test_catboost_accepts_its_options_for_a_gpu_before_it_looks_for_one(changes):
    request = on_gpu(rows=60, **{"hyperparameters": {**QUICK, **_full_candidate("catboost")}, **changes})
    request = replace(request, target=np.abs(request.target), valid_target=np.abs(request.valid_target))
    said = ""
    try:
        fit("catboost", request)
    except CatBoostError as error:
        said = str(error)
    assert not said or "cuda" in said.lower()


def _full_candidate(name):
    """Return the hyperparameters of a family's candidate that sets the most."""
    return max((each.hyperparameters for each in PORTFOLIO if each.family == name), key=len)


def test_what_ends_a_fit_of_catboost_on_a_gpu_is_seen_in_the_losses_that_it_leaves():
    request = make_request("native", Task.REGRESSION)
    parameters = {**catboost._parameters(request, 0.3, 400), "od_type": "Iter", "od_wait": 20}
    data, valid = (
        catboost.pool(values, request.categorical, label=label)
        for values, label in ((request.values, request.target), (request.valid_values, request.valid_target))
    )
    model, patience = catboost._boost_on_gpu(parameters, data, valid)
    assert patience.best_iteration == model.get_best_iteration() + 1
    assert model.tree_count_ == patience.best_iteration + 20 < 400


@pytest.mark.parametrize("name", ON_GPU)
def test_a_library_that_cannot_use_a_gpu_says_why_in_one_short_line(name):
    answer = try_gpu(name)
    assert answer
    assert len(answer) <= 120
    assert "\n" not in answer


@pytest.fixture(scope="module")
def skip_without_gpu():
    """Skip a test of a family that cannot be fitted on a GPU of this machine."""
    answers = {}

    def skip(name):
        if answers.setdefault(name, try_gpu(name)) != GPU_WORKS:
            pytest.skip(f"no GPU for {name}: {answers[name]}")

    return skip


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("name", ON_GPU)
def test_a_model_fitted_on_a_gpu_learns_as_on_the_processor_and_is_read_back(name, task, skip_without_gpu, tmp_path):
    skip_without_gpu(name)
    there = on_gpu("native", task, missing=True)
    model, here = fit(name, there), fit(name, replace(there, device="cpu"))
    prediction = model.predict(there.valid_values)
    assert_valid_prediction(prediction, there)
    assert loss(prediction, there) == pytest.approx(loss(here.predict(there.valid_values), there), rel=0.25)
    path = tmp_path / f"model.{family(name).suffix}"
    model.save(path)
    read = family(name).implementation().load(path.read_bytes())
    np.testing.assert_allclose(read.predict(there.valid_values), prediction, rtol=1e-5, atol=1e-6)
