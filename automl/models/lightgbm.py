"""LightGBM: gradient boosting on leaf-wise grown histogram trees (Ke et al. 2017)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.errors import ModelFileError
from automl.models.arrays import TargetScale, read_arrays, to_probabilities, write_arrays
from automl.models.boosting import (
    MAX_ITERATIONS,
    Patience,
    rounds_for_other_folds,
    scaled_learning_rate,
    seconds_an_iteration,
)
from automl.models.family import Choice, Device, Family, FitRequest, Integer, Real
from automl.models.lightgbm_trees import trees_of_text
from automl.models.mapped_rows import MappedBytes, let_go
from automl.models.tree_arrays import TreeArrays, trees_from
from automl.models.tree_model import NodeWeights
from automl.models.tree_walking import TreeScores

__all__ = ["FAMILY", "LightGBMModel", "fit", "load"]

FAMILY = Family(
    name="lightgbm",
    title="LightGBM",
    module=__name__,
    requires=("lightgbm", "xgboost"),
    encodings=("native", "native_target", "generated"),
    space={
        "learning_rate": Real(0.01, 0.12, log=True, default=0.05),
        "num_leaves": Integer(4, 160, log=True, default=31),
        "min_data_in_leaf": Integer(1, 64, log=True, default=20),
        "feature_fraction": Real(0.35, 1.0, default=1.0),
        "bagging_fraction": Real(0.65, 1.0, default=1.0),
        "lambda_l1": Real(1e-4, 2.0, log=True, default=1e-4),
        "lambda_l2": Real(1e-4, 5.0, log=True, default=1e-4),
        "cat_smooth": Real(0.1, 100.0, log=True, default=10.0),
        "cat_l2": Real(0.01, 20.0, log=True, default=10.0),
        "extra_trees": Choice((False, True)),
    },
    quick=True,
    monotone=True,
    gpu=True,
    category_parameters=("cat_smooth", "cat_l2"),
    mapped=MappedBytes(row=36, cell=2, score=18),
)


#: Iterations times learning rate until the validation loss has usually found its lowest.
_EFFORT = 25.0
_EFFORT_OF_RANDOM_SPLITS = 60.0
_TRIED = 8

_BLOCK_CELLS = 10_000_000

#: A feature has at most so many bins on a GPU, where max_bin bounds numbers alone, and one is for what is missing.
_MOST_CODES_ON_GPU = 250


class LightGBMModel:
    """The trees that LightGBM grew and, for regression, the target's scale.

    Parameters
    ----------
    trees : TreeArrays
        Iteration after iteration.
    weights : NodeWeights
    scale : TargetScale or None
    resolved : mapping, optional
    """

    def __init__(
        self,
        trees: TreeArrays,
        weights: NodeWeights,
        scale: TargetScale | None,
        resolved: dict[str, Any] | None = None,
    ) -> None:
        self.trees, self.weights, self.scale = trees, weights, scale
        self.iterations = len(trees.counts) // weights.n_scores
        self.resolved: dict[str, Any] = resolved or {}
        self._scores = TreeScores(trees, weights)

    def predict(self, values: NDArray[np.float32], iterations: int | None = None) -> NDArray[np.float64]:
        """Return predictions or probabilities after ``iterations`` (default: all)."""
        return self.predict_stages(values, (iterations or self.iterations,))[0]

    def predict_stages(self, values: NDArray[np.float32], stages: tuple[int, ...]) -> list[NDArray[np.float64]]:
        """Return the predictions after each of ``stages``, adding up the trees between them.

        Raises
        ------
        ModelFileError
            If the rows have another number of features than the trees.
        """
        if values.shape[1] != self.trees.n_features:
            raise _damaged()
        finish = to_probabilities if self.scale is None else self.scale.invert
        return [finish(raw) for raw in self._scores.stages(values, stages)]

    def contributions(self, values: NDArray[np.float32], iterations: int) -> NDArray[np.float64]:
        """Return what each feature adds to a number, or to the log-odds of the second of two classes.

        See :meth:`TreeScores.contributions`.
        """
        added = self._scores.contributions(values, iterations)
        return added if self.scale is None else self.scale.invert_contributions(added)

    def save(self, path: Path) -> None:
        """Write the nodes of every tree, end to end, what the leaves add, and the target's scale."""
        write_arrays(
            path,
            added=self.weights.added[self.trees.is_leaf],
            cover=self.weights.cover,
            n_scores=np.array([self.weights.n_scores]),
            scale=np.array([] if self.scale is None else self.scale.numbers, dtype=np.float64),
            **self.trees.stored(),
        )


