"""LightGBM's trees as arrays, from the text it writes its models in.

Source of the form and of how a row goes through it: LightGBM 4, ``Tree::ToString`` and ``Tree::Decision``.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.models.tree_arrays import CategorySplits, GrownTrees, TreeArrays, side_by_side, sound_trees
from automl.models.tree_model import NodeWeights

__all__ = ["trees_of_text"]

_CATEGORICAL, _DEFAULT_LEFT = 1, 2
_MISSING_SHIFT, _MISSING_MASK = 2, 3
_ZERO_IS_MISSING, _NAN_IS_MISSING = 1, 2
#: The fields of a tree, and the numbers they hold. The first are of leaves, the others of inner nodes.
_LEAF_FIELDS = {"leaf_value": np.float64, "leaf_count": np.int64}
_INNER_FIELDS = {
    "split_feature": np.int64,
    "threshold": np.float64,
    "decision_type": np.int64,
    "left_child": np.int64,
    "right_child": np.int64,
    "internal_count": np.int64,
}
_CATEGORY_FIELDS = {"cat_boundaries": np.int64, "cat_threshold": np.int64}


@dataclass(frozen=True)
class _Text:
    """The numbers in the text, tree after tree, and how many trees, leaves and so on there are."""

    leaves: NDArray[np.int64]
    numbers: dict[str, NDArray[Any]]
    n_categorical: NDArray[np.int64]
    n_features: int
    n_scores: int


def trees_of_text(text: str) -> tuple[TreeArrays, NodeWeights]:
    """Return the trees of a model that LightGBM wrote, and what their leaves add.

    Raises
    ------
    ValueError
        If the text is not such a model, or holds trees that no walk should go through.
    """
    written = _read(text)
    numbers, leaves = written.numbers, written.leaves
    grown, place = _grown(written)
    trees, order = side_by_side(grown, written.n_features)
    if not np.array_equal(np.sort(order), np.arange(len(order))):
        raise ValueError("a node has two parents")
    values = np.zeros(len(order))
    values[place.leaf] = numbers["leaf_value"]
    cover = np.empty(len(order))
    cover[place.leaf], cover[place.inner] = numbers["leaf_count"], numbers["internal_count"]
    trees = _with_categories(trees, order, written, place.inner)
    if not sound_trees(trees) or len(leaves) % written.n_scores:
        raise ValueError("a node leads nowhere")
    return trees, NodeWeights(values[order].astype(np.float32), cover[order].astype(np.float32), written.n_scores)


def _read(text: str) -> _Text:
    head, *parts = text.split("\nTree=")
    facts = dict(line.split("=", 1) for line in head.split("\n") if "=" in line)
    trees = [
        dict(line.split("=", 1) for line in part.split("\n\n", 1)[0].split("\n")[1:] if "=" in line) for part in parts
    ]
    if not trees:
        raise ValueError("there is no tree")
    leaves = np.array([int(tree["num_leaves"]) for tree in trees])
    for tree in trees:
        # Of a tree that is one leaf, LightGBM does not count the rows.
        if tree["num_leaves"] == "1":
            tree["leaf_count"] = tree.get("leaf_count", "").strip() or "1"
    numbers = {
        name: np.array(" ".join(tree.get(name, "") for tree in trees).split(), dtype=kind)
        for name, kind in (_LEAF_FIELDS | _INNER_FIELDS | _CATEGORY_FIELDS).items()
    }
    lengths = {len(numbers[name]) - leaves.sum() for name in _LEAF_FIELDS}
    lengths |= {len(numbers[name]) - (leaves - 1).sum() for name in _INNER_FIELDS}
    if lengths != {0} or (leaves < 1).any():
        raise ValueError("a tree has another number of nodes than it says")
    n_categorical = np.array([int(tree["num_cat"]) for tree in trees])
    return _Text(
        leaves, numbers, n_categorical, int(facts["max_feature_idx"]) + 1, int(facts["num_tree_per_iteration"])
    )


@dataclass(frozen=True)
class _Places:
    """Where the text's inner nodes and leaves stand among the nodes of all trees: inner nodes first in each."""

    inner: NDArray[np.int64]
    leaf: NDArray[np.int64]


