"""A file that is damaged, foreign, too new or made to harm is refused before anything in it is used."""

import json
import os
import random
import struct
import warnings
import zipfile
from io import BytesIO

import numpy as np
import psutil
import pytest
from model_files import forge, members_of, pack, with_manifest

from automl.bundle import archive, load_model, read_facts, read_golden, read_manifest, read_names
from automl.errors import ModelFileError


@pytest.fixture
def refused(tmp_path, binary):
    """Check that bytes are refused, by reading the manifest already or at the latest by predicting; return why."""

    def check(content, at_once=True):
        path = tmp_path / "hostile.automl"
        path.write_bytes(content)
        use = read_manifest if at_once else lambda path: load_model(path).predict_table(binary.table)
        with pytest.raises(ModelFileError) as caught:
            use(path)
        assert "hostile.automl" in caught.value.message
        assert caught.value.hint
        return caught.value.message

    return check


def json_of(example, name):
    return json.loads(members_of(example.content)[name])


def blend_with(example, **changes):
    """Return a file with a changed description of its blend."""
    blend = {**json_of(example, "blend.json"), **changes}
    return forge(example.content, {"blend.json": json.dumps(blend).encode()})


def blend_part_with(example, **changes):
    """Return a file whose first linear part is described otherwise."""
    blend = json_of(example, "blend.json")
    member = next(member for member in blend["members"] if member["family"] == "linear")
    member["models"][0].update(changes)
    return forge(example.content, {"blend.json": json.dumps(blend).encode()})


def zip_of(*entries):
    """Return a zip of (ZipInfo or name, content) pairs, repeated names and all."""
    stream = BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")
        for entry, content in entries:
            archive.writestr(entry, content)
    return stream.getvalue()


# -- no model file at all


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04", b"a,b\n1,2\n", b"\x00" * 5_000, os.urandom(5_000), b"\x80\x04\x95pickle."],
    ids=["empty", "zip start", "csv", "zeros", "noise", "pickle"],
)
def test_another_kind_of_file_is_refused(refused, content):
    assert "not a model file" in refused(content)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ModelFileError, match=r"There is no model file '.*nowhere\.automl'"):
        load_model(tmp_path / "nowhere.automl")


def test_a_folder_is_named_as_such(tmp_path):
    with pytest.raises(ModelFileError, match="is a folder"):
        load_model(tmp_path)


def test_a_zip_of_something_else_is_refused(refused):
    assert "not a model file" in refused(pack({"xl/workbook.xml": b"<workbook/>"}))


@pytest.mark.parametrize(
    "manifest", [b"", b"{", b"[]", b"3", b'{"format": "automl-model"}', b"\xff\xfe", b"[" * 50_000]
)
def test_a_manifest_that_is_none_is_refused(refused, manifest):
    assert "not a model file" in refused(pack({"manifest.json": manifest}))


def test_another_programs_manifest_is_refused(refused, binary):
    assert "not a model file" in refused(with_manifest(binary.content, format="mlflow"))


def test_a_newer_format_is_refused_by_its_number(refused, binary):
    assert "format 999, which is newer" in refused(with_manifest(binary.content, format_version=999))


@pytest.mark.parametrize("version", [0, -1, "1", None, True, 1.5])
def test_a_format_that_is_no_number_of_ours_is_refused(refused, binary, version):
    assert "which format" in refused(with_manifest(binary.content, format_version=version))


# -- damage


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.99, 0.9999])
def test_a_truncated_file_is_refused(refused, binary, share):
    refused(binary.content[: int(share * len(binary.content))])


def test_a_file_without_its_beginning_is_refused(refused, binary):
    refused(binary.content[2_000:], at_once=False)


def test_a_missing_member_is_named(refused, binary):
    members = members_of(binary.content)
    del members["schema.json"]
    assert "'schema.json'" in refused(pack(members), at_once=False)


def test_a_member_that_was_changed_is_named(refused, binary):
    members = members_of(binary.content)
    changed = members["schema.json"].replace(b"city", b"cite")
    assert "'schema.json' is not what was written" in refused(pack({**members, "schema.json": changed}), at_once=False)


