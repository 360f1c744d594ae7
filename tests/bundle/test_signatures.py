"""Whose file it is: a signature holds for the file as it was signed, with that key and no other."""

import json
import subprocess
import sys

import pytest
from model_files import forge, members_of, pack, with_manifest

from automl.bundle import Archive, load_model
from automl.bundle.archive import write_archive
from automl.bundle.signatures import check_signature, read_public_key, signer_with
from automl.errors import ModelFileError, UsageError

cryptography = pytest.importorskip("cryptography")


def make_keys(folder, name, algorithm="ed25519"):
    """Make a pair of keys the way the README says."""
    private, public = folder / f"{name}.pem", folder / f"{name}.pub"
    subprocess.run(["openssl", "genpkey", "-algorithm", algorithm, "-out", private], check=True, capture_output=True)
    subprocess.run(["openssl", "pkey", "-in", private, "-pubout", "-out", public], check=True, capture_output=True)
    return private, public


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    return make_keys(tmp_path_factory.mktemp("keys"), "ours")


@pytest.fixture
def signed(tmp_path, binary, keys):
    """Return the example's parts in a file that was signed."""
    path = tmp_path / "signed.automl"
    members = members_of(binary.content)
    manifest = json.loads(members.pop("manifest.json"))
    write_archive(path, {"target": manifest["target"]}, members, signer_with(keys[0]))
    return path


def refusal(path, public):
    with pytest.raises(ModelFileError) as refused:
        check_signature(Archive(path), read_public_key(public))
    return refused.value.message


def test_a_signed_file_predicts_what_it_predicts_unsigned(signed, keys, binary):
    model = load_model(signed, keys[1])
    assert (model.predict_proba(binary.table) == binary.expected.probabilities).all()


def test_a_file_that_is_not_signed_is_refused(binary, keys):
    assert "is not signed" in refusal(binary.path, keys[1])


def test_another_key_is_refused(signed, tmp_path):
    _, other = make_keys(tmp_path, "theirs")
    assert "was signed with another key" in refusal(signed, other)


def test_a_changed_manifest_is_refused(signed, keys):
    signed.write_bytes(with_manifest(signed.read_bytes(), target="another"))
    assert "was changed after it was signed" in refusal(signed, keys[1])


def test_a_changed_part_whose_hash_was_made_to_match_is_refused(signed, keys):
    signed.write_bytes(forge(signed.read_bytes(), {"golden.json": b"{}"}))
    assert "was changed after it was signed" in refusal(signed, keys[1])


def test_a_changed_part_alone_is_found_when_all_are_checked(signed, keys):
    members = {**members_of(signed.read_bytes()), "golden.json": b"{}"}
    signed.write_bytes(pack(members))
    archive = Archive(signed)
    check_signature(archive, read_public_key(keys[1]))
    with pytest.raises(ModelFileError, match=r"'golden\.json' is not what was written"):
        archive.check_all()


def test_a_part_that_was_taken_out_of_a_signed_file_is_missed_by_what_uses_it(signed, keys):
    members = members_of(signed.read_bytes())
    del members["postprocessing.json"]
    signed.write_bytes(pack(members))
    with pytest.raises(ModelFileError, match=r"'postprocessing\.json' cannot be read"):
        load_model(signed, keys[1])


def test_a_signature_of_megabytes_is_not_read(signed):
    signed.write_bytes(pack({**members_of(signed.read_bytes()), "signature.json": b"0" * 100_000}))
    with pytest.raises(ModelFileError):
        Archive(signed)


def test_a_part_that_nobody_signed_is_found_when_all_are_checked(signed):
    signed.write_bytes(pack({**members_of(signed.read_bytes()), "extra.bin": b"x"}))
    with pytest.raises(ModelFileError, match=r"'extra\.bin', which its manifest does not name"):
        Archive(signed).check_all()


@pytest.mark.parametrize(
    "signature",
    [b"", b"{", b"[]", b"{}", b'{"algorithm": "none", "signature": ""}', b'{"algorithm": "ed25519", "signature": "!"}'],
)
def test_a_signature_that_is_none_is_refused(signed, keys, signature):
    signed.write_bytes(pack({**members_of(signed.read_bytes()), "signature.json": signature}))
    assert "signature" in refusal(signed, keys[1])


def test_the_signature_of_another_file_is_refused(signed, keys, tmp_path):
    other = tmp_path / "other.automl"
    write_archive(other, {}, {}, signer_with(keys[0]))
    moved = {**members_of(signed.read_bytes()), "signature.json": members_of(other.read_bytes())["signature.json"]}
    signed.write_bytes(pack(moved))
    assert "was changed after it was signed" in refusal(signed, keys[1])


def test_keys_of_another_kind_are_named(tmp_path, keys):
    private, public = make_keys(tmp_path, "other", "x25519")
    with pytest.raises(UsageError, match="is not an Ed25519 key"):
        signer_with(private)
    with pytest.raises(UsageError, match="is not an Ed25519 key"):
        read_public_key(public)
    with pytest.raises(UsageError, match="holds no private key"):
        signer_with(keys[1])
    with pytest.raises(UsageError, match="holds no public key"):
        read_public_key(keys[0])
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        signer_with(tmp_path / "nowhere.pem")


def test_a_key_behind_a_passphrase_is_named(tmp_path, keys):
    locked = tmp_path / "locked.pem"
    command = ["openssl", "pkey", "-in", keys[0], "-aes256", "-passout", "pass:secret", "-out", locked]
    subprocess.run(command, check=True, capture_output=True)
    with pytest.raises(UsageError, match="is protected by a passphrase"):
        signer_with(locked)


def test_without_the_library_one_line_says_what_to_install(monkeypatch, keys):
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.asymmetric.ed25519", None)
    with pytest.raises(UsageError) as refused:
        read_public_key(keys[1])
    assert refused.value.hint == "pip install 'automl-cli[sign]'"
