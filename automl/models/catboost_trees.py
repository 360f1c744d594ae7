"""The symmetric trees of a CatBoost model that splits by numbers alone, as trees of nodes."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.models.catboost_fields import (
    BORDERS,
    CORE_TREES,
    DIMENSION,
    HEAD_BYTES,
    INDEX,
    LEAF_VALUES,
    MISSING,
    NUMBERS,
    SIZES,
    SPLITS,
)
from automl.models.flat_buffers import FlatTable, root_table
from automl.models.tree_arrays import TreeArrays

__all__ = ["SymmetricTrees", "symmetric_trees"]

_MISSING_IS_HIGHEST = 2


@dataclass(frozen=True)
class SymmetricTrees:
    """Trees all of whose nodes of one level split alike.

    Attributes
    ----------
    trees : TreeArrays
    outputs : float64 ndarray of shape (n_nodes, n_scores)
        What the leaves add; 0 for other nodes.
    """

    trees: TreeArrays
    outputs: NDArray[np.float64]


def symmetric_trees(model: Any, iterations: int, numeric: Sequence[int], n_features: int) -> SymmetricTrees | None:
    """Return the first trees of a model; None where one splits by a category.

    Parameters
    ----------
    model : catboost.CatBoost
        Without bias, and with a scale of 1, as it was fitted.
    iterations : int
        How many trees.
    numeric : sequence of int
        Which feature each of the model's numbers is.
    n_features : int
        Of all kinds.
    """
    trees = _tables(model).table(CORE_TREES)
    depths = trees.array(SIZES, "<i4")[:iterations].astype(np.int64)
    splits = trees.array(SPLITS, "<i4")[: depths.sum()].astype(np.int64)
    numbers = trees.tables(NUMBERS)
    borders = [each.array(BORDERS, "<f4") for each in numbers]
    of_number = np.repeat(np.arange(len(numbers)), [len(each) for each in borders])
    if not len(depths) or splits.max(initial=-1) >= len(of_number):
        return None
    number, border = of_number[splits], np.concatenate([*borders, np.empty(0, dtype="<f4")])[splits]
    features = np.array([numeric[each.number(INDEX, "i", 0)] for each in numbers], dtype=np.int32)[number]
    first = np.array([each.number(MISSING, "b", 0) != _MISSING_IS_HIGHEST for each in numbers], dtype=np.uint8)[number]
    # A row goes to the second child where its number is above the border: to the first one where it is below the next.
    below = np.nextafter(border.astype(np.float32), np.float32(np.inf))
    # The lowest bit of a leaf's number is its tree's first split, which thus is that of the last level here.
    levels = [np.arange(end - depth, end)[::-1] for depth, end in zip(depths, np.cumsum(depths), strict=True)]
    by_node = [np.repeat(each, 2 ** np.arange(len(each))) for each in levels]
    values = trees.array(LEAF_VALUES, "<f8").reshape(-1, trees.number(DIMENSION, "i", 1))
    return SymmetricTrees(
        TreeArrays(
            counts=(2 ** (depths + 1) - 1).astype(np.int32),
            left=_of_nodes([2 * np.arange(len(each)) + 1 for each in by_node], -1).astype(np.int32),
            feature=_of_nodes([features[each] for each in by_node], 0).astype(np.int32),
            below=_of_nodes([below[each] for each in by_node], 0).astype(np.float32),
            missing_left=_of_nodes([first[each] for each in by_node], 0).astype(np.uint8),
            n_features=n_features,
        ),
        _outputs(values, depths),
    )


def _tables(model: Any) -> FlatTable:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.cbm"
        model.save_model(str(path), format="cbm")
        return root_table(path.read_bytes()[HEAD_BYTES:])


def _of_nodes(inner: Sequence[NDArray[Any]], leaf: int) -> NDArray[Any]:
    """Put together what is said of each tree's nodes, its leaves behind them."""
    return np.concatenate([part for each in inner for part in (each, np.full(len(each) + 1, leaf))])


def _outputs(values: NDArray[np.float64], depths: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return what all nodes add; values are the leaves', tree after tree."""
    outputs = np.zeros(((2 ** (depths + 1) - 1).sum(), values.shape[1]))
    node = leaf = 0
    for depth in depths.tolist():
        leaves = 2**depth
        outputs[node + leaves - 1 : node + 2 * leaves - 1] = values[leaf : leaf + leaves]
        node, leaf = node + 2 * leaves - 1, leaf + leaves
    return outputs
