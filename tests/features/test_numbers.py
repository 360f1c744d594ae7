import numpy as np
import pandas as pd

from automl.features.matrix import FeatureGroup
from automl.features.numbers import FilledNumbers, Numbers, ScaledNumbers

LABELS = np.zeros(0)


def group(*columns, sources=None):
    names = tuple(f"x{number}" for number in range(len(columns)))
    return FeatureGroup(
        np.column_stack([np.asarray(column, dtype=np.float64) for column in columns]), names, sources or names
    )


def test_ordinary_numbers_stay_as_they_are():
    frame = pd.DataFrame({"year": [1990.0, 2024.0, np.nan], "share": [-0.5, 0.25, 0.125]})
    numbers = Numbers(["year", "share"]).fit_transform(frame, LABELS, None)
    np.testing.assert_array_equal(numbers.values, frame.to_numpy())


def test_numbers_far_from_zero_stay_distinct_in_float32():
    seconds = 1.7e9 + np.arange(100.0)
    numbers = Numbers(["seconds"]).fit_transform(pd.DataFrame({"seconds": seconds}), LABELS, None)
    assert len(np.unique(numbers.values.astype(np.float32))) == 100


def test_missing_numbers_become_the_median_of_the_others():
    filled = FilledNumbers().fit_transform(group([1.0, 2.0, np.nan, 10.0], [5.0, np.nan, np.nan, 8.0]))
    np.testing.assert_array_equal(filled.values[:, :2], [[1, 5], [2, 6.5], [2, 6.5], [10, 8]])


def test_an_indicator_says_where_numbers_were_missing():
    filled = FilledNumbers().fit_transform(group([1.0, np.nan, 3.0], [1.0, 2.0, 3.0]))
    assert filled.names == ("x0", "x1", "x0: missing")
    np.testing.assert_array_equal(filled.values[:, 2], [0, 1, 0])


def test_a_column_with_nothing_in_it_becomes_zero_without_an_indicator():
    filled = FilledNumbers().fit_transform(group([np.nan] * 3))
    assert filled.names == ("x0",)
    np.testing.assert_array_equal(filled.values, np.zeros((3, 1)))


def test_features_of_one_column_share_the_indicator_of_their_common_gaps():
    filled = FilledNumbers().fit_transform(group([1.0, np.nan], [2.0, np.nan], sources=("start", "start")))
    assert filled.names == ("x0", "x1", "x0: missing")


def test_scaled_numbers_have_mean_zero_and_spread_one():
    values = np.random.default_rng(0).normal(1000, 50, 500)
    scaled = ScaledNumbers().fit_transform(group(values)).values[:, 0]
    np.testing.assert_allclose([scaled.mean(), scaled.std()], [0, 1], atol=1e-9)


def test_skewed_numbers_become_nearly_normal():
    values = np.random.default_rng(0).lognormal(0, 3, 2000)
    scaled = ScaledNumbers().fit_transform(group(values)).values[:, 0]
    assert abs((scaled**3).mean()) < 0.2
    assert np.abs(scaled).max() < 4


def test_scaling_keeps_the_order_of_skewed_numbers():
    values = np.random.default_rng(0).lognormal(0, 2, 300)
    scaled = ScaledNumbers().fit_transform(group(values)).values[:, 0]
    assert (np.diff(scaled[np.argsort(values)]) >= 0).all()


def test_many_equal_skewed_numbers_stay_equal_and_below_the_others():
    values = np.concatenate([np.zeros(300), np.random.default_rng(0).lognormal(0, 2, 100)])
    scaled = ScaledNumbers().fit_transform(group(values)).values[:, 0]
    assert np.ptp(scaled[:300]) == 0
    assert scaled[0] < scaled[300:].min() + 1e-6


def test_outliers_met_later_are_bounded():
    scaler = ScaledNumbers()
    scaler.fit_transform(group(np.random.default_rng(0).normal(size=200)))
    np.testing.assert_array_equal(scaler.transform(group([1e30, -1e30])).values, [[6], [-6]])


def test_tiny_numbers_are_scaled_too():
    scaled = ScaledNumbers().fit_transform(group(np.random.default_rng(0).normal(size=200) * 1e-20))
    np.testing.assert_allclose(scaled.values.std(), 1.0)
