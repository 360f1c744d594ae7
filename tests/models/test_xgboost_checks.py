"""An XGBoost model is looked at before XGBoost, which believes lengths and children, reads it."""

import random

import numpy as np
import pytest
from model_problems import fitted, make_request

from automl.models.binary_json import array_head, key, length, text
from automl.models.family import FitRequest
from automl.models.registry import family
from automl.models.universal_json import read_document
from automl.models.xgboost_checks import check_booster
from automl.tables.schema import Task


def saved(tmp_path_factory, encoding, task):
    model, _ = fitted("xgboost", encoding, task)
    path = tmp_path_factory.mktemp("saved") / "model.ubj"
    model.save(path)
    return path.read_bytes()


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    """Return a model whose trees split by categories too."""
    return saved(tmp_path_factory, "native", Task.BINARY)


def field(content, name, kind, tree=0):
    """Return where the numbers of a field of a tree begin, and how many there are."""
    head = key(name) + array_head(kind) + b"L"
    place = -1
    for _ in range(tree + 1):
        place = content.index(head, place + 1)
    begin = place + len(head) + 8
    return begin, int.from_bytes(content[begin - 8 : begin], "big")


def with_number(content, name, position, value, kind=b"l", size=4, tree=0):
    begin, count = field(content, name, kind, tree)
    assert position < count
    place = begin + size * position
    return content[:place] + value.to_bytes(size, "big", signed=size > 1) + content[place + size :]


def inner_node(content, tree=0):
    """Return the position of the last node of a tree that has children."""
    begin, count = field(content, "left_children", b"l", tree)
    children = np.frombuffer(content[begin : begin + 4 * count], dtype=">i4")
    return int(np.flatnonzero(children >= 0)[-1])


def refused(content):
    with pytest.raises((AttributeError, KeyError, TypeError, ValueError)):
        check_booster(content)


@pytest.mark.parametrize("task", [Task.BINARY, Task.MULTICLASS, Task.REGRESSION])
@pytest.mark.parametrize("encoding", ["native", "native_target"])
def test_what_xgboost_writes_is_sound(tmp_path_factory, encoding, task):
    check_booster(saved(tmp_path_factory, encoding, task))


def test_more_trees_than_a_byte_counts_are_sound(tmp_path):
    request = make_request("native_target", Task.REGRESSION)
    many = FitRequest(**{**vars(request), "hyperparameters": {"iterations": 200, "max_depth": 1}, "seconds": None})
    model = family("xgboost").implementation().fit(many)
    assert model.iterations > 130
    model.save(tmp_path / "many.ubj")
    check_booster((tmp_path / "many.ubj").read_bytes())


@pytest.mark.parametrize("child", ["left_children", "right_children"])
@pytest.mark.parametrize("target", [0, 1_000_000, -2, -1])
def test_a_child_that_is_not_behind_its_parent_in_the_same_tree_is_refused(content, child, target):
    refused(with_number(content, child, inner_node(content, 3), target, tree=3))


@pytest.mark.parametrize(
    ("name", "value"), [("split_indices", 6), ("split_indices", -1), ("parents", 1_000_000), ("parents", -1)]
)
def test_a_feature_or_a_parent_that_does_not_exist_is_refused(content, name, value):
    refused(with_number(content, name, inner_node(content), value))


def test_a_kind_of_split_that_does_not_exist_is_refused(content):
    refused(with_number(content, "split_type", 0, 2, kind=b"U", size=1))


def tree_with_categories(content):
    return next(tree for tree in range(30) if field(content, "categories", b"l", tree)[1] > 1)


@pytest.mark.parametrize(
    ("name", "value", "kind", "size"),
    [
        ("categories", -1, b"l", 4),
        ("categories", 2**31 - 1, b"l", 4),
        ("categories_nodes", 1_000_000, b"l", 4),
        ("categories_nodes", -1, b"l", 4),
        ("categories_segments", 10**6, b"L", 8),
        ("categories_segments", -1, b"L", 8),
        ("categories_sizes", 2**62, b"L", 8),
        ("categories_sizes", -1, b"L", 8),
    ],
)
def test_a_set_of_categories_that_lies_elsewhere_is_refused(content, name, value, kind, size):
    refused(with_number(content, name, 0, value, kind, size, tree_with_categories(content)))


@pytest.mark.parametrize("count", [0, 1, 2**40, -1])
def test_an_array_of_another_length_than_the_tree_is_refused(content, count):
    begin, _ = field(content, "split_conditions", b"d", 2)
    refused(content[: begin - 8] + length(count)[1:] + content[begin:])


@pytest.mark.parametrize(
    ("name", "stated"), [("num_trees", "31"), ("num_feature", "5"), ("num_class", "-1"), ("num_nodes", "9999")]
)
def test_another_number_than_there_are_is_refused(content, name, stated):
    begin = content.index(key(name) + b"S") + len(key(name)) + 1
    size = int.from_bytes(content[begin + 1 : begin + 9], "big")
    refused(content[:begin] + key(stated) + content[begin + 9 + size :])


def test_a_tree_that_takes_the_place_of_another_is_refused(content):
    place = content.index(key("id") + b"i\x01") + len(key("id")) + 1
    refused(content[:place] + b"\x02" + content[place + 1 :])


def test_an_iteration_that_ends_before_it_begins_is_refused(content):
    refused(content.replace(b"i\x03i\x04i\x05", b"i\x03i\x7fi\x05", 1))


def test_trees_that_stand_elsewhere_are_not_taken_for_the_models_own(content):
    elsewhere = content.replace(key("gradient_booster"), key("gradient_boostes"), 1)
    refused(elsewhere)


@pytest.mark.parametrize(
    "document", [b"", b"{", b"{}", b"[#L", b"{" + key("a") + text("b") + key("a") + text("b") + b"}", b"{}{}", b"Z"]
)
def test_a_document_that_is_none_or_says_a_thing_twice_is_refused(document):
    refused(document)


def test_a_document_that_is_too_deep_is_refused():
    with pytest.raises(ValueError, match="too deep"):
        read_document((b"[#L" + (1).to_bytes(8, "big")) * 500 + b"T", {})


def test_a_cut_model_is_refused_wherever_it_is_cut(content):
    draw = random.Random(3)
    for _ in range(100):
        refused(content[: draw.randrange(len(content))])
