"""Opening inputs: every way it can fail says what is wrong and what to do."""

import gzip
import io
import os
import sys
import zipfile
from pathlib import Path

import pytest

from automl.errors import DataError
from automl.tables import ReadOptions, read_table, unpacking
from automl.tables.sources import open_source


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


def test_a_name_that_only_ends_alike_is_not_proposed(tmp_path):
    (tmp_path / "wine.csv").write_text("a,b\n1,2\n")
    assert "wine" not in failure(tmp_path / "nope.csv").hint
    assert "wine.csv" in failure(tmp_path / "wien.csv").hint
    assert "wine.csv" in failure(tmp_path / "wine.tsv").hint


def from_standard_input(content, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    return failure("-")


def test_standard_input_is_called_by_its_name_and_typed_as_a_dash(monkeypatch):
    assert from_standard_input(b"", monkeypatch).message == "'standard input' is empty."
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.csv", "x,y\n1,2\n")
        archive.writestr("b.csv", "x,y\n1,2\n")
    error = from_standard_input(packed.getvalue(), monkeypatch)
    assert error.message == "'standard input' holds 2 files, not one table."
    assert error.hint == "Name one, as in '-::a.csv'."


def test_a_closed_standard_input_is_said(monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    assert failure("-").message == "Standard input is closed."


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


def read_while(path, meanwhile):
    """Return what is read of a file of a megabyte that something is done to after its first bytes were looked at."""
    path.write_bytes(b"first\n" * 200_000)
    with open_source(path, ReadOptions()) as opened:
        assert opened.head.startswith(b"first")
        meanwhile()
        return opened.drain()


def test_what_is_appended_while_a_file_is_read_is_left_for_another_time(tmp_path):
    path = tmp_path / "growing.csv"

    def append():
        with path.open("ab") as stream:
            stream.write(b"second\n" * 100)

    assert read_while(path, append) == b"first\n" * 200_000


def test_a_file_that_is_removed_while_it_is_read_is_read_to_its_end(tmp_path):
    path = tmp_path / "vanishing.csv"
    assert read_while(path, path.unlink) == b"first\n" * 200_000


def test_a_file_that_is_cut_while_it_is_read_is_no_shorter_table(tmp_path):
    path = tmp_path / "shrinking.csv"
    with pytest.raises(DataError, match=r"'.*shrinking.csv' became shorter while it was read: [\d,]+ bytes"):
        read_while(path, lambda: os.truncate(path, 600_000))


def test_a_file_that_states_no_size_is_read(tmp_path):
    with open_source("/proc/self/status", ReadOptions()) as opened:
        assert opened.drain().startswith(b"Name:")


def test_a_zip_bomb_is_refused_by_what_it_states_before_any_of_it_is_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(unpacking, "FREE_UNPACKED_BYTES", 1_000_000)
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("t.csv", b"a,b\n" + b"0" * 5_000_000)
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("The archive was unpacked."))
    with pytest.raises(DataError, match="unpacks to"):
        read_table(path)
