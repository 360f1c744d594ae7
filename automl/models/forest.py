"""What random forests and extremely randomised trees share: growing in chunks under a clock, and trees as arrays.

A forest is stored as its trees' nodes, end to end: hundreds of trees then load in milliseconds, where an object graph
takes half a second, and their structure is checked before compiled code walks them.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.errors import ModelFileError
from automl.models.arrays import TargetScale, read_arrays, write_arrays
from automl.models.family import FitRequest
from automl.models.tree_arrays import GrownTrees, TreeArrays, side_by_side, trees_from
from automl.models.tree_shapes import DEEPEST
from automl.models.tree_walking import TreeWalker

__all__ = ["ForestModel", "grow_forest", "load_forest", "model_of_trees", "scaled_target"]

_CHUNK = 20

#: Of each fold's forest; the folds' forests are averaged, so that new rows are predicted by several times as many.
_TREES = 100


class ForestModel:
    """Trees whose outputs are averaged.

    Parameters
    ----------
    trees : TreeArrays
    outputs : float32 ndarray of shape (n_leaves, n_outputs)
        What each leaf says: the share of each class among its rows, or one number.
    classes : ndarray of int
        Class code of each output; empty for regression.
    n_classes : int
    scale : TargetScale
        Of a regression target; without effect on classes.
    """

    iterations = 0

    def __init__(
        self,
        trees: TreeArrays,
        outputs: NDArray[np.float32],
        classes: NDArray[np.int64],
        n_classes: int,
        scale: TargetScale,
    ) -> None:
        self.outputs, self.classes, self.n_classes, self.scale = outputs, classes, n_classes, scale
        self.resolved: dict[str, Any] = {}
        self.trees = trees
        self._walker = TreeWalker(trees)

    def predict(self, values: NDArray[np.float32], iterations: int | None = None) -> NDArray[np.float64]:  # noqa: ARG002
        """Average the trees.

        Raises
        ------
        ModelFileError
            If the rows have another number of features than the trees.
        """
        if values.shape[1] != self.trees.n_features:
            raise _damaged()
        averaged = np.empty((len(values), self.outputs.shape[1]))
        for block, leaves in self._walker.leaves(values, len(self.trees.counts)):
            for output, said in enumerate(self.outputs.T):
                averaged[block, output] = said[leaves].mean(axis=1, dtype=np.float64)
        if not self.n_classes:
            return self.scale.invert(averaged[:, 0])
        probabilities = np.zeros((len(values), self.n_classes))
        probabilities[:, self.classes] = averaged / averaged.sum(axis=1, keepdims=True)
        return probabilities

    def predict_stages(self, values: NDArray[np.float32], stages: tuple[int, ...]) -> list[NDArray[np.float64]]:
        """Return the prediction for each stage."""
        return [self.predict(values) for _ in stages]

    def save(self, path: Path) -> None:
        """Write the nodes of every tree, end to end, and what the leaves say."""
        write_arrays(
            path,
            outputs=self.outputs,
            scale=np.array(self.scale.numbers),
            classes=self.classes,
            n_classes=np.array([self.n_classes]),
            **self.trees.stored(),
        )


def grow_forest(request: FitRequest, estimator_name: str) -> ForestModel:
    """Grow a forest in chunks of trees until it is complete or the time is up.

    Parameters
    ----------
    estimator_name : str
        ``"RandomForest"`` or ``"ExtraTrees"``, as scikit-learn names them.
    """
    import sklearn.ensemble

    start = time.monotonic()
    scale, target = scaled_target(request)
    parameters = request.hyperparameters
    wanted = int(parameters.get("trees", _TREES))
    kind = "Classifier" if request.n_classes else "Regressor"
    forest = getattr(sklearn.ensemble, estimator_name + kind)(
        n_estimators=min(_CHUNK, wanted),
        max_features=float(parameters.get("max_features", 0.5)),
        min_samples_leaf=int(parameters.get("min_samples_leaf", 1)),
        max_leaf_nodes=15_000,
        max_depth=DEEPEST,
        n_jobs=request.threads,
        random_state=request.seed,
        warm_start=True,
        **({"criterion": str(parameters["criterion"])} if request.n_classes and "criterion" in parameters else {}),
    )
    while True:
        forest.fit(request.values, target, sample_weight=request.weight)
        grown = len(forest.estimators_)
        elapsed = time.monotonic() - start
        out_of_time = request.seconds is not None and elapsed * (grown + _CHUNK) / grown > request.seconds
        if grown >= wanted or out_of_time:
            break
        forest.set_params(n_estimators=min(grown + _CHUNK, wanted))
    return model_of_trees(forest, forest.estimators_, request, scale)


def scaled_target(request: FitRequest) -> tuple[TargetScale, NDArray[Any]]:
    """Return the scale of a regression's target, without effect on classes, and the target on it."""
    if request.n_classes:
        return TargetScale(0.0, 1.0), request.target
    scale = TargetScale.of(request.target, request.hyperparameters)
    return scale, scale.apply(request.target)


def model_of_trees(estimator: Any, grown: list[Any], request: FitRequest, scale: TargetScale) -> ForestModel:
    """Take scikit-learn's trees ``grown`` apart; ``estimator``, which they belong to, knows the classes."""
    classes = np.asarray(estimator.classes_, dtype=np.int64) if request.n_classes else np.empty(0, dtype=np.int64)
    trees, outputs = _taken_from([each.tree_ for each in grown])
    return ForestModel(trees, outputs, classes, request.n_classes, scale)


def _taken_from(grown: list[Any]) -> tuple[TreeArrays, NDArray[np.float32]]:
    """Return the nodes of scikit-learn's trees, and what their leaves say."""
    states = [tree.__getstate__() for tree in grown]
    nodes = np.concatenate([state["nodes"] for state in states])
    is_leaf = nodes["left_child"] == -1
    joined = GrownTrees(
        counts=np.array([state["node_count"] for state in states]),
        left=nodes["left_child"],
        right=nodes["right_child"],
        feature=nodes["feature"],
        threshold=nodes["threshold"],
        missing_left=nodes["missing_go_to_left"],
        is_leaf=is_leaf,
    )
    trees, order = side_by_side(joined, grown[0].n_features)
    values = np.concatenate([state["values"] for state in states])[order, 0]
    return trees, values[trees.is_leaf].astype(np.float32)


def load_forest(content: bytes) -> ForestModel:
    """Read a forest from its arrays.

    Raises
    ------
    ModelFileError
        If a node points outside its tree, to a feature that does not exist or to a class that does not.
    """
    arrays = read_arrays(content)
    trees = trees_from(arrays)
    n_classes = int(arrays["n_classes"][0])
    outputs, classes = arrays["outputs"], arrays["classes"]
    if trees is None or not _fits(outputs, classes, n_classes) or len(outputs) != trees.is_leaf.sum():
        raise _damaged()
    return ForestModel(trees, outputs, classes, n_classes, TargetScale(*arrays["scale"].tolist()))


def _fits(outputs: NDArray[Any], classes: NDArray[Any], n_classes: int) -> bool:
    return bool(
        outputs.dtype == np.float32
        and outputs.ndim == 2
        and outputs.shape[1] == (len(classes) if n_classes else 1)
        and np.isfinite(outputs).all()
        and len(np.unique(classes)) == len(classes) <= n_classes
        and ((classes >= 0) & (classes < n_classes)).all()
    )


def _damaged() -> ModelFileError:
    return ModelFileError("A forest in the model file is damaged.", "Get a fresh copy of the file, or fit it again.")