def test_a_member_that_the_manifest_does_not_list_is_not_used(refused, binary):
    members = members_of(binary.content)
    manifest = json.loads(members["manifest.json"])
    del manifest["members"]["blend.json"]
    refused(pack({**members, "manifest.json": json.dumps(manifest).encode()}), at_once=False)


@pytest.mark.parametrize("listing", [[], {"blend.json": None}, {"blend.json": {}}, {"blend.json": {"sha256": 3}}])
def test_a_listing_without_hashes_is_refused(refused, binary, listing):
    refused(with_manifest(binary.content, members=listing), at_once=False)


@pytest.mark.parametrize("listed", [None, {}, [], 3, "abc"])
def test_a_part_that_is_listed_without_a_hash_cannot_be_read(binary, tmp_path, listed):
    path = tmp_path / "listed.automl"
    path.write_bytes(with_manifest(binary.content, members={"blend.json": listed}))
    with pytest.raises(ModelFileError, match=r"its part 'blend\.json' cannot be read"):
        archive.Archive(path).member("blend.json")


def test_a_path_through_a_file_is_refused(tmp_path):
    (tmp_path / "train.csv").write_text("a,b\n")
    with pytest.raises(ModelFileError, match="not a model file"):
        read_manifest(tmp_path / "train.csv" / "model.automl")


def test_a_packed_manifest_that_is_noise_is_refused(refused):
    content = bytearray(pack({"manifest.json": b"{}" * 1_000}))
    content[43:50] = b"\xff" * 7
    assert "not a model file" in refused(bytes(content))


def test_a_manifest_that_begins_beyond_all_numbers_is_refused(refused):
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as written:
        written.writestr("manifest.json", b"{}")
        written.getinfo("manifest.json").header_offset = 2**64 - 1
    assert "not a model file" in refused(stream.getvalue())


def test_a_manifest_that_begins_at_the_very_end_is_refused(refused):
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as written:
        written.writestr("manifest.json", b"{}")
        entry = written.getinfo("manifest.json")
        written.comment = entry.FileHeader()
        entry.header_offset = stream.tell() + zipfile.sizeCentralDir + len("manifest.json") + zipfile.sizeEndCentDir
    assert "not a model file" in refused(stream.getvalue())


def test_flipped_bytes_are_refused_or_change_nothing(tmp_path, binary):
    draw = random.Random(20)
    path = tmp_path / "flipped.automl"
    outcomes = {"refused": 0, "same": 0}
    for _ in range(60):
        content = bytearray(binary.content)
        content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
        path.write_bytes(content)
        try:
            read_facts(path)
            predicted = load_model(path).predict_proba(binary.table)
        except ModelFileError:
            outcomes["refused"] += 1
        else:
            np.testing.assert_array_equal(predicted, binary.expected.probabilities)
            outcomes["same"] += 1
    assert outcomes["refused"] > 20


def test_flipped_bytes_in_the_manifest_and_the_directory_are_refused_or_change_nothing(tmp_path, binary):
    draw = random.Random(21)
    path, expected = tmp_path / "flipped.automl", read_facts(binary.path)
    with zipfile.ZipFile(binary.path) as archive:
        manifest, directory = range(archive.infolist()[0].compress_size + 43), archive.start_dir
    for number in range(300):
        content = bytearray(binary.content)
        place = draw.choice(manifest) if number % 2 else draw.randrange(directory, len(content))
        content[place] = draw.randrange(256)
        path.write_bytes(content)
        try:
            facts = read_facts(path)
            load_model(path)
        except ModelFileError:
            continue
        assert facts == expected


# -- zips made to harm


@pytest.mark.parametrize(
    "name", ["../evil.json", "/etc/evil.json", "a/../../evil", "..\\evil", "C:\\evil", "a\0b", "dir/"]
)
def test_a_name_that_leads_elsewhere_is_refused(refused, binary, name):
    members = list(members_of(binary.content).items())
    info = zipfile.ZipInfo("placeholder")
    info.filename = name
    content = zip_of(*members, (info, b"" if name.endswith("/") else b"x"))
    if "\0" in name:  # zipfile cuts the name off on writing; put it back
        content = zip_of(*members, ("a_b", b"x")).replace(b"a_b", b"a\0b")
    refused(content)


