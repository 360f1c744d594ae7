"""scikit-learn's histogram gradient boosting."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.errors import ModelFileError
from automl.models.arrays import TargetScale, read_arrays, to_probabilities, write_arrays
from automl.models.family import STAGES, Family, FitRequest, Integer, Real
from automl.models.objectives import Objective
from automl.models.tree_arrays import GrownTrees, TreeArrays, side_by_side, trees_from
from automl.models.tree_walking import TreeWalker

__all__ = ["FAMILY", "HistGradientBoostingModel", "fit", "load"]

FAMILY = Family(
    name="hist_gradient_boosting",
    title="Histogram gradient boosting",
    module=__name__,
    requires=("sklearn", "xgboost"),
    encodings=("native_target", "ordinal_target"),
    space={
        "learning_rate": Real(0.02, 0.15, log=True, default=0.1),
        "max_leaf_nodes": Integer(6, 100, log=True, default=31),
        "min_samples_leaf": Integer(4, 60, log=True, default=20),
        "l2_regularization": Real(1e-4, 10.0, log=True, default=1e-4),
        "max_features": Real(0.3, 1.0, default=1.0),
    },
    monotone=True,
)

_MAX_ITERATIONS = 600
_STAGES_WITHOUT_GAIN = 4


class HistGradientBoostingModel:
    """The trees of each boosting iteration, one for each raw score, and where the scores begin.

    Parameters
    ----------
    trees : TreeArrays
        Iteration after iteration.
    added : float64 ndarray of shape (n_leaves,)
        What each leaf adds to its tree's score.
    baseline : ndarray of shape (n_scores,)
    classes : ndarray of int
        Class codes the scores stand for; empty for regression.
    n_classes : int
    scale : TargetScale or None
        Where the score is the logarithm of a mean, as for deviances; otherwise it is the prediction itself.
    """

    def __init__(
        self,
        trees: TreeArrays,
        added: NDArray[np.float64],
        baseline: NDArray[np.float64],
        classes: NDArray[np.int64],
        n_classes: int,
        scale: TargetScale | None = None,
    ) -> None:
        self.trees, self.added, self.baseline, self.classes = trees, added, baseline, classes
        self.n_classes, self.scale = n_classes, scale
        self.iterations = len(trees.counts) // len(baseline)
        self.resolved: dict[str, Any] = {}
        self._walker = TreeWalker(trees)

    @classmethod
    def of(cls, estimator: Any, n_classes: int, scale: TargetScale | None = None) -> HistGradientBoostingModel:
        """Take the trees out of a fitted estimator: predicting from the first of them alone has no public way."""
        grown = [tree.nodes for trees in estimator._predictors for tree in trees]
        nodes = np.concatenate(grown)
        joined = GrownTrees(
            counts=np.array([len(tree) for tree in grown]),
            left=nodes["left"].astype(np.int64),
            right=nodes["right"].astype(np.int64),
            feature=nodes["feature_idx"],
            threshold=nodes["num_threshold"],
            missing_left=nodes["missing_go_to_left"],
            is_leaf=nodes["is_leaf"] == 1,
        )
        trees, order = side_by_side(joined, int(estimator.n_features_in_))
        classes = np.asarray(estimator.classes_, dtype=np.int64) if n_classes else np.empty(0, dtype=np.int64)
        baseline = np.asarray(estimator._baseline_prediction, dtype=np.float64).reshape(-1)
        return cls(trees, nodes["value"][order][trees.is_leaf], baseline, classes, n_classes, scale)

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
        scores = len(self.baseline)
        raw = np.empty((len(stages), len(values), scores))
        for block, leaves in self._walker.leaves(values, stages[-1] * scores):
            added = self.added[leaves].reshape(len(leaves), stages[-1], scores)
            total, begin = self.baseline, 0
            for number, stage in enumerate(stages):
                total = total + added[:, begin:stage].sum(axis=1)
                raw[number, block] = total
                begin = stage
        return [self._finish(each) for each in raw]

    def _finish(self, raw: NDArray[np.float64]) -> NDArray[np.float64]:
        if not self.n_classes:
            return raw[:, 0].copy() if self.scale is None else self.scale.invert(raw[:, 0])
        probabilities = np.zeros((len(raw), self.n_classes))
        probabilities[:, self.classes] = to_probabilities(raw) if len(self.classes) > 1 else 1.0
        return probabilities

    def save(self, path: Path) -> None:
        """Write the nodes of every tree, end to end, and what the leaves add."""
        write_arrays(
            path,
            added=self.added,
            baseline=self.baseline,
            classes=self.classes,
            n_classes=np.array([self.n_classes]),
            scale=np.array([] if self.scale is None else self.scale.numbers, dtype=np.float64),
            **self.trees.stored(),
        )


def fit(request: FitRequest) -> HistGradientBoostingModel:
    """Boost from stage to stage until several stages bring nothing on the validation rows, or the time is up."""
    import sklearn.ensemble

    start = time.monotonic()
    parameters = {name: value for name, value in request.hyperparameters.items() if name in FAMILY.space}
    kind = "Classifier" if request.n_classes else "Regressor"
    parameters |= {} if request.n_classes else _regression_loss(request.growing_objective)
    scale = _scale(request)
    target = request.target if scale is None else scale.apply(request.target)
    if request.monotone:
        parameters["monotonic_cst"] = list(request.monotone)
    estimator = getattr(sklearn.ensemble, "HistGradientBoosting" + kind)(
        early_stopping=False, warm_start=True, random_state=request.seed, **parameters
    )
    best, without_gain = np.inf, 0
    for stage in (*(stage for stage in STAGES if 12 <= stage < _MAX_ITERATIONS), _MAX_ITERATIONS):
        estimator.set_params(max_iter=stage)
        estimator.fit(request.values, target, sample_weight=request.weight)
        model = HistGradientBoostingModel.of(estimator, request.n_classes, scale)
        loss = request.validation_loss(model.predict(request.valid_values))
        best, without_gain = (loss, 0) if loss < best else (best, without_gain + 1)
        elapsed = time.monotonic() - start
        out_of_time = request.seconds is not None and elapsed * 1.25 > request.seconds
        if without_gain >= _STAGES_WITHOUT_GAIN or out_of_time:
            break
    return model


def _scale(request: FitRequest) -> TargetScale | None:
    if request.n_classes or not request.objective.of_logarithm:
        return None
    return TargetScale.of(request.target, objective=request.objective)


def _regression_loss(objective: Objective) -> dict[str, Any]:
    """Return scikit-learn's words for an objective.

    It knows no Tweedie deviance; Poisson's, which allows zeros as well, stands in.
    """
    match objective.name:
        case "quantile":
            return {"loss": "quantile", "quantile": objective.parameter}
        case "absolute_error" | "relative_error":
            return {"loss": "absolute_error"}
        case "poisson" | "tweedie":
            return {"loss": "poisson"}
        case "gamma":
            return {"loss": "gamma"}
        case _:
            return {"loss": "squared_error"}


def load(content: bytes) -> HistGradientBoostingModel:
    """Read a model from its arrays.

    Raises
    ------
    ModelFileError
        If a node points outside its tree or to a feature that does not exist.
    """
    arrays = read_arrays(content)
    # Files up to format 2 hold no scale.
    numbers = arrays.get("scale", np.empty(0)).tolist()
    trees = trees_from(arrays)
    (n_classes,) = arrays["n_classes"].tolist()
    if trees is None or not _fits(arrays, trees, n_classes) or len(numbers) not in (0, 4):
        raise _damaged()
    scale = TargetScale(*numbers) if numbers else None
    return HistGradientBoostingModel(trees, arrays["added"], arrays["baseline"], arrays["classes"], n_classes, scale)


def _fits(arrays: dict[str, NDArray[Any]], trees: TreeArrays, n_classes: int) -> bool:
    classes, baseline, added = arrays["classes"], arrays["baseline"], arrays["added"]
    scores = len(classes) if len(classes) > 2 else 1
    return bool(
        baseline.shape == (scores,)
        and added.shape == (int(trees.is_leaf.sum()),)
        and added.dtype == baseline.dtype == np.float64
        and len(trees.counts) % scores == 0
        and len(np.unique(classes)) == len(classes) <= n_classes
        and ((classes >= 0) & (classes < n_classes)).all()
    )


def _damaged() -> ModelFileError:
    return ModelFileError(
        "A boosted forest in the model file is damaged.", "Get a fresh copy of the file, or fit it again."
    )
