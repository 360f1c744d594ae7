"""How large a model file's parts may be: what is at a limit is taken, and one byte or part more is refused."""

import json
import zipfile

import pytest
from model_files import members_of

from automl.bundle import archive, load_model, read_manifest
from automl.errors import ModelFileError

MEBIBYTE = 1024**2
MANIFEST = json.dumps({"format": "automl-model", "format_version": 1, "members": {}}).encode()


def write_claim(path, size, packed):
    """Write a model file whose directory claims sizes of a part; where its packed bytes should be, is a hole."""
    with path.open("wb") as stream:
        stream.truncate(packed)
    with zipfile.ZipFile(path, "a") as model_file:
        model_file.writestr("manifest.json", MANIFEST)
        model_file.writestr("part", b"")
        entry = model_file.getinfo("part")
        entry.file_size, entry.compress_size = size, packed


@pytest.mark.parametrize(
    ("size", "packed"),
    [(4096 * MEBIBYTE, 30 * MEBIBYTE), (200 * MEBIBYTE, MEBIBYTE), (16 * MEBIBYTE, 1)],
    ids=["of any part", "of one that packs well", "of one that packs as well as it likes"],
)
def test_a_part_as_large_as_may_be_is_taken_and_one_byte_more_is_refused(tmp_path, size, packed):
    path = tmp_path / "claim.automl"
    write_claim(path, size, packed)
    assert read_manifest(path)["members"] == {}
    write_claim(path, size + 1, packed)
    with pytest.raises(ModelFileError, match="is not a model file of automl, or it is damaged"):
        read_manifest(path)


def test_a_manifest_as_large_as_may_be_is_taken_and_one_byte_more_is_refused(tmp_path):
    path = tmp_path / "long.automl"
    for size in (64 * MEBIBYTE, 64 * MEBIBYTE + 1):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as model_file:
            model_file.writestr("manifest.json", MANIFEST.ljust(size))
        if size == 64 * MEBIBYTE:
            assert read_manifest(path)["members"] == {}
    with pytest.raises(ModelFileError, match="is not a model file of automl, or it is damaged"):
        read_manifest(path)


def test_as_many_parts_as_may_be_are_taken_and_one_more_is_refused(tmp_path):
    path = tmp_path / "many.automl"
    with zipfile.ZipFile(path, "w") as model_file:
        model_file.writestr("manifest.json", MANIFEST)
        for number in range(19_999):
            model_file.writestr(f"{number}", b"")
    assert read_manifest(path)["members"] == {}
    with zipfile.ZipFile(path, "a") as model_file:
        model_file.writestr("one more", b"")
    with pytest.raises(ModelFileError, match="is not a model file of automl, or it is damaged"):
        read_manifest(path)


def test_a_text_as_long_as_may_be_is_read_and_one_byte_more_is_refused(binary, monkeypatch):
    longest = max(len(members_of(binary.content)[name]) for name in ("manifest.json", "schema.json", "blend.json"))
    monkeypatch.setattr(archive, "_LARGEST_TEXT", longest)
    load_model(binary.path)
    monkeypatch.setattr(archive, "_LARGEST_TEXT", longest - 1)
    with pytest.raises(ModelFileError, match=r"is not a model file|not JSON of a sensible size"):
        load_model(binary.path)


@pytest.mark.parametrize("mark", [",", "[", "{"])
def test_as_many_values_as_may_be_are_read_and_one_more_is_refused(monkeypatch, mark):
    text = json.dumps({",": [0, 1, 2, 3], "[": [[[[]]]], "{": {"a": {"a": {"a": {}}}}}[mark]).encode()
    count = sum(text.count(each) for each in (b",", b"[", b"{"))
    monkeypatch.setattr(archive, "_MOST_VALUES", count)
    assert archive._parsed(text) == json.loads(text)
    monkeypatch.setattr(archive, "_MOST_VALUES", count - 1)
    with pytest.raises(ValueError, match="more values"):
        archive._parsed(text)
