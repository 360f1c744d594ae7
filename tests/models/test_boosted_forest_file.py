"""The node arrays of scikit-learn's boosted trees are checked before compiled code walks them."""

from io import BytesIO

import numpy as np
import pytest
from model_problems import fitted

from automl.errors import ModelFileError
from automl.models.arrays import read_arrays
from automl.models.hist_gradient_boosting import load
from automl.tables.schema import Task


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """Return the arrays of a saved model."""
    model, _ = fitted("hist_gradient_boosting", "native_target", Task.BINARY)
    path = tmp_path_factory.mktemp("boosted") / "boosted.npz"
    model.save(path)
    return read_arrays(path.read_bytes())


def refused(stored, **changes):
    stream = BytesIO()
    np.savez(stream, **{**stored, **changes})
    with pytest.raises(ModelFileError, match="damaged"):
        load(stream.getvalue())


@pytest.mark.parametrize("target", [2**31 - 1, 0])
def test_a_child_outside_its_tree_or_above_itself_is_refused(stored, target):
    children = stored["left"].copy()
    children[np.flatnonzero(children >= 0)[0]] = target
    refused(stored, left=children)


@pytest.mark.parametrize("feature", [-1, 10**6])
def test_a_feature_that_is_not_there_is_refused(stored, feature):
    features = stored["feature"].copy()
    features[np.flatnonzero(stored["left"] >= 0)[0]] = feature
    refused(stored, feature=features)


def test_a_tree_without_nodes_is_refused(stored):
    refused(stored, counts=np.append(stored["counts"], np.int32(0)))


def test_arrays_of_different_lengths_are_refused(stored):
    refused(stored, added=stored["added"][:-1])


def test_a_class_that_does_not_exist_is_refused(stored):
    refused(stored, classes=np.array([0, 7]))


def test_scores_without_trees_are_refused(stored):
    refused(stored, baseline=np.zeros(3))


def test_rows_with_another_number_of_features_are_refused(stored):
    stream = BytesIO()
    np.savez(stream, **stored)
    with pytest.raises(ModelFileError, match="damaged"):
        load(stream.getvalue()).predict(np.zeros((2, 1), dtype=np.float32))
