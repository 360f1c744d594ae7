"""Model files that earlier versions of the program wrote: each predicts what it predicted, or says what to do."""

import json
from pathlib import Path

import numpy as np
import pytest
from model_files import forge, make_frame, members_of, with_manifest

from automl.bundle import FORMAT_VERSION, load_model, read_manifest
from automl.bundle.members import STORED_SINCE
from automl.errors import ModelFileError
from automl.tables import Task, table_from_frame

STORED = Path(__file__).with_name("stored")
#: The probability of "yes" that each file gave to the first rows when it was written.
ANSWERS = {
    "format-1.automl": [0.788172, 0.784025, 0.600416, 0.350971, 0.382567, 0.593852, 0.373321, 0.351812],
    "format-2.automl": [0.872903, 0.870415, 0.715552, 0.212825, 0.23098, 0.585203, 0.22626, 0.213355],
    "format-3.automl": [0.765218, 0.762746, 0.633976, 0.357191, 0.372556, 0.58732, 0.377319, 0.366564],
}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_former_file_predicts_what_it_predicted(name):
    table = table_from_frame(make_frame(Task.BINARY))
    predicted = load_model(STORED / name).predict_proba(table)[:8, 1]
    np.testing.assert_allclose(predicted, ANSWERS[name], atol=2e-6)


def test_there_is_a_file_of_every_format():
    formats = {read_manifest(path)["format_version"] for path in STORED.glob("*.automl")}
    assert formats == set(range(1, FORMAT_VERSION + 1))


def test_a_part_that_is_read_no_more_is_named_with_what_to_do():
    model = load_model(STORED / "format-1-forest.automl")
    with pytest.raises(ModelFileError, match="has format 1, whose random_forest models this version cannot") as refused:
        model.predict(make_frame(Task.BINARY))
    assert refused.value.hint.startswith("Fit the model again")


@pytest.mark.parametrize("family", sorted(STORED_SINCE))
def test_each_family_is_read_since_the_format_that_is_named(binary, tmp_path, family):
    members = members_of(binary.content)
    blend = json.loads(members["blend.json"])
    forest = next(member for member in blend["members"] if member["family"] == "random_forest")
    stored = forge(
        binary.content, {"blend.json": json.dumps({**blend, "members": [{**forest, "family": family}]}).encode()}
    )
    path = tmp_path / "former.automl"
    messages = []
    for version in (1, 2):
        path.write_bytes(with_manifest(stored, format_version=version))
        try:
            load_model(path).read_all()
        except ModelFileError as refused:
            messages.append(refused.message)
    assert f"has format 1, whose {family} models this version cannot read" in messages[0]
    assert not [message for message in messages[1:] if "has format" in message]
