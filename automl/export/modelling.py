"""What a fitted model computes, as a model of a formula."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.export.formula import Averaged, Boosted, Constant, Linear, Scale, Summed, Tree
from automl.export.pruning import pruned
from automl.models.arrays import TargetScale
from automl.models.catboost import CatBoostModel
from automl.models.constant import ConstantModel
from automl.models.forest import ForestModel
from automl.models.lightgbm import LightGBMModel
from automl.models.linear import LinearModel
from automl.models.tree_arrays import TreeArrays
from automl.models.xgboost import XGBoostModel
from automl.models.xgboost_trees import trees_of_booster

__all__ = ["FAMILIES", "FormulaModel", "model_of", "narrowed", "used_features"]

#: The families of whose models a formula is made, whatever the table.
FAMILIES = ("constant", "linear", "small_tree", "random_forest", "extra_trees", "lightgbm", "xgboost")

FormulaModel = Constant | Linear | Averaged | Boosted | Summed


def model_of(fitted: object, iterations: int) -> FormulaModel | None:
    """Return what the model computes; None where that is not said in a formula.

    Parameters
    ----------
    fitted : FittedModel
        Of any family.
    iterations : int
        Of boosting, that it predicts with.
    """
    match fitted:
        case ConstantModel():
            return Constant(tuple(fitted.prior.tolist()))
        case LinearModel():
            coefficients = tuple(tuple(each) for each in fitted.coefficients.astype(np.float64).tolist())
            return Linear(coefficients, tuple(fitted.intercept.tolist()), _scale(fitted.scale))
        case ForestModel():
            outputs = np.zeros((len(fitted.trees.left), fitted.outputs.shape[1]), dtype=np.float32)
            outputs[fitted.trees.is_leaf] = fitted.outputs
            scale = fitted.scale
            return Averaged(
                _trees(fitted.trees, outputs),
                tuple(fitted.classes.tolist()),
                fitted.n_classes,
                Scale(*map(float, scale.numbers)),
            )
        case LightGBMModel():
            n_scores = fitted.weights.n_scores
            first = fitted.trees.first(iterations * n_scores)
            return Boosted(_trees(first, fitted.weights.added[: len(first.left), None]), n_scores, _scale(fitted.scale))
        case XGBoostModel():
            first, outputs, n_scores = trees_of_booster(fitted.booster, iterations)
            start = _start_of_classes(fitted.booster) if n_scores > 1 else 0.0
            return Boosted(_trees(first, outputs[:, None]), n_scores, _scale(fitted.scale), start)
        case CatBoostModel():
            symmetric = fitted.trees(iterations)
            if symmetric is None:
                return None
            n_scores = symmetric.outputs.shape[1]
            trees = map(pruned, _trees(symmetric.trees, symmetric.outputs))
            return Summed(tuple(trees), n_scores, _scale(fitted.scale))
        case _:
            return None


def _start_of_classes(booster: Any) -> float:
    """Return from where XGBoost adds up the score of a class: of several, all begin with the same."""
    written = json.loads(booster.save_config())["learner"]["learner_model_param"]["base_score"]
    return float(np.ravel(json.loads(written))[0])


def _scale(scale: TargetScale | None) -> Scale | None:
    return None if scale is None else Scale(*map(float, scale.numbers))


def _trees(trees: TreeArrays, outputs: NDArray[Any]) -> tuple[Tree, ...]:
    """Return the trees one by one; the outputs are of shape (n_nodes, n_outputs)."""
    splits = trees.by_category
    sets = np.split(splits.codes, np.cumsum(splits.counts)[:-1])
    codes = dict(zip(splits.nodes.tolist(), (each.tolist() for each in sets), strict=False))
    made = []
    for begin, count in zip(trees.first_nodes.tolist(), trees.counts.tolist(), strict=True):
        nodes = slice(begin, begin + count)
        left = trees.left[nodes].tolist()
        said = outputs[nodes].astype(np.float64).tolist()
        made.append(
            Tree(
                tuple(left),
                tuple(trees.feature[nodes].tolist()),
                tuple(trees.below[nodes].astype(np.float64).tolist()),
                tuple(trees.missing_left[nodes].tolist()),
                tuple(tuple(each) if child < 0 else () for each, child in zip(said, left, strict=True)),
                {str(node): tuple(codes[begin + node]) for node in range(count) if begin + node in codes},
            )
        )
    return tuple(made)


def used_features(model: FormulaModel) -> set[int]:
    """Return the features on which the prediction depends."""
    match model:
        case Constant():
            return set()
        case Linear():
            return {place for each in model.coefficients for place, weight in enumerate(each) if weight}
        case _:
            return {
                feature
                for tree in model.trees
                for feature, left in zip(tree.feature, tree.left, strict=True)
                if left >= 0
            }


def narrowed(model: FormulaModel, kept: Sequence[int]) -> FormulaModel:
    """Return the model for features of which only those are left; it depends on no other."""
    match model:
        case Constant():
            return model
        case Linear():
            return replace(model, coefficients=tuple(tuple(each[at] for at in kept) for each in model.coefficients))
        case _:
            place = {feature: at for at, feature in enumerate(kept)}
            trees = [
                replace(tree, feature=tuple(place.get(feature, 0) for feature in tree.feature)) for tree in model.trees
            ]
            return replace(model, trees=tuple(trees))
