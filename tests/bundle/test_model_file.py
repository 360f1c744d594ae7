"""A model file that was written is read, and predicts the same wherever it is read."""

import json
import os
import shutil
import subprocess
import sys
import zipfile

import numpy as np
import pytest
from model_files import FAMILIES, MANIFEST, forge, make_facts, members_of, write_example

from automl.bundle import (
    FORMAT_VERSION,
    Archive,
    load_model,
    read_facts,
    read_golden,
    read_manifest,
    read_names,
    read_reference,
)
from automl.bundle.archive import write_archive
from automl.bundle.writing import golden_table
from automl.errors import ModelFileError, SchemaMismatchError, WriteError
from automl.tables import Task, table_from_frame


def test_the_manifest_says_what_is_in_the_file_and_which_format_it_has(binary):
    manifest = read_manifest(binary.path)
    assert (manifest["format"], manifest["format_version"]) == ("automl-model", FORMAT_VERSION)
    assert {name: manifest[name] for name in MANIFEST} == MANIFEST
    assert set(manifest["members"]) == set(members_of(binary.content)) - {"manifest.json"}


def test_the_facts_of_the_report_come_back(binary):
    assert read_facts(binary.path) == make_facts(Task.BINARY, ("no", "yes"))


def test_the_names_of_the_columns_come_back(binary):
    assert read_names(binary.path) == ("age", "city", "income", "outcome")


def test_a_file_without_a_reference_has_none(binary):
    assert read_reference(binary.path) is None


def test_nothing_in_the_file_is_a_pickle(binary):
    members = members_of(binary.content)
    assert not [name for name in members if name.endswith((".pkl", ".pickle", ".joblib"))]
    assert not [name for name, content in members.items() if content.startswith(b"\x80")]


def test_the_same_parts_give_the_same_bytes(binary, tmp_path):
    again = tmp_path / "example.automl"
    write_example(again)
    ours, theirs = members_of(binary.content), members_of(again.read_bytes())
    # CatBoost stamps the time into what it writes.
    stable = [name for name in ours if not name.endswith(".cbm") and name != "manifest.json"]
    assert {name: ours[name] for name in stable} == {name: theirs[name] for name in stable}


def test_a_prediction_is_the_weighted_mean_of_the_members(binary, tmp_path):
    parts = []
    for name in FAMILIES:
        path = tmp_path / f"{name}.automl"
        write_example(path, families=(name,))
        parts.append(load_model(path).predict_proba(binary.table))
    np.testing.assert_allclose(binary.expected.probabilities, np.mean(parts, axis=0), atol=1e-9)


def test_labels_follow_the_largest_probability(binary):
    expected = np.array(["no", "yes"])[binary.expected.probabilities.argmax(axis=1)]
    assert binary.model.predict(binary.table).tolist() == expected.tolist()


def test_a_number_is_predicted_in_the_targets_units(regression):
    values = regression.model.predict(regression.table)
    truth = regression.table.cells["outcome"].astype(float).to_numpy()
    assert values.shape == truth.shape
    assert np.corrcoef(values, truth)[0, 1] > 0.8


def test_a_regression_has_no_probabilities(regression):
    with pytest.raises(SchemaMismatchError, match="no class probabilities"):
        regression.model.predict_proba(regression.table)


def test_a_frame_predicts_like_its_table(binary):
    frame = binary.table.cells.drop(columns="outcome")
    np.testing.assert_array_equal(binary.model.predict_proba(frame), binary.expected.probabilities)


def test_the_order_of_rows_is_kept(binary):
    turned = binary.table.cells.iloc[::-1].reset_index(drop=True)
    np.testing.assert_allclose(binary.model.predict_proba(turned), binary.expected.probabilities[::-1], rtol=1e-6)


def test_no_rows_give_no_predictions(binary, regression):
    assert binary.model.predict_proba(binary.table.cells.iloc[:0]).shape == (0, 2)
    assert binary.model.predict(binary.table.cells.iloc[:0]).shape == (0,)
    assert regression.model.predict(regression.table.cells.iloc[:0]).shape == (0,)


def test_a_used_column_that_is_missing_is_named(binary):
    with pytest.raises(SchemaMismatchError, match="'age'"):
        binary.model.predict(binary.table.cells.drop(columns="age"))


def test_an_unused_column_that_is_missing_is_only_mentioned(binary):
    prediction = binary.model.predict_table(table_from_frame(binary.table.cells.drop(columns="income")))
    assert prediction.missing_columns == ("income",)
    np.testing.assert_array_equal(prediction.probabilities, binary.expected.probabilities)


