"""Where things stand in a CatBoost model: a head, then a buffer whose tables have their fields in this order.

Source of the order: CatBoost's ``model.fbs`` and ``features.fbs``.
"""

from __future__ import annotations

__all__ = [
    "BORDERS",
    "CATEGORIES",
    "CORE_TREES",
    "DIMENSION",
    "EMBEDDINGS",
    "ESTIMATED",
    "HEAD_BYTES",
    "INDEX",
    "LEAF_VALUES",
    "LEAF_WEIGHTS",
    "MISSING",
    "NUMBERS",
    "PACKED",
    "SIZES",
    "SPLITS",
    "STARTS",
    "STATISTICS",
    "STEPS",
    "STEP_LEAVES",
    "TEXTS",
    "VALUES",
]

HEAD_BYTES = 8
CORE_TREES = 1
#: Of the trees.
DIMENSION, SPLITS, SIZES, STARTS, CATEGORIES, NUMBERS, VALUES, STATISTICS = range(8)
LEAF_VALUES, LEAF_WEIGHTS, STEPS, STEP_LEAVES, TEXTS, ESTIMATED = range(8, 14)
PACKED, EMBEDDINGS = 17, 18
#: Of a feature that is a number.
INDEX, BORDERS, MISSING = 1, 3, 5
