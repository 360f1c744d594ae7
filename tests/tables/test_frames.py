"""Typed tables turned into text cells."""

import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import feather, parquet

from automl.errors import DataError
from automl.tables import ColumnKind, infer_schema, read_blocks, read_table, table_from_frame


@pytest.fixture
def frame():
    return pd.DataFrame(
        {
            "number": [1.5, None, 3.25],
            "flag": [True, False, True],
            "day": pd.to_datetime(["2024-01-31", None, "2024-03-01"]),
            "group": pd.Categorical(["a", None, "b"]),
            "mixed": [1, "x", None],
        }
    )


def test_a_frame_becomes_text_with_empty_cells_for_missing_values(frame):
    cells = table_from_frame(frame).cells
    assert cells.iloc[0].tolist() == ["1.5", "True", "2024-01-31", "a", "1"]
    assert cells.iloc[1].tolist() == ["", "False", "", "", "x"]


def test_the_kinds_of_a_frame_survive_the_way_through_text(frame):
    kinds = {column.name: column.kind for column in infer_schema(table_from_frame(frame)).columns}
    assert kinds["number"] is ColumnKind.NUMERIC
    assert kinds["flag"] is ColumnKind.BOOLEAN
    assert kinds["day"] is ColumnKind.DATETIME


def test_the_index_is_left_out():
    assert list(table_from_frame(pd.DataFrame({"a": [1]}, index=[7])).cells.index) == [0]


def test_repeated_column_names_become_unique():
    assert list(table_from_frame(pd.DataFrame([[1, 2]], columns=["a", "a"])).cells.columns) == ["a", "a_2"]


def test_a_frame_without_columns_is_refused():
    with pytest.raises(DataError):
        table_from_frame(pd.DataFrame())


def test_a_parquet_file_reads_as_the_frame_that_it_holds(frame, tmp_path):
    path = tmp_path / "table.parquet"
    frame.drop(columns="mixed").to_parquet(path)
    assert read_table(path).cells.equals(table_from_frame(frame.drop(columns="mixed")).cells)


def test_a_parquet_file_reads_in_blocks(tmp_path):
    path = tmp_path / "table.parquet"
    pd.DataFrame({"a": range(10)}).to_parquet(path)
    assert [len(block.cells) for block in read_blocks(path, rows=4)] == [4, 4, 2]


def test_whole_numbers_of_a_parquet_file_stay_whole_where_some_are_missing(tmp_path):
    path = tmp_path / "table.parquet"
    parquet.write_table(pa.table({"a": pa.array([1, None, 9_007_199_254_740_993])}), path)
    assert read_table(path).cells["a"].tolist() == ["1", "", "9007199254740993"]
    assert [block.cells["a"].tolist() for block in read_blocks(path, rows=2)] == [["1", ""], ["9007199254740993"]]


def test_whole_numbers_of_an_arrow_file_stay_whole_where_some_are_missing(tmp_path):
    path = tmp_path / "table.feather"
    feather.write_feather(pa.table({"a": pa.array([1, None, 9_007_199_254_740_993])}), path)
    assert read_table(path).cells["a"].tolist() == ["1", "", "9007199254740993"]


def test_an_empty_parquet_file_is_one_block_of_no_rows(tmp_path):
    path = tmp_path / "table.parquet"
    pd.DataFrame({"a": pd.Series([], dtype="float64")}).to_parquet(path)
    assert [block.cells.shape for block in read_blocks(path)] == [(0, 1)]


def test_bytes_that_are_no_text_stand_as_far_as_they_are(tmp_path):
    path = tmp_path / "table.parquet"
    parquet.write_table(pa.table({"a": pa.array([b"\xff0", b"plain", None]), "b": [1, 2, 3]}), path)
    assert read_table(path).cells["a"].tolist() == ["\ufffd0", "plain", ""]
    assert [block.cells["a"].tolist() for block in read_blocks(path, rows=2)] == [["\ufffd0", "plain"], [""]]


def test_two_columns_of_a_parquet_file_with_one_name_become_unique_and_are_told(tmp_path):
    path = tmp_path / "table.parquet"
    columns = [pa.array([1, None]), pa.array([3, 4]), pa.array(["u", "v"])]
    parquet.write_table(pa.Table.from_arrays(columns, names=["a", "a", "y"]), path)
    table = read_table(path)
    assert table.cells.to_dict("list") == {"a": ["1", ""], "a_2": ["3", "4"], "y": ["u", "v"]}
    assert [finding.code for finding in table.findings] == ["duplicate_column_name"]
    assert next(read_blocks(path)).cells.equals(table.cells)
