"""Many decision trees as arrays, end to end: how they are stored, and what is checked before C code walks them.

The two children of a node stand side by side, so that one position says both, and behind their parent, so that no walk
can go in a circle. What a node compares with is kept in the precision of the rows, which are float32: a row's number is
below it exactly where it was at most the threshold the tree was grown with. A node may split by categories instead.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.models.tree_shapes import are_trees

__all__ = ["MOST_CATEGORIES", "CategorySplits", "GrownTrees", "TreeArrays", "side_by_side", "sound_trees", "trees_from"]

_FIELDS = ("counts", "left", "feature", "below", "missing_left")
_CATEGORY_FIELDS = {"nodes": "category_nodes", "counts": "category_counts", "codes": "category_codes"}

#: float32 holds every whole number up to here; a set of them takes two megabytes at most.
MOST_CATEGORIES = 2**24


def _none() -> NDArray[np.int32]:
    return np.empty(0, dtype=np.int32)


@dataclass(frozen=True)
class CategorySplits:
    """The nodes that split by categories.

    Attributes
    ----------
    nodes : int32 ndarray of shape (n_splits,)
        Their positions among the nodes of all trees, ascending.
    counts : int32 ndarray of shape (n_splits,)
        How many categories go to the node's second child.
    codes : int32 ndarray of shape (counts.sum(),)
        These categories, split after split, ascending in each. All others go to the first child.
    """

    nodes: NDArray[np.int32] = field(default_factory=_none)
    counts: NDArray[np.int32] = field(default_factory=_none)
    codes: NDArray[np.int32] = field(default_factory=_none)


@dataclass(frozen=True)
class TreeArrays:
    """The nodes of many binary trees.

    Attributes
    ----------
    counts : int32 ndarray of shape (n_trees,)
        Nodes of each tree.
    left : int32 ndarray of shape (n_nodes,)
        Position, in its tree, of a node's first child, which the second one follows; -1 for a leaf.
    feature : int32 ndarray of shape (n_nodes,)
        The feature a node splits by; 0 for a leaf.
    below : float32 ndarray of shape (n_nodes,)
        Rows whose feature is below this number go to the first child; 0 for a leaf.
    missing_left : uint8 ndarray of shape (n_nodes,)
        1 where rows without the feature go to the first child.
    n_features : int
    by_category : CategorySplits
    """

    counts: NDArray[np.int32]
    left: NDArray[np.int32]
    feature: NDArray[np.int32]
    below: NDArray[np.float32]
    missing_left: NDArray[np.uint8]
    n_features: int
    by_category: CategorySplits = field(default_factory=CategorySplits)

    @property
    def is_leaf(self) -> NDArray[np.bool_]:
        """Which nodes are leaves."""
        return self.left < 0

    @property
    def first_nodes(self) -> NDArray[np.int64]:
        """Where each tree begins."""
        return np.cumsum(self.counts, dtype=np.int64) - self.counts

    def first(self, n_trees: int) -> TreeArrays:
        """Return the first trees alone."""
        n_nodes = int(self.counts[:n_trees].sum(dtype=np.int64))
        nodes = {name: getattr(self, name)[:n_nodes] for name in _FIELDS if name != "counts"}
        splits = self.by_category
        n_splits = int(np.searchsorted(splits.nodes, n_nodes))
        codes = splits.codes[: splits.counts[:n_splits].sum(dtype=np.int64)]
        by_category = CategorySplits(splits.nodes[:n_splits], splits.counts[:n_splits], codes)
        return TreeArrays(counts=self.counts[:n_trees], n_features=self.n_features, by_category=by_category, **nodes)

    def stored(self) -> dict[str, NDArray[Any]]:
        """Return the arrays to store, by name."""
        stored = {**{name: getattr(self, name) for name in _FIELDS}, "n_features": np.array([self.n_features])}
        if len(self.by_category.nodes):
            stored |= {name: getattr(self.by_category, own) for own, name in _CATEGORY_FIELDS.items()}
        return stored


@dataclass(frozen=True)
class GrownTrees:
    """The nodes of trees as libraries grow them: a row goes to the left child where it is at most the threshold.

    Attributes
    ----------
    counts : int ndarray of shape (n_trees,)
    left, right, feature : int ndarray of shape (n_nodes,)
        Children as positions in their tree, parents before them.
    threshold : float64 ndarray of shape (n_nodes,)
    missing_left : ndarray of shape (n_nodes,)
    is_leaf : boolean ndarray of shape (n_nodes,)
    """

    counts: NDArray[Any]
    left: NDArray[Any]
    right: NDArray[Any]
    feature: NDArray[Any]
    threshold: NDArray[Any]
    missing_left: NDArray[Any]
    is_leaf: NDArray[np.bool_]


def side_by_side(grown: GrownTrees, n_features: int) -> tuple[TreeArrays, NDArray[np.int64]]:
    """Put the children of each node side by side.

    The children of a tree's k-th inner node (counted from 0) move to the positions 2k + 1 and 2k + 2.

    Returns
    -------
    trees : TreeArrays
    order : int64 ndarray of shape (n_nodes,)
        For each node now, where it stood before.
    """
    counts = grown.counts.astype(np.int64)
    start = np.repeat(np.cumsum(counts) - counts, counts)
    inner = np.flatnonzero(~grown.is_leaf)
    before = np.concatenate([[0], np.cumsum(~grown.is_leaf)])
    first_child = 2 * (before[inner] - before[start[inner]]) + 1
    order = np.empty(len(start), dtype=np.int64)
    roots = np.cumsum(counts) - counts
    order[roots] = roots
    order[start[inner] + first_child] = start[inner] + grown.left[inner]
    order[start[inner] + first_child + 1] = start[inner] + grown.right[inner]
    left = np.full(len(start), -1, dtype=np.int32)
    left[inner] = first_child
    trees = TreeArrays(
        counts=counts.astype(np.int32),
        left=left[order],
        feature=np.where(grown.is_leaf, 0, grown.feature)[order].astype(np.int32),
        below=_just_above(np.where(grown.is_leaf, 0.0, grown.threshold))[order],
        missing_left=np.where(grown.is_leaf, 0, grown.missing_left)[order].astype(np.uint8),
        n_features=n_features,
    )
    return trees, order


def _just_above(threshold: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return the smallest float32 numbers that are greater than the thresholds."""
    nearest = threshold.astype(np.float32)
    return np.where(nearest > threshold, nearest, np.nextafter(nearest, np.float32(np.inf)))


