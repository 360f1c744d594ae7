"""The rows that were not drawn from a table larger than memory pass by in a second reading."""

import numpy as np
import pandas as pd
import pytest

from automl.errors import DataError
from automl.tables import ReadOptions
from automl.tables.sampling import SampleRequest, draw_table, rest_of_table

ROWS = 60_000
ROOM = 400_000


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(0)
    person = rng.integers(0, 3_000, ROWS)
    return pd.DataFrame({"number": np.arange(ROWS), "person": person, "label": rng.choice(["yes", "no"], ROWS)})


@pytest.fixture(scope="module")
def places(frame, tmp_path_factory):
    """The same rows as a regular file, as one in which a row is ragged, and as Parquet."""
    folder = tmp_path_factory.mktemp("large")
    frame.to_csv(folder / "regular.csv", index=False)
    lines = (folder / "regular.csv").read_text().splitlines()
    lines[30_000] += ",,"
    (folder / "ragged.csv").write_text("\n".join(lines) + "\n")
    frame.to_parquet(folder / "typed.parquet", index=False, row_group_size=7_000)
    return folder


def read(path, group=None):
    table = draw_table(str(path), ReadOptions(), SampleRequest(ROOM, 7, "label", group))
    assert table.draw is not None
    return table, list(rest_of_table(str(path), ReadOptions(), table.draw, group, 7))


@pytest.mark.parametrize("name", ["regular.csv", "ragged.csv", "typed.parquet"])
def test_drawn_rows_and_the_rest_are_all_rows_once(places, frame, name):
    table, blocks = read(places / name)
    rest = np.concatenate([block.table.cells["number"].astype(int) for block in blocks])

    assert np.array_equal(np.concatenate([block.positions for block in blocks]), rest)
    assert sorted([*table.cells["number"].astype(int), *rest]) == frame["number"].tolist()


def test_the_rest_has_higher_draws_than_what_was_drawn(places):
    _, blocks = read(places / "regular.csv")
    draws = np.sort(np.concatenate([block.draws for block in blocks]))

    # Of each label the lowest draws were taken, so that the bounds of the two differ a little.
    share = len(draws) / ROWS
    assert draws[len(draws) // 100] >= np.uint64(int((1 - share) * 0.98 * 2.0**64))


def test_no_group_is_drawn_in_part(places):
    table, blocks = read(places / "regular.csv", "person")
    others = {person for block in blocks for person in block.table.cells["person"]}

    assert not others & set(table.cells["person"])
    draws = pd.concat([pd.DataFrame({"p": block.table.cells["person"], "d": block.draws}) for block in blocks])
    assert (draws.groupby("p")["d"].nunique() == 1).all()


def test_a_file_that_went_away_is_told(places, tmp_path):
    path = tmp_path / "gone.parquet"
    path.write_bytes((places / "typed.parquet").read_bytes())
    table = draw_table(str(path), ReadOptions(), SampleRequest(ROOM, 7, "label"))
    path.write_bytes(b"PAR1 damaged")

    with pytest.raises(DataError, match="damaged"):
        list(rest_of_table(str(path), ReadOptions(), table.draw, None, 7))
