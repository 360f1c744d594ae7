"""What is checked of a CatBoost model before CatBoost applies it: CatBoost checks offsets, and believes splits.

A model is a head, a buffer of tables, and the statistics of categories. A split is a position among the borders of all
features: first of numbers, then the values of categories, then their statistics. Trees are symmetric: one split a
level.
"""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

from automl.models.catboost_fields import (
    CATEGORIES,
    CORE_TREES,
    DIMENSION,
    EMBEDDINGS,
    ESTIMATED,
    HEAD_BYTES,
    LEAF_VALUES,
    LEAF_WEIGHTS,
    NUMBERS,
    PACKED,
    SIZES,
    SPLITS,
    STARTS,
    STATISTICS,
    STEP_LEAVES,
    STEPS,
    TEXTS,
    VALUES,
)
from automl.models.catboost_statistics import check_statistics
from automl.models.flat_buffers import FlatTable, root_table

__all__ = ["check_model"]

_MAGIC = b"CBM1"
_VERSION = b"FlabuffersModel_v1"
_DEEPEST = 16
_MOST_CLASSES = 100_000
_MOST_FEATURES = 10_000_000
#: CatBoost packs the border that a row's number reaches into one byte.
_MOST_BORDERS = 254


def check_model(content: bytes) -> None:
    """Make sure that no row can lead CatBoost out of the arrays of a model.

    Raises
    ------
    KeyError, ValueError
        If one could.
    """
    (size,) = struct.unpack_from("<I", content, len(_MAGIC)) if len(content) >= HEAD_BYTES else (0,)
    if not content.startswith(_MAGIC) or HEAD_BYTES + size > len(content):
        raise ValueError("no CatBoost model")
    core = root_table(content[HEAD_BYTES : HEAD_BYTES + size])
    if core.array(0, "u1").tobytes() != _VERSION:
        raise ValueError("a CatBoost model of another version")
    trees = core.table(CORE_TREES)
    categories = {feature.number(0, "i", -1) for feature in trees.tables(CATEGORIES)}
    wanted = [feature.table(0) for feature in trees.tables(STATISTICS)]
    check_statistics(content[HEAD_BYTES + size :], wanted, categories, len(trees.tables(NUMBERS)))
    if not (_has_plain_parts(trees) and _has_sound_trees(trees) and _has_sound_splits(trees, _borders(trees))):
        raise ValueError("a CatBoost model that makes no sense")


def _borders(trees: FlatTable) -> NDArray[np.int64]:
    """Return how many borders each feature has, after a look at what the features are made from."""
    numbers, categories = trees.tables(NUMBERS), trees.tables(CATEGORIES)
    values, statistics = trees.tables(VALUES), trees.tables(STATISTICS)
    positions = [feature.number(field, "i", -1) for feature in numbers for field in (1, 2)]
    positions += [feature.number(field, "i", -1) for feature in categories for field in (0, 1)]
    if not all(0 <= position < _MOST_FEATURES for position in positions):
        raise ValueError("a feature without a position")
    known = {feature.number(0, "i", -1) for feature in categories}
    if not all(feature.number(0, "i", -1) in known for feature in values):
        raise ValueError("values of a category that is not there")
    lists = [
        *(len(feature.array(3, "<f4")) for feature in numbers),
        *(len(feature.array(1, "<i4")) for feature in values),
        *(len(feature.array(1, "<f4")) for feature in statistics),
    ]
    return np.array(lists, dtype=np.int64)


def _has_plain_parts(trees: FlatTable) -> bool:
    """Whether a model has none of the parts that ours never have: unsymmetric trees, texts and the like."""
    return (
        len(trees.array(STEPS, "<u4")) == len(trees.array(STEP_LEAVES, "<u4")) == 0
        and not trees.tables(TEXTS)
        and not trees.tables(ESTIMATED)
        and not trees.tables(EMBEDDINGS)
    )


def _has_sound_trees(trees: FlatTable) -> bool:
    """Whether there are as many splits and leaves as the depths of the trees need."""
    depths = trees.array(SIZES, "<i4").astype(np.int64)
    starts = trees.array(STARTS, "<i4").astype(np.int64)
    if not len(depths) or not ((depths >= 0) & (depths <= _DEEPEST)).all():
        return False
    leaves = int((1 << depths).sum())
    dimension = trees.number(DIMENSION, "i", 0)
    return bool(
        1 <= dimension <= _MOST_CLASSES
        and len(trees.array(SPLITS, "<i4")) == int(depths.sum())
        and np.array_equal(starts, np.cumsum(depths) - depths)
        and len(trees.array(LEAF_VALUES, "<f8")) == leaves * dimension
        and len(trees.array(LEAF_WEIGHTS, "<f8")) in (0, leaves)
    )


def _has_sound_splits(trees: FlatTable, borders: NDArray[np.int64]) -> bool:
    """Whether every split is by a border that there is, also in the packed form that CatBoost goes by."""
    splits, packed = trees.array(SPLITS, "<i4").astype(np.int64), trees.array(PACKED, "<u2,u1,u1")
    if (borders > _MOST_BORDERS).any() or not ((splits >= 0) & (splits < borders.sum())).all():
        return False
    with_borders = borders[borders > 0]
    owner = np.repeat(np.arange(len(with_borders)), with_borders)
    return len(packed) == 0 or np.array_equal(packed["f0"], owner[splits])