def _grown(written: _Text) -> tuple[GrownTrees, _Places]:
    numbers, leaves = written.numbers, written.leaves
    counts = 2 * leaves - 1
    first = np.cumsum(counts) - counts
    in_tree = np.arange(counts.sum()) - np.repeat(first, counts)
    is_leaf = in_tree >= np.repeat(leaves - 1, counts)
    inner = np.flatnonzero(~is_leaf)
    kind = numbers["decision_type"]
    categorical = kind & _CATEGORICAL > 0
    # A leaf is written as the complement of its number; leaves stand behind the inner nodes.
    behind = np.repeat(leaves - 1, leaves - 1)
    left, right = (
        np.where(child < 0, behind + ~child, child) for child in (numbers["left_child"], numbers["right_child"])
    )
    left, right = np.where(categorical, right, left), np.where(categorical, left, right)
    nodes = {
        "left": left,
        "right": right,
        "feature": numbers["split_feature"],
        "threshold": np.where(categorical, 0.0, numbers["threshold"]),
        "missing_left": _missing_left(kind, numbers["threshold"], categorical),
    }
    whole = {name: np.zeros(len(is_leaf), dtype=array.dtype) for name, array in nodes.items()}
    for name, array in nodes.items():
        whole[name][inner] = array
    return GrownTrees(counts=counts, is_leaf=is_leaf, **whole), _Places(inner, np.flatnonzero(is_leaf))


def _missing_left(
    kind: NDArray[np.int64], threshold: NDArray[np.float64], categorical: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return where a row without the feature goes to the first child, which of categories is the right one."""
    missing = kind >> _MISSING_SHIFT & _MISSING_MASK
    if (missing[~categorical] == _ZERO_IS_MISSING).any():
        raise ValueError("a tree takes zero for missing, which ours never do")
    # Where no row was without the feature in training, LightGBM takes a missing number for zero.
    by_number = np.where(missing == _NAN_IS_MISSING, kind & _DEFAULT_LEFT > 0, threshold >= 0)
    return categorical | by_number


def _with_categories(
    trees: TreeArrays, order: NDArray[np.int64], written: _Text, inner: NDArray[np.int64]
) -> TreeArrays:
    """Return the trees with the nodes that split by categories."""
    numbers = written.numbers
    splitting = np.flatnonzero(numbers["decision_type"] & _CATEGORICAL)
    if not len(splitting):
        return trees
    position = np.empty(len(order), dtype=np.int64)
    position[order] = np.arange(len(order))
    nodes = position[inner[splitting]]
    tree = np.repeat(np.arange(len(written.leaves)), written.leaves - 1)[splitting]
    sets = _sets(numbers["cat_boundaries"], numbers["cat_threshold"], written.n_categorical)
    first_set = np.cumsum(written.n_categorical) - written.n_categorical
    wanted = first_set[tree] + numbers["threshold"][splitting].astype(np.int64)
    by_node = np.argsort(nodes)
    codes = [sets[number] for number in wanted[by_node]]
    splits = CategorySplits(
        nodes[by_node].astype(np.int32),
        np.array([len(each) for each in codes], dtype=np.int32),
        np.concatenate(codes).astype(np.int32),
    )
    return TreeArrays(**{**vars(trees), "by_category": splits})


def _sets(
    boundaries: NDArray[np.int64], words: NDArray[np.int64], n_categorical: NDArray[np.int64]
) -> list[NDArray[np.int64]]:
    """Return the categories of each bit set: of 32 bits a word, the boundaries counted anew in each tree."""
    sets: list[NDArray[np.int64]] = []
    at_boundary = at_word = 0
    for count in n_categorical[n_categorical > 0].tolist():
        ends = boundaries[at_boundary : at_boundary + count + 1] + at_word
        for begin, end in pairwise(ends.tolist()):
            bits = words[begin:end, None] >> np.arange(32) & 1
            sets.append(np.flatnonzero(bits))
        at_boundary, at_word = at_boundary + count + 1, int(ends[-1])
    return sets
