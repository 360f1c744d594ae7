"""Whether what a file says are trees are trees: compiled code that walks them counts their depth by recursion.

Where two paths meet again, such a walk takes twice as long with every step; where a path is too long, it ends the
process.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["DEEPEST", "are_trees"]

#: No tree of ours is deeper. A hundred times as deep, XGBoost still walks them.
DEEPEST = 1_000


def are_trees(counts: NDArray[Any], left: NDArray[Any], right: NDArray[Any]) -> bool:
    """Return whether every node but the roots is the child of one node, and none is too deep.

    Parameters
    ----------
    counts : int ndarray of shape (n_trees,)
        Nodes of each tree, at least one; they stand end to end.
    left, right : int ndarray of shape (n_nodes,)
        Children as positions in their tree, behind their parents; negative for leaves.
    """
    counts = counts.astype(np.int64)
    roots = np.cumsum(counts) - counts
    start = np.repeat(roots, counts)
    inner = np.flatnonzero(left >= 0)
    reached = np.zeros(len(left), dtype=bool)
    reached[roots] = True
    for child in (left, right):
        reached[start[inner] + child[inner]] = True
    if len(roots) + 2 * len(inner) != len(left) or not reached.all():
        return False
    # A tree of so few nodes cannot be deeper.
    level = roots[counts > 2 * DEEPEST + 1]
    for _ in range(DEEPEST + 1):
        level = level[left[level] >= 0]
        if not len(level):
            return True
        level = np.concatenate([start[level] + left[level], start[level] + right[level]])
    return False
