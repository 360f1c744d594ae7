"""One small decision tree: seldom the best, but read as a few rules, and a yardstick for what more is worth.

Source: Breiman, Friedman, Olshen and Stone, "Classification and regression trees", 1984.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from automl.models.family import Family, FitRequest
from automl.models.forest import ForestModel, load_forest, model_of_trees, scaled_target

__all__ = ["FAMILY", "fit", "load"]

_LEAVES = 8
_LEAST_SHARE = 0.01
_FEWEST_ROWS = 5

#: Each leaf counts so many rows more, with the class shares of all rows.
_PRIOR_ROWS = 2.0

#: Of more rows so many are drawn: eight leaves need no more, and a fit stays a matter of a fraction of a second.
_ROWS = 20_000

FAMILY = Family(
    name="small_tree",
    title=f"A tree of at most {_LEAVES} leaves",
    module=__name__,
    requires=("sklearn", "xgboost"),
    encodings=("ordinal_target",),
    quick=True,
)


def fit(request: FitRequest) -> ForestModel:
    """Grow the tree."""
    import sklearn.tree

    scale, target = scaled_target(request)
    rows = np.arange(len(target))
    if len(target) > _ROWS:
        rows = np.sort(np.random.default_rng(request.seed).choice(len(target), _ROWS, replace=False))
    kind = "Classifier" if request.n_classes else "Regressor"
    tree = getattr(sklearn.tree, f"DecisionTree{kind}")(
        max_leaf_nodes=_LEAVES,
        min_samples_leaf=max(_FEWEST_ROWS, round(_LEAST_SHARE * len(rows))),
        random_state=request.seed,
    )
    tree.fit(request.values[rows], target[rows], sample_weight=None if request.weight is None else request.weight[rows])
    if request.n_classes:
        _smooth(tree.tree_)
    return model_of_trees(tree, [tree], request, scale)


def _smooth(tree: Any) -> None:
    """Draw each leaf's class shares towards those of all rows: of five equal rows a sixth may well be another."""
    shares, rows = tree.value, tree.weighted_n_node_samples.reshape(-1, 1, 1)
    shares[:] = (rows * shares + _PRIOR_ROWS * shares[:1]) / (rows + _PRIOR_ROWS)


def load(content: bytes) -> ForestModel:
    """Read a saved tree."""
    return load_forest(content)
