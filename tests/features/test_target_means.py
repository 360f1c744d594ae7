import numpy as np
import pandas as pd
import pytest

from automl.features.target_means import TargetMeans


def cells(values):
    return pd.DataFrame({"city": pd.Series(values, dtype="str")})


def test_the_encoding_of_training_rows_does_not_see_their_own_label():
    rng = np.random.default_rng(3)
    frame = cells(rng.integers(0, 1000, 4000).astype(str))
    labels = rng.integers(0, 2, 4000)
    means = TargetMeans("city", 2, seed=0)
    training = means.fit_transform(frame, labels, None).values[:, 0]
    flattered = means.transform(frame).values[:, 0]
    assert abs(np.corrcoef(training, labels)[0, 1]) < 0.06
    assert np.corrcoef(flattered, labels)[0, 1] > 0.3


def test_a_rows_encoding_does_not_change_with_its_own_label():
    rng = np.random.default_rng(4)
    frame = cells(["a", "b"] * 100)
    amounts = rng.normal(size=200)
    changed = amounts.copy()
    # Rows 0 and 1 are of different levels, and the overall mean stays what it was.
    changed[[0, 1]] += 100.0, -100.0
    before, after = (TargetMeans("city", 0, seed=0).fit_transform(frame, y, None).values for y in (amounts, changed))
    np.testing.assert_allclose(after[[0, 1], 0], before[[0, 1], 0])
    assert not np.allclose(after[2:, 0], before[2:, 0])


def test_a_rows_encoding_does_not_change_with_the_labels_of_the_rows_it_is_kept_with():
    rng = np.random.default_rng(4)
    frame, blocks = cells(["a", "b", "c", "d"] * 50), np.repeat(np.arange(20), 10)
    amounts = rng.normal(size=200)
    changed = amounts.copy()
    changed[:10] += rng.normal(size=10) * 100
    changed[10] -= (changed - amounts).sum()
    before, after = (TargetMeans("city", 0, 0).fit_transform(frame, y, None, blocks).values for y in (amounts, changed))
    np.testing.assert_allclose(after[:10, 0], np.where(np.arange(10) % 4 == 2, after[:10, 0], before[:10, 0]))
    assert not np.allclose(after[20:, 0], before[20:, 0])


def test_a_level_of_rows_that_are_kept_together_encodes_to_the_overall_mean():
    frame, blocks = cells(np.repeat([f"c{number}" for number in range(60)], 4)), np.repeat(np.arange(60), 4)
    labels = blocks % 2
    means = TargetMeans("city", 2, seed=0)
    np.testing.assert_array_equal(means.fit_transform(frame, labels, None, blocks).values[:, 0], 0.5)
    np.testing.assert_array_equal(means.transform(frame).values[:, 0], 0.5)


def test_an_all_different_column_encodes_to_the_overall_mean():
    labels = np.arange(50) % 2
    group = TargetMeans("city", 2, seed=0).fit_transform(cells([f"c{row}" for row in range(50)]), labels, None)
    np.testing.assert_array_equal(group.values[:, 0], 0.5)


def test_new_rows_get_their_levels_mean_shrunk_by_ten_rows():
    frame = cells(["a"] * 30 + ["b"] * 10)
    labels = np.array([1] * 30 + [0] * 10)
    means = TargetMeans("city", 2, seed=0)
    means.fit_transform(frame, labels, None)
    encoded = means.transform(cells(["a", "b"])).values[:, 0]
    np.testing.assert_allclose(encoded, [(30 + 10 * 0.75) / 40, (0 + 10 * 0.75) / 20])


def test_new_levels_get_the_overall_mean_and_the_count_of_a_single_row():
    means = TargetMeans("city", 0, seed=0)
    means.fit_transform(cells(["a", "a", "b", "b"]), np.array([1.0, 2.0, 3.0, 6.0]), None)
    np.testing.assert_allclose(means.transform(cells(["new"])).values, [[3.0, np.log(2.0)]])


def test_missing_cells_are_a_level_of_their_own():
    labels = np.array([1] * 50 + [0] * 50)
    means = TargetMeans("city", 2, seed=0)
    means.fit_transform(cells([None] * 50 + ["a", "b"] * 25), labels, None)
    missing, known = means.transform(cells([None, "a"])).values
    assert missing[0] > 0.8
    assert known[0] < 0.4
    assert missing[1] == np.log1p(50)


def test_heavy_rows_count_more_in_a_levels_mean():
    frame, labels = cells(["a"] * 20 + ["b"] * 20), np.arange(40) % 2
    weight = np.where(labels == 1, 9.0, 1.0)
    means = TargetMeans("city", 2, seed=0)
    means.fit_transform(frame, labels, weight)
    np.testing.assert_allclose(means.transform(cells(["a"])).values[0, 0], 0.9)


def test_the_scale_of_the_weights_does_not_matter():
    rng = np.random.default_rng(5)
    frame, labels, weight = cells(rng.choice(list("abc"), 60)), rng.integers(0, 2, 60), rng.random(60)
    small, large = (TargetMeans("city", 2, seed=0).fit_transform(frame, labels, weight * by) for by in (1e-6, 1e6))
    np.testing.assert_allclose(small.values, large.values)


def test_weights_that_are_all_zero_are_ignored():
    frame, labels = cells(["a", "b"] * 10), np.array([0, 1] * 10)
    weighted = TargetMeans("city", 2, seed=0).fit_transform(frame, labels, np.zeros(20))
    np.testing.assert_array_equal(
        weighted.values, TargetMeans("city", 2, seed=0).fit_transform(frame, labels, None).values
    )


def test_each_class_has_its_share():
    labels = np.array([0, 1, 2] * 20)
    group = TargetMeans("city", 3, seed=0).fit_transform(cells(["a", "b"] * 30), labels, None)
    assert group.names == (
        "city: share of class 0",
        "city: share of class 1",
        "city: share of class 2",
        "city: log count",
    )
    np.testing.assert_allclose(group.values[:, :3].sum(axis=1), 1.0)


def test_of_many_classes_the_most_frequent_ones_have_a_share():
    labels = np.repeat(np.arange(40), np.arange(1, 41))
    group = TargetMeans("city", 40, seed=0).fit_transform(cells(["a"] * len(labels)), labels, None)
    assert [name.rsplit(" ")[-1] for name in group.names[:-1]] == [str(number) for number in range(28, 40)]


@pytest.mark.parametrize("n_rows", [1, 2, 3])
def test_fewer_rows_than_folds_are_enough(n_rows):
    group = TargetMeans("city", 2, seed=0).fit_transform(cells(["a"] * n_rows), np.arange(n_rows) % 2, None)
    assert np.isfinite(group.values).all()
