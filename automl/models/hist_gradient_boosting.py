"""scikit-learn's histogram gradient boosting."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.errors import ModelFileError
from automl.models.arrays import read_arrays, to_probabilities, write_arrays
from automl.models.family import STAGES, Family, FitRequest, Integer, Real
from automl.models.tree_arrays import trees_are_sound

__all__ = ["FAMILY", "HistGradientBoostingModel", "fit", "load"]

FAMILY = Family(
    name="hist_gradient_boosting",
    title="Histogram gradient boosting",
    module=__name__,
    requires=("sklearn",),
    encodings=("native_target", "ordinal_target"),
    space={
        "learning_rate": Real(0.02, 0.15, log=True, default=0.1),
        "max_leaf_nodes": Integer(6, 100, log=True, default=31),
        "min_samples_leaf": Integer(4, 60, log=True, default=20),
        "l2_regularization": Real(1e-4, 10.0, log=True, default=1e-4),
        "max_features": Real(0.3, 1.0, default=1.0),
    },
)

_MAX_ITERATIONS = 600
_STAGES_WITHOUT_GAIN = 4


class HistGradientBoostingModel:
    """The trees of each boosting iteration, one for each raw score, and where the scores begin.

    Parameters
    ----------
    trees : list of lists of TreePredictor
        scikit-learn's own compiled trees.
    baseline : ndarray of shape (n_scores,)
    classes : ndarray of int
        Class codes the scores stand for; empty for regression.
    n_classes, n_features : int
    """

    def __init__(
        self,
        trees: list[list[Any]],
        baseline: NDArray[np.float64],
        classes: NDArray[np.int64],
        n_classes: int,
        n_features: int,
    ) -> None:
        self.trees, self.baseline, self.classes = trees, baseline, classes
        self.n_classes, self.n_features = n_classes, n_features
        self.iterations = len(trees)
        self.resolved: dict[str, Any] = {}

    @classmethod
    def of(cls, estimator: Any, n_classes: int) -> HistGradientBoostingModel:
        """Take the trees out of a fitted estimator: predicting from the first of them alone has no public way."""
        classes = np.asarray(estimator.classes_, dtype=np.int64) if n_classes else np.empty(0, dtype=np.int64)
        baseline = np.asarray(estimator._baseline_prediction, dtype=np.float64).reshape(-1)
        return cls(estimator._predictors, baseline, classes, n_classes, int(estimator.n_features_in_))

    def predict(self, values: NDArray[np.float32], iterations: int | None = None) -> NDArray[np.float64]:
        """Return predictions or probabilities after ``iterations`` (default: all)."""
        return self.predict_stages(values, (iterations or self.iterations,))[0]

    def predict_stages(self, values: NDArray[np.float32], stages: tuple[int, ...]) -> list[NDArray[np.float64]]:
        """Return the predictions after each of ``stages``, adding up the trees between them.

        Raises
        ------
        ModelFileError
            If the rows have another number of features than the trees, whose C code would read past them.
        """
        if values.shape[1] != self.n_features:
            raise _damaged()
        rows = np.ascontiguousarray(values, dtype=np.float64)
        raw = np.tile(self.baseline, (len(rows), 1))
        begin, results = 0, []
        for stage in stages:
            for trees in self.trees[begin:stage]:
                for score, tree in enumerate(trees):
                    raw[:, score] += tree.predict(rows, _NO_CATEGORIES, _NO_MAP, 1)
            results.append(self._finish(raw))
            begin = stage
        return results

    def _finish(self, raw: NDArray[np.float64]) -> NDArray[np.float64]:
        if not self.n_classes:
            return raw[:, 0].copy()
        probabilities = np.zeros((len(raw), self.n_classes))
        probabilities[:, self.classes] = to_probabilities(raw) if len(self.classes) > 1 else 1.0
        return probabilities

    def save(self, path: Path) -> None:
        """Write the node arrays of every tree, end to end."""
        nodes = [tree.nodes for trees in self.trees for tree in trees]
        joined = np.concatenate(nodes)
        write_arrays(
            path,
            shape=np.array([self.iterations, self.n_classes, self.n_features]),
            baseline=self.baseline,
            classes=self.classes,
            counts=np.array([len(each) for each in nodes]),
            **{name: joined[name] for name in _NODE_FIELDS},
        )


_NODE_FIELDS = ("value", "feature_idx", "num_threshold", "missing_go_to_left", "left", "right", "is_leaf")
_NO_CATEGORIES = np.empty((0, 8), dtype=np.uint32)
_NO_MAP = np.empty(0, dtype=np.uint32)


def fit(request: FitRequest) -> HistGradientBoostingModel:
    """Boost from stage to stage until several stages bring nothing on the validation rows, or the time is up."""
    import sklearn.ensemble

    start = time.monotonic()
    parameters = {name: value for name, value in request.hyperparameters.items() if name in FAMILY.space}
    kind = "Classifier" if request.n_classes else "Regressor"
    estimator = getattr(sklearn.ensemble, "HistGradientBoosting" + kind)(
        early_stopping=False, warm_start=True, random_state=request.seed, **parameters
    )
    best, without_gain = np.inf, 0
    for stage in (*(stage for stage in STAGES if 12 <= stage < _MAX_ITERATIONS), _MAX_ITERATIONS):
        estimator.set_params(max_iter=stage)
        estimator.fit(request.values, request.target, sample_weight=request.weight)
        loss = _loss(HistGradientBoostingModel.of(estimator, request.n_classes), request)
        best, without_gain = (loss, 0) if loss < best else (best, without_gain + 1)
        elapsed = time.monotonic() - start
        out_of_time = request.seconds is not None and elapsed * 1.25 > request.seconds
        if without_gain >= _STAGES_WITHOUT_GAIN or out_of_time:
            break
    return HistGradientBoostingModel.of(estimator, request.n_classes)


def _loss(model: HistGradientBoostingModel, request: FitRequest) -> float:
    prediction = model.predict(request.valid_values)
    if not request.n_classes:
        return float(np.average((prediction - request.valid_target) ** 2, weights=request.valid_weight))
    hit = prediction[np.arange(len(prediction)), request.valid_target]
    return float(np.average(-np.log(np.clip(hit, 1e-7, 1.0)), weights=request.valid_weight))


def load(content: bytes) -> HistGradientBoostingModel:
    """Rebuild the trees from their node arrays.

    Raises
    ------
    ModelFileError
        If a node points outside its tree or to a feature that does not exist.
    """
    from sklearn.ensemble._hist_gradient_boosting.common import PREDICTOR_RECORD_DTYPE
    from sklearn.ensemble._hist_gradient_boosting.predictor import TreePredictor

    arrays = read_arrays(content)
    iterations, n_classes, n_features = arrays["shape"].tolist()
    _check(arrays, iterations, n_classes, n_features)
    nodes = np.zeros(len(arrays["value"]), dtype=PREDICTOR_RECORD_DTYPE)
    for name in _NODE_FIELDS:
        nodes[name] = arrays[name]
    ends = np.cumsum(arrays["counts"])
    trees = [TreePredictor(part, _NO_CATEGORIES, _NO_CATEGORIES) for part in np.split(nodes, ends[:-1])]
    scores = len(arrays["baseline"])
    rounds = [trees[start : start + scores] for start in range(0, len(trees), scores)]
    return HistGradientBoostingModel(rounds, arrays["baseline"], arrays["classes"], n_classes, n_features)


def _check(arrays: dict[str, NDArray[Any]], iterations: int, n_classes: int, n_features: int) -> None:
    classes, baseline, counts = arrays["classes"], arrays["baseline"], arrays["counts"]
    inner = arrays["is_leaf"] == 0
    scores = len(classes) if len(classes) > 2 else 1
    sound = (
        all(len(arrays[name]) == len(inner) for name in _NODE_FIELDS)
        and trees_are_sound(counts, arrays["left"], arrays["right"], arrays["feature_idx"], inner, n_features)
        and baseline.shape == (scores,)
        and len(counts) == iterations * scores
        and len(np.unique(classes)) == len(classes) <= n_classes
        and ((classes >= 0) & (classes < n_classes)).all()
    )
    if not sound:
        raise _damaged()


def _damaged() -> ModelFileError:
    return ModelFileError(
        "A boosted forest in the model file is damaged.", "Get a fresh copy of the file, or fit it again."
    )
