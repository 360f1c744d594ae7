"""Rows streamed to a file or to standard output."""

import json
from pathlib import Path

import pandas as pd
import pytest

from automl.cli.rows import OUTPUT_FORMATS, check_output, open_rows
from automl.errors import UsageError, WriteError

BLOCK = pd.DataFrame(
    {
        "id": pd.Series(["00501", 'a "b", c'], dtype="str"),
        "prediction": pd.Series([0.1 + 0.2, float("nan")], dtype="float64"),
    }
)


def write(path, *blocks):
    with open_rows(path) as rows:
        for block in blocks:
            rows.write(block)


def test_csv_quotes_what_needs_it_and_keeps_every_digit(tmp_path):
    write(tmp_path / "p.csv", BLOCK)
    assert (tmp_path / "p.csv").read_text() == 'id,prediction\n00501,0.30000000000000004\n"a ""b"", c",\n'


def test_tsv_is_separated_by_tabs(tmp_path):
    write(tmp_path / "p.tsv", BLOCK[:1])
    assert (tmp_path / "p.tsv").read_text() == "id\tprediction\n00501\t0.30000000000000004\n"


def test_json_lines_hold_one_object_a_row(tmp_path):
    write(tmp_path / "p.jsonl", BLOCK)
    lines = [json.loads(line) for line in (tmp_path / "p.jsonl").read_text().splitlines()]
    assert lines == [{"id": "00501", "prediction": 0.1 + 0.2}, {"id": 'a "b", c', "prediction": None}]


def test_parquet_keeps_types(tmp_path):
    write(tmp_path / "p.parquet", BLOCK)
    read = pd.read_parquet(tmp_path / "p.parquet")
    assert list(read["id"]) == list(BLOCK["id"])
    assert read["prediction"].dtype == "float64"


@pytest.mark.parametrize("ending", OUTPUT_FORMATS)
def test_blocks_follow_each_other(tmp_path, ending):
    path = tmp_path / f"p{ending}"
    write(path, BLOCK, BLOCK[:0], BLOCK)
    if ending == ".parquet":
        assert len(pd.read_parquet(path)) == 4
    else:
        assert path.read_text().count("00501") == 2


def test_no_rows_give_the_header_alone(tmp_path):
    write(tmp_path / "p.csv", BLOCK[:0])
    assert (tmp_path / "p.csv").read_text() == "id,prediction\n"


def test_no_rows_give_a_parquet_file_with_its_columns(tmp_path):
    write(tmp_path / "p.parquet", BLOCK[:0])
    assert list(pd.read_parquet(tmp_path / "p.parquet").columns) == ["id", "prediction"]


def test_without_a_file_rows_go_to_standard_output(capsys):
    write(None, BLOCK[:1])
    assert capsys.readouterr().out == "id,prediction\n00501,0.30000000000000004\n"


@pytest.mark.parametrize("ending", OUTPUT_FORMATS)
def test_a_failure_leaves_the_file_that_stood_there(tmp_path, ending):
    path = tmp_path / f"p{ending}"
    path.write_text("before")
    with pytest.raises(AttributeError):
        write(path, BLOCK, "not a block")
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_folder_cannot_be_written(tmp_path):
    with pytest.raises(WriteError):
        write(tmp_path / "none" / "p.csv", BLOCK)


def test_an_unknown_ending_is_refused():
    with pytest.raises(UsageError) as caught:
        check_output("p.xlsx", {})
    assert ".parquet" in caught.value.hint


def test_an_input_is_never_the_output(tmp_path):
    (tmp_path / "in.csv").touch()
    with pytest.raises(UsageError, match="the data itself"):
        check_output(str(tmp_path / "in.csv"), {"data": str(tmp_path / "." / "in.csv")})


def test_a_folder_is_no_output(tmp_path):
    (tmp_path / "p.csv").mkdir()
    with pytest.raises(UsageError, match="is a folder"):
        check_output(str(tmp_path / "p.csv"), {})


def test_standard_input_is_no_file():
    assert check_output("p.csv", {"data": "-"}) == Path("p.csv")
