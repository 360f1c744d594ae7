"""Messy files with bytes changed at random: read, or refused in a sentence; never anything else."""

import contextlib

import pytest
from messy import POLLUTIONS, messy_file
from mutations import mutated

from automl.errors import DataError
from automl.tables import infer_schema, read_table


@pytest.mark.parametrize("pollution", sorted(POLLUTIONS))
def test_changed_bytes_never_end_in_a_crash(tmp_path, pollution):
    path = tmp_path / "changed.csv"
    for seed in range(8):
        path.write_bytes(mutated(messy_file(seed, pollution).content, seed))
        with contextlib.suppress(DataError):
            table = read_table(path)
            assert table.cells.shape[1] == len(infer_schema(table).columns)
