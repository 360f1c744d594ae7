"""A large regular file is read as it passes by, to the same table that the readers of the whole make of it."""

import random
from pathlib import Path

import pytest

from automl.tables import read_table, reading, regularfiles
from automl.tables.options import ReadOptions
from automl.tables.regularfiles import IrregularError, read_regular_file
from automl.tables.table import Table

ROWS = [f"{number},{number / 7:.3f},{'north' if number % 3 else 'süd'}" for number in range(4_000)]
TEXT = "\n".join(["id,value,side", *ROWS]) + "\n"


@pytest.fixture(autouse=True)
def _every_file_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_WHOLE_BYTES", 1_000)
    monkeypatch.setattr(regularfiles, "BLOCK_BYTES", 1 << 14)


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "large.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read_whole(path: Path, monkeypatch: pytest.MonkeyPatch, options: ReadOptions | None = None) -> Table:
    """Read by the readers that look at the whole."""

    def refuse(*_: object) -> Table:
        raise IrregularError("not for this test")

    with monkeypatch.context() as patch:
        patch.setattr(reading, "read_regular_file", refuse)
        return read_table(path, options)


@pytest.mark.parametrize(
    "content",
    [
        TEXT,
        TEXT.rstrip("\n"),
        TEXT.replace("\n", "\r\n"),
        TEXT.replace("\n", "\r"),
        TEXT.replace(",", ";"),
        TEXT.replace(",", "\t"),
        TEXT.replace("north", '"north, or ""up"""'),
        "A list of sides\n\n" + TEXT,
        TEXT.split("\n", 1)[1],
        TEXT.replace("north", "n�rth"),
        TEXT.replace("north", ""),
        "\n".join(f"{n},{'long ' * (n // 100)},x" for n in range(2_000)) + "\n",
    ],
    ids=[
        "line feeds",
        "no end of the last line",
        "carriage returns and line feeds",
        "carriage returns",
        "semicolons",
        "tabs",
        "quotes",
        "a title above",
        "no header",
        "replacement characters",
        "empty cells",
        "rows that grow",
    ],
)
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


@pytest.mark.parametrize(
    "content",
    [
        TEXT + "1,2\n",
        TEXT + "1,2,3,4\n",
        TEXT + '1,2,"open\n',
        TEXT + '1,"in"side,3\n',
        TEXT.replace("north", '"no\nrth"', 1),
        TEXT + "\n\n1,2,3\n",
        TEXT.encode() + b"1,2,\xff\n",
        TEXT + "1,2,\0\n",
        TEXT.encode("utf-16"),
        TEXT.encode("utf-8-sig"),
    ],
    ids=[
        "a short row",
        "a long row",
        "an open quote",
        "a quote inside a cell",
        "a cell of two lines",
        "blank lines",
        "a byte that is no character",
        "a NUL",
        "UTF-16",
        "a byte-order mark",
    ],
)
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