def test_a_member_that_stands_twice_is_refused(refused, binary):
    members = list(members_of(binary.content).items())
    refused(zip_of(*members, ("blend.json", b"{}")))


def test_a_refused_file_is_not_held_open(binary, tmp_path):
    path = tmp_path / "refused.automl"
    for content in (with_manifest(binary.content, format="mlflow"), pack({"other.json": b"{}"})):
        path.write_bytes(content)
        with pytest.raises(ModelFileError) as refused:
            read_manifest(path)
        assert str(path) not in {file.path for file in psutil.Process().open_files()}
        assert refused.value.__traceback__ is not None


def test_a_link_is_refused(refused, binary):
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    refused(zip_of(*members_of(binary.content).items(), (link, b"/etc/passwd")))


def test_a_member_that_grows_beyond_reason_is_refused(refused, binary):
    refused(zip_of(*members_of(binary.content).items(), ("bomb", bytes(20 * 1024**2))))


def test_json_of_more_values_than_memory_should_hold_is_refused_before_it_is_read(refused, binary, monkeypatch):
    monkeypatch.setattr(archive, "_MOST_VALUES", 10_000)
    load_model(binary.path)
    many = forge(binary.content, {"schema.json": json.dumps({"columns": list(range(10_000))}).encode()})
    assert "'schema.json' is not JSON of a sensible size" in refused(many, at_once=False)


@pytest.mark.parametrize("more", [-10, 10])
def test_a_size_that_is_a_lie_is_refused(refused, binary, more):
    members = members_of(binary.content)
    content = bytearray(zip_of(*members.items()))
    with zipfile.ZipFile(BytesIO(bytes(content))) as archive:
        place = archive.start_dir
    assert content[place : place + 4] == b"PK\x01\x02"
    size = struct.unpack_from("<L", content, place + 24)[0]
    struct.pack_into("<L", content, place + 24, size + more)
    refused(bytes(content))


def test_members_that_share_their_bytes_are_refused(refused, binary):
    noise = os.urandom(60_000)
    content = zip_of(*members_of(binary.content).items(), ("first", noise), ("other", noise))
    with zipfile.ZipFile(BytesIO(content)) as archive:
        start, first, other = archive.start_dir, *(entry.header_offset for entry in archive.infolist()[-2:])
    shared = bytearray(content[:other] + content[start:])
    struct.pack_into("<L", shared, shared.rindex(b"PK\x01\x02") + 42, first)
    struct.pack_into("<L", shared, len(shared) - 6, other)
    assert len(zipfile.ZipFile(BytesIO(shared)).read("first")) == len(noise)
    refused(bytes(shared))


def test_arrays_that_grow_when_they_are_read_are_refused(refused, binary):
    name = next(name for name in members_of(binary.content) if name.startswith("models/1-"))
    stream = BytesIO()
    np.savez_compressed(stream, coefficients=np.zeros((2, 300_000)), intercept=np.zeros(2), scale=np.empty(0))
    assert "damaged linear model" in refused(forge(binary.content, {name: stream.getvalue()}), at_once=False)


def test_a_member_behind_a_password_is_refused(refused, binary):
    content = bytearray(binary.content)
    flags = content.rindex(b"PK\x01\x02") + 8
    struct.pack_into("<H", content, flags, struct.unpack_from("<H", content, flags)[0] | 1)
    refused(bytes(content))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_packing_that_we_never_write_is_refused(refused, binary, method):
    info = zipfile.ZipInfo("blend.json")
    info.compress_type = method
    members = members_of(binary.content)
    blend = members.pop("blend.json")
    refused(zip_of(*members.items(), (info, blend)))


# -- forged descriptions: the hashes match


