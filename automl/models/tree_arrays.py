"""Decision trees as arrays, end to end: what has to be true of them before scikit-learn's C code walks them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["trees_are_sound"]


def trees_are_sound(
    counts: NDArray[Any],
    left: NDArray[Any],
    right: NDArray[Any],
    feature: NDArray[Any],
    inner: NDArray[np.bool_],
    features: int,
) -> bool:
    """Whether every walk from a root ends in a leaf of its own tree and looks only at features that exist.

    Parameters
    ----------
    counts : ndarray of shape (n_trees,)
        Nodes of each tree.
    left, right, feature : ndarray of shape (n_nodes,)
        Of each node: its children's positions in its tree, and the feature it splits by.
    inner : boolean ndarray of shape (n_nodes,)
        Which nodes have children. Children stand behind their parent, so that no walk can go in a circle.
    features : int
        Number of features.
    """
    lengths = {len(left), len(right), len(feature), len(inner), int(counts.sum())}
    if len(counts) == 0 or (counts <= 0).any() or len(lengths) != 1:
        return False
    size = np.repeat(counts, counts)[inner]
    position = (np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts))[inner]
    children = np.stack([left[inner], right[inner]]).astype(np.int64)
    chosen = feature[inner]
    return bool(
        (children > position).all() and (children < size).all() and (chosen >= 0).all() and (chosen < features).all()
    )
