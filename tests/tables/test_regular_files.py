"""A large regular file is read as it passes by, to the same table that the readers of the whole make of it."""

import random
from pathlib import Path

import pandas as pd
import pytest

from automl.tables import read_blocks, read_table, reading, regularfiles
from automl.tables.options import ReadOptions
from automl.tables.regularfiles import IrregularError, read_regular_file
from automl.tables.table import Table

ROWS = [f"{number},{number / 7:.3f},{'north' if number % 3 else 'süd'}" for number in range(4_000)]
TEXT = "\n".join(["id,value,side", *ROWS]) + "\n"
REGULAR = {
    "line feeds": TEXT,
    "no end of the last line": TEXT.rstrip("\n"),
    "carriage returns and line feeds": TEXT.replace("\n", "\r\n"),
    "carriage returns": TEXT.replace("\n", "\r"),
    "semicolons": TEXT.replace(",", ";"),
    "tabs": TEXT.replace(",", "\t"),
    "quotes": TEXT.replace("north", '"north, or ""up"""'),
    "a title above": "A list of sides\n\n" + TEXT,
    "no header": TEXT.split("\n", 1)[1],
    "replacement characters": TEXT.replace("north", "n�rth"),
    "empty cells": TEXT.replace("north", ""),
    "rows that grow": "\n".join(f"{n},{'long ' * (n // 100)},x" for n in range(2000)) + "\n",
}
IRREGULAR = {
    "ruled lines as wide as rows": TEXT + "********,********,********\n" + TEXT.split("\n", 1)[1],
    "a page number in a row of empty cells": TEXT + "Page 2 of 3,,\n" + TEXT.split("\n", 1)[1],
    "an odd quote in a last line without an end": TEXT + '1,"in"side,3',
    "quotes between carriage returns": TEXT.replace("\n", "\r").replace("north", '"no"rth', 1),
    "an odd quote behind much text without any": TEXT + '1,"in"side,3\n' + "\n".join(ROWS) + "\n",
    "a short row": TEXT + "1,2\n",
    "a long row": TEXT + "1,2,3,4\n",
    "an open quote": TEXT + '1,2,"open\n',
    "a quote inside a cell": TEXT + '1,"in"side,3\n',
    "a cell of two lines": TEXT.replace("north", '"no\nrth"', 1),
    "blank lines": TEXT + "\n\n1,2,3\n",
    "a byte that is no character": TEXT.encode() + b"1,2,\xff\n",
    "a NUL": TEXT + "1,2,\x00\n",
    "UTF-16": TEXT.encode("utf-16"),
    "a byte-order mark": TEXT.encode("utf-8-sig"),
}


@pytest.fixture(autouse=True)
def _every_file_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_WHOLE_BYTES", 1_000)
    monkeypatch.setattr(regularfiles, "BLOCK_BYTES", 1 << 14)


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "large.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def blocks_of(path: Path, rows: int = 700) -> list[Table]:
    return list(read_blocks(path, rows=rows))


def blocks_by_repair(path: Path, monkeypatch: pytest.MonkeyPatch, rows: int = 700) -> list[Table]:
    """Read block by block by the reader that repairs."""

    def refuse(*_: object) -> list[Table]:
        raise IrregularError("not for this test")

    with monkeypatch.context() as patch:
        patch.setattr(reading, "regular_blocks", refuse)
        return blocks_of(path, rows)


def read_whole(path: Path, monkeypatch: pytest.MonkeyPatch, options: ReadOptions | None = None) -> Table:
    """Read by the readers that look at the whole."""

    def refuse(*_: object) -> Table:
        raise IrregularError("not for this test")

    with monkeypatch.context() as patch:
        patch.setattr(reading, "read_regular_file", refuse)
        return read_table(path, options)


@pytest.mark.parametrize("content", REGULAR.values(), ids=REGULAR)
def test_a_regular_file_comes_out_as_from_the_readers_of_the_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    path = written(tmp_path, content)
    passed = read_regular_file(path, ReadOptions())
    whole = read_whole(path, monkeypatch)
    assert passed.cells.equals(whole.cells)
    assert passed.cells.dtypes.equals(whole.cells.dtypes)
    assert (passed.dialect, passed.sha256) == (whole.dialect, whole.sha256)
    assert sorted(each.code for each in passed.findings) == sorted(each.code for each in whole.findings)


@pytest.mark.parametrize("content", IRREGULAR.values(), ids=IRREGULAR)
def test_what_is_irregular_is_read_by_those_that_repair(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | bytes
) -> None:
    path = written(tmp_path, content)
    found, whole = read_table(path), read_whole(path, monkeypatch)
    assert found.cells.equals(whole.cells)
    assert [each.code for each in found.findings] == [each.code for each in whole.findings]


def test_only_irregular_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(IrregularError, match="blank"):
        read_regular_file(written(tmp_path, TEXT + "\n\n1,2,3\n"), ReadOptions())
    with pytest.raises(IrregularError, match="columns"):
        read_regular_file(written(tmp_path, TEXT + "1,2\n"), ReadOptions())


def test_random_cells_come_back_whatever_their_lengths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(3)
    lines = [
        ",".join("x" * draw.randrange(draw.choice((2, 40, 900))) + str(draw.random()) for _ in range(5))
        for _ in range(1_500)
    ]
    path = written(tmp_path, "a,b,c,d,e\n" + "\n".join(lines) + "\n")
    assert read_regular_file(path, ReadOptions()).cells.equals(read_whole(path, monkeypatch).cells)


@pytest.mark.parametrize("content", [*REGULAR.values(), *IRREGULAR.values()], ids=[*REGULAR, *IRREGULAR])
def test_blocks_are_those_of_the_reader_that_repairs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | bytes
) -> None:
    path = written(tmp_path, content)
    found, expected = blocks_of(path), blocks_by_repair(path, monkeypatch)
    cells = [pd.concat([block.cells for block in blocks], ignore_index=True) for blocks in (found, expected)]
    assert cells[0].equals(cells[1])
    assert cells[0].dtypes.equals(cells[1].dtypes)
    assert found[-1].sha256 == expected[-1].sha256
    codes = [{each.code for block in blocks for each in block.findings} for blocks in (found, expected)]
    assert codes[0] == codes[1]


def test_blocks_of_a_regular_file_have_as_many_rows_as_were_asked_for(tmp_path: Path) -> None:
    assert [len(block.cells) for block in blocks_of(written(tmp_path, TEXT), 1_500)] == [1_500, 1_500, 1_000]


def test_a_file_that_is_irregular_in_its_middle_is_read_on_by_the_reader_that_repairs(tmp_path: Path) -> None:
    lines = TEXT.splitlines()
    lines[3_000] = "2999,a,b,c"
    blocks = blocks_of(written(tmp_path, "\n".join(lines) + "\n"), 500)
    assert sum(len(block.cells) for block in blocks) == len(ROWS)
    assert [each.code for block in blocks for each in block.findings] == ["repaired_rows"]
