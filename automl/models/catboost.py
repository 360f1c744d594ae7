"""CatBoost: ordered boosting on symmetric trees with its own statistics of categories (Prokhorenkova et al. 2018)."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.errors import ModelFileError
from automl.models.arrays import TargetScale, to_probabilities
from automl.models.boosting import (
    MAX_ITERATIONS,
    SHARE_TO_TRY,
    Patience,
    rounds_for_other_folds,
    scaled_learning_rate,
)
from automl.models.catboost_checks import check_model
from automl.models.catboost_trees import SymmetricTrees, symmetric_trees
from automl.models.family import Device, Family, FitRequest, Integer, Real
from automl.models.mapped_rows import MappedBytes, let_go
from automl.models.objectives import Objective

__all__ = ["FAMILY", "CatBoostModel", "fit", "load"]

FAMILY = Family(
    name="catboost",
    title="CatBoost",
    module=__name__,
    requires=("catboost",),
    encodings=("native_target", "native", "generated"),
    space={
        "learning_rate": Real(0.02, 0.15, log=True, default=0.06),
        "depth": Integer(4, 8, default=6),
        "l2_leaf_reg": Real(0.5, 10.0, log=True, default=3.0),
        "random_strength": Real(0.1, 3.0, log=True, default=1.0),
        "rsm": Real(0.5, 1.0, default=1.0),
        "max_ctr_complexity": Integer(1, 3, default=3),
        "one_hot_max_size": Integer(2, 20, log=True, default=2),
    },
    suffix="cbm",
    quick=True,
    monotone=True,
    gpu=True,
    category_parameters=("max_ctr_complexity", "one_hot_max_size"),
    mapped=MappedBytes(row=32, cell=8, score=95, category=60),
)

#: Iterations times learning rate until the validation loss has usually found its lowest.
_EFFORT = 60.0
_TRIED = 12

_HIGHEST_POWER = 1.9

#: Iterations without a gain after which CatBoost itself ends a fit on a GPU, where no function of ours is called.
_GPU_PATIENCE = 150


class CatBoostModel:
    """A CatBoost model without bias, so that the raw values of its parts add up."""

    def __init__(
        self,
        model: Any,
        scale: TargetScale | None,
        categorical: tuple[int, ...],
        resolved: dict[str, Any] | None = None,
    ) -> None:
        self.model = model
        self.scale = scale
        self.categorical = categorical
        self.iterations = int(model.tree_count_)
        self.resolved: dict[str, Any] = resolved or {}

    def predict(self, values: NDArray[np.float32], iterations: int | None = None) -> NDArray[np.float64]:
        """Return predictions or probabilities after ``iterations`` (default: all)."""
        return self.predict_stages(values, (iterations or self.iterations,))[0]

    def predict_stages(self, values: NDArray[np.float32], stages: tuple[int, ...]) -> list[NDArray[np.float64]]:
        """Return the predictions after each of ``stages``, adding up the trees between them."""
        data = pool(values, self.categorical)
        total: NDArray[np.float64] | None = None
        begin, results = 0, []
        for stage in stages:
            part = np.asarray(
                self.model.predict(
                    data, prediction_type="RawFormulaVal", ntree_start=begin, ntree_end=stage, thread_count=1
                )
            )
            total = part if total is None else total + part
            results.append(to_probabilities(total) if self.scale is None else self.scale.invert(total))
            begin = stage
        return results

    def contributions(self, values: NDArray[np.float32], iterations: int) -> NDArray[np.float64]:
        """Return what each feature adds to a number, or to the log-odds of the second of two classes.

        The last column is what all start from: of shape (n_rows, n_features + 1). Path-dependent TreeSHAP (Lundberg et
        al. 2020), as CatBoost computes it.
        """
        shortened = self.model.copy()
        shortened.shrink(iterations)
        found = shortened.get_feature_importance(
            pool(values, self.categorical), type="ShapValues", thread_count=1, verbose=False
        )
        # A pool with categories holds the numeric features first.
        order = [feature for feature in range(values.shape[1]) if feature not in self.categorical]
        added = np.empty(found.shape)
        added[:, [*order, *self.categorical, values.shape[1]]] = found
        return added if self.scale is None else self.scale.invert_contributions(added)

    def trees(self, iterations: int) -> SymmetricTrees | None:
        """Return the trees it predicts with after ``iterations``; None where one splits by a category."""
        n_features = len(self.model.feature_names_)
        numeric = [feature for feature in range(n_features) if feature not in self.categorical]
        return symmetric_trees(self.model, iterations, numeric, n_features)

    def save(self, path: Path) -> None:
        """Write CatBoost's own binary format, with the target's scale in the model's metadata."""
        metadata = self.model.get_metadata()
        metadata["automl_scale"] = "" if self.scale is None else " ".join(map(repr, self.scale.numbers))
        metadata["automl_categorical"] = " ".join(map(str, self.categorical))
        self.model.save_model(str(path), format="cbm")