def test_an_unknown_family_is_refused(refused, binary):
    blend = json_of(binary, "blend.json")
    blend["members"][0]["family"] = "os"
    forged = forge(binary.content, {"blend.json": json.dumps(blend).encode()})
    assert "unknown family 'os'" in refused(forged, at_once=False)


@pytest.mark.parametrize(
    "changes",
    [
        {"members": []},
        {"members": None},
        {"members": [{}]},
        {"members": [{"family": "linear", "weight": 1.0, "models": []}]},
        {"members": [{"family": "linear", "weight": float("nan"), "models": [{}]}]},
        {"members": [{"family": "linear", "weight": 10**400, "models": [{}]}]},
        {"members": "abc"},
        {"n_classes": 5},
        {"n_classes": 0},
        {"n_classes": "2"},
        {"n_classes": -1},
        {"columns": None},
        {"columns": [3]},
        {"columns": ["age", "shoe size"]},
    ],
)
def test_a_blend_that_makes_no_sense_is_refused(refused, binary, changes):
    refused(blend_with(binary, **changes), at_once=False)


@pytest.mark.parametrize("weight", [float("nan"), float("inf"), 0, -1, "much"])
def test_a_weight_that_is_none_is_refused(refused, binary, weight):
    blend = json_of(binary, "blend.json")
    blend["members"][1]["weight"] = weight
    refused(forge(binary.content, {"blend.json": json.dumps(blend).encode()}), at_once=False)


@pytest.mark.parametrize(
    "changes",
    [
        {"file": "models/none.npz"},
        {"file": 3},
        {"file": "schema.json"},
        {"file": "../../etc/passwd"},
        {"encoder": "encoders/none.bin"},
        {"encoder": "blend.json"},
        {"encoder": None},
        {"iterations": -1},
        {"iterations": 7},
        {"iterations": "3"},
        {"iterations": True},
    ],
)
def test_a_part_that_makes_no_sense_is_refused(refused, binary, changes):
    refused(blend_part_with(binary, **changes), at_once=False)


@pytest.mark.parametrize("content", [b"", b"null", b"[]", b"{}", b'{"columns": 3}', b'{"columns": [{}]}'])
@pytest.mark.parametrize("name", ["schema.json", "blend.json"])
def test_a_description_that_is_none_is_refused(refused, binary, name, content):
    refused(forge(binary.content, {name: content}), at_once=False)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": 2**31},
        {"name": None},
        {"levels": [["Bern"]]},
        {"number": {"decimal": 3}},
        {"number": {"units": [["kg", None]]}},
        {"number": {"shape": "round"}},
        {"datetime_format": 3},
        {"true_values": [None]},
    ],
)
def test_a_column_whose_description_makes_no_sense_is_refused(refused, binary, changes):
    schema = json_of(binary, "schema.json")
    schema["columns"][0].update(changes)
    refused(forge(binary.content, {"schema.json": json.dumps(schema).encode()}), at_once=False)


@pytest.mark.parametrize("content", [b"", b"null", b"[]", b"{}", b'{"estimate": 3}'])
def test_facts_that_are_none_are_refused(tmp_path, binary, content):
    path = tmp_path / "facts.automl"
    path.write_bytes(forge(binary.content, {"facts.json": content}))
    with pytest.raises(ModelFileError, match="damaged"):
        read_facts(path)


@pytest.mark.parametrize("content", [b"null", b"[]", b"{}", b'{"cells": 3}', b'{"cells": {"age": ["1"], "city": []}}'])
def test_golden_rows_that_are_none_are_refused(tmp_path, binary, content):
    path = tmp_path / "golden.automl"
    path.write_bytes(forge(binary.content, {"golden.json": content}))
    with pytest.raises(ModelFileError, match="damaged"):
        read_golden(path)
    with pytest.raises(ModelFileError, match="damaged"):
        load_model(path).predict_table(binary.table)


@pytest.mark.parametrize("content", [b"null", b"[]", b'{"sets": 3}', b'{"threshold": {"value": 2}}'])
def test_a_postprocessing_that_is_none_is_refused(refused, binary, content):
    assert "its description is incomplete" in refused(
        forge(binary.content, {"postprocessing.json": content}), at_once=False
    )


