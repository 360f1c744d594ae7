"""What random forests and extremely randomised trees share: growing in chunks under a clock, and trees as arrays.

A forest is stored as its trees' node arrays, end to end: hundreds of trees then load in milliseconds, where an object
graph takes half a second, and their structure is checked before scikit-learn's C code walks it.
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
from automl.models.tree_arrays import trees_are_sound

__all__ = ["ForestModel", "grow_forest", "load_forest"]

_CHUNK = 20

#: Of each fold's forest; the folds' forests are averaged, so that new rows are predicted by several times as many.
_TREES = 100


class ForestModel:
    """A list of scikit-learn trees whose outputs are averaged.

    Parameters
    ----------
    trees : list of sklearn.tree._tree.Tree
    classes : ndarray of int
        Class code of each tree output column; empty for regression.
    n_classes : int
    scale : TargetScale
        Of a regression target; without effect on classes.
    """

    iterations = 0

    def __init__(self, trees: list[Any], classes: NDArray[np.int64], n_classes: int, scale: TargetScale) -> None:
        self.trees = trees
        self.classes = classes
        self.n_classes = n_classes
        self.scale = scale
        self.resolved: dict[str, Any] = {}

    def predict(self, values: NDArray[np.float32], iterations: int | None = None) -> NDArray[np.float64]:  # noqa: ARG002
        """Average the trees.

        Raises
        ------
        ModelFileError
            If the rows have another number of features than the trees, whose C code would read past them.
        """
        if values.shape[1] != self.trees[0].n_features:
            raise _damaged()
        rows = np.ascontiguousarray(values, dtype=np.float32)
        total = sum(tree.predict(rows) for tree in self.trees) / len(self.trees)
        outputs = np.asarray(total).reshape(len(rows), -1)
        if not self.n_classes:
            return self.scale.invert(outputs[:, 0])
        probabilities = np.zeros((len(rows), self.n_classes))
        probabilities[:, self.classes] = outputs / outputs.sum(axis=1, keepdims=True)
        return probabilities

    def predict_stages(self, values: NDArray[np.float32], stages: tuple[int, ...]) -> list[NDArray[np.float64]]:
        """Return the prediction for each stage."""
        return [self.predict(values) for _ in stages]

    def save(self, path: Path) -> None:
        """Write the node arrays of every tree, end to end."""
        states = [tree.__getstate__() for tree in self.trees]
        fields = {name: np.concatenate([state["nodes"][name] for state in states]) for name in _NODE_FIELDS}
        fields["impurity"] = np.zeros(len(fields["feature"]), dtype=np.float32)
        write_arrays(
            path,
            counts=np.array([state["node_count"] for state in states]),
            depths=np.array([state["max_depth"] for state in states]),
            leaf_values=np.concatenate([state["values"] for state in states]).astype(np.float32),
            scale=np.array(self.scale.numbers),
            features=np.array([self.trees[0].n_features]),
            classes=self.classes,
            n_classes=np.array([self.n_classes]),
            **fields,
        )


_NODE_FIELDS = ("left_child", "right_child", "feature", "threshold", "missing_go_to_left")


def grow_forest(request: FitRequest, estimator_name: str) -> ForestModel:
    """Grow a forest in chunks of trees until it is complete or the time is up.

    Parameters
    ----------
    estimator_name : str
        ``"RandomForest"`` or ``"ExtraTrees"``, as scikit-learn names them.
    """
    import sklearn.ensemble

    start = time.monotonic()
    scale = TargetScale(0.0, 1.0) if request.n_classes else TargetScale.of(request.target, request.hyperparameters)
    target = request.target if request.n_classes else scale.apply(request.target)
    parameters = request.hyperparameters
    wanted = int(parameters.get("trees", _TREES))
    kind = "Classifier" if request.n_classes else "Regressor"
    forest = getattr(sklearn.ensemble, estimator_name + kind)(
        n_estimators=min(_CHUNK, wanted),
        max_features=float(parameters.get("max_features", 0.5)),
        min_samples_leaf=int(parameters.get("min_samples_leaf", 1)),
        max_leaf_nodes=15_000,
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
    classes = np.asarray(forest.classes_, dtype=np.int64) if request.n_classes else np.empty(0, dtype=np.int64)
    trees = [estimator.tree_ for estimator in forest.estimators_]
    for tree in trees:
        # Leaves are stored in single precision: what is scored out of fold is then what the file predicts.
        tree.value[...] = tree.value.astype(np.float32)
    return ForestModel(trees, classes, request.n_classes, scale)


def load_forest(content: bytes) -> ForestModel:
    """Rebuild a forest from its node arrays.

    Raises
    ------
    ModelFileError
        If a node points outside its tree, to a feature that does not exist or to a class that does not.
    """
    from sklearn.tree._tree import NODE_DTYPE, Tree

    arrays = read_arrays(content)
    features = int(arrays["features"][0])
    n_classes = int(arrays["n_classes"][0])
    _check_structure(arrays, features)
    _check_outputs(arrays, n_classes)
    nodes = np.zeros(len(arrays["feature"]), dtype=NODE_DTYPE)
    for name in _NODE_FIELDS:
        nodes[name] = arrays[name]
    nodes["n_node_samples"] = 1
    nodes["weighted_n_node_samples"] = 1.0
    leaf_values = arrays["leaf_values"].astype(np.float64)
    outputs = leaf_values.shape[2]
    trees, begin = [], 0
    for count, depth in zip(arrays["counts"].tolist(), arrays["depths"].tolist(), strict=True):
        tree = Tree(features, np.array([outputs], dtype=np.intp), 1)
        tree.__setstate__(
            {
                "max_depth": depth,
                "node_count": count,
                "nodes": nodes[begin : begin + count],
                "values": leaf_values[begin : begin + count],
            }
        )
        trees.append(tree)
        begin += count
    return ForestModel(trees, arrays["classes"], n_classes, TargetScale(*arrays["scale"].tolist()))


def _check_structure(arrays: dict[str, NDArray[Any]], features: int) -> None:
    left, right = arrays["left_child"], arrays["right_child"]
    whole = all(len(arrays[name]) == len(left) for name in (*_NODE_FIELDS, "leaf_values"))
    nodes = (arrays["counts"], left, right, arrays["feature"], left != -1)
    if not whole or ((left == -1) != (right == -1)).any() or not trees_are_sound(*nodes, features):
        raise _damaged()


def _check_outputs(arrays: dict[str, NDArray[Any]], n_classes: int) -> None:
    classes, leaf_values = arrays["classes"], arrays["leaf_values"]
    fits = (
        leaf_values.ndim == 3
        and leaf_values.shape[1:] == (1, len(classes) if n_classes else 1)
        and np.isfinite(leaf_values).all()
        and len(np.unique(classes)) == len(classes) <= n_classes
        and ((classes >= 0) & (classes < n_classes)).all()
    )
    if not fits:
        raise _damaged()


def _damaged() -> ModelFileError:
    return ModelFileError("A forest in the model file is damaged.", "Get a fresh copy of the file, or fit it again.")