def pool(values: NDArray[np.float32], categorical: tuple[int, ...], **fields: Any) -> Any:
    """Return a Pool; category codes become integers, a missing one -1."""
    from catboost import FeaturesData, Pool

    if not categorical:
        return Pool(values, **fields)
    chosen = set(categorical)
    numeric = [feature for feature in range(values.shape[1]) if feature not in chosen]
    codes = np.where(np.isnan(values[:, list(categorical)]), -1, values[:, list(categorical)]).astype(np.int64)
    texts = np.char.encode(codes.astype(str), "ascii").astype(object)
    data = FeaturesData(
        num_feature_data=np.ascontiguousarray(values[:, numeric], dtype=np.float32) if numeric else None,
        cat_feature_data=texts,
    )
    return Pool(data, **fields)


def fit(request: FitRequest) -> CatBoostModel:
    """Boost until the validation rows have not improved for a while, or the time is up."""
    start = time.monotonic()
    request = replace(request, device=_device(request))
    scale = None if request.n_classes else TargetScale.of(request.target, request.hyperparameters, request.objective)
    labels = [request.target, request.valid_target]
    if scale is not None:
        labels = [scale.apply(label) for label in labels]
    data = pool(request.values, request.categorical, label=labels[0], weight=request.weight)
    if request.scratch is not None:
        let_go(request.values)
    valid = pool(request.valid_values, request.categorical, label=labels[1], weight=request.valid_weight)
    resolved = dict(request.hyperparameters)
    iterations = int(resolved.get("iterations", MAX_ITERATIONS))
    if request.seconds is not None and "resolved_rate" not in resolved:
        wanted, affordable = _wanted_rate(request), _affordable(request, data, start)
        resolved["resolved_rate"] = scaled_learning_rate(wanted, affordable, _EFFORT)
        if request.device == "gpu":
            iterations = max(1, min(iterations, int(affordable)))
    rate = float(resolved.get("resolved_rate", _wanted_rate(request)))
    parameters = _parameters(request, rate, iterations)
    if request.device == "gpu":
        model, patience = _boost_on_gpu(parameters, data, valid)
    else:
        seconds = None if request.seconds is None else request.seconds - (time.monotonic() - start)
        model, patience = _boost(parameters, data, valid, seconds)
    resolved.setdefault("iterations", rounds_for_other_folds(patience))
    return CatBoostModel(model, scale, request.categorical, resolved)


def _device(request: FitRequest) -> Device:
    """Return what to fit on: constraints are for the processor, and on a GPU CatBoost's Tweedie loss stalls."""
    kept = request.monotone or (not request.n_classes and request.objective.name in ("gamma", "tweedie"))
    return "cpu" if kept else request.device


def _boost(parameters: dict[str, Any], data: Any, valid: Any, seconds: float | None) -> tuple[Any, Patience]:
    from catboost import CatBoost

    model, patience = CatBoost(parameters), Patience(seconds)
    model.fit(data, eval_set=valid, callbacks=[_StopWhenOver(patience)])
    return model, patience


def _boost_on_gpu(parameters: dict[str, Any], data: Any, valid: Any) -> tuple[Any, Patience]:
    """Boost where CatBoost calls no function of ours: the iterations are bounded before, and looked through after."""
    from catboost import CatBoost

    model, patience = CatBoost(parameters), Patience(None)
    model.fit(data, eval_set=valid)
    losses = next(iter(model.get_evals_result()["validation"].values()))
    for iteration, loss in enumerate(losses, start=1):
        patience.is_over(iteration, loss)
    return model, patience


class _StopWhenOver:
    def __init__(self, patience: Patience) -> None:
        self._patience = patience

    def after_iteration(self, info: Any) -> bool:
        """Return whether to go on."""
        losses = next(iter(info.metrics["validation"].values()))
        return not self._patience.is_over(info.iteration, losses[-1])


def _wanted_rate(request: FitRequest) -> float:
    """Return the learning rate where time is no matter."""
    return float(request.hyperparameters.get("learning_rate", 0.06))


def _affordable(request: FitRequest, data: Any, start: float) -> float:
    """Return how many iterations fit into the time, by how long a few of them take."""
    assert request.seconds is not None
    each = _seconds_on_gpu(request, data) if request.device == "gpu" else _seconds_each(request, data, start)
    left = request.seconds - (time.monotonic() - start)
    return left / max(each, 1e-5)


def _seconds_each(request: FitRequest, data: Any, start: float) -> float:
    """Time a few iterations, fewer where a fifth of the time is over before.

    Finding the borders of each feature, which is done once, ends before the first of them does.
    """
    from catboost import CatBoost

    assert request.seconds is not None
    tried = _UntilTimed(start + SHARE_TO_TRY * request.seconds)
    CatBoost(_parameters(request, _wanted_rate(request), _TRIED)).fit(data, callbacks=[tried])
    return tried.seconds_each


