"""Opening inputs: every way it can fail says what is wrong and what to do."""

import gzip
from pathlib import Path

import pytest

from automl.errors import DataError
from automl.tables import read_table, unpacking


def failure(source):
    with pytest.raises(DataError) as caught:
        read_table(source)
    assert caught.value.hint
    return caught.value


def test_a_missing_file_is_answered_with_near_names(tmp_path):
    (tmp_path / "train.csv").write_text("a,b\n1,2\n")
    error = failure(tmp_path / "Trian.csv")
    assert "no file" in error.message
    assert "train.csv" in error.hint


def test_a_missing_folder_is_named(tmp_path):
    assert str(tmp_path / "nowhere") in failure(tmp_path / "nowhere" / "train.csv").hint


def test_a_folder_is_refused(tmp_path):
    assert "folder" in failure(tmp_path).message


@pytest.mark.parametrize("content", [b"", b"\n\n  \n", b"\xef\xbb\xbf", gzip.compress(b"", mtime=0)])
def test_an_empty_file_is_refused(tmp_path, content):
    path = tmp_path / "empty.csv"
    path.write_bytes(content)
    assert "empty" in failure(path).message


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (bytes(range(256)) * 20, "binary"),
        (b"PK\x03\x04" + bytes(100), "zip"),
        (b"%PDF-1.7 and so on", "PDF"),
        (b"PAR1 is not enough", "Parquet"),
        (gzip.compress(b"a,b\n1,2\n" * 50, mtime=0)[:-12], "gzip"),
    ],
)
def test_what_is_no_table_is_refused_by_name(tmp_path, content, what):
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    assert what in failure(path).message


def test_a_file_that_may_not_be_read_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "secret.csv"
    path.write_text("a,b\n1,2\n")

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert "permission" in failure(path).message


def test_a_gzip_bomb_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(unpacking, "FREE_UNPACKED_BYTES", 10_000)
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n" + b"0" * 5_000_000))
    assert "unpacks" in failure(path).message
