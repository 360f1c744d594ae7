"""Badly written files are read as a careful person would read them, or a finding says what was guessed."""

import csv
import io

import pytest
from messy import POLLUTIONS, messy_file

from automl.findings import Severity
from automl.tables import read_blocks, read_table, reading

# Where two readings are equally good now and then: then a warning has to say so.
DOUBTFUL = {"encoding", "line_breaks", "other_delimiter"}
SEEDS = range(6)


def bare(rows):
    return [[cell.strip() for cell in row] for row in rows]


@pytest.fixture
def written(tmp_path):
    def _written(messy):
        path = tmp_path / "messy.csv"
        path.write_bytes(messy.content)
        return path

    return _written


@pytest.mark.parametrize("pollution", sorted(set(POLLUTIONS) - DOUBTFUL))
@pytest.mark.parametrize("seed", SEEDS)
def test_the_table_in_a_messy_file_is_found(written, pollution, seed):
    messy = messy_file(seed, pollution)
    table = read_table(written(messy))
    assert list(table.cells.columns) == messy.header
    assert bare(table.cells.to_numpy().tolist()) == bare(messy.rows)


@pytest.mark.parametrize("pollution", sorted(DOUBTFUL))
@pytest.mark.parametrize("seed", SEEDS)
def test_where_the_reading_is_in_doubt_a_finding_says_so(written, pollution, seed):
    messy = messy_file(seed, pollution)
    table = read_table(written(messy))
    is_equal = bare(table.cells.to_numpy().tolist()) == bare(messy.rows)
    assert is_equal or any(f.severity is Severity.WARNING or f.code == "encoding_guessed" for f in table.findings)


@pytest.mark.parametrize(
    "pollution", ["stray_quote", "extra_delimiter", "broken_rows", "two_header_rows", "line_breaks"]
)
def test_blocks_of_a_file_too_large_to_look_at_as_a_whole_hold_the_same_rows(written, pollution, monkeypatch):
    messy = messy_file(3, pollution)
    path = written(messy)
    whole = read_table(path)
    monkeypatch.setattr(reading, "_WHOLE_BYTES", 200)
    blocks = [row for block in read_blocks(path, rows=5) for row in block.cells.to_numpy().tolist()]
    assert blocks == whole.cells.to_numpy().tolist()
    assert read_table(path).cells.equals(whole.cells)


@pytest.mark.parametrize("pollution", sorted(POLLUTIONS))
def test_what_was_read_written_plainly_reads_back_equal(written, tmp_path, pollution):
    table = read_table(written(messy_file(1, pollution)))
    stream = io.StringIO()
    csv.writer(stream).writerows([table.cells.columns, *table.cells.to_numpy().tolist()])
    again = tmp_path / "again.csv"
    again.write_text(stream.getvalue(), encoding="utf-8", newline="")
    assert read_table(again).cells.equals(table.cells)
