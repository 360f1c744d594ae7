"""A small tree that imitates the model, and how well it does so.

Source: Craven and Shavlik, "Extracting tree-structured representations of trained networks", NeurIPS 1995.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from automl.explanation.subject import FloatArray, Subject
from automl.report.behaviour_facts import Rule, SurrogateTree

__all__ = ["surrogate_tree"]

_ROWS = 2_000
_DEPTH = 3
_LEVELS = 8
_LEAST_SHARE = 0.03


@dataclass(frozen=True)
class _Feature:
    """A number, a date in days, or whether a column holds one level."""

    column: str
    level: str | None
    is_date: bool
    may_miss: bool = False


def surrogate_tree(
    subject: Subject, frame: pd.DataFrame, outcome: int, withheld: Collection[str] = ()
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
    """
    from sklearn.tree import DecisionTreeRegressor

    rows = frame.iloc[:_ROWS]
    predicted = subject.outcomes(rows)[:, outcome]
    features, values = _encoded(rows[[name for name in rows.columns if name not in withheld]])
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
        if cells.dtype.kind == "M":
            features.append(_Feature(name, None, is_date=True, may_miss=bool(cells.isna().any())))
            columns.append(np.asarray((cells - pd.Timestamp(0)) / pd.Timedelta(days=1), dtype=np.float64))
        elif cells.dtype.kind == "f":
            features.append(_Feature(name, None, is_date=False, may_miss=bool(cells.isna().any())))
            columns.append(cells.to_numpy(dtype=np.float64))
        else:
            for level in cells.value_counts().head(_LEVELS).index:
                features.append(_Feature(name, str(level), is_date=False))
                columns.append((cells == level).to_numpy(dtype=np.float64))
    return features, np.column_stack(columns) if columns else np.zeros((len(rows), 1))


def _rules(tree: Any, features: list[_Feature], node: int, conditions: tuple[str, ...]) -> list[Rule]:
    if tree.children_left[node] < 0:
        share = float(tree.n_node_samples[node] / tree.n_node_samples[0])
        return [Rule(conditions, float(tree.value[node].ravel()[0]), share)]
    below, above = _conditions(features[tree.feature[node]], tree.threshold[node], tree.missing_go_to_left[node])
    return [
        *_rules(tree, features, int(tree.children_left[node]), (*conditions, below)),
        *_rules(tree, features, int(tree.children_right[node]), (*conditions, above)),
    ]


def _conditions(feature: _Feature, threshold: float, missing_below: int) -> tuple[str, str]:
    """Return what holds on the left and on the right of a split."""
    if feature.level is not None:
        return f"{feature.column} is not {feature.level}", f"{feature.column} is {feature.level}"
    bound = f"{threshold:.4g}"
    if feature.is_date:
        bound = (pd.Timestamp(0) + pd.Timedelta(days=float(threshold))).strftime("%Y-%m-%d")
    below, above = f"{feature.column} <= {bound}", f"{feature.column} > {bound}"
    if not feature.may_miss:
        return below, above
    return (f"{below} or missing", above) if missing_below else (below, f"{above} or missing")