@pytest.mark.parametrize(
    "content", [b"null", b"[]", b"{}", b'{"columns": 3}', b'{"columns": [{}]}', b'{"columns": [3]}']
)
def test_columns_without_names_are_refused(tmp_path, binary, content):
    path = tmp_path / "names.automl"
    path.write_bytes(forge(binary.content, {"schema.json": content}))
    with pytest.raises(ModelFileError, match="description of the columns is incomplete"):
        read_names(path)


def test_more_iterations_than_a_model_has_are_refused(refused, binary, tmp_path):
    blend = json_of(binary, "blend.json")
    part = next(member for member in blend["members"] if member["family"] == "xgboost")["models"][0]
    part["iterations"] *= 2
    path = tmp_path / "all.automl"
    path.write_bytes(forge(binary.content, {"blend.json": json.dumps(blend).encode()}))
    load_model(path).read_all()
    part["iterations"] += 1
    more = forge(binary.content, {"blend.json": json.dumps(blend).encode()})
    assert "damaged xgboost model" in refused(more, at_once=False)


def test_a_model_of_another_task_is_refused(refused, binary, regression):
    name = next(name for name in members_of(binary.content) if name.startswith("models/1-"))
    forged = forge(binary.content, {name: members_of(regression.content)[name]})
    assert "damaged linear model" in refused(forged, at_once=False)


# -- nothing is executed


class Canary:
    """Its construction by an unpickler would make a folder."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return (os.mkdir, (self.path,))


def encoders_of(binary):
    return [name for name in members_of(binary.content) if name.startswith("encoders/")]


def naming(structure):
    """Return an encoder's bytes with a structure of our choice."""
    text = json.dumps(structure).encode()
    return len(text).to_bytes(8, "little") + text


def test_there_are_encoders_to_poison(binary):
    assert len(encoders_of(binary)) >= 3


def test_an_untrusted_type_is_refused_and_not_constructed(refused, binary, tmp_path):
    import pickle

    canary = tmp_path / "canary"
    poisons = [
        naming({"object": "os.mkdir", "state": {"path": str(canary)}}),
        naming({"object": "Encoder", "state": {"parts": {"list": [{"object": "Popen", "state": {}}]}}}),
        pickle.dumps(Canary(canary)),
    ]
    for name in encoders_of(binary):
        for poison in poisons:
            refused(forge(binary.content, {name: poison}), at_once=False)
    assert not canary.exists()


def test_a_trusted_type_in_the_wrong_place_is_refused(refused, binary):
    poison = naming({"object": "Numbers", "state": {"columns": {"list": []}}})
    assert "not trusted" in refused(forge(binary.content, {encoders_of(binary)[0]: poison}), at_once=False)


def test_a_pickled_array_in_a_forest_is_refused_and_not_constructed(refused, binary, tmp_path):
    canary = tmp_path / "canary"
    name = next(name for name in members_of(binary.content) if name.startswith("models/4-"))
    stream = BytesIO()
    np.savez(stream, features=np.array([Canary(canary)], dtype=object), allow_pickle=True)
    assert "damaged random_forest" in refused(forge(binary.content, {name: stream.getvalue()}), at_once=False)
    assert not canary.exists()


@pytest.mark.parametrize("number", range(7))
def test_a_model_that_is_noise_is_refused(refused, binary, number):
    name = next(name for name in members_of(binary.content) if name.startswith(f"models/{number}-"))
    for noise in (b"", b"\x00" * 200, b"noise"):
        refused(forge(binary.content, {name: noise}), at_once=False)


@pytest.mark.parametrize(
    "state", [{}, {"parts": {"list": []}}, {"parts": {"list": [{"object": "Numbers", "state": {}}]}}]
)
def test_an_encoder_of_trusted_types_that_does_not_work_is_refused(refused, binary, state):
    poison = naming({"object": "Encoder", "state": state})
    for name in encoders_of(binary):
        refused(forge(binary.content, {name: poison}), at_once=False)
