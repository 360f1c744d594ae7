"""What features of two columns say, and what they do with cells they have not seen."""

import numpy as np
import pandas as pd
import pytest

from automl.features.generated import CategoryCrosses, GroupDistances, NumberPairs
from automl.features.relevance import most_telling


@pytest.fixture
def frame():
    random = np.random.default_rng(1)
    columns = {"a": random.normal(size=300), "b": random.normal(size=300), "noise": random.normal(size=300)}
    shops = pd.Series(random.choice(["north", "south", "west"], 300), dtype="str")
    days = pd.Series(random.choice(["week", "weekend"], 300), dtype="str")
    return pd.DataFrame({**columns, "shop": shops, "day": days})


def target_of(frame):
    north = (frame["shop"] == "north").to_numpy()
    return frame["a"].to_numpy() + 2 * north + north * (frame["day"] == "week").to_numpy()


def test_a_column_that_tells_nothing_stands_behind_one_that_tells_something(frame):
    assert most_telling(frame, ["noise", "a", "b"], target_of(frame), 0, 3)[0] == "a"
    assert most_telling(frame, ["noise", "shop"], target_of(frame), 0, 1) == ["shop"]


def test_a_constant_or_an_identifier_tells_nothing(frame):
    frame = frame.assign(same=1.0, each=pd.Series([str(number) for number in range(300)], dtype="str"))
    assert most_telling(frame, ["same", "each"], target_of(frame), 0, 3) == []


def test_a_ratio_with_a_zero_below_is_missing(frame):
    pairs = NumberPairs(["a", "b"], 0)
    pairs.fit_transform(frame, frame["a"].to_numpy() + frame["b"].to_numpy(), None)
    first, second = pairs.chosen
    made = pairs.transform(pd.DataFrame({first: [6.0, 6.0, np.nan], second: [3.0, 0.0, 1.0]}))
    np.testing.assert_array_equal(made.values[0], [3.0, 18.0, 2.0])
    np.testing.assert_array_equal(made.values[1], [6.0, 0.0, np.nan])
    assert np.isnan(made.values[2]).all()


def test_a_distance_is_told_from_the_mean_of_the_rows_category(frame):
    distances = GroupDistances(["a"], ["shop"], 0)
    distances.fit_transform(frame, target_of(frame), None)
    made = distances.transform(pd.DataFrame({"a": [0.0, 0.0], "shop": pd.Series(["north", "nowhere"], dtype="str")}))
    north = frame.loc[frame["shop"] == "north", "a"].mean()
    np.testing.assert_allclose(made.values[:, 0], [-north, -frame["a"].mean()])


def test_crossed_categories_tell_what_neither_tells_alone(frame):
    agree = ((frame["shop"] == "north") == (frame["day"] == "week")).to_numpy().astype(float)
    crosses = CategoryCrosses(["shop", "day"], 0, 0)
    made = crosses.fit_transform(frame, agree + 0.2 * (frame["day"] == "week") + 0.2 * (frame["shop"] == "west"), None)
    assert made.names[0] in {"shop & day: mean target", "day & shop: mean target"}
    assert np.corrcoef(made.values[:, 0], agree)[0, 1] > 0.7


def test_crossed_categories_of_few_rows_mean_what_they_mean_among_many(frame):
    frame.loc[::7, "shop"], frame.loc[::11, "day"] = None, None
    crosses = CategoryCrosses(["shop", "day"], 0, 0)
    crosses.fit_transform(frame, target_of(frame), None)
    frame.loc[::5, "shop"] = "elsewhere"
    few = [crosses.transform(frame.iloc[begin : begin + 3]).values for begin in range(0, 300, 3)]
    np.testing.assert_array_equal(np.concatenate(few), crosses.transform(frame).values)


def test_crossed_categories_tell_nothing_of_rows_that_are_kept_together():
    random = np.random.default_rng(2)
    blocks = np.repeat(np.arange(100), 3)
    target = random.integers(0, 2, 100)[blocks]
    first, second = (blocks // 10 + target * 10).astype(str), (blocks % 10).astype(str)
    frame = pd.DataFrame({"first": pd.Series(first, dtype="str"), "second": pd.Series(second, dtype="str")})
    crosses = CategoryCrosses(["first", "second"], 0, 0)
    made = crosses.fit_transform(frame, target + 0.01 * (blocks % 10), None, blocks)
    assert made.names[0] == "first & second: mean target"
    assert np.ptp(made.values[:, 0]) == 0