def _seconds_on_gpu(request: FitRequest, data: Any) -> float:
    """Time a few iterations by what more of them take longer: waking a GPU up is no part of each."""
    from catboost import CatBoost

    moments = [time.monotonic()]
    for iterations in (1, 2, _TRIED):
        CatBoost(_parameters(request, _wanted_rate(request), iterations)).fit(data)
        moments.append(time.monotonic())
    return ((moments[-1] - moments[-2]) - (moments[-2] - moments[-3])) / (_TRIED - 2)


class _UntilTimed:
    """Ends boosting at a moment, but not before there are two iterations to tell how long one takes."""

    def __init__(self, until: float) -> None:
        self._until = until
        self._ends: list[float] = []

    def after_iteration(self, info: Any) -> bool:  # noqa: ARG002 - CatBoost calls it with what it knows
        """Return whether to go on."""
        self._ends.append(time.monotonic())
        return len(self._ends) < 2 or self._ends[-1] < self._until

    @property
    def seconds_each(self) -> float:
        """How long an iteration took after the first; nothing where boosting ended by itself before a second."""
        if len(self._ends) < 2:
            return 0.0
        return (self._ends[-1] - self._ends[0]) / (len(self._ends) - 1)


def _parameters(request: FitRequest, learning_rate: float, iterations: int) -> dict[str, Any]:
    chosen = {
        name: value
        for name, value in request.hyperparameters.items()
        if name in FAMILY.space and name != "learning_rate"
    }
    loss = {0: _regression_loss(request.objective), 2: "Logloss"}.get(request.n_classes, "MultiClass")
    parameters: dict[str, Any] = {
        "loss_function": loss,
        "learning_rate": learning_rate,
        "iterations": iterations,
        "random_seed": request.seed,
        "thread_count": request.threads,
        "boost_from_average": False,
        "use_best_model": False,
        "allow_writing_files": False,
        # A fold may hold one class alone, or one value of the target.
        "allow_const_label": True,
        "logging_level": "Silent",
        "border_count": 128,
        **chosen,
    }
    if request.device == "gpu":
        # Shares of the features are for the processor alone.
        parameters.pop("rsm", None)
        parameters |= _gpu_parameters(loss)
    if request.monotone:
        parameters |= _constraints(request)
    if loss == "MultiClass":
        parameters["classes_count"] = request.n_classes
    elif loss == "Logloss":
        parameters["class_names"] = [0, 1]
    return parameters


def _gpu_parameters(loss: str) -> dict[str, Any]:
    """Return what makes CatBoost fit on the first GPU, by what are its defaults on a processor only."""
    exact = {"leaf_estimation_method": "Exact"} if loss == "MAE" or loss.startswith("Quantile") else {}
    stopping = {"od_type": "Iter", "od_wait": _GPU_PATIENCE}
    return {"task_type": "GPU", "devices": "0", "boosting_type": "Plain", **stopping, **exact}


def _constraints(request: FitRequest) -> dict[str, Any]:
    """Return the constraints in the order of a pool, numbers first, and leaves estimated in a way that keeps them."""
    numbers = [sign for feature, sign in enumerate(request.monotone) if feature not in request.categorical]
    constraints = {"monotone_constraints": [*numbers, *(0 for _ in request.categorical)]}
    return constraints if request.objective.level is None else {**constraints, "leaf_estimation_method": "Gradient"}


def _regression_loss(objective: Objective) -> str:
    """Return CatBoost's words for an objective; it knows no gamma deviance, and the nearest Tweedie one stands in."""
    match objective.name:
        case "absolute_error" | "relative_error":
            return "MAE"
        case "quantile":
            return f"Quantile:alpha={objective.parameter}"
        case "poisson":
            return "Poisson"
        case "gamma" | "tweedie":
            return f"Tweedie:variance_power={min(objective.power, _HIGHEST_POWER)}"
        case _:
            return "RMSE"


def load(content: bytes) -> CatBoostModel:
    """Read a saved model.

    Raises
    ------
    ModelFileError
        If it is not what CatBoost writes: a split that leads nowhere would end the process.
    """
    from catboost import CatBoost

    try:
        check_model(content)
    except (KeyError, ValueError) as error:
        raise ModelFileError(
            "A CatBoost model in the model file is damaged.", "Get a fresh copy of the file, or fit it again."
        ) from error
    model = CatBoost()
    model.load_model(blob=content, format="cbm")
    metadata = model.get_metadata()
    scale_text = metadata["automl_scale"]
    scale = TargetScale(*(float(number) for number in scale_text.split())) if scale_text else None
    categorical = tuple(int(feature) for feature in metadata["automl_categorical"].split())
    return CatBoostModel(model, scale, categorical)
