"""The starting order: settings that are known to be good, complementary ones early.

Sources: the portfolios that AutoGluon published as learned on TabRepo and TabArena (2023 and 2025), whose values are
rounded here, thinned to families we have, and reordered so that cheap and different candidates come first.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from automl.models.registry import family

__all__ = ["LOG_TARGET_FAMILIES", "PORTFOLIO", "Candidate", "suited", "with_first", "with_log_targets"]

#: Families that can learn the logarithm of a regression target.
LOG_TARGET_FAMILIES = (
    "linear",
    "lightgbm",
    "catboost",
    "xgboost",
    "extra_trees",
    "random_forest",
    "multilayer_perceptron",
)


@dataclass(frozen=True)
class Candidate:
    """A family with its hyperparameters and the encoding it learns from."""

    family: str
    encoding: str
    hyperparameters: Mapping[str, Any] = field(default_factory=dict)


PORTFOLIO: tuple[Candidate, ...] = (
    Candidate("constant", "none"),
    Candidate("linear", "onehot_scaled", {"penalty": 0.01}),
    Candidate(
        "lightgbm",
        "native",
        {
            "learning_rate": 0.04,
            "num_leaves": 24,
            "min_data_in_leaf": 8,
            "feature_fraction": 0.6,
            "bagging_fraction": 0.88,
            "lambda_l1": 0.24,
            "lambda_l2": 0.9,
            "cat_smooth": 15.0,
            "cat_l2": 1.0,
        },
    ),
    Candidate("catboost", "native_target", {"learning_rate": 0.08, "depth": 6, "l2_leaf_reg": 3.0}),
    Candidate(
        "xgboost",
        "native_target",
        {
            "learning_rate": 0.04,
            "max_depth": 6,
            "min_child_weight": 1.0,
            "subsample": 0.85,
            "colsample_bytree": 0.6,
            "reg_lambda": 2.0,
        },
    ),
    Candidate("extra_trees", "ordinal_target", {"max_features": 0.6, "min_samples_leaf": 2}),
    Candidate("small_tree", "ordinal_target"),
    Candidate(
        "multilayer_perceptron",
        "onehot_scaled",
        {"width": 96, "members": 8, "pieces": 4, "learning_rate": 3e-3, "penalty": 0.02, "dropout": 0.1},
    ),
    Candidate("catboost", "generated", {"learning_rate": 0.08, "depth": 6, "l2_leaf_reg": 3.0}),
    Candidate(
        "lightgbm",
        "native_target",
        {
            "learning_rate": 0.06,
            "num_leaves": 12,
            "min_data_in_leaf": 3,
            "feature_fraction": 0.45,
            "bagging_fraction": 0.75,
            "lambda_l1": 0.1,
            "lambda_l2": 0.3,
            "extra_trees": True,
        },
    ),
    Candidate("random_forest", "ordinal_target", {"max_features": 0.4, "min_samples_leaf": 2}),
    Candidate(
        "lightgbm",
        "generated",
        {
            "learning_rate": 0.04,
            "num_leaves": 24,
            "min_data_in_leaf": 8,
            "feature_fraction": 0.4,
            "bagging_fraction": 0.88,
            "lambda_l1": 0.24,
            "lambda_l2": 0.9,
        },
    ),
    Candidate(
        "catboost",
        "native",
        {"learning_rate": 0.08, "depth": 6, "l2_leaf_reg": 3.0, "max_ctr_complexity": 2, "one_hot_max_size": 6},
    ),
    Candidate(
        "lightgbm",
        "native",
        {
            "learning_rate": 0.06,
            "num_leaves": 80,
            "min_data_in_leaf": 12,
            "feature_fraction": 0.42,
            "bagging_fraction": 0.95,
            "lambda_l1": 0.77,
            "lambda_l2": 1.6,
            "extra_trees": True,
            "cat_smooth": 0.1,
            "cat_l2": 0.2,
        },
    ),
    Candidate("nearest_neighbors", "onehot_scaled", {"neighbors": 25, "weighting": "distance", "power": 1}),
    Candidate(
        "xgboost",
        "native",
        {
            "learning_rate": 0.04,
            "max_depth": 9,
            "min_child_weight": 0.6,
            "subsample": 0.8,
            "colsample_bytree": 0.5,
            "reg_lambda": 1.0,
        },
    ),
    Candidate("catboost", "native_target", {"learning_rate": 0.08, "depth": 4, "l2_leaf_reg": 4.6}),
    Candidate(
        "hist_gradient_boosting",
        "native_target",
        {"learning_rate": 0.06, "max_leaf_nodes": 20, "min_samples_leaf": 15, "max_features": 0.5},
    ),
    Candidate("catboost", "native_target", {"learning_rate": 0.08, "depth": 8, "l2_leaf_reg": 2.8, "rsm": 0.7}),
    Candidate("extra_trees", "ordinal_target", {"max_features": 1.0, "min_samples_leaf": 4}),
    Candidate(
        "lightgbm",
        "native",
        {
            "learning_rate": 0.06,
            "num_leaves": 5,
            "min_data_in_leaf": 12,
            "feature_fraction": 0.73,
            "bagging_fraction": 0.88,
            "lambda_l1": 0.24,
            "lambda_l2": 0.3,
            "cat_smooth": 5.0,
        },
    ),
    Candidate("linear", "onehot_scaled", {"penalty": 0.0003}),
    Candidate(
        "multilayer_perceptron",
        "onehot_scaled",
        {"width": 96, "members": 8, "pieces": 0, "learning_rate": 3e-3, "penalty": 0.3, "dropout": 0.25},
    ),
)


def suited(portfolio: tuple[Candidate, ...], encodings: Collection[str]) -> tuple[Candidate, ...]:
    """Return the candidates that can learn from these encodings, each once.

    Where category codes are not among the encodings, there are no categories: then candidates that would learn from
    them learn from numbers, hyperparameters for categories say nothing, and some candidates come to the same.
    """
    if "native" not in encodings:
        portfolio = tuple(_without_categories(each) for each in portfolio)
    distinct: list[Candidate] = []
    for candidate in portfolio:
        if candidate.encoding in (*encodings, "none") and candidate not in distinct:
            distinct.append(candidate)
    return tuple(distinct)


def _without_categories(candidate: Candidate) -> Candidate:
    meaningless = family(candidate.family).category_parameters
    kept = {name: value for name, value in candidate.hyperparameters.items() if name not in meaningless}
    encoding = "native_target" if candidate.encoding == "native" else candidate.encoding
    return Candidate(candidate.family, encoding, kept)


def with_log_targets(portfolio: tuple[Candidate, ...], choices: tuple[bool, ...]) -> tuple[Candidate, ...]:
    """Return the portfolio for a target that may be, or is to be, learned as its logarithm.

    Parameters
    ----------
    portfolio : tuple of Candidate
    choices : tuple of bool
        Whether the logarithm is learned. With both choices, the same on the logarithm stands behind each boosted
        candidate; with the logarithm alone, every candidate that can learns that.
    """
    if choices == (True,):
        return tuple(_on_logarithm(each) if each.family in LOG_TARGET_FAMILIES else each for each in portfolio)
    if choices == (False,):
        return portfolio
    boosted = ("lightgbm", "catboost", "xgboost")
    pairs = ((each, _on_logarithm(each)) if each.family in boosted else (each,) for each in portfolio)
    return tuple(candidate for pair in pairs for candidate in pair)


def with_first(portfolio: tuple[Candidate, ...], first: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    """Return the portfolio with some candidates right after its first one, the baseline that a search begins with."""
    baseline, *rest = portfolio
    ahead = tuple(candidate for candidate in first if candidate != baseline)
    return (baseline, *ahead, *(candidate for candidate in rest if candidate not in ahead))


def _on_logarithm(candidate: Candidate) -> Candidate:
    return replace(candidate, hyperparameters={**candidate.hyperparameters, "log_target": True})
