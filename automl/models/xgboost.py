"""XGBoost: regularised gradient boosting on depth-wise histogram trees (Chen & Guestrin 2016)."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.errors import ModelFileError, UsageError
from automl.models.arrays import TargetScale, to_probabilities
from automl.models.boosting import (
    MAX_ITERATIONS,
    Patience,
    rounds_for_other_folds,
    scaled_learning_rate,
    seconds_an_iteration,
)
from automl.models.family import Family, FitRequest, Integer, Real
from automl.models.mapped_rows import MappedBytes, let_go
from automl.models.tree_walking import margins
from automl.models.xgboost_checks import check_booster

__all__ = ["FAMILY", "XGBoostModel", "fit", "load"]

FAMILY = Family(
    name="xgboost",
    title="XGBoost",
    module=__name__,
    requires=("xgboost",),
    encodings=("native_target", "native", "generated"),
    space={
        "learning_rate": Real(0.01, 0.12, log=True, default=0.05),
        "max_depth": Integer(3, 10, default=6),
        "min_child_weight": Real(0.001, 10.0, log=True, default=1.0),
        "subsample": Real(0.6, 1.0, default=1.0),
        "colsample_bytree": Real(0.4, 1.0, default=1.0),
        "reg_lambda": Real(1e-3, 10.0, log=True, default=1.0),
        "reg_alpha": Real(1e-4, 2.0, log=True, default=1e-4),
    },
    suffix="ubj",
    quick=True,
    monotone=True,
    gpu=True,
    mapped=MappedBytes(row=35, cell=0.2, score=14),
)


#: From so many rows on they are put into bins block by block.
_ROWS_AT_ONCE = 2_000_000
_BLOCK_CELLS = 10_000_000
#: Iterations times learning rate until the validation loss has usually found its lowest.
_EFFORT = 25.0
_TRIED = 6


class XGBoostModel:
    """A booster whose base score is zero, so that the margins of its parts add up."""

    def __init__(
        self,
        booster: Any,
        scale: TargetScale | None,
        categorical: tuple[int, ...],
        resolved: dict[str, Any] | None = None,
    ) -> None:
        self.booster = booster
        self.scale = scale
        self.categorical = categorical
        self.iterations = int(booster.num_boosted_rounds())
        self.resolved: dict[str, Any] = resolved or {}

    def predict(self, values: NDArray[np.float32], iterations: int | None = None) -> NDArray[np.float64]:
        """Return predictions or probabilities after ``iterations`` (default: all)."""
        return self.predict_stages(values, (iterations or self.iterations,))[0]

    def predict_stages(self, values: NDArray[np.float32], stages: tuple[int, ...]) -> list[NDArray[np.float64]]:
        """Return the predictions after each of ``stages``, adding up the trees between them."""
        finish = to_probabilities if self.scale is None else self.scale.invert
        return [finish(raw) for raw in margins(self.booster, matrix(values, self.categorical), stages)]

    def contributions(self, values: NDArray[np.float32], iterations: int) -> NDArray[np.float64]:
        """Return what each feature adds to a number, or to the log-odds of the second of two classes.

        The last column is what all start from: of shape (n_rows, n_features + 1). Path-dependent TreeSHAP (Lundberg et
        al. 2020), as XGBoost computes it.
        """
        data = matrix(values, self.categorical)
        found = self.booster.predict(data, pred_contribs=True, iteration_range=(0, iterations))
        added = np.asarray(found, dtype=np.float64)
        return added if self.scale is None else self.scale.invert_contributions(added)

    def save(self, path: Path) -> None:
        """Write XGBoost's own binary JSON, with the target's scale and the categorical features as attributes."""
        # An attribute that is set to an empty text makes XGBoost fail when the attributes are read back.
        if self.scale is not None:
            self.booster.set_attr(scale=" ".join(map(repr, self.scale.numbers)))
        if self.categorical:
            self.booster.set_attr(categorical=" ".join(map(str, self.categorical)))
        path.write_bytes(bytes(self.booster.save_raw("ubj")))


def matrix(values: NDArray[np.float32], categorical: tuple[int, ...], **fields: Any) -> Any:
    """Return a DMatrix whose categorical features are marked."""
    import xgboost

    types = _feature_types(values, categorical)
    return xgboost.DMatrix(values, feature_types=types, enable_categorical=bool(categorical), nthread=1, **fields)


def _feature_types(values: NDArray[np.float32], categorical: tuple[int, ...]) -> list[str]:
    types = ["q"] * values.shape[1]
    for feature in categorical:
        types[feature] = "c"
    return types


def _training_matrix(request: FitRequest, label: NDArray[Any]) -> Any:
    """Return the rows to learn from; many of them in bins at once, block by block, so that they are not copied whole.

    Their bins are found from summaries of the blocks, so that they differ a little from those of all rows together.
    Those of rows that are mapped from the disk are kept on the disk too, in ``request.scratch``.
    """
    import xgboost

    if request.scratch is None and len(request.values) < _ROWS_AT_ONCE:
        return matrix(request.values, request.categorical, label=label, weight=request.weight)
    types = _feature_types(request.values, request.categorical)
    rows_each = max(1, _BLOCK_CELLS // max(1, request.values.shape[1]))
    stored = {} if request.scratch is None else {"cache_prefix": str(request.scratch / "bins")}

    class Blocks(xgboost.DataIter):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(**stored)
            self._begin = 0

        def next(self, input_data: Any) -> bool:
            rows = slice(self._begin, self._begin + rows_each)
            if rows.start >= len(label):
                return False
            weight = None if request.weight is None else request.weight[rows]
            input_data(data=request.values[rows], label=label[rows], weight=weight, feature_types=types)
            let_go(request.values)
            self._begin = rows.stop
            return True

        def reset(self) -> None:
            self._begin = 0

    kind = xgboost.ExtMemQuantileDMatrix if stored else xgboost.QuantileDMatrix
    return kind(Blocks(), nthread=request.threads, enable_categorical=bool(request.categorical))


def fit(request: FitRequest) -> XGBoostModel:
    """Boost until the validation rows have not improved for a while, or the time is up."""
    import xgboost

    start = time.monotonic()
    if request.device == "gpu":
        _require_cuda()
    scale = None if request.n_classes else TargetScale.of(request.target, request.hyperparameters, request.objective)
    labels = [request.target, request.valid_target]
    if scale is not None:
        labels = [scale.apply(label) for label in labels]
    data = _training_matrix(request, labels[0])
    valid = matrix(request.valid_values, request.categorical, label=labels[1], weight=request.valid_weight)
    resolved = dict(request.hyperparameters)
    if request.seconds is not None and "resolved_rate" not in resolved:
        wanted = float(resolved.get("learning_rate", 0.05))
        tried = _parameters(request, wanted)
        each = seconds_an_iteration(lambda rounds: xgboost.train(tried, data, rounds), request.seconds, _TRIED)
        left = request.seconds - (time.monotonic() - start)
        resolved["resolved_rate"] = scaled_learning_rate(wanted, left / each, _EFFORT)
    parameters = _parameters(request, float(resolved.get("resolved_rate", resolved.get("learning_rate", 0.05))))
    patience = Patience(None if request.seconds is None else request.seconds - (time.monotonic() - start))
    booster = xgboost.train(
        parameters,
        data,
        num_boost_round=int(resolved.get("iterations", MAX_ITERATIONS)),
        evals=[(valid, "valid")],
        verbose_eval=False,
        callbacks=[_stop_when_over(patience)],
    )
    if request.device == "gpu":
        _leave_gpu(booster)
    resolved.setdefault("iterations", rounds_for_other_folds(patience))
    return XGBoostModel(booster, scale, request.categorical, resolved)


def _require_cuda() -> None:
    import xgboost

    if not xgboost.build_info().get("USE_CUDA"):
        raise UsageError("its build has no CUDA", "Install the package xgboost in the place of xgboost-cpu.")


def _leave_gpu(booster: Any) -> None:
    """Let a booster predict on the processor, as it will wherever it is read; XGBoost goes on without a GPU silently.

    Raises
    ------
    UsageError
        If it was not fitted on a GPU.
    """
    used = json.loads(booster.save_config())["learner"]["generic_param"]["device"]
    if not used.startswith("cuda"):
        raise UsageError("it finds no GPU")
    booster.set_param({"device": "cpu"})


def _stop_when_over(patience: Patience) -> Any:
    import xgboost

    class Stop(xgboost.callback.TrainingCallback):  # type: ignore[misc]
        def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:  # noqa: ARG002
            losses = next(iter(evals_log["valid"].values()))
            return patience.is_over(epoch + 1, losses[-1])

    return Stop()


def _parameters(request: FitRequest, learning_rate: float) -> dict[str, Any]:
    chosen = {
        name: value
        for name, value in request.hyperparameters.items()
        if name in FAMILY.space and name != "learning_rate"
    }
    parameters: dict[str, Any] = {
        **_objective(request),
        "learning_rate": learning_rate,
        "tree_method": "hist",
        "seed": request.seed,
        "nthread": request.threads,
        "verbosity": 0,
        **chosen,
    }
    if request.monotone:
        parameters["monotone_constraints"] = tuple(request.monotone)
    if request.device == "gpu":
        parameters["device"] = "cuda"
    return parameters


def _objective(request: FitRequest) -> dict[str, Any]:
    """Return the objective, its validation loss, and the base score whose margin is zero."""
    if request.n_classes == 2:
        return {"objective": "binary:logistic", "eval_metric": "logloss", "base_score": 0.5}
    if request.n_classes:
        classes = {"num_class": request.n_classes, "base_score": 0.5}
        return {"objective": "multi:softprob", "eval_metric": "mlogloss", **classes}
    level = request.objective.parameter
    match request.growing_objective.name:
        case "absolute_error" | "relative_error":
            return {"objective": "reg:absoluteerror", "eval_metric": "mae", "base_score": 0.0}
        case "quantile":
            quantile = {"quantile_alpha": level, "base_score": 0.0}
            return {"objective": "reg:quantileerror", "eval_metric": "quantile", **quantile}
        case "poisson":
            return {"objective": "count:poisson", "eval_metric": "poisson-nloglik", "base_score": 1.0}
        case "gamma":
            return {"objective": "reg:gamma", "eval_metric": "gamma-nloglik", "base_score": 1.0}
        case "tweedie":
            tweedie = {"tweedie_variance_power": level, "base_score": 1.0}
            return {"objective": "reg:tweedie", "eval_metric": f"tweedie-nloglik@{level}", **tweedie}
        case _:
            return {"objective": "reg:squarederror", "eval_metric": "rmse", "base_score": 0.0}


def load(content: bytes) -> XGBoostModel:
    """Read a saved booster.

    Raises
    ------
    ModelFileError
        If it is not what XGBoost writes: on some other contents XGBoost's reader ends the process.
    """
    import xgboost

    try:
        check_booster(content)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise ModelFileError(
            "An XGBoost model in the model file is damaged.", "Get a fresh copy of the file, or fit it again."
        ) from error
    booster = xgboost.Booster(model_file=bytearray(content))
    attributes = booster.attributes()
    numbers = [float(number) for number in attributes.get("scale", "").split()]
    scale = TargetScale(*numbers) if numbers else None
    categorical = tuple(int(feature) for feature in attributes.get("categorical", "").split())
    return XGBoostModel(booster, scale, categorical)
