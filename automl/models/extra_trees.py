"""Extremely randomised trees: many deep trees, averaged."""

from __future__ import annotations

from automl.models.family import Choice, Family, FitRequest, Integer, Real
from automl.models.forest import ForestModel, grow_forest, load_forest

__all__ = ["FAMILY", "fit", "load"]

FAMILY = Family(
    name="extra_trees",
    title="Extremely randomised trees",
    module=__name__,
    requires=("sklearn", "xgboost"),
    encodings=("ordinal_target",),
    space={
        "max_features": Real(0.1, 1.0, default=0.5),
        "min_samples_leaf": Integer(1, 20, log=True, default=1),
        "criterion": Choice(("gini", "entropy")),
    },
    max_rows=300_000,
    class_parameters=("criterion",),
)


def fit(request: FitRequest) -> ForestModel:
    """Grow the forest."""
    return grow_forest(request, "ExtraTrees")


def load(content: bytes) -> ForestModel:
    """Read a saved forest."""
    return load_forest(content)
