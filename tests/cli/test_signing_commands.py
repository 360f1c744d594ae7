"""``fit --sign-key``, ``verify`` and ``predict --require-signature``: whose file it is, by exit codes."""

import json
import subprocess

import pytest

pytest.importorskip("cryptography")
ROWS = "age,plan,churn\n" + "".join(f"{20 + i % 50},{'ab'[i % 2]},{'Yes' if i % 3 else 'No'}\n" for i in range(60))


def make_keys(folder, name):
    private, public = folder / f"{name}.pem", folder / f"{name}.pub"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", private], check=True)
    subprocess.run(["openssl", "pkey", "-in", private, "-pubout", "-out", public], check=True)


@pytest.fixture
def signed(automl, tmp_path):
    """Return a folder with a table, two pairs of keys and a model signed with the first."""
    (tmp_path / "train.csv").write_text(ROWS)
    make_keys(tmp_path, "ours")
    make_keys(tmp_path, "theirs")
    fit = ("fit", "train.csv", "--target", "churn", "--trials", "1", "--families", "constant", "--no-report")
    done = automl(*fit, "--sign-key", "ours.pem")
    assert (done.code, done.out) == (0, "train.automl\n"), done.err
    return tmp_path


def test_the_right_key_verifies_and_predicts(automl, signed):
    done = automl("verify", "train.automl", "--key", "ours.pub", "--json")
    assert done.code == 0
    content = json.loads(done.out)
    assert (content["signed"], content["parts"] > 3, content["key"][:7]) == (True, True, "SHA256:")
    assert automl("verify", "train.automl", "--key", "ours.pub").out.startswith(
        f"train.automl: signed with {content['key']}"
    )
    assert automl("predict", "train.automl", "train.csv", "--require-signature", "ours.pub").code == 0


def test_the_wrong_key_is_5(automl, signed):
    for command in (
        ("verify", "train.automl", "--key", "theirs.pub"),
        ("predict", "train.automl", "train.csv", "--require-signature", "theirs.pub"),
    ):
        done = automl(*command)
        assert (done.code, done.out) == (5, "")
        assert "was signed with another key" in done.error


def test_a_key_that_cannot_sign_is_found_before_any_work(automl, signed):
    done = automl("fit", "train.csv", "--target", "churn", "--output", "new.automl", "--sign-key", "ours.pub")
    assert done.code == 2
    assert "holds no private key" in done.error
    assert not (signed / "new.automl").exists()


def test_the_model_file_does_not_say_where_the_private_key_lies(automl, signed):
    assert "ours.pem" not in automl("inspect", "train.automl", "--json").out


def test_a_signature_that_the_environment_requires_is_required(automl, signed, monkeypatch):
    monkeypatch.setenv("AUTOML_PREDICT_REQUIRE_SIGNATURE", "theirs.pub")
    assert automl("predict", "train.automl", "train.csv").code == 5
