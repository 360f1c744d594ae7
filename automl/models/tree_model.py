"""Trees of any library as a model of XGBoost's, whose compiled code then walks them.

XGBoost reads trees from a binary form of JSON in which arrays lie as they are: a thousand trees are handed over in
milliseconds, and two thousand rows go through each in a few microseconds per tree.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.models.binary_json import array_head, array_of, key, length, list_head, list_of, numbers, object_of, text
from automl.models.tree_arrays import TreeArrays

__all__ = ["NodeWeights", "booster_of"]


@dataclass(frozen=True)
class NodeWeights:
    """What is known of the nodes beside where they lead.

    Attributes
    ----------
    added : float32 ndarray of shape (n_nodes,)
        What a leaf adds to the score of the rows that reach it; 0 elsewhere.
    cover : float32 ndarray of shape (n_nodes,)
        How much of the training rows went through each node, for contributions.
    n_scores : int
        Of each row; the trees add to them in turn.
    """

    added: NDArray[np.float32]
    cover: NDArray[np.float32]
    n_scores: int = 1

    def first(self, n_nodes: int) -> NodeWeights:
        """Return those of the first nodes alone."""
        return NodeWeights(self.added[:n_nodes], self.cover[:n_nodes], self.n_scores)


def booster_of(trees: TreeArrays, weights: NodeWeights | None = None) -> Any:
    """Return a booster that walks the trees.

    Parameters
    ----------
    trees : TreeArrays
        Sound ones: XGBoost walks whatever it is given.
    weights : NodeWeights, optional
        Without them, only which leaf is reached can be asked.
    """
    import xgboost

    unknown = np.zeros(len(trees.left), dtype=np.float32)
    return xgboost.Booster(model_file=_model(trees, weights or NodeWeights(unknown, unknown)))


def _model(trees: TreeArrays, weights: NodeWeights) -> bytearray:
    """Return the trees as a model of XGBoost's, in the form of version 2, which later ones read too."""
    n_trees, n_scores = len(trees.counts), weights.n_scores
    forest = object_of(
        gbtree_model_param=object_of(num_parallel_tree=text("1"), num_trees=text(str(n_trees))),
        iteration_indptr=numbers(np.arange(0, n_trees + 1, n_scores)),
        tree_info=numbers(np.arange(n_trees) % n_scores),
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
                num_class=text(str(n_scores if n_scores > 1 else 0)),
                num_feature=text(str(trees.n_features)),
                num_target=text("1"),
            ),
            objective=object_of(name=text("reg:squarederror"), reg_loss_param=object_of(scale_pos_weight=text("1"))),
        ),
        version=list_of([b"i\x02", b"i\x01", b"i\x00"]),
    )
    before, after = model.split(_TREES)
    # All of it is joined once: megabytes that are copied from one level to the next take longer than XGBoost's reading.
    return bytearray().join([before, list_head(n_trees), *_packed(trees, weights), after])


#: Stands for the trees while what is around them is put together.
_TREES = b"trees of the forest"


def _packed(trees: TreeArrays, weights: NodeWeights) -> Iterator[bytes | memoryview]:
    zeros = np.zeros(int(trees.counts.max()), dtype=">f4")
    # What a node gained when it was grown is of no use to a walk, and has to be there.
    unused = [_Column("base_weights", b"d", zeros), _Column("loss_changes", b"d", zeros)]
    by_category = np.zeros(len(trees.left), dtype=np.uint8)
    by_category[trees.by_category.nodes] = 1
    columns = [
        _Column("default_left", b"U", trees.missing_left),
        _Column("left_children", b"l", trees.left.astype(">i4")),
        _Column("parents", b"l", _parents(trees).astype(">i4")),
        _Column("right_children", b"l", np.where(trees.is_leaf, -1, trees.left + 1).astype(">i4")),
        # Where a leaf stands in place of a split, XGBoost keeps what it adds there.
        _Column("split_conditions", b"d", np.where(trees.is_leaf, weights.added, trees.below).astype(">f4")),
        _Column("split_indices", b"l", trees.feature.astype(">i4")),
        _Column("split_type", b"U", by_category),
        _Column("sum_hessian", b"d", weights.cover.astype(">f4")),
    ]
    categories = _packed_categories(trees)
    heads, tails = {}, {}
    for count in np.unique(trees.counts).tolist():
        heads[count] = _sizes(trees.n_features, count)
        tails[count] = b"".join(column.part(0, count) for column in unused) + b"}"
    begin = 0
    for number, count in enumerate(trees.counts.tolist()):
        yield b"{" + next(categories) + _ID + struct.pack(">i", number) + heads[count]
        size, end = length(count), begin + count
        for column in columns:
            yield column.name
            yield size
            yield column.content[begin:end]
        yield tails[count]
        begin = end


_ID = key("id") + b"l"


def _sizes(n_features: int, count: int) -> bytes:
    sizes = object_of(
        num_deleted=text("0"),
        num_feature=text(str(n_features)),
        num_nodes=text(str(count)),
        size_leaf_vector=text("1"),
    )
    return key("tree_param") + sizes


def _packed_categories(trees: TreeArrays) -> Iterator[bytes]:
    """Yield, for each tree, the fields that say which nodes split by which categories."""
    splits = trees.by_category
    first_split = np.searchsorted(splits.nodes, np.append(trees.first_nodes, len(trees.left)))
    first_code = np.concatenate([[0], np.cumsum(splits.counts, dtype=np.int64)])
    nothing = _category_fields(*[np.empty(0, dtype=np.int64)] * 4)
    for first_node, begin, end in zip(trees.first_nodes, first_split, first_split[1:], strict=False):
        if begin == end:
            yield nothing
            continue
        codes = splits.codes[first_code[begin] : first_code[end]]
        segments = first_code[begin:end] - first_code[begin]
        yield _category_fields(codes, splits.nodes[begin:end] - first_node, segments, splits.counts[begin:end])


def _category_fields(codes: NDArray[Any], nodes: NDArray[Any], segments: NDArray[Any], sizes: NDArray[Any]) -> bytes:
    arrays = (
        ("categories", b"l", codes.astype(">i4")),
        ("categories_nodes", b"l", nodes.astype(">i4")),
        ("categories_segments", b"L", segments.astype(">i8")),
        ("categories_sizes", b"L", sizes.astype(">i8")),
    )
    return b"".join(key(name) + array_of(kind, array.tobytes(), len(array)) for name, kind, array in arrays)


class _Column:
    """A field of all nodes, packed, of which each tree gets its part: nothing is copied but into the whole."""

    def __init__(self, name: str, kind: bytes, numbers: NDArray[Any]) -> None:
        self.name = key(name) + array_head(kind)
        self.content = np.ascontiguousarray(numbers).view(f"V{numbers.dtype.itemsize}").data

    def part(self, begin: int, end: int) -> bytes:
        return self.name + length(end - begin) + self.content[begin:end].tobytes()


def _parents(trees: TreeArrays) -> NDArray[np.int64]:
    first_node = np.repeat(trees.first_nodes, trees.counts)
    inner = np.flatnonzero(~trees.is_leaf)
    # The root's parent is written as the largest number there is.
    parents = np.full(len(first_node), np.iinfo(np.int32).max, dtype=np.int64)
    for child in (0, 1):
        parents[first_node[inner] + trees.left[inner] + child] = inner - first_node[inner]
    return parents
