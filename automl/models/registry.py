"""The register of model families: one line each."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from automl.models.family import Family

__all__ = ["FAMILY_NAMES", "available_families", "family", "missing_requirements"]

#: Every family, in the order in which a search without knowledge would try them.
FAMILY_NAMES: tuple[str, ...] = (
    "constant",
    "linear",
    "lightgbm",
    "catboost",
    "xgboost",
    "extra_trees",
    "small_tree",
    "random_forest",
    "hist_gradient_boosting",
    "nearest_neighbors",
    "multilayer_perceptron",
)


def family(name: str) -> Family:
    """Return the description of the family called ``name``; KeyError where there is none."""
    if name not in FAMILY_NAMES:
        raise KeyError(name)
    description: Family = import_module(f"automl.models.{name}").FAMILY
    return description


def missing_requirements(name: str) -> tuple[str, ...]:
    """Return the libraries that the family needs and that are not installed."""
    return tuple(module for module in family(name).requires if find_spec(module) is None)


def available_families(names: tuple[str, ...] = FAMILY_NAMES) -> tuple[Family, ...]:
    """Return the descriptions of the families among ``names`` whose libraries are installed."""
    return tuple(family(name) for name in names if not missing_requirements(name))
