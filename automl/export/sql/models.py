"""Models of a formula as SQL expressions."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from automl.errors import UsageError
from automl.export.formula import Averaged, Boosted, Constant, Linear, Scale, Summed, Tree
from automl.export.modelling import FormulaModel
from automl.export.sql.writing import added, cases, literal
from automl.features.matrix import LARGEST

__all__ = ["is_softmax", "raw_scores", "scaled", "share_of_score"]

#: Deeper trees overflow the stack of SQLite's parser.
_DEEPEST = 14


def raw_scores(model: FormulaModel, numbers: Sequence[str]) -> list[str]:
    """Return what a model adds up, before it is made a number in the target's units or a probability.

    Parameters
    ----------
    model : Constant, Linear, Averaged, Boosted or Summed
    numbers : sequence of str
        What its features are called.
    """
    match model:
        case Constant(prior):
            return [literal(each) for each in prior]
        case Linear(coefficients, intercepts):
            return [
                added([literal(intercept), *_weighted(weights, numbers)])
                for weights, intercept in zip(coefficients, intercepts, strict=True)
            ]
        case Averaged(trees):
            n_outputs = max(len(each) for each in trees[0].outputs)
            outputs = ([_tree(tree, numbers, output) for tree in trees] for output in range(n_outputs))
            return [f"({added(each)} / {literal(len(trees))})" for each in outputs]
        case Boosted(trees, n_scores):
            return [added([_tree(tree, numbers, 0) for tree in trees[score::n_scores]]) for score in range(n_scores)]
        case Summed(trees, n_scores):
            return [added([_tree(tree, numbers, score) for tree in trees]) for score in range(n_scores)]


def is_softmax(model: FormulaModel) -> bool:
    """Whether a model's scores become probabilities by their exponentials."""
    return isinstance(model, Linear | Boosted | Summed) and model.scale is None


def share_of_score(model: Constant | Averaged, scores: Sequence[str], code: int) -> str:
    """Return the probability of a class from the scores of a model that are shares already."""
    if isinstance(model, Constant):
        return scores[code]
    if code not in model.classes:
        return literal(0.0)
    return f"({scores[list(model.classes).index(code)]} / {added(scores)})"


def scaled(scale: Scale | None, learned: str) -> str:
    """Return a learned number in the target's units."""
    if scale is None:
        return learned
    if scale.log:
        highest = literal(scale.highest)
        learned = cases([(f"{learned} > {highest}", highest)], learned)
    value = f"({learned} * {literal(scale.spread)} + {literal(scale.center)})"
    if not scale.log:
        return value
    return f"exp{value}" if scale.log == 2 else f"(exp{value} - 1e0)"


def _weighted(weights: Sequence[float], numbers: Sequence[str]) -> list[str]:
    return [f"{literal(weight)} * {number}" for weight, number in zip(weights, numbers, strict=True) if weight]


def _tree(tree: Tree, numbers: Sequence[str], output: int, node: int = 0, depth: int = 0) -> str:
    left = tree.left[node]
    if left < 0:
        return literal(tree.outputs[node][output])
    if depth >= _DEEPEST:
        raise UsageError(
            f"This model cannot be written as SQL: one of its trees is deeper than {_DEEPEST} splits.",
            "Fit with '--families linear,small_tree', or export it in another format.",
        )
    first, second = (_tree(tree, numbers, output, child, depth + 1) for child in (left, left + 1))
    number = numbers[tree.feature[node]]
    to_first, to_second = _conditions(tree, node, number)
    # Of a missing number no condition holds.
    return cases([(to_second, second)], first) if tree.missing_left[node] else cases([(to_first, first)], second)


def _conditions(tree: Tree, node: int, number: str) -> tuple[str, str]:
    if str(node) in tree.codes:
        codes = ", ".join(literal(float(code)) for code in tree.codes[str(node)])
        return f"{number} NOT IN ({codes})", f"{number} IN ({codes})"
    border, belongs = _border(tree.below[node])
    return (
        (f"{number} <= {border}", f"{number} > {border}")
        if belongs
        else (f"{number} < {border}", f"{number} >= {border}")
    )


def _border(below: float) -> tuple[str, bool]:
    """Return up to which number in double precision one is less than ``below`` in single precision, and if it is.

    Models see numbers in single precision, which not every database has. Rounding goes to the nearest of both
    neighbours, in the middle to the one whose last binary digit is 0.
    """
    if abs(below) > LARGEST:
        # Models see numbers beyond as these.
        return literal(math.copysign(math.inf, below)), below > 0
    upper = np.float32(below)
    lower = np.nextafter(upper, np.float32(-np.inf))
    middle = (float(lower) + float(upper)) / 2
    return literal(middle), bool(np.float32(middle) < upper)
