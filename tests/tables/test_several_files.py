"""A folder or a pattern is read as one table, in the order of names, and only where the columns agree."""

import gzip

import pandas as pd
import pytest

from automl.errors import DataError, UsageError
from automl.inputs import DATA_ENDINGS, is_read_from, listed_files
from automl.tables import ReadOptions, read_blocks, read_table
from automl.tables.formats.registry import FORMATS


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "sales"
    place.mkdir()
    (place / "may.csv").write_text("day,sum\n1,10\n2,20\n")
    (place / "june.csv.gz").write_bytes(gzip.compress(b"day;sum\n3;30\n4;40\n"))
    (place / ".hidden.csv").write_text("x\n1\n")
    (place / "notes.md").write_text("no table")
    (place / "older").mkdir()
    return place


def codes(table):
    return [finding.code for finding in table.findings]


def failure(source, options=None):
    with pytest.raises(DataError) as caught:
        read_table(source, options)
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize("named", ["{}", "{}/", "{}/*.csv*", "{}/[jm]*"])
def test_the_files_follow_each_other_in_the_order_of_their_names(folder, named):
    table = read_table(named.format(folder))
    assert table.cells.to_numpy().tolist() == [["3", "30"], ["4", "40"], ["1", "10"], ["2", "20"]]
    assert "several_files" in codes(table)
    assert "2 files" in table.findings[0].message


def test_blocks_hold_the_same_rows_and_end_with_the_same_digest(folder):
    table = read_table(folder)
    blocks = list(read_blocks(folder, rows=1))
    assert pd.concat([block.cells for block in blocks], ignore_index=True).equals(table.cells)
    assert blocks[-1].sha256 == table.sha256
    assert [codes(block) for block in blocks].count(["several_files"]) == 1


def test_the_digest_covers_every_file(folder):
    before = read_table(folder).sha256
    (folder / "may.csv").write_text("day,sum\n1,10\n2,21\n")
    assert read_table(folder).sha256 != before


def test_a_source_column_names_each_row_s_file(folder, tmp_path):
    options = ReadOptions(source_column="file")
    assert read_table(folder, options).cells["file"].tolist() == ["june.csv.gz"] * 2 + ["may.csv"] * 2
    assert read_table(folder / "may.csv", options).cells["file"].tolist() == ["may.csv"] * 2
    blocks = read_blocks(f"{tmp_path}/*/*.csv*", options)
    assert [block.cells["file"].iloc[0] for block in blocks] == ["june.csv.gz", "may.csv"]


def test_files_of_one_name_are_told_apart_by_their_folders(tmp_path):
    for year in ("2023", "2024"):
        (tmp_path / year).mkdir()
        (tmp_path / year / "data.csv").write_text(f"a,b\n{year},x\n")
    table = read_table(f"{tmp_path}/*/data.csv", ReadOptions(source_column="file"))
    assert table.cells["file"].tolist() == ["2023/data.csv", "2024/data.csv"]
    assert len(read_table(f"{tmp_path}/**/*.csv").cells) == 2


def test_a_source_column_never_replaces_another(folder):
    with pytest.raises(UsageError, match="'day' already"):
        read_table(folder, ReadOptions(source_column="day"))


def test_a_file_with_other_columns_is_named_with_what_differs(folder):
    (folder / "may.csv").write_text("day,total\n1,10\n")
    error = failure(folder)
    assert "'may.csv' has other columns than 'june.csv.gz'" in error.message
    assert "lacks column 'sum'" in error.message
    assert "'total'" in error.message
    with pytest.raises(DataError, match=r"may\.csv"):
        list(read_blocks(folder))


def test_columns_in_another_order_are_found_by_their_names_and_said(folder):
    (folder / "may.csv").write_text("sum,day\n10,1\n20,2\n")
    table = read_table(folder)
    assert table.cells["day"].tolist() == ["3", "4", "1", "2"]
    assert "'may.csv'" in next(each.message for each in table.findings if each.code == "reordered_columns")


def test_what_is_found_in_several_files_is_said_once_with_their_count(tmp_path):
    for name in "abc":
        (tmp_path / f"{name}.csv").write_text("x,y\n1,2\n3,4,5\n6,7\n8,9\n")
    ragged = [each for each in read_table(tmp_path).findings if each.code == "ragged_rows"]
    assert len(ragged) == 1
    assert ragged[0].message.startswith("In 'a.csv': ")
    assert "2 more files" in ragged[0].message


def test_a_file_that_cannot_be_read_is_named(folder):
    (folder / "may.csv").write_bytes(b"")
    assert "may.csv" in failure(folder).message


def test_a_pattern_without_a_match_and_a_folder_without_tables_are_said(tmp_path):
    assert "No file matches" in failure(f"{tmp_path}/*.csv").message
    assert "holds no table" in failure(tmp_path).message


def test_a_file_whose_name_looks_like_a_pattern_is_one_file(tmp_path):
    path = tmp_path / "data[1].csv"
    path.write_text("a,b\n1,2\n")
    (tmp_path / "data1.csv").write_text("a,b\n3,4\n")
    assert read_table(path).cells["a"].tolist() == ["1"]


def test_the_endings_of_a_folder_s_files_are_those_of_the_formats():
    known = {ending for each in FORMATS.values() for ending in each.endings}
    assert set(DATA_ENDINGS) == known | {".csv", ".tsv", ".txt"}


def test_an_output_among_the_files_counts_as_read(folder, tmp_path):
    assert is_read_from(folder / "all.csv", str(folder))
    assert is_read_from(folder / "all.csv", f"{folder}/*.csv")
    assert not is_read_from(folder / "all.html.txt2", str(folder))
    assert not is_read_from(tmp_path / "all.csv", str(folder))
    assert listed_files(str(folder / "may.csv")) is None
