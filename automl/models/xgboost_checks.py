"""What is checked of an XGBoost model before XGBoost reads it, which believes lengths, positions and children.

The trees are read side by side, a field of all of them at a time: one tree after the other would take longer than
XGBoost's own reading.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.models.binary_json import array_head, key, list_head, object_of, text
from automl.models.tree_shapes import are_trees
from automl.models.universal_json import PackedArray, read_document, read_value

__all__ = ["check_booster"]

_COUNT_BYTES = 8
_LIST_HEAD = list_head(0)[:-_COUNT_BYTES]
_TREE_HEAD = b"{" + key("base_weights")
_TYPES = {"i": ">i1", "U": ">u1", "I": ">i2", "l": ">i4", "L": ">i8", "d": ">f4"}
_NODE_FIELDS = ("left_children", "right_children", "parents", "split_indices", "split_type", "split_conditions")
_CATEGORY_FIELDS = ("categories", "categories_nodes", "categories_segments", "categories_sizes")
_MORE_NODE_FIELDS = ("base_weights", "default_left", "loss_changes", "sum_hessian")
#: XGBoost makes a set of bits as long as the highest category says.
_HIGHEST_CATEGORY = 10_000_000
_MOST_CLASSES = 100_000
_PARENT_OF_ROOT = np.iinfo(np.int32).max


@dataclass(frozen=True)
class _Field:
    """A field of all trees, end to end: how many numbers each has, and the numbers."""

    counts: NDArray[np.int64]
    numbers: NDArray[Any]

    @property
    def owners(self) -> NDArray[np.int64]:
        """The tree that each number belongs to."""
        return np.repeat(np.arange(len(self.counts)), self.counts)


@dataclass(frozen=True)
class _Trees:
    """The trees of a booster: their fields, and what each says of its size."""

    fields: Mapping[str, _Field]
    sizes: Mapping[str, str]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.fields["left_children"].counts)


def check_booster(content: bytes) -> None:
    """Make sure that a packed XGBoost model is a whole one, and that no walk through its trees can leave them.

    Raises
    ------
    AttributeError, KeyError, TypeError, ValueError
        If it is not.
    """
    learner = read_document(content, {"trees": _read_trees})["learner"]
    parameters, booster = learner["learner_model_param"], learner["gradient_booster"]
    trees = booster["model"]["trees"]
    n_features, n_classes = int(parameters["num_feature"]), int(parameters["num_class"])
    if not (
        booster["name"] == "gbtree"
        and isinstance(trees, _Trees)
        and 0 <= n_classes <= _MOST_CLASSES
        and int(parameters.get("num_target", 1)) <= 1
        and _in_order(booster["model"], trees.count, max(n_classes, 1))
        and _has_no_names(learner, booster["model"], n_features)
        and _has_plain_sizes(trees, n_features)
        and _cannot_be_left(trees, n_features)
        and _has_sound_categories(trees)
    ):
        raise ValueError("an XGBoost model that makes no sense")


def _in_order(model: Mapping[str, Any], n_trees: int, n_groups: int) -> bool:
    """Whether each tree belongs to a group, and the iterations follow each other up to the last tree."""
    parameters, groups, begins = model["gbtree_model_param"], model["tree_info"], model["iteration_indptr"]
    return (
        int(parameters["num_trees"]) == n_trees == len(groups)
        and int(parameters["num_parallel_tree"]) == 1
        and all(0 <= group < n_groups for group in groups)
        and (begins[0], begins[-1]) == (0, n_trees)
        and begins == sorted(begins)
    )


def _has_no_names(learner: Mapping[str, Any], model: Mapping[str, Any], n_features: int) -> bool:
    """Whether features are known by position alone, as ours are: without names, and without levels of categories."""
    types = learner["feature_types"]
    levels = [each.count if isinstance(each, PackedArray) else len(each) for each in model.get("cats", {}).values()]
    return (
        learner["feature_names"] == []
        and (types == [] or (len(types) == n_features and set(types) <= {"c", "q"}))
        and not any(levels)
    )


def _has_plain_sizes(trees: _Trees, n_features: int) -> bool:
    counts = trees.fields["left_children"].counts
    return (
        (int(trees.sizes["num_feature"]), trees.sizes["num_deleted"]) == (n_features, "0")
        and int(trees.sizes["size_leaf_vector"]) <= 1
        and bool((counts > 0).all())
        and all((trees.fields[name].counts == counts).all() for name in (*_NODE_FIELDS, *_MORE_NODE_FIELDS))
    )


def _cannot_be_left(trees: _Trees, n_features: int) -> bool:
    """Whether children stand behind their parents, in the same tree, and splits are by features that there are."""
    fields = {name: trees.fields[name].numbers.astype(np.int64) for name in _NODE_FIELDS[:-1]}
    counts = trees.fields["left_children"].counts
    size = np.repeat(counts, counts)
    position = np.arange(len(size)) - np.repeat(np.cumsum(counts) - counts, counts)
    left, right, parent = fields["left_children"], fields["right_children"], fields["parents"]
    leaf = (left == -1) & (right == -1)
    inner = (left > position) & (right > position) & (left < size) & (right < size)
    feature, kind = fields["split_indices"], fields["split_type"]
    return bool(
        (leaf | inner).all()
        and np.where(position == 0, parent == _PARENT_OF_ROOT, (parent >= 0) & (parent < position)).all()
        and ((feature >= 0) & (feature < n_features)).all()
        and np.isin(kind, (0, 1)).all()
        and are_trees(counts, left, right)
    )


def _has_sound_categories(trees: _Trees) -> bool:
    """Whether the sets of categories lie one after the other in their tree, and belong to nodes of it."""
    categories, nodes, begins, sizes = (trees.fields[name] for name in _CATEGORY_FIELDS)
    if not (nodes.counts == begins.counts).all() or not (nodes.counts == sizes.counts).all():
        return False
    size, begin = sizes.numbers.astype(np.int64), begins.numbers.astype(np.int64)
    owner, number = nodes.owners, nodes.numbers.astype(np.int64)
    most = categories.counts[owner]
    values = categories.numbers
    same_tree = owner[1:] == owner[:-1]
    return bool(
        ((size >= 0) & (size <= most) & (begin >= 0) & (begin <= most - size)).all()
        and ((number >= 0) & (number < trees.fields["left_children"].counts[owner])).all()
        and (np.diff(number) > 0)[same_tree].all()
        and ((values >= 0) & (values <= _HIGHEST_CATEGORY)).all()
    )


def _read_trees(content: bytes, position: int) -> tuple[_Trees, int]:
    """Return the trees of the list at a position, and where it ends; all have the fields of the first one."""
    first = position + len(_LIST_HEAD) + _COUNT_BYTES
    count = int.from_bytes(content[first - _COUNT_BYTES : first], "big")
    begins = [found.start() for found in re.compile(re.escape(_TREE_HEAD)).finditer(content, first)]
    if not content.startswith(_LIST_HEAD, position) or not begins or len(begins) != count or begins[0] != first:
        raise ValueError("no list of trees")
    example, _ = read_value(content, first, {})
    walk = _Walk(content, np.array(begins, dtype=np.int64))
    walk.expect([b"{"] * count)
    fields: dict[str, _Field] = {}
    for name, value in example.items():
        if isinstance(value, PackedArray):
            fields[name] = walk.field(name, chr(value.kind))
        elif name == "id":
            walk.expect([key(name) + _whole_number(number) for number in range(count)])
        else:
            counts = fields["left_children"].counts.tolist()
            walk.expect([key(name) + _sizes({**value, "num_nodes": str(nodes)}) for nodes in counts])
    walk.expect([b"}"] * count)
    ends = walk.positions.tolist()
    if ends[:-1] != begins[1:]:
        raise ValueError("something stands between the trees")
    return _Trees(fields, example["tree_param"]), ends[-1]


def _sizes(sizes: Mapping[str, str]) -> bytes:
    return object_of(**{name: text(value) for name, value in sizes.items()})


def _whole_number(number: int) -> bytes:
    """Return a number as XGBoost packs it: in as few bytes as hold more than it."""
    kind = next(kind for kind in "iIl" if number < np.iinfo(_TYPES[kind]).max)
    return kind.encode("ascii") + np.array(number, dtype=_TYPES[kind]).tobytes()


class _Walk:
    """Reads all trees at once, each from its own position on."""

    def __init__(self, content: bytes, positions: NDArray[np.int64]) -> None:
        self._content = content
        self.positions = positions

    def expect(self, parts: list[bytes]) -> None:
        """Go behind what has to stand there."""
        positions = self.positions.tolist()
        if not all(self._content.startswith(part, at) for part, at in zip(parts, positions, strict=True)):
            raise ValueError("trees with other fields than the first one")
        self.positions = self.positions + np.array([len(part) for part in parts])

    def field(self, name: str, kind: str) -> _Field:
        """Return an array of each tree."""
        head = key(name) + array_head(kind.encode("ascii")) + b"L"
        self.expect([head] * len(self.positions))
        size, content = np.dtype(_TYPES[kind]).itemsize, self._content
        packed = b"".join([content[at : at + _COUNT_BYTES] for at in self.positions.tolist()])
        counts = np.frombuffer(packed, dtype=">i8").astype(np.int64)
        if ((counts < 0) | (counts > len(content))).any():
            raise ValueError("an array beyond the document")
        begins = self.positions + _COUNT_BYTES
        self.positions = begins + size * counts
        spans = zip(begins.tolist(), self.positions.tolist(), strict=True)
        return _Field(counts, np.frombuffer(b"".join([content[begin:end] for begin, end in spans]), dtype=_TYPES[kind]))
