"""XGBoost's trees as arrays, from the JSON it writes its models in."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.models.tree_arrays import CategorySplits, GrownTrees, TreeArrays, side_by_side

__all__ = ["trees_of_booster"]

_BY_CATEGORY = 1


def trees_of_booster(booster: Any, iterations: int) -> tuple[TreeArrays, NDArray[np.float32], int]:
    """Return the first trees, what each of their nodes adds, and to how many scores they add in turn.

    Parameters
    ----------
    booster : xgboost.Booster
        As it was fitted: with a base score whose margin is zero, or the same for all classes.
    iterations : int
    """
    learner = json.loads(bytes(booster.save_raw("json")))["learner"]
    parameters = learner["learner_model_param"]
    n_scores = max(1, int(parameters["num_class"]))
    written = learner["gradient_booster"]["model"]["trees"][: iterations * n_scores]
    is_leaf = _field(written, "left_children", np.int64) < 0
    said = _field(written, "split_conditions", np.float32)
    by_category = _field(written, "split_type", np.int64) == _BY_CATEGORY
    # A row goes left where its number is below the condition, and here where it is at most the number before.
    before = np.nextafter(np.where(is_leaf | by_category, 0, said), np.float32(-np.inf))
    grown = GrownTrees(
        counts=np.array([len(tree["left_children"]) for tree in written]),
        left=_field(written, "left_children", np.int64),
        right=_field(written, "right_children", np.int64),
        feature=_field(written, "split_indices", np.int64),
        threshold=before.astype(np.float64),
        missing_left=_field(written, "default_left", np.int64),
        is_leaf=is_leaf,
    )
    trees, order = side_by_side(grown, int(parameters["num_feature"]))
    trees = TreeArrays(**{**vars(trees), "by_category": _categories(written, trees, order)})
    return trees, np.where(is_leaf, said, np.float32(0))[order], n_scores


def _field(written: Sequence[Mapping[str, Any]], name: str, kind: type) -> NDArray[Any]:
    return np.concatenate([np.asarray(tree[name], dtype=kind) for tree in written])


def _categories(written: Sequence[Mapping[str, Any]], trees: TreeArrays, order: NDArray[np.int64]) -> CategorySplits:
    """Return which categories go right, in the order of the nodes as they stand now."""
    position = np.empty(len(order), dtype=np.int64)
    position[order] = np.arange(len(order))
    codes: dict[int, list[int]] = {}
    for begin, tree in zip(trees.first_nodes.tolist(), written, strict=True):
        parts = (tree["categories_nodes"], tree["categories_segments"], tree["categories_sizes"])
        for node, first, size in zip(*parts, strict=True):
            codes[int(position[begin + node])] = sorted(tree["categories"][first : first + size])
    nodes = sorted(codes)
    return CategorySplits(
        np.array(nodes, dtype=np.int32),
        np.array([len(codes[node]) for node in nodes], dtype=np.int32),
        np.array([code for node in nodes for code in codes[node]], dtype=np.int32),
    )
