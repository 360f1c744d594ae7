"""The trial log: what is whole is read, wherever the file was cut off."""

import json

import numpy as np
import pytest

from automl.search.journal import Journal, read_records

RECORDS = [{"kind": "proposed", "name": "Zürich"}, {"kind": "ended", "loss": 0.25}, {"kind": "fold", "stages": [1, 2]}]


@pytest.fixture
def path(tmp_path):
    journal = Journal(tmp_path / "log.jsonl")
    for record in RECORDS:
        journal.append(record, sync=False)
    journal.close()
    return tmp_path / "log.jsonl"


def test_what_was_appended_is_read(path):
    assert read_records(path) == RECORDS


def test_a_file_that_is_not_there_holds_nothing(tmp_path):
    assert read_records(tmp_path / "none") == []


def test_wherever_it_is_cut_off_the_whole_records_stay_and_the_next_one_follows(path):
    content = path.read_bytes()
    ends = [number + 1 for number, byte in enumerate(content) if byte == ord("\n")]
    for length in range(len(content) + 1):
        path.write_bytes(content[:length])
        whole = RECORDS[: sum(end <= length for end in ends)]
        assert read_records(path) == whole
        journal = Journal(path)
        journal.append({"kind": "new"}, sync=True)
        journal.close()
        assert read_records(path) == [*whole, {"kind": "new"}]


def test_what_follows_a_damaged_record_is_not_trusted(path):
    path.write_bytes(path.read_bytes().replace(b'"loss": 0.25', b'"loss": 0.2\0'))
    assert read_records(path) == RECORDS[:1]


def test_numbers_of_numpy_are_written_as_numbers(tmp_path):
    journal = Journal(tmp_path / "log.jsonl")
    journal.append({"rate": np.float64(0.5), "rounds": np.int64(7)}, sync=True)
    journal.close()
    assert json.loads((tmp_path / "log.jsonl").read_text()) == {"rate": 0.5, "rounds": 7}
