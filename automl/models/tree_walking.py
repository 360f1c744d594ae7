"""Predicting with trees of any library by XGBoost's compiled code.

Reading scikit-learn takes longer than all else in a prediction, LightGBM's own walk three to four times as long as
XGBoost's, and walking hundreds of trees in Python longer still.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.models.few_rows import FewRowsWalker
from automl.models.tree_arrays import TreeArrays
from automl.models.tree_model import NodeWeights, booster_of

__all__ = ["TreeScores", "TreeWalker", "margins"]

#: Rows times trees that are looked up at a time: 16 MB of leaf numbers.
_BLOCK = 4_000_000
_ITERATIONS_AT_A_TIME = 50
#: XGBoost hands rows out to its threads in blocks of so many: of fewer, a second thread gets none, and would only wait
#: for the first with a core of its own.
_ROWS_OF_ONE_THREAD = 64


class FirstTrees:
    """A booster of as many of the first trees as were ever asked for: what stands behind them is never handed over.

    Parameters
    ----------
    trees : TreeArrays
        Sound ones: XGBoost walks whatever it is given.
    weights : NodeWeights, optional
        Without them, only which leaf is reached can be asked.
    threads : int
        0 for as many as there are.
    """

    def __init__(self, trees: TreeArrays, weights: NodeWeights | None = None, threads: int = 0) -> None:
        self._trees, self._weights, self._threads = trees, weights, threads
        self._made: tuple[int, Any] = (0, None)

    def booster(self, n_trees: int) -> Any:
        """Return a booster of at least so many trees; threads that ask at once may make one each."""
        made, booster = self._made
        if n_trees > made:
            trees = self._trees.first(n_trees)
            weights = None if self._weights is None else self._weights.first(len(trees.left))
            booster = booster_of(trees, weights)
            booster.set_param({"nthread": self._threads})
            self._made = n_trees, booster
        return booster


class TreeWalker:
    """Finds the leaf each row ends in; what a leaf says stays with the model, in its own precision.

    Parameters
    ----------
    trees : TreeArrays
        Sound ones: XGBoost walks whatever it is given.
    """

    def __init__(self, trees: TreeArrays) -> None:
        self.trees = trees
        self._first, self._few = FirstTrees(trees), FewRowsWalker(trees)
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
        few = self._few.nodes(rows, n_trees)
        if few is not None:
            yield slice(0, len(rows)), self._leaf_number[few]
            return
        import xgboost

        booster = self._first.booster(n_trees)
        step = max(_BLOCK // n_trees, 1)
        for begin in range(0, len(rows), step):
            block = slice(begin, min(begin + step, len(rows)))
            data = xgboost.DMatrix(rows[block], nthread=1)
            nodes = booster.predict(data, pred_leaf=True, iteration_range=(0, n_trees))
            reached = nodes.reshape(-1, n_trees).astype(np.int64) + self.trees.first_nodes[:n_trees]
            yield block, self._leaf_number[reached]


class TreeScores:
    """Adds up what the leaves say that a row ends in.

    Parameters
    ----------
    trees : TreeArrays
        Sound ones.
    weights : NodeWeights
        What is added, as float32.
    """

    def __init__(self, trees: TreeArrays, weights: NodeWeights) -> None:
        self._types = np.full(trees.n_features, "q")
        self._types[trees.feature[trees.by_category.nodes]] = "c"
        self._first, self._first_of_few = FirstTrees(trees, weights), FirstTrees(trees, weights, threads=1)
        self._few, self._weights = FewRowsWalker(trees), weights

    def stages(self, rows: NDArray[np.float32], stages: tuple[int, ...]) -> list[NDArray[np.float64]]:
        """Return what is added up after each of the iteration counts ``stages`` (ascending).

        Returns
        -------
        list of ndarray of shape (n_rows,), or (n_rows, n_scores) where there are several
        """
        n_trees = stages[-1] * self._weights.n_scores
        nodes = self._few.nodes(rows, n_trees) if len(stages) == 1 else None
        if nodes is not None:
            return [sums(self._weights.added.take(nodes), self._weights.n_scores)]
        first = self._first_of_few if len(rows) <= _ROWS_OF_ONE_THREAD else self._first
        return margins(first.booster(n_trees), self._matrix(rows), stages)

    def contributions(self, rows: NDArray[np.float32], iterations: int) -> NDArray[np.float64]:
        """Return what each feature adds to the one score, the last column what it starts from.

        Path-dependent TreeSHAP (Lundberg et al. 2020), as XGBoost computes it: of shape (n_rows, n_features + 1).
        """
        booster = self._first.booster(iterations)
        added = booster.predict(self._matrix(rows), pred_contribs=True, iteration_range=(0, iterations))
        return np.asarray(added, dtype=np.float64)

    def _matrix(self, rows: NDArray[np.float32]) -> Any:
        import xgboost

        categorical = bool((self._types == "c").any())
        return xgboost.DMatrix(rows, feature_types=self._types.tolist(), enable_categorical=categorical, nthread=1)


def margins(booster: Any, data: Any, stages: tuple[int, ...]) -> list[NDArray[np.float64]]:
    """Return a booster's raw scores after each of the iteration counts ``stages``, adding up the trees between them.

    XGBoost adds trees in single precision; so it is given few at a time, whose sums are added in double precision.

    Parameters
    ----------
    booster : xgboost.Booster
        Whose base score is zero, so that the parts add up.
    data : xgboost.DMatrix
    stages : tuple of int
        Ascending.
    """
    total, begin, results = np.zeros(1), 0, []
    for end in sorted({*stages, *range(_ITERATIONS_AT_A_TIME, stages[-1], _ITERATIONS_AT_A_TIME)}):
        total = total + booster.predict(data, output_margin=True, iteration_range=(begin, end))
        if end in stages:
            results.append(total)
        begin = end
    return results


def sums(added: NDArray[np.float32], n_scores: int) -> NDArray[np.float64]:
    """Add up what the trees add to each row as :func:`margins` does, to the same last digit.

    Parameters
    ----------
    added : float32 ndarray of shape (n_rows, n_trees)
    n_scores : int
        Of each row; the trees add to them in turn.

    Returns
    -------
    ndarray of shape (n_rows,), or (n_rows, n_scores) where there are several
    """
    n_rows, n_trees = added.shape
    width = _ITERATIONS_AT_A_TIME * n_scores
    blocks = max(1, -(-n_trees // width))
    filled = np.zeros((n_rows, blocks * width), dtype=np.float32)
    filled[:, :n_trees] = added
    # Adding up one after the other is what accumulating means; a sum may be taken in any order.
    parts = np.add.accumulate(filled.reshape(n_rows, blocks, _ITERATIONS_AT_A_TIME, n_scores), axis=2)[:, :, -1]
    total = 0.0 + np.add.accumulate(parts.astype(np.float64), axis=1)[:, -1]
    return total[:, 0] if n_scores == 1 else total
