import numpy as np
import pandas as pd

from automl.features.categories import CategoryCodes, Indicators

LABELS = np.zeros(0)


def cells(values):
    return pd.DataFrame({"city": pd.Series(values, dtype="str")})


def codes(part, values):
    return part.transform(cells(values)).values[:, 0].tolist()


def fitted(part, values):
    part.fit_transform(cells(values), LABELS, None)
    return part


def test_codes_follow_the_frequency_of_levels():
    assert codes(fitted(CategoryCodes("city"), ["b"] * 3 + ["a"] * 2 + ["c"] * 4), ["a", "b", "c"]) == [2, 1, 0]


def test_equally_frequent_levels_are_ordered_by_name_not_by_row():
    assert codes(fitted(CategoryCodes("city"), ["b", "a"] * 3), ["a", "b"]) == [0, 1]


def test_levels_of_one_row_and_new_levels_share_the_last_code():
    part = fitted(CategoryCodes("city"), ["a", "a", "b", "b", "once", "twin"])
    assert codes(part, ["once", "twin", "new"]) == [2, 2, 2]
    assert part.transform(cells(["a"])).cardinality == 3


def test_a_new_level_counts_as_missing_where_no_level_was_rare():
    assert np.isnan(codes(fitted(CategoryCodes("city"), ["a", "a", "b", "b"]), ["new"])).all()


def test_missing_cells_have_no_code():
    assert np.isnan(codes(fitted(CategoryCodes("city"), ["a", "a", "once", None]), [None])).all()


def test_a_hundred_thousand_levels_are_coded():
    levels = [f"customer {number}" for number in range(100_000)]
    group = CategoryCodes("city").fit_transform(cells(levels * 2), LABELS, None)
    assert group.cardinality == 100_000
    np.testing.assert_array_equal(group.values[:100_000], group.values[100_000:])


def test_each_level_has_an_indicator():
    group = fitted(Indicators("city", least=1), ["a", "b", "c"]).transform(cells(["c", "a"]))
    assert group.names == ("city = a", "city = b", "city = c")
    np.testing.assert_array_equal(group.values, [[0, 0, 1], [1, 0, 0]])


def test_rare_levels_share_an_indicator_with_new_ones():
    group = fitted(Indicators("city", least=3), ["a"] * 3 + ["b"] * 3 + ["c", "d"]).transform(cells(["d", "new"]))
    assert group.names == ("city = a", "city = b", "city: other level")
    np.testing.assert_array_equal(group.values, [[0, 0, 1], [0, 0, 1]])


def test_missing_cells_have_an_indicator_where_training_had_any():
    group = fitted(Indicators("city", least=1), ["a", "b", None]).transform(cells([None]))
    np.testing.assert_array_equal(group.values, [[0, 0, 1]])


def test_a_new_level_has_no_indicator_where_no_level_was_rare():
    group = fitted(Indicators("city", least=1), ["a", "b", "c"]).transform(cells(["new"]))
    np.testing.assert_array_equal(group.values, [[0, 0, 0]])


def test_two_levels_need_one_indicator():
    group = fitted(Indicators("city", least=1), ["no", "yes", "no"]).transform(cells(["yes", "no"]))
    assert group.names == ("city = yes",)
    np.testing.assert_array_equal(group.values, [[1], [0]])
