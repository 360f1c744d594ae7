"""Nodes that make no trees are refused: XGBoost, which counts depths by recursion, would never end, or crash."""

from io import BytesIO

import numpy as np
import pytest
from model_problems import fitted

from automl.errors import ModelFileError
from automl.models.arrays import read_arrays
from automl.models.lightgbm import load
from automl.models.tree_arrays import TreeArrays
from automl.models.tree_model import booster_of
from automl.models.tree_shapes import DEEPEST, are_trees
from automl.models.xgboost_checks import check_booster
from automl.tables import Task


def chain(depth):
    """Return the first children of nodes of which every second one has children again."""
    left = np.full(2 * depth + 1, -1, dtype=np.int32)
    left[:-1:2] = np.arange(1, len(left), 2)
    return left


def meeting(n_nodes):
    """Return the first children of nodes whose second child is the first one's first child."""
    left = np.full(n_nodes, -1, dtype=np.int32)
    left[:-2] = np.arange(1, n_nodes - 1)
    return left


def second(left):
    return np.where(left < 0, -1, left + 1)


def shaped(*trees):
    left = np.concatenate(trees)
    return are_trees(np.array([len(tree) for tree in trees]), left, second(left))


def test_trees_are_trees():
    assert shaped(chain(0), chain(3), chain(1), chain(0))


def test_a_tree_may_be_as_deep_as_the_limit_and_no_deeper():
    assert shaped(chain(3), chain(DEEPEST))
    assert not shaped(chain(3), chain(DEEPEST + 1), chain(0))


@pytest.mark.parametrize("n_nodes", [4, 60])
def test_paths_that_meet_again_are_no_tree(n_nodes):
    assert not shaped(chain(2), meeting(n_nodes))


def test_a_node_that_is_nobodys_child_is_in_no_tree():
    left = chain(2)
    assert not are_trees(np.array([7]), np.append(left, [-1, -1]), np.append(second(left), [-1, -1]))


def test_a_node_with_the_same_child_twice_is_no_tree():
    assert not are_trees(np.array([3]), np.array([1, -1, -1]), np.array([1, -1, -1]))


def test_a_child_of_two_nodes_is_no_tree_though_the_count_is_right():
    left, right = np.array([1, 3, 3, -1, -1]), np.array([2, 4, 4, -1, -1])
    assert not are_trees(np.array([7]), np.append(left, [-1, -1]), np.append(right, [-1, -1]))


def walkable(left):
    """Return a tree that XGBoost would walk."""
    size = len(left)
    unused = {"missing_left": np.zeros(size, np.uint8), "below": np.zeros(size, np.float32)}
    return TreeArrays(np.array([size], np.int32), left, np.zeros(size, np.int32), n_features=2, **unused)


@pytest.mark.parametrize("left", [meeting(60), chain(DEEPEST + 1)], ids=["meeting", "deep"])
def test_an_xgboost_model_of_no_trees_is_refused(left):
    check_booster(bytes(booster_of(walkable(chain(5))).save_raw("ubj")))
    with pytest.raises(ValueError, match="makes no sense"):
        check_booster(bytes(booster_of(walkable(left)).save_raw("ubj")))


@pytest.mark.parametrize("left", [meeting(60), chain(DEEPEST + 1)], ids=["meeting", "deep"])
def test_a_lightgbm_model_of_no_trees_is_refused(left, tmp_path):
    model, _ = fitted("lightgbm", "native", Task.BINARY)
    model.save(tmp_path / "model")
    arrays = read_arrays((tmp_path / "model").read_bytes())

    def loaded(left):
        nodes = {"added": np.zeros((left < 0).sum(), np.float32), "cover": np.ones(len(left), np.float32)}
        stored = {name: array for name, array in arrays.items() if not name.startswith("category_")}
        stream = BytesIO()
        np.savez(stream, **{**stored, **walkable(left).stored(), **nodes})
        return load(stream.getvalue())

    assert loaded(chain(5)).iterations == 1
    with pytest.raises(ModelFileError, match="damaged"):
        loaded(left)
