"""Models of a formula as nodes of a graph."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from automl.export.formula import Averaged, Boosted, Constant, Linear, Scale, Summed, Tree
from automl.export.modelling import FormulaModel
from automl.export.onnx.graph import ML, Graph

__all__ = ["model_node", "softmax"]


def model_node(graph: Graph, model: FormulaModel, features: str) -> str:
    """Add a model's prediction in double precision, of shape (n_rows, 1), or (n_rows, n_classes) for probabilities.

    Parameters
    ----------
    graph : Graph
    model : Constant, Linear, Averaged, Boosted or Summed
        Its trees do not split by categories.
    features : str
        Of shape (n_rows, n_features), in single precision; at least one.
    """
    match model:
        case Constant(prior):
            nothing = graph.node("Mul", [_first_column(graph, features), graph.double(0.0)])
            zero = graph.node("Where", [graph.node("IsNaN", [nothing]), graph.double(0.0), nothing])
            return graph.node("Add", [zero, graph.double(*prior)])
        case Linear(coefficients, intercepts, scale):
            weights = graph.constant(np.array(coefficients, dtype=np.float64).T)
            raw = graph.node("MatMul", [graph.as_double(features), weights])
            raw = graph.node("Add", [raw, graph.double(*intercepts)])
            return softmax(graph, raw) if scale is None else _scaled(graph, raw, scale)
        case Averaged(trees):
            n_outputs = max(len(each) for each in trees[0].outputs)
            total = _trees(graph, trees, features, n_outputs, [range(n_outputs)] * len(trees))
            mean = graph.node("Div", [total, graph.double(float(len(trees)))])
            return _shares(graph, model, mean) if model.n_classes else _scaled(graph, mean, model.scale)
        case Boosted(trees, n_scores, scale):
            targets = [range(place % n_scores, place % n_scores + 1) for place in range(len(trees))]
            return _of_scores(graph, _trees(graph, trees, features, n_scores, targets), n_scores, scale)
        case Summed(trees, n_scores, scale):
            raw = _trees(graph, trees, features, n_scores, [range(n_scores)] * len(trees))
            return _of_scores(graph, raw, n_scores, scale)


def _of_scores(graph: Graph, raw: str, n_scores: int, scale: Scale | None) -> str:
    """Return what boosted scores come to: a number in the target's units, or probabilities."""
    if scale is not None:
        return _scaled(graph, raw, scale)
    if n_scores == 1:
        zero = graph.node("Mul", [raw, graph.double(0.0)])
        raw = graph.side_by_side([zero, raw])
    return softmax(graph, raw)


def softmax(graph: Graph, raw: str) -> str:
    """Turn scores into probabilities, the greatest score taken off first."""
    return graph.node("Softmax", [raw], axis=1)


def _first_column(graph: Graph, features: str) -> str:
    first = graph.constant(np.array([0], dtype=np.int64))
    return graph.as_double(graph.node("Gather", [features, first], axis=1))


def _scaled(graph: Graph, learned: str, scale: Scale) -> str:
    if scale.log:
        learned = graph.node("Min", [learned, graph.double(scale.highest)])
    value = graph.node("Mul", [learned, graph.double(scale.spread)])
    value = graph.node("Add", [value, graph.double(scale.center)])
    if not scale.log:
        return value
    raised = graph.node("Exp", [value])
    return raised if scale.log == 2 else graph.node("Sub", [raised, graph.double(1.0)])


def _shares(graph: Graph, model: Averaged, mean: str) -> str:
    """Return probabilities of all classes from the shares of those that trees know."""
    places = np.zeros((len(model.classes), model.n_classes))
    places[np.arange(len(model.classes)), list(model.classes)] = 1.0
    total = graph.node("ReduceSum", [mean, graph.constant(np.array([1], dtype=np.int64))], keepdims=1)
    return graph.node("MatMul", [graph.node("Div", [mean, total]), graph.constant(places)])


def _trees(graph: Graph, trees: Sequence[Tree], features: str, width: int, targets: Sequence[range]) -> str:
    """Add up what trees say, each to its targets, of shape (n_rows, width)."""
    nodes: dict[str, list[int] | list[float] | list[str]] = {
        "nodes_treeids": [number for number, tree in enumerate(trees) for _ in tree.left],
        "nodes_nodeids": [place for tree in trees for place in range(len(tree.left))],
        "nodes_featureids": [feature for tree in trees for feature in tree.feature],
        "nodes_modes": ["LEAF" if left < 0 else "BRANCH_LT" for tree in trees for left in tree.left],
        "nodes_values": [below for tree in trees for below in tree.below],
        "nodes_truenodeids": [max(left, 0) for tree in trees for left in tree.left],
        "nodes_falsenodeids": [left + 1 if left >= 0 else 0 for tree in trees for left in tree.left],
        "nodes_missing_value_tracks_true": [goes for tree in trees for goes in tree.missing_left],
    }
    said = [
        (number, place, target, weight)
        for number, (tree, wanted) in enumerate(zip(trees, targets, strict=True))
        for place, outputs in enumerate(tree.outputs)
        if outputs
        for target, weight in zip(wanted, outputs, strict=True)
    ]
    names = ("target_treeids", "target_nodeids", "target_ids", "target_weights")
    leaves = {name: [each[place] for each in said] for place, name in enumerate(names)}
    total = graph.node(
        "TreeEnsembleRegressor",
        [features],
        ML,
        n_targets=width,
        aggregate_function="SUM",
        post_transform="NONE",
        **nodes,
        **leaves,
    )
    return graph.as_double(total)