def fit(request: FitRequest) -> LightGBMModel:
    """Boost until the validation rows have not improved for a while, or the time is up."""
    import lightgbm

    start = time.monotonic()
    request = replace(request, device=_device(request))
    scale = None if request.n_classes else TargetScale.of(request.target, request.hyperparameters, request.objective)
    data = _dataset(request, scale)
    resolved = dict(request.hyperparameters)
    if request.seconds is not None and "resolved_rate" not in resolved:
        resolved["resolved_rate"] = _affordable_rate(request, data, start)
    parameters = _parameters(request, float(resolved.get("resolved_rate", resolved.get("learning_rate", 0.05))))
    valid = data.create_valid(
        request.valid_values,
        label=request.valid_target if scale is None else scale.apply(request.valid_target),
        weight=request.valid_weight,
        params=data.get_params(),
    )
    patience = Patience(None if request.seconds is None else request.seconds - (time.monotonic() - start))
    rounds = int(resolved.get("iterations", MAX_ITERATIONS))
    booster = lightgbm.train(parameters, data, rounds, valid_sets=[valid], callbacks=[_stop_when_over(patience)])
    resolved.setdefault("iterations", rounds_for_other_folds(patience))
    return LightGBMModel(*trees_of_text(booster.model_to_string(num_iteration=-1)), scale, resolved)


def _device(request: FitRequest) -> Device:
    """Return what to fit on: the processor where a category has more levels than LightGBM can count on a GPU."""
    if request.device == "cpu":
        return "cpu"
    codes = request.values[:, list(request.categorical)]
    return "cpu" if np.nanmax(codes, initial=0) >= _MOST_CODES_ON_GPU else "gpu"


def _dataset(request: FitRequest, scale: TargetScale | None) -> Any:
    import lightgbm

    return lightgbm.Dataset(
        request.values if request.scratch is None else _in_blocks(request.values),
        label=request.target if scale is None else scale.apply(request.target),
        weight=request.weight,
        categorical_feature=list(request.categorical),
        params={
            "verbose": -1,
            "max_bin": 255,
            "min_data_in_bin": 3,
            "num_threads": request.threads,
            "feature_pre_filter": False,
            # Which features share bins depends on it.
            **_placed(request),
        },
        free_raw_data=False,
    )


