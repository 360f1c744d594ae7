"""A folder takes another's place whole, and whatever goes wrong on the way, one of both stands there."""

import os

import pytest

from automl.errors import UsageError, WriteError
from automl.export.folders import check_folder, new_folder


def replace(path, content):
    with new_folder(path, "docker") as made:
        made.mkdir()
        (made / "landmark").write_text(content)


def test_a_new_folder_takes_the_place_of_the_old_one(tmp_path):
    replace(tmp_path / "model", "old")
    replace(tmp_path / "model", "new")
    assert (tmp_path / "model" / "landmark").read_text() == "new"
    assert [each.name for each in tmp_path.iterdir()] == ["model"]


@pytest.mark.parametrize(
    ("fault", "raised"), [(OSError(5, "no"), WriteError), (KeyboardInterrupt(), KeyboardInterrupt)]
)
@pytest.mark.parametrize("is_done", [False, True])
@pytest.mark.parametrize("turn", [0, 1])
def test_one_of_both_folders_stands_there_whatever_goes_wrong(fault, raised, is_done, turn, tmp_path, monkeypatch):
    replace(tmp_path / "model", "old")
    turns, move = iter(range(9)), os.replace

    def faulty(source, target):
        at = next(turns)
        if at != turn or is_done:
            move(source, target)
        if at == turn:
            raise fault

    monkeypatch.setattr("automl.export.folders.os.replace", faulty)
    with pytest.raises(raised):
        replace(tmp_path / "model", "new")
    stays = "new" if turn == 1 and is_done else "old"
    assert (tmp_path / "model" / "landmark").read_text() == stays
    assert [each.name for each in tmp_path.iterdir()] == ["model"]


def test_a_folder_that_cannot_be_moved_back_is_kept(tmp_path, monkeypatch):
    replace(tmp_path / "model", "old")
    turns, move = iter(range(9)), os.replace

    def faulty(source, target):
        if next(turns):
            raise OSError(5, "no")
        move(source, target)

    monkeypatch.setattr("automl.export.folders.os.replace", faulty)
    with pytest.raises(WriteError):
        replace(tmp_path / "model", "new")
    assert [each.read_text() for each in tmp_path.rglob("old/landmark")] == ["old"]


def test_a_folder_that_was_exported_may_be_replaced_and_no_other(tmp_path):
    place = tmp_path / "model"
    replace(place, "old")
    check_folder(place, "docker", overwrite=True)
    with pytest.raises(UsageError, match="exists already"):
        check_folder(place, "docker", overwrite=False)
    with pytest.raises(UsageError, match="no folder that was exported --to mlflow"):
        check_folder(place, "mlflow", overwrite=True)
    (place / "notes.txt").write_text("precious")
    with pytest.raises(UsageError, match=r"holds 'notes\.txt'"):
        check_folder(place, "docker", overwrite=True)


@pytest.mark.parametrize(("landmark", "form"), [("Dockerfile", "docker"), ("MLmodel", "mlflow")])
def test_somebody_s_project_is_not_replaced(landmark, form, tmp_path):
    (tmp_path / landmark).write_text("mine")
    with pytest.raises(UsageError, match="is no folder that was exported"):
        check_folder(tmp_path, form, overwrite=True)