def test_a_model_that_was_read_whole_outlives_its_file(binary, tmp_path):
    path = tmp_path / "gone.automl"
    shutil.copy(binary.path, path)
    model = load_model(path)
    model.read_all()
    path.write_bytes(b"")
    path.unlink()
    np.testing.assert_array_equal(model.predict_proba(binary.table), binary.expected.probabilities)


def test_a_family_that_is_not_installed_is_named_with_what_to_type(binary, monkeypatch):
    missing = {"catboost": ("catboost",)}
    monkeypatch.setattr("automl.bundle.members.missing_requirements", lambda name: missing.get(name, ()))
    with pytest.raises(ModelFileError, match="uses catboost, and catboost is not installed") as refused:
        load_model(binary.path).read_all()
    assert refused.value.hint == "pip install catboost"


def test_another_process_predicts_the_same_bytes(binary, tmp_path):
    cells = tmp_path / "cells.csv"
    binary.table.cells.to_csv(cells, index=False)
    program = (
        "import sys; from automl.bundle import load_model; from automl.tables import read_table; "
        "from pathlib import Path; "
        "print(load_model(Path(sys.argv[1])).predict_proba(read_table(sys.argv[2])).tobytes().hex())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "77", "OMP_NUM_THREADS": "2"}
    done = subprocess.run(
        [sys.executable, "-c", program, binary.path, cells], capture_output=True, text=True, env=environment, check=True
    )
    assert done.stdout.strip() == binary.expected.probabilities.tobytes().hex()


# -- golden rows


def test_golden_rows_are_drawn_column_by_column(binary):
    golden = golden_table(binary.table, 3)
    assert len(golden.cells) == 20
    rows = set(map(tuple, binary.table.cells.to_numpy().tolist()))
    assert sum(tuple(row) in rows for row in golden.cells.to_numpy().tolist()) < 5
    for name in golden.cells:
        assert set(golden.cells[name]) <= set(binary.table.cells[name])


@pytest.mark.parametrize("rows", [1, 3])
def test_a_table_smaller_than_the_golden_rows_is_drawn_from(binary, rows):
    assert len(golden_table(table_from_frame(binary.table.cells.head(rows)), 0).cells) == rows


def test_the_golden_rows_predict_what_is_written_beside_them(binary, regression):
    for example in (binary, regression):
        expected = Archive(example.path).json("golden.json")["expected"]
        raw = example.model.predict_frame(example.model.read(read_golden(example.path)).frame)
        assert raw == pytest.approx(np.array(expected))


def test_golden_rows_that_are_fewer_than_their_predictions_are_damage(binary, tmp_path):
    golden = json.loads(members_of(binary.content)["golden.json"])
    golden["cells"] = {name: cells[:-1] for name, cells in golden["cells"].items()}
    changed = tmp_path / "changed.automl"
    changed.write_bytes(forge(binary.content, {"golden.json": json.dumps(golden).encode()}))
    with pytest.raises(ModelFileError):
        load_model(changed).predict_table(binary.table)


def test_golden_rows_that_come_out_otherwise_are_noticed(binary, tmp_path):
    golden = json.loads(members_of(binary.content)["golden.json"])
    golden["expected"][4][0] += 0.001
    changed = tmp_path / "changed.automl"
    changed.write_bytes(forge(binary.content, {"golden.json": json.dumps(golden).encode()}))
    with pytest.raises(ModelFileError, match="predicts other values here"):
        load_model(changed).predict_table(binary.table)


# -- whole or not at all


def test_a_folder_that_is_not_there_is_a_write_error(binary, tmp_path):
    with pytest.raises(WriteError, match="Cannot write"):
        write_archive(tmp_path / "no" / "where.automl", {}, {})


def test_a_member_is_packed_without_the_time_or_the_user(binary):
    with zipfile.ZipFile(binary.path) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {entry.external_attr >> 16 for entry in archive.infolist()} == {0o644}


def test_a_large_member_that_packs_well_is_read(tmp_path):
    content = b"".join(os.urandom(1_000) + bytes(29_000) for _ in range(600))
    write_archive(tmp_path / "large.automl", {}, {"large.bin": content})
    packed = (tmp_path / "large.automl").stat().st_size
    assert len(content) > 20 * packed
    assert Archive(tmp_path / "large.automl").member("large.bin") == content
