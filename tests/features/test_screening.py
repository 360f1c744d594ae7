"""Of very many columns, models learn from those that tell something."""

import numpy as np
import pandas as pd
import pytest

from automl.features import MOST_COLUMNS, screened
from automl.tables.schema import Column, ColumnKind


@pytest.fixture(scope="module")
def wide():
    """Return 80 rows of many numbers, a category and a date, and a target that two of the columns make."""
    random = np.random.default_rng(0)
    frame = pd.DataFrame(random.normal(size=(80, MOST_COLUMNS + 200)), columns=range(MOST_COLUMNS + 200)).add_prefix(
        "x"
    )
    kind = pd.Series(random.choice(["a", "b"], 80), dtype="str")
    frame = pd.concat(
        [frame, kind.rename("kind"), pd.Series(pd.Timestamp("2024-01-01"), range(80), name="day")], axis=1
    )
    return frame, frame["x1150"].to_numpy() + 2.0 * (kind == "a").to_numpy()


def columns_of(frame):
    kinds = {"kind": ColumnKind.CATEGORY, "day": ColumnKind.DATETIME}
    return [Column(name, kinds.get(name, ColumnKind.NUMERIC)) for name in frame]


def test_columns_that_tell_much_stay_and_dates_always_do(wide):
    frame, target = wide
    kept = [column.name for column in screened(frame, columns_of(frame), target, 0)]
    assert {"x1150", "kind", "day"} <= set(kept)
    assert len(kept) <= MOST_COLUMNS + 1


def test_a_table_of_fewer_columns_is_left_as_it_is(wide):
    frame, target = wide
    columns = columns_of(frame.iloc[:, :50])
    assert screened(frame, columns, target, 0) == tuple(columns)


def test_where_nothing_tells_anything_some_columns_are_left(wide):
    frame, target = wide
    assert len(screened(frame, columns_of(frame), np.ones_like(target), 0)) > 1
