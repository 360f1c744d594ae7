"""Messy files with bytes changed at random: read, or refused in a sentence; never anything else."""

import contextlib
import random

import pytest
from messy import POLLUTIONS, messy_file

from automl.errors import DataError
from automl.tables import infer_schema, read_table

PIECES = (
    b'"',
    b",",
    b";",
    b"\t",
    b"|",
    b"\n",
    b"\r",
    b"'",
    b"\\",
    b"\0",
    b'""',
    b'"\n"',
    b",,,,",
    b"\xff\xfe",
    b"\x1b[31m",
)


def mutated(content: bytes, seed: int) -> bytes:
    r = random.Random(seed)
    changed = bytearray(content)
    for _ in range(r.choice([1, 3, 10])):
        at = r.randrange(len(changed) + 1)
        kind = r.randrange(4)
        if kind == 0:
            changed[at:at] = r.choice(PIECES)
        elif kind == 1:
            changed[at : at + 1] = bytes([r.randrange(256)])
        elif kind == 2:
            del changed[at : at + r.randrange(1, 40)]
        else:
            start = r.randrange(len(changed) + 1)
            changed[at:at] = changed[start : start + 100]
    return bytes(changed)


@pytest.mark.parametrize("pollution", sorted(POLLUTIONS))
def test_changed_bytes_never_end_in_a_crash(tmp_path, pollution):
    path = tmp_path / "changed.csv"
    for seed in range(8):
        path.write_bytes(mutated(messy_file(seed, pollution).content, seed))
        with contextlib.suppress(DataError):
            table = read_table(path)
            assert table.cells.shape[1] == len(infer_schema(table).columns)
