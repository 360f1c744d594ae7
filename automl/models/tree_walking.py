"""Finding the leaf each row ends in, for trees of any library, with XGBoost's compiled code.

Reading scikit-learn takes longer than all else in a prediction, and walking hundreds of trees in Python longer still.
XGBoost reads trees from a binary form of JSON in which arrays lie as they are: a thousand trees are handed over in
milliseconds. It is only asked which leaf is reached; what a leaf says stays with the model, in its own precision.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.models.binary_json import array_head, array_of, key, length, list_head, list_of, numbers, object_of, text
from automl.models.tree_arrays import TreeArrays

__all__ = ["TreeWalker"]

#: Rows times trees that are looked up at a time: 16 MB of leaf numbers.
_BLOCK = 4_000_000


class TreeWalker:
    """Trees in XGBoost's memory.

    Parameters
    ----------
    trees : TreeArrays
        Sound ones: XGBoost walks whatever it is given.
    """

    def __init__(self, trees: TreeArrays) -> None:
        import xgboost

        self.trees = trees
        self._booster = xgboost.Booster(model_file=_model(trees))
        self._leaf_number = np.cumsum(trees.is_leaf) - 1

    def leaves(self, rows: NDArray[np.float32], n_trees: int) -> Iterator[tuple[slice, NDArray[np.int64]]]:
        """Yield blocks of rows with the number, among all leaves, of the leaf each row reaches in the first trees.

        Parameters
        ----------
        rows : float32 ndarray of shape (n_rows, n_features)
        n_trees : int

        Yields
        ------
        block : slice
            Of the rows.
        leaves : int64 ndarray of shape (n_rows of the block, n_trees)
        """
        import xgboost

        step = max(_BLOCK // n_trees, 1)
        for begin in range(0, len(rows), step):
            block = slice(begin, min(begin + step, len(rows)))
            data = xgboost.DMatrix(rows[block], nthread=1)
            nodes = self._booster.predict(data, pred_leaf=True, iteration_range=(0, n_trees))
            reached = nodes.reshape(-1, n_trees).astype(np.int64) + self.trees.first_nodes[:n_trees]
            yield block, self._leaf_number[reached]


def _model(trees: TreeArrays) -> bytearray:
    """Return the trees as a model of XGBoost's, in the form of version 2, which later ones read too."""
    n_trees = len(trees.counts)
    forest = object_of(
        gbtree_model_param=object_of(num_parallel_tree=text("1"), num_trees=text(str(n_trees))),
        iteration_indptr=numbers(np.arange(n_trees + 1)),
        tree_info=numbers(np.zeros(n_trees)),
        trees=_TREES,
    )
    model = object_of(
        learner=object_of(
            attributes=object_of(),
            feature_names=list_of([]),
            feature_types=list_of([]),
            gradient_booster=object_of(model=forest, name=text("gbtree")),
            learner_model_param=object_of(
                base_score=text("0E0"),
                boost_from_average=text("1"),
                num_class=text("0"),
                num_feature=text(str(trees.n_features)),
                num_target=text("1"),
            ),
            objective=object_of(name=text("reg:squarederror"), reg_loss_param=object_of(scale_pos_weight=text("1"))),
        ),
        version=list_of([b"i\x02", b"i\x01", b"i\x00"]),
    )
    before, after = model.split(_TREES)
    # All of it is joined once: megabytes that are copied from one level to the next take longer than XGBoost's reading.
    return bytearray().join([before, list_head(n_trees), *_packed(trees), after])


#: Stands for the trees while what is around them is put together.
_TREES = b"trees of the forest"


def _packed(trees: TreeArrays) -> Iterator[bytes | memoryview]:
    # What a node weighed when it was grown is of no use to a walk, and has to be there.
    zeros = np.zeros(int(trees.counts.max()), dtype=">f4")
    unused = [
        _Column("base_weights", b"d", zeros),
        _Column("loss_changes", b"d", zeros),
        _Column("sum_hessian", b"d", zeros),
        _Column("split_type", b"U", zeros.astype(np.uint8)),
    ]
    columns = [
        _Column("default_left", b"U", trees.missing_left),
        _Column("left_children", b"l", trees.left.astype(">i4")),
        _Column("parents", b"l", _parents(trees).astype(">i4")),
        _Column("right_children", b"l", np.where(trees.is_leaf, -1, trees.left + 1).astype(">i4")),
        _Column("split_conditions", b"d", trees.below.astype(">f4")),
        _Column("split_indices", b"l", trees.feature.astype(">i4")),
    ]
    constant = b"".join(
        key(name) + array_of(kind, b"", 0)
        for name, kind in (
            ("categories", b"l"),
            ("categories_nodes", b"l"),
            ("categories_segments", b"L"),
            ("categories_sizes", b"L"),
        )
    )
    begin = 0
    for number, count in enumerate(trees.counts.tolist()):
        sizes = object_of(
            num_deleted=text("0"),
            num_feature=text(str(trees.n_features)),
            num_nodes=text(str(count)),
            size_leaf_vector=text("1"),
        )
        size = length(count)
        yield b"{" + constant + key("id") + b"l" + struct.pack(">i", number) + key("tree_param") + sizes
        for column in columns:
            yield from (column.name, size, column.content[begin : begin + count])
        for column in unused:
            yield from (column.name, size, column.content[:count])
        yield b"}"
        begin += count


class _Column:
    """A field of all nodes, packed, of which each tree gets its part: nothing is copied but into the whole."""

    def __init__(self, name: str, kind: bytes, numbers: NDArray[Any]) -> None:
        self.name = key(name) + array_head(kind)
        self.content = np.ascontiguousarray(numbers).view(f"V{numbers.dtype.itemsize}").data


def _parents(trees: TreeArrays) -> NDArray[np.int64]:
    first_node = np.repeat(trees.first_nodes, trees.counts)
    inner = np.flatnonzero(~trees.is_leaf)
    # The root's parent is written as the largest number there is.
    parents = np.full(len(first_node), np.iinfo(np.int32).max, dtype=np.int64)
    for child in (0, 1):
        parents[first_node[inner] + trees.left[inner] + child] = inner - first_node[inner]
    return parents