def _in_blocks(values: NDArray[np.float32]) -> Any:
    """Return the same rows, which LightGBM then takes block by block: no more of them are ever in memory."""
    import lightgbm

    class Blocks(lightgbm.Sequence):  # type: ignore[misc]
        batch_size = max(1, _BLOCK_CELLS // max(1, values.shape[1]))

        def __len__(self) -> int:
            return len(values)

        def __getitem__(self, rows: int | slice) -> NDArray[np.float64]:
            taken = values[rows].astype(np.float64)
            if isinstance(rows, slice):
                let_go(values)
            return taken

    return Blocks()


def _affordable_rate(request: FitRequest, data: Any, start: float) -> float:
    """Time a few iterations, and raise the learning rate where the time would end before the boosting does."""
    import lightgbm

    assert request.seconds is not None
    wanted = float(request.hyperparameters.get("learning_rate", 0.05))
    tried = _parameters(request, wanted)
    each = seconds_an_iteration(lambda rounds: lightgbm.train(tried, data, rounds), request.seconds, _TRIED)
    left = request.seconds - (time.monotonic() - start)
    effort = _EFFORT_OF_RANDOM_SPLITS if request.hyperparameters.get("extra_trees") else _EFFORT
    return scaled_learning_rate(wanted, left / each, effort)


def _stop_when_over(patience: Patience) -> Callable[..., None]:
    import lightgbm

    def stop(environment: Any) -> None:
        losses = environment.evaluation_result_list
        if patience.is_over(environment.iteration + 1, losses[0][2]):
            # Named the best, the last iteration is kept with all before it: which of them count is for others to say.
            raise lightgbm.EarlyStopException(environment.iteration, losses)

    return stop


def _parameters(request: FitRequest, learning_rate: float) -> dict[str, Any]:
    chosen = {name: value for name, value in request.hyperparameters.items() if name in _PASSED_ON}
    parameters: dict[str, Any] = {
        **_objective(request),
        "learning_rate": learning_rate,
        "seed": request.seed,
        "num_threads": request.threads,
        "bagging_freq": 1,
        "feature_pre_filter": False,
        "verbose": -1,
        **_placed(request),
        **chosen,
        **_constraints(request),
    }
    return parameters


def _placed(request: FitRequest) -> dict[str, Any]:
    """Return where to fit, and how to sum up: on a GPU as precisely as on the processor, though in no fixed order."""
    if request.device == "gpu":
        return {"device_type": "gpu", "gpu_use_dp": True}
    return {"deterministic": True, "force_row_wise": True}


def _constraints(request: FitRequest) -> dict[str, Any]:
    if not request.monotone:
        return {}
    return {"monotone_constraints": list(request.monotone), "monotone_constraints_method": "intermediate"}


def _objective(request: FitRequest) -> dict[str, Any]:
    if request.n_classes:
        several = {"objective": "multiclass", "num_class": request.n_classes}
        return {"objective": "binary"} if request.n_classes == 2 else several
    match request.growing_objective.name:
        case "absolute_error" | "relative_error":
            return {"objective": "regression_l1"}
        case "quantile":
            return {"objective": "quantile", "alpha": request.objective.parameter}
        case "tweedie":
            return {"objective": "tweedie", "tweedie_variance_power": request.objective.parameter}
        case "poisson" | "gamma" as name:
            return {"objective": name}
        case _:
            return {"objective": "regression"}


_PASSED_ON = (
    *(name for name in FAMILY.space if name != "learning_rate"),
    "max_cat_to_onehot",
    "min_data_per_group",
    "max_depth",
)


def load(content: bytes) -> LightGBMModel:
    """Read a model from its arrays, or from LightGBM's own text, which files up to format 2 hold.

    Raises
    ------
    ModelFileError
        If a node points outside its tree or to a feature that does not exist.
    """
    if not content.startswith(_ARRAYS):
        scale_line, text = content.decode("utf-8").split("\n", 1)
        return LightGBMModel(*trees_of_text(text), _scale_of([float(number) for number in scale_line.split()]))
    arrays = read_arrays(content)
    trees = trees_from(arrays)
    (n_scores,) = arrays["n_scores"].tolist()
    if trees is None or not _fits(arrays, trees, n_scores):
        raise _damaged()
    added = np.zeros(len(trees.left), dtype=np.float32)
    added[trees.is_leaf] = arrays["added"]
    return LightGBMModel(trees, NodeWeights(added, arrays["cover"], n_scores), _scale_of(arrays["scale"].tolist()))


#: How a file of arrays, a zip, begins.
_ARRAYS = b"PK"


def _scale_of(numbers: list[float]) -> TargetScale | None:
    return TargetScale(*numbers) if numbers else None


def _fits(arrays: dict[str, NDArray[Any]], trees: TreeArrays, n_scores: int) -> bool:
    added, cover = arrays["added"], arrays["cover"]
    return bool(
        added.shape == (int(trees.is_leaf.sum()),)
        and cover.shape == trees.left.shape
        and added.dtype == cover.dtype == np.float32
        and np.isfinite(added).all()
        and (cover > 0).all()
        and n_scores >= 1
        and len(trees.counts) % n_scores == 0
    )


def _damaged() -> ModelFileError:
    return ModelFileError(
        "A LightGBM model in the model file is damaged.", "Get a fresh copy of the file, or fit it again."
    )