def trees_from(arrays: dict[str, NDArray[Any]]) -> TreeArrays | None:
    """Return stored trees; None where a walk might leave its tree, go in a circle or look at a feature too many."""
    (n_features,) = arrays["n_features"].tolist()
    splits = CategorySplits(**{own: arrays[name] for own, name in _CATEGORY_FIELDS.items() if name in arrays})
    trees = TreeArrays(**{name: arrays[name] for name in _FIELDS}, n_features=n_features, by_category=splits)
    return trees if sound_trees(trees) else None


def sound_trees(trees: TreeArrays) -> bool:
    """Return whether a walk stays in its tree, ends, and looks at nothing that is not there."""
    return _typed(trees) and _sound(trees) and _sound_categories(trees)


def _typed(trees: TreeArrays) -> bool:
    return (
        trees.counts.dtype == trees.left.dtype == trees.feature.dtype == np.int32
        and trees.below.dtype == np.float32
        and trees.missing_left.dtype == np.uint8
        and all(getattr(trees, name).ndim == 1 for name in _FIELDS)
        and all(array.dtype == np.int32 and array.ndim == 1 for array in vars(trees.by_category).values())
    )


def _sound(trees: TreeArrays) -> bool:
    counts = trees.counts.astype(np.int64)
    lengths = {len(trees.left), len(trees.feature), len(trees.below), len(trees.missing_left), int(counts.sum())}
    if len(counts) == 0 or (counts <= 0).any() or len(lengths) != 1:
        return False
    inner = ~trees.is_leaf
    size = np.repeat(counts, counts)[inner]
    position = (np.arange(len(inner)) - np.repeat(trees.first_nodes, counts))[inner]
    child = trees.left[inner].astype(np.int64)
    feature = trees.feature
    return bool(
        (child > position).all()
        and (child + 1 < size).all()
        and (feature >= 0).all()
        and (feature < trees.n_features).all()
        and not np.isnan(trees.below).any()
        and (trees.missing_left <= 1).all()
        and are_trees(counts, trees.left, np.where(trees.is_leaf, -1, trees.left + 1))
    )


def _sound_categories(trees: TreeArrays) -> bool:
    splits = trees.by_category
    if len(splits.nodes) != len(splits.counts) or (splits.counts <= 0).any():
        return False
    if int(splits.counts.sum(dtype=np.int64)) != len(splits.codes):
        return False
    steps = np.diff(splits.codes.astype(np.int64))
    steps[np.cumsum(splits.counts[:-1], dtype=np.int64) - 1] = 1
    return bool(
        (np.diff(splits.nodes.astype(np.int64)) > 0).all()
        and (splits.nodes >= 0).all()
        and (splits.nodes < len(trees.left)).all()
        and not trees.is_leaf[splits.nodes].any()
        and (steps > 0).all()
        and (splits.codes >= 0).all()
        and (splits.codes < MOST_CATEGORIES).all()
    )
