"""A forest's node arrays are checked before compiled code walks them."""

from io import BytesIO

import numpy as np
import pytest
from model_problems import fitted

from automl.errors import ModelFileError
from automl.models.arrays import read_arrays
from automl.models.forest import load_forest
from automl.tables.schema import Task


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """Return the arrays of a saved forest."""
    model, _ = fitted("random_forest", "ordinal_target", Task.BINARY)
    path = tmp_path_factory.mktemp("forest") / "forest.npz"
    model.save(path)
    return read_arrays(path.read_bytes())


def packed(arrays):
    stream = BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def changed(arrays, name, position, value):
    """Return the arrays with one value replaced."""
    array = arrays[name].copy()
    array[position] = value
    return {**arrays, name: array}


def first_inner(arrays):
    return int(np.flatnonzero(arrays["left"] != -1)[0])


def test_what_was_saved_is_accepted(stored):
    assert len(load_forest(packed(stored)).trees.counts) == 40


@pytest.mark.parametrize("target", [10**9, 2**31 - 1, -2, -(10**9), 0, -1])
def test_a_child_outside_its_tree_or_above_itself_is_refused(stored, target):
    with pytest.raises(ModelFileError, match="damaged"):
        load_forest(packed(changed(stored, "left", first_inner(stored), target)))


def test_a_second_child_in_the_next_tree_is_refused(stored):
    position = first_inner(stored)
    with pytest.raises(ModelFileError, match="damaged"):
        load_forest(packed(changed(stored, "left", position, int(stored["counts"][0]) - 1)))


@pytest.mark.parametrize("feature", [4, 10**6, -1, -2])
def test_a_feature_that_is_not_there_is_refused(stored, feature):
    with pytest.raises(ModelFileError, match="damaged"):
        load_forest(packed(changed(stored, "feature", first_inner(stored), feature)))


@pytest.mark.parametrize("count", [0, -5, 1])
def test_a_tree_of_another_size_than_its_nodes_is_refused(stored, count):
    with pytest.raises((ModelFileError, ValueError)):
        load_forest(packed(changed(stored, "counts", 0, count)))


def test_a_forest_without_trees_is_refused(stored):
    with pytest.raises(ModelFileError, match="damaged"):
        load_forest(packed({**stored, "counts": np.empty(0, dtype=np.int64)}))


@pytest.mark.parametrize("name", ["left", "below", "outputs"])
def test_arrays_of_different_lengths_are_refused(stored, name):
    with pytest.raises(ModelFileError, match="damaged"):
        load_forest(packed({**stored, name: stored[name][:-1]}))


@pytest.mark.parametrize("name", ["left", "feature", "below", "counts"])
def test_arrays_of_another_type_are_refused(stored, name):
    with pytest.raises(ModelFileError, match="damaged"):
        load_forest(packed({**stored, name: stored[name].astype(np.float64)}))


def test_a_threshold_that_is_no_number_is_refused(stored):
    with pytest.raises(ModelFileError, match="damaged"):
        load_forest(packed(changed(stored, "below", 0, np.nan)))


@pytest.mark.parametrize("classes", [[0, 2], [-1, 0], [0, 0], [0], [0, 1, 2]])
def test_classes_that_do_not_fit_the_leaves_are_refused(stored, classes):
    with pytest.raises(ModelFileError, match="damaged"):
        load_forest(packed({**stored, "classes": np.array(classes)}))


def test_leaves_that_are_no_numbers_are_refused(stored):
    with pytest.raises(ModelFileError, match="damaged"):
        load_forest(packed(changed(stored, "outputs", 0, np.nan)))


@pytest.mark.parametrize("features", [3, 5])
def test_rows_with_another_number_of_features_are_not_read_past(stored, features):
    model = load_forest(packed(stored))
    with pytest.raises(ModelFileError, match="damaged"):
        model.predict(np.zeros((2, features), dtype=np.float32))


def test_a_large_target_with_a_small_spread_keeps_its_digits():
    model, request = fitted("random_forest", "ordinal_target", Task.REGRESSION)
    assert model.scale.center == pytest.approx(request.target.mean())
    assert abs(model.predict(request.valid_values).mean() - request.valid_target.mean()) < 10
