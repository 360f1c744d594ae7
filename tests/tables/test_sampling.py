"""A table larger than the memory there is for it is read once, and rows of it are drawn at random."""

import hashlib
import random

import numpy as np
import pandas as pd
import pytest

from automl.errors import DataError
from automl.tables import ReadOptions, infer_schema
from automl.tables.sampling import SampleRequest, draw_table, text_bytes

ROWS = 60_000
ROOM = 400_000


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "number": np.arange(ROWS),
            "person": rng.integers(0, 3_000, ROWS),
            "amount": rng.normal(size=ROWS).round(3),
            "label": rng.choice(["common", "seldom", "rare"], ROWS, p=[0.9, 0.0988, 0.0012]),
        }
    )


@pytest.fixture(scope="module")
def path(frame, tmp_path_factory):
    path = tmp_path_factory.mktemp("large") / "large.csv"
    frame.to_csv(path, index=False)
    return path


def drawn(path, target="label", **request):
    return draw_table(str(path), ReadOptions(), SampleRequest(ROOM, 7, target, **request))


def test_rows_stay_as_they_are_and_in_their_order(path, frame):
    table = drawn(path)
    numbers = table.cells["number"].astype(int)
    assert 0 < len(table.cells) < ROWS / 2
    assert numbers.is_monotonic_increasing
    assert numbers.is_unique
    assert table.cells["amount"].astype(float).tolist() == frame["amount"].iloc[numbers].tolist()


def test_it_is_said_from_how_many_rows_they_were_drawn(path):
    table = drawn(path)
    assert table.drawn_from == ROWS
    (finding,) = table.findings
    assert finding.code == "rows_drawn"
    assert f"{ROWS:,}" in finding.message
    assert f"{len(table.cells):,}" in finding.message
    assert table.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_every_class_has_its_share_and_a_rare_one_some_rows(path, frame):
    labels = drawn(path).cells["label"].value_counts()
    shares = frame["label"].value_counts(normalize=True)
    assert labels["common"] / labels.sum() == pytest.approx(shares["common"], abs=0.005)
    assert labels["rare"] == 30


def test_every_part_of_a_numeric_target_has_its_share(path, frame):
    amounts = drawn(path, "amount").cells["amount"].astype(float)
    tenths = frame["amount"].quantile(np.linspace(0.1, 0.9, 9))
    assert np.bincount(np.searchsorted(tenths, amounts)) / len(amounts) == pytest.approx(0.1, abs=0.01)


def test_groups_stay_whole(path, frame):
    sizes = drawn(path, group="person").cells["person"].astype(int).value_counts()
    assert (sizes == frame["person"].value_counts()[sizes.index]).all()


def test_a_group_that_fills_the_table_is_refused(tmp_path):
    path = tmp_path / "one.csv"
    pd.DataFrame({"person": 1, "label": np.arange(ROWS) % 2}).to_csv(path, index=False)
    with pytest.raises(DataError, match="Not one group of 'person'"):
        drawn(path, group="person")


def test_the_same_seed_draws_the_same_rows_and_another_draws_others(path):
    assert drawn(path).cells.equals(drawn(path).cells)
    other = draw_table(str(path), ReadOptions(), SampleRequest(ROOM, 8, "label"))
    assert set(other.cells["number"]) != set(drawn(path).cells["number"])


def test_a_typed_file_gives_the_same_rows_as_one_of_text(path, frame, tmp_path):
    frame.to_parquet(tmp_path / "large.parquet", row_group_size=10_000)
    table = drawn(tmp_path / "large.parquet")
    expected = frame.iloc[table.cells["number"].astype(int)]
    assert table.drawn_from == ROWS
    assert table.cells["label"].tolist() == expected["label"].tolist()
    assert table.cells["amount"].astype(float).tolist() == expected["amount"].tolist()
    assert infer_schema(table).column("amount") == infer_schema(drawn(path)).column("amount")


@pytest.mark.parametrize("breaking", ["1,2,3\n", '5,6,"a "quoted" word",common\n', "7,8,a\0b,common\n"])
def test_an_irregular_file_is_read_by_the_reader_that_repairs(path, tmp_path, breaking):
    broken = tmp_path / "broken.csv"
    broken.write_text(path.read_text() + breaking, encoding="utf-8")
    table = drawn(broken)
    assert table.drawn_from == ROWS + 1
    assert set(table.cells["label"]) <= {"common", "seldom", "rare", ""}


def test_a_file_in_another_encoding_is_read_too(path, frame, tmp_path):
    frame.assign(label=frame["label"] + "é").to_csv(tmp_path / "latin.csv", index=False, encoding="latin-1")
    assert set(drawn(tmp_path / "latin.csv").cells["label"]) == {"commoné", "seldomé", "rareé"}


def test_where_there_is_no_time_for_the_file_parts_from_all_over_it_are_read(frame, tmp_path):
    path = tmp_path / "long.csv"
    frame.assign(filler="x" * 200).to_csv(path, index=False)
    table = drawn(path, seconds=0.0)
    numbers = table.cells["number"].astype(int)
    assert table.findings[0].severity == "warning"
    assert "no time" in table.findings[0].message
    assert table.drawn_from == pytest.approx(ROWS, rel=0.1)
    assert table.cells["amount"].astype(float).tolist() == frame["amount"].iloc[numbers].tolist()


def test_parts_of_a_file_hold_whole_lines_and_each_once(tmp_path):
    from automl.tables.parts import PartsOfFile

    path = tmp_path / "lines.txt"
    lines = [f"{number} {'x' * random.Random(number).randrange(3_000)}\n" for number in range(4_000)]
    path.write_text("".join(lines), encoding="ascii")
    with PartsOfFile(path, 1 << 40, seed=0) as parts:
        assert parts.read() == path.read_bytes()
    with PartsOfFile(path, 3 << 20, seed=0) as parts:
        some = parts.read().decode().splitlines(keepends=True)
    assert len(some) < len(lines)
    assert set(some) <= set(lines)
    assert len(set(some)) == len(some)


def test_what_tells_nothing_beforehand_is_not_measured(path):
    assert text_bytes("-") is None
    assert text_bytes("https://example.org/a.csv") is None
    assert text_bytes("missing.csv") is None
    assert text_bytes(str(path)) > path.stat().st_size
