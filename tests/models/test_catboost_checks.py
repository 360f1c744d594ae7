"""A CatBoost model is looked at before CatBoost, which believes splits, applies it."""

import random
import struct

import numpy as np
import pytest
from model_problems import fitted

from automl.errors import ModelFileError
from automl.models.catboost import load
from automl.models.catboost_checks import check_model
from automl.models.flat_buffers import root_table
from automl.tables.schema import Task

SPLITS, DEPTHS, STARTS, LEAVES, PACKED = 1, 2, 3, 8, 17


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    """Return a model that learned from numbers and categories."""
    return saved(tmp_path_factory, "native", Task.BINARY)


def saved(tmp_path_factory, encoding, task):
    model, _ = fitted("catboost", encoding, task)
    path = tmp_path_factory.mktemp("saved") / "model.cbm"
    model.save(path)
    return path.read_bytes()


def place_of(content, field):
    """Return where the numbers of a list of the trees begin, after checking that there are some."""
    core = content[8 : 8 + struct.unpack_from("<I", content, 4)[0]]
    found = root_table(core).table(1).array(field, "<i4")
    assert len(found)
    return 8 + core.index(found.tobytes())


def with_number(content, field, value, form="<i"):
    place = place_of(content, field)
    return content[:place] + struct.pack(form, value) + content[place + struct.calcsize(form) :]


def refused(content):
    with pytest.raises(ModelFileError, match="CatBoost model in the model file is damaged"):
        load(content)


@pytest.mark.parametrize("task", [Task.BINARY, Task.MULTICLASS, Task.REGRESSION])
@pytest.mark.parametrize("encoding", ["native", "native_target"])
def test_what_catboost_writes_is_sound(tmp_path_factory, encoding, task):
    check_model(saved(tmp_path_factory, encoding, task))


@pytest.mark.parametrize("split", [-1, 100_000, 2**31 - 1])
def test_a_split_by_a_border_that_does_not_exist_is_refused(content, split):
    refused(with_number(content, SPLITS, split))


@pytest.mark.parametrize("feature", [500, 2**16 - 1])
def test_a_packed_split_by_another_feature_is_refused(content, feature):
    refused(with_number(content, PACKED, feature, "<H"))


@pytest.mark.parametrize("depth", [-1, 0, 1, 17, 2**31 - 1])
def test_a_tree_of_another_depth_than_its_splits_is_refused(content, depth):
    refused(with_number(content, DEPTHS, depth))


@pytest.mark.parametrize("start", [1, -1, 2**31 - 1])
def test_a_tree_that_begins_elsewhere_is_refused(content, start):
    refused(with_number(content, STARTS, start))


@pytest.mark.parametrize("field", [SPLITS, DEPTHS, STARTS, LEAVES])
@pytest.mark.parametrize("count", [0, 1, 2**31, 2**32 - 1])
def test_a_list_of_another_length_is_refused(content, field, count):
    place = place_of(content, field) - 4
    refused(content[:place] + struct.pack("<I", count) + content[place + 4 :])


@pytest.mark.parametrize("damaged", [b"", b"CBM1", b"CBM1\xff\xff\xff\xff", b"CBM1" + bytes(200), b"noise" * 9])
def test_what_is_no_model_is_refused(damaged):
    refused(damaged)


def statistics_of(content):
    """Return where the table of the first statistics of a category begins and ends, its hashes and its numbers."""
    begin = 8 + struct.unpack_from("<I", content, 4)[0] + 8
    size = struct.unpack_from("<I", content, begin - 4)[0]
    table = root_table(content[begin : begin + size])
    return begin, begin + size, table.array(1, "u1").tobytes(), table.array(2, "u1").tobytes()


@pytest.mark.parametrize("position", [1_000, 2**31, 2**32 - 1])
def test_a_category_that_leads_out_of_the_statistics_is_refused(content, position):
    begin, end, hashes, _ = statistics_of(content)
    taken = next(at for at in range(0, len(hashes), 12) if hashes[at : at + 8] != b"\xff" * 8)
    changed = hashes[: taken + 8] + struct.pack("<I", position) + hashes[taken + 12 :]
    refused(content[:begin] + content[begin:end].replace(hashes, changed) + content[end:])


def test_a_table_of_hashes_without_a_free_place_is_refused(content):
    begin, end, hashes, _ = statistics_of(content)
    full = b"".join(struct.pack("<QI", number, 0) for number in range(len(hashes) // 12))
    refused(content[:begin] + content[begin:end].replace(hashes, full) + content[end:])


@pytest.mark.parametrize("count", [0, 8, 12 * 3, 2**31])
def test_a_table_of_hashes_of_another_size_is_refused(content, count):
    begin, end, hashes, _ = statistics_of(content)
    stated = struct.pack("<I", len(hashes)) + hashes
    changed = content[begin:end].replace(stated, struct.pack("<I", count) + hashes)
    refused(content[:begin] + changed + content[end:])


def test_statistics_that_are_cut_or_followed_by_more_are_refused(content):
    begin, _, _, _ = statistics_of(content)
    for changed in (content[:-1], content + b"x", content[: begin - 8], content[:begin]):
        refused(changed)


def test_a_cut_model_is_refused_wherever_it_is_cut(content):
    draw = random.Random(4)
    end = 8 + struct.unpack_from("<I", content, 4)[0]
    for _ in range(60):
        refused(content[: draw.randrange(end)])


def test_changed_bytes_are_refused_or_read(content):
    draw, outcomes = random.Random(5), []
    for _ in range(300):
        place = draw.randrange(len(content))
        changed = content[:place] + bytes([draw.randrange(256)]) + content[place + 1 :]
        try:
            check_model(changed)
            outcomes.append("sound")
        except (KeyError, ValueError):
            outcomes.append("refused")
    assert np.unique(outcomes).tolist() == ["refused", "sound"]
