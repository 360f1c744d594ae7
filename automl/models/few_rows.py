"""Walking trees in NumPy: where there are few rows, handing them to a compiled library takes longer than that."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from automl.models.tree_arrays import MOST_CATEGORIES, TreeArrays

__all__ = ["FewRowsWalker"]

#: Rows times trees, up to which walking this way is faster, or of deep trees that split by categories no slower.
_MOST_WALKS = 600


class FewRowsWalker:
    """Finds the leaf that each of a few rows ends in, of all trees at once, one step down after the other.

    Parameters
    ----------
    trees : TreeArrays
        Sound ones: of others a walk may never end.
    """

    def __init__(self, trees: TreeArrays) -> None:
        self._trees = trees
        self._first_nodes = trees.first_nodes
        splits = trees.by_category
        numbers = np.repeat(np.arange(len(splits.nodes), dtype=np.int64), splits.counts)
        self._second = numbers * MOST_CATEGORIES + splits.codes

    def nodes(self, rows: NDArray[np.float32], n_trees: int) -> NDArray[np.int64] | None:
        """Return where, among all nodes, the leaf stands that each row reaches in each of the first trees.

        Parameters
        ----------
        rows : float32 ndarray of shape (n_rows, n_features)
        n_trees : int

        Returns
        -------
        int64 ndarray of shape (n_rows, n_trees), or None
            None where there are too many to walk this way.
        """
        trees = self._trees
        if len(rows) * n_trees > _MOST_WALKS or rows.shape[1] != trees.n_features:
            return None
        cells, begins = rows.ravel(), np.arange(len(rows))[:, None] * rows.shape[1]
        has_missing = bool(np.isnan(cells).any())
        first_nodes = self._first_nodes[:n_trees]
        nodes = np.tile(first_nodes, (len(rows), 1))
        while True:
            left = trees.left.take(nodes)
            is_inner = left >= 0
            if not is_inner.any():
                return nodes
            values = cells.take(begins + trees.feature.take(nodes))
            goes_second = values >= trees.below.take(nodes)
            if len(self._second):
                self._by_category(goes_second, nodes, values)
            if has_missing:
                goes_second = np.where(np.isnan(values), trees.missing_left.take(nodes) == 0, goes_second)
            nodes = np.where(is_inner, first_nodes + left + goes_second, nodes)

    def _by_category(
        self, goes_second: NDArray[np.bool_], nodes: NDArray[np.int64], values: NDArray[np.float32]
    ) -> None:
        """Set which rows go to the second child where a node splits by categories."""
        splits = self._trees.by_category.nodes
        number = np.minimum(np.searchsorted(splits, nodes), len(splits) - 1)
        is_category = (values >= 0) & (values < MOST_CATEGORIES)
        codes = np.where(is_category, values, 0).astype(np.int64)
        wanted = np.where(is_category, number * MOST_CATEGORIES + codes, -1)
        place = np.minimum(np.searchsorted(self._second, wanted), len(self._second) - 1)
        np.copyto(goes_second, self._second.take(place) == wanted, where=splits.take(number) == nodes)
