"""Splits by categories as splits of numbers, which every version of ONNX has trees for.

A tree that asks whether a category's code is among some asks as well whether a feature is 1 that is 1 for those levels
alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from automl.export.formula import Averaged, Boosted, Formula, Tree
from automl.export.terms import Feature, Lookup

__all__ = ["without_category_splits"]

_HALF = 0.5


def without_category_splits(formula: Formula) -> Formula:
    """Return a formula that computes the same with more features, and without splits by categories."""
    features = [list(each) for each in formula.features]
    members = []
    for member in formula.members:
        model = member.model
        if isinstance(model, Averaged | Boosted) and any(tree.codes for tree in model.trees):
            own = features[member.features]
            model = replace(model, trees=tuple(_without(tree, own) for tree in model.trees))
        members.append(replace(member, model=model))
    return replace(formula, features=tuple(map(tuple, features)), members=tuple(members))


def _without(tree: Tree, features: list[Feature]) -> Tree:
    """Return the tree without them; new features are added to the list."""
    if not tree.codes:
        return tree
    feature, below = list(tree.feature), list(tree.below)
    for place, codes in tree.codes.items():
        node = int(place)
        asked = _among(features[tree.feature[node]], codes, tree.missing_left[node])
        if asked not in features:
            features.append(asked)
        feature[node], below[node] = features.index(asked), _HALF
    return replace(tree, feature=tuple(feature), below=tuple(below), codes={})


def _among(of: Feature, codes: Sequence[int], missing_left: int) -> Lookup:
    """Return a feature that is 1 for the levels that go to the second child, and 0 for all others."""
    assert isinstance(of, Lookup)
    chosen = frozenset(codes)

    def asked(number: float | None) -> float:
        return float(not missing_left) if number is None else float(int(number) in chosen)

    return Lookup(of.column, of.levels, tuple(map(asked, of.numbers)), asked(of.missing), asked(of.unknown))
