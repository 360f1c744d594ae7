"""The description of the blend is taken as it stands in the file, or refused by itself, before any member is read."""

from dataclasses import asdict
from functools import partial

import pytest
from model_files import with_value

from automl.bundle.blend import StoredBlend

PART = {"file": "models/0-0.npz", "encoder": "", "iterations": 0}
STORED = {"n_classes": 0, "members": [{"family": "linear", "weight": 1, "models": [PART]}], "columns": ["age"]}


changed = partial(with_value, STORED)


def test_it_comes_back_as_it_was_written():
    members = ({"family": "linear", "weight": 1.0, "models": (PART,)},)
    assert asdict(StoredBlend.from_dict(STORED)) == {"n_classes": 0, "members": members, "columns": ("age",)}


@pytest.mark.parametrize("path", [("n_classes",), ("members", 0, "models", 0, "iterations")])
@pytest.mark.parametrize("count", [-1, True, 1.0, "1", None])
def test_a_count_that_is_none_is_refused(path, count):
    with pytest.raises(ValueError, match="a count is expected"):
        StoredBlend.from_dict(changed(*path, to=count))


@pytest.mark.parametrize("weight", [0, -1, float("nan"), float("inf")])
def test_a_weight_that_is_none_is_refused(weight):
    with pytest.raises(ValueError, match="a member without weight"):
        StoredBlend.from_dict(changed("members", 0, "weight", to=weight))


def test_a_member_without_models_and_a_blend_without_members_are_refused():
    with pytest.raises(ValueError, match="without models"):
        StoredBlend.from_dict(changed("members", 0, "models", to=[]))
    with pytest.raises(ValueError, match="without members"):
        StoredBlend.from_dict(changed("members", to=[]))


@pytest.mark.parametrize(
    "path",
    [
        ("columns", 0),
        ("members", 0, "family"),
        ("members", 0, "models", 0, "file"),
        ("members", 0, "models", 0, "encoder"),
    ],
)
def test_a_text_that_is_none_is_refused(path):
    with pytest.raises(TypeError, match="a text is expected"):
        StoredBlend.from_dict(changed(*path, to=3))
