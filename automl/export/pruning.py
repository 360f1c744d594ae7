"""Symmetric trees ask the same of every row, also what is known by then; without such questions they are smaller."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from automl.export.formula import Tree

__all__ = ["pruned"]

_EVERYWHERE = (-math.inf, math.inf)


@dataclass(frozen=True)
class _Leaf:
    outputs: tuple[float, ...]


@dataclass(frozen=True)
class _Split:
    feature: int
    below: float
    missing_left: int
    first: _Leaf | _Split
    second: _Leaf | _Split


def pruned(tree: Tree) -> Tree:
    """Return a tree that says the same of every row, without nodes that send all rows that reach them to one side.

    Parameters
    ----------
    tree : Tree
        Without splits by categories; missing values of a feature always go to the same side.
    """
    return _written(_kept(tree, 0, {}))


def _kept(tree: Tree, node: int, ranges: Mapping[int, tuple[float, float]]) -> _Leaf | _Split:
    """Return what is left of a node; ``ranges`` says from where on, and below what, features lie that reach it."""
    left = tree.left[node]
    if left < 0:
        return _Leaf(tuple(tree.outputs[node]))
    feature, below = tree.feature[node], tree.below[node]
    low, high = ranges.get(feature, _EVERYWHERE)
    if below >= high:
        return _kept(tree, left, ranges)
    if below <= low:
        return _kept(tree, left + 1, ranges)
    first = _kept(tree, left, {**ranges, feature: (low, below)})
    second = _kept(tree, left + 1, {**ranges, feature: (below, high)})
    return first if first == second else _Split(feature, below, tree.missing_left[node], first, second)


def _written(root: _Leaf | _Split) -> Tree:
    """Return the nodes in the order of a tree: the two children of each side by side, behind it."""
    left: list[int] = []
    nodes = [root]
    for node in nodes:
        left.append(len(nodes) if isinstance(node, _Split) else -1)
        if isinstance(node, _Split):
            nodes += [node.first, node.second]
    splits = [node if isinstance(node, _Split) else None for node in nodes]
    return Tree(
        tuple(left),
        tuple(0 if split is None else split.feature for split in splits),
        tuple(0.0 if split is None else split.below for split in splits),
        tuple(0 if split is None else split.missing_left for split in splits),
        tuple(node.outputs if isinstance(node, _Leaf) else () for node in nodes),
        {},
    )
