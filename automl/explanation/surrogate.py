"""A small tree that imitates the model, and how well it does so.

Source: Craven and Shavlik, "Extracting tree-structured representations of trained networks", NeurIPS 1995.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from automl.explanation.subject import FloatArray, Subject
from automl.explanation.values import bound_text
from automl.report.behaviour_facts import Rule, SurrogateTree

__all__ = ["surrogate_tree"]

_ROWS = 2_000
_DEPTH = 3
_LEVELS = 8
_LEAST_SHARE = 0.03


@dataclass(frozen=True)
class _Feature:
    """The rank of a number or a date among the column's values, or whether a column holds one level."""

    column: str
    level: str | None = None
    values: tuple[Any, ...] = ()
    may_miss: bool = False


def surrogate_tree(
    subject: Subject,
    frame: pd.DataFrame,
    outcome: int,
    withheld: Collection[str] = (),
    words: Mapping[str, tuple[str, str]] | None = None,
) -> SurrogateTree:
    """Fit a tree of depth 3 to the model's predictions on every other row, and score it on the rows between.

    Parameters
    ----------
    subject : Subject
    frame : DataFrame
        Typed rows; the first 2,000 of them are used.
    outcome : int
    withheld : collection of str
        Columns that no rule may name: their values are not to be shown.
    words : dict of str to (str, str), optional
        What columns of truth values call false and true.
    """
    from sklearn.tree import DecisionTreeRegressor

    rows = frame.iloc[:_ROWS]
    predicted = subject.outcomes(rows)[:, outcome]
    spoken = rows.assign(**{name: rows[name].map(dict(enumerate(pair))) for name, pair in (words or {}).items()})
    features, values = _encoded(spoken[[name for name in rows.columns if name not in withheld]])
    tree = DecisionTreeRegressor(max_depth=_DEPTH, min_samples_leaf=_LEAST_SHARE, random_state=0)
    tree.fit(values[::2], predicted[::2])
    between = predicted[1::2]
    left = float(((between - tree.predict(values[1::2])) ** 2).sum())
    total = float(((between - between.mean()) ** 2).sum())
    rules = _rules(tree.tree_, features, 0, ())
    return SurrogateTree(tuple(sorted(rules, key=lambda rule: rule.prediction)), 1 - left / total if total else 1.0)


def _encoded(rows: pd.DataFrame) -> tuple[list[_Feature], FloatArray]:
    features: list[_Feature] = []
    columns: list[FloatArray] = []
    for name in map(str, rows.columns):
        cells = rows[name]
        if cells.dtype.kind in "fM":
            # Ranks: the tree takes numbers in single precision, which neither holds all of them nor tells all apart.
            ranks, values = pd.factorize(cells, sort=True)
            features.append(_Feature(name, values=tuple(values), may_miss=bool((ranks < 0).any())))
            columns.append(np.where(ranks < 0, np.nan, ranks))
        else:
            for level in cells.value_counts().head(_LEVELS).index:
                features.append(_Feature(name, str(level)))
                columns.append((cells == level).to_numpy(dtype=np.float64))
    return features, np.column_stack(columns) if columns else np.zeros((len(rows), 1))


def _rules(tree: Any, features: list[_Feature], node: int, conditions: tuple[str, ...]) -> list[Rule]:
    if tree.children_left[node] < 0:
        share = float(tree.n_node_samples[node] / tree.n_node_samples[0])
        return [Rule(conditions, float(tree.value[node].ravel()[0]), share)]
    feature = features[tree.feature[node]]
    if _present(feature) in conditions:
        feature = replace(feature, may_miss=False)
    below, above = _conditions(feature, tree.threshold[node], tree.missing_go_to_left[node])
    return [
        *_rules(tree, features, int(tree.children_left[node]), (*conditions, below)),
        *_rules(tree, features, int(tree.children_right[node]), (*conditions, above)),
    ]


def _present(feature: _Feature) -> str:
    return f"{feature.column} is present"


def _conditions(feature: _Feature, threshold: float, missing_below: int) -> tuple[str, str]:
    """Return what holds on the left and on the right of a split."""
    if feature.level is not None:
        return f"{feature.column} is not {feature.level}", f"{feature.column} is {feature.level}"
    if not math.isfinite(threshold):
        # What is missing stands alone on the right then.
        return _present(feature), f"{feature.column} is missing"
    bound = bound_text(*feature.values[math.floor(threshold) :][:2])
    below, above = f"{feature.column} <= {bound}", f"{feature.column} > {bound}"
    if not feature.may_miss:
        return below, above
    return (f"{below} or missing", above) if missing_below else (below, f"{above} or missing")
